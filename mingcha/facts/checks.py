"""Checks of codes and numbers: 统一社会信用代码, 身份证, 实施编码, 行政区划, telephone numbers.

Each check is a pure function of one text which returns "" where it is good, else the reason in Chinese. A
reason that starts with `NOTE` does not make the value bad: it is only noted. Readers call a check once for
each distinct text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

NOTE = "提示:"
"""Start of a reason that is worth a note but leaves the value in place."""

# GB 32100—2015: no I, O, S, V, Z; weights are powers of 3 modulo 31.
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_VALUE = {letter: value for value, letter in enumerate(CREDIT_ALPHABET)}
CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))

# GB 11643—1999.
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK = "10X98765432"

# GB/T 2260: the first two digits of every region code.
PROVINCES = frozenset(
    f"{zone}{province}"
    for zone, provinces in {1: "12345", 2: "123", 3: "1234567", 4: "123456", 5: "01234", 6: "12345"}.items()
    for province in provinces
) | {"71", "81", "82"}
_ID_ONLY_PROVINCES = frozenset({"83"})  # 台湾居民居住证

_PHONE_LETTERS = re.compile(r"[0-9+\-—()\uff08\uff09 转#*,]*")
_PHONE = re.compile(
    r"1[3-9][0-9]{9}"  # mobile
    r"|0[1-9][0-9]{1,2}[2-9][0-9]{6,13}"  # landline with area code, perhaps an extension
    r"|[2-9][0-9]{6,7}"  # landline
    r"|[48]00[0-9]{7}|9[56][0-9]{3,6}|1[0-2][0-9]{1,4}"  # service numbers, 12345
)


def credit_check_character(body: str) -> str:
    """The 18th character for the first 17 of a 统一社会信用代码 (GB 32100—2015); KeyError on a letter outside
    its set."""
    total = sum(_CREDIT_VALUE[letter] * weight for letter, weight in zip(body, CREDIT_WEIGHTS, strict=True))
    return CREDIT_ALPHABET[(31 - total % 31) % 31]


def id_check_character(body: str) -> str:
    """The 18th character for the first 17 digits of a 公民身份号码 (GB 11643—1999)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, ID_WEIGHTS, strict=True))
    return ID_CHECK[total % 11]


def credit_code(text: str) -> str:
    """统一社会信用代码: 18 characters, last one a check character."""
    if len(text) != 18:
        return f"统一社会信用代码应为 18 位,现为 {len(text)} 位"
    odd = next((letter for letter in text if letter not in _CREDIT_VALUE), "")
    if odd:
        return f"统一社会信用代码不用字符“{odd}”(只用数字和除 I、O、S、V、Z 外的大写字母)"
    if credit_check_character(text[:17]) != text[17]:
        return "统一社会信用代码校验位不对"
    return ""


def id_card(text: str) -> str:
    """居民身份证号码: 18 characters with a check character; the 15 digits of the first generation are only
    noted.

    The first generation went out of use on 2013-01-01 and has no check digit, but old cases still carry it.
    """
    if re.fullmatch(r"[0-9]{15}", text):
        return _id_region(text) or _id_birth("19" + text[6:12]) or NOTE + "15 位身份证号码已于 2013 年停用"
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        return "身份证号码应为 17 位数字加 1 位数字或大写 X"
    fault = _id_region(text) or _id_birth(text[6:14])
    if fault:
        return fault
    return "" if id_check_character(text[:17]) == text[17] else "身份证号码校验位不对"


def _id_region(text: str) -> str:
    known = text[:2] in PROVINCES or text[:2] in _ID_ONLY_PROVINCES
    return "" if known else f"身份证号码开头 {text[:2]} 不是省级区划"


def _id_birth(digits: str) -> str:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return f"身份证号码中的出生日期 {digits} 不存在"
    return "" if born.year >= 1880 else f"身份证号码中的出生日期 {digits} 不可能"


def item_code(text: str) -> str:
    """实施编码: 统一社会信用代码 18 + 行使层级 1 + 基本编码 12 = 31, a 业务办理项 two digits more; 24 is the
    old form."""
    if not re.fullmatch(r"[0-9A-Z]+", text):
        return "实施编码只用数字和大写字母"
    if len(text) == 24:
        return NOTE + "24 位是旧制实施编码(国办函〔2016〕108号),请改用 31 位"
    if len(text) not in (31, 33):
        return f"实施编码应为 31 位,业务办理项 33 位,现为 {len(text)} 位"
    body = credit_code(text[:18])
    if body:
        return NOTE + f"实施编码前 18 位:{body}"
    if text[18] not in "1234567":
        return NOTE + f"实施编码第 19 位行使层级应为 1 至 7,现为 {text[18]}"
    return ""


def region_code(text: str) -> str:
    """行政区划代码: 12 digits, a known province (or the whole country, 00) first."""
    if not re.fullmatch(r"[0-9]{12}", text):
        return f"行政区划代码应为 12 位数字(6 位代码后补 000000),现为“{text[:20]}”"
    if text[:2] not in PROVINCES and text[:2] != "00":
        return f"行政区划代码开头 {text[:2]} 不是省级区划"
    return ""


def phone(text: str) -> str:
    """A telephone number people can be called back at: mobile, landline with or without area code, 400 and
    short numbers.

    Blanks, brackets and hyphens inside do not matter; +86 may stand before.
    """
    if not _PHONE_LETTERS.fullmatch(text):
        return "联系电话含有号码之外的字符"
    digits = re.sub(r"^(00)?86(?=1[3-9][0-9]{9}$|0)", "", re.sub(r"[^0-9]", "", text))
    return "" if _PHONE.fullmatch(digits) else "联系电话不是手机号、固定电话或服务号码"


CHECKS: dict[str, Callable[[str], str]] = {
    "credit_code": credit_code,
    "id_card": id_card,
    "item_code": item_code,
    "region_code": region_code,
    "phone": phone,
}
"""Checks by the name that a column gives. `applicant_id` is not here: it depends on the kind of document (see
below)."""

BY_ID_TYPE = {"111": "id_card", "001": "credit_code"}
"""Which check an applicant_id undergoes, by applicant_id_type; other documents are not checked."""
