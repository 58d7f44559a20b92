"""Invented applicants 申请人: valid in form, and plainly not of this world.

- Names read 张测试甲子 and 郑州示例甲子商贸有限公司.
- Identity numbers carry the sequence number 000, which is never given out (GB 11643-1999: 001-999); their
  birth dates and check digits are valid.
- Credit codes of firms carry the region 410199, which does not exist; agencies carry organisation codes
  MB0….
- Mobile numbers are 1380000xxxx, which no operator assigns to customers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import pyarrow as pa

from mingcha.facts.checks import CREDIT_ALPHABET, credit_check_character, id_check_character

STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
BRANCHES: Final = "子丑寅卯辰巳午未申酉戌亥"
SURNAMES: Final = "张王李赵刘陈杨黄周吴徐孙胡朱高林何郭马罗"
TRADES: Final = ("商贸", "建筑", "餐饮", "科技", "物流", "机械", "农业", "文化传媒", "医药", "环保")
_ID_REGIONS: Final = ("410102", "410103", "410105", "410122", "410181")
_FIRST_BIRTH: Final = date(1958, 1, 1)
_BIRTHS: Final = 16_000
MOST: Final = 40_000
"""More applicants than this are not invented; they come back instead."""


@dataclass(frozen=True)
class People:
    """Applicants by number: natural persons first, then firms."""

    persons: int
    firms: int
    name: pa.StringArray
    id_number: pa.StringArray
    contact: pa.StringArray
    phone: pa.StringArray


def invent_people(cases: int) -> People:
    """Applicants for a city of so many cases."""
    persons = min(max(cases // 20, 2_000), MOST)
    firms = persons // 4
    names = [person_name(k) for k in range(persons)]
    return People(
        persons,
        firms,
        pa.array(names + [firm_name(k) for k in range(firms)]),
        pa.array([id_number(k) for k in range(persons)] + [firm_code(k) for k in range(firms)]),
        pa.array(names + names[:firms]),
        pa.array([f"1380000{k % 10_000:04d}" for k in range(persons + firms)]),
    )


def _pair(number: int) -> str:
    return STEMS[number % 10] + BRANCHES[number // 10 % 12]


def person_name(number: int) -> str:
    """张测试甲子, 王测试乙子, …"""
    return SURNAMES[number % len(SURNAMES)] + "测试" + _pair(number // len(SURNAMES))


def firm_name(number: int) -> str:
    """郑州示例甲子商贸有限公司, numbered from the second round on."""
    round_, place = divmod(number, 120 * len(TRADES))
    return f"郑州示例{_pair(place // len(TRADES))}{TRADES[place % len(TRADES)]}有限公司" + (
        f"第{round_}分公司" if round_ else ""
    )


def id_number(number: int) -> str:
    """An identity number with the sequence 000; different for every number below 80,000."""
    region, day = divmod(number, _BIRTHS)
    birth = _FIRST_BIRTH + timedelta(days=day)
    body = f"{_ID_REGIONS[region % len(_ID_REGIONS)]}{birth:%Y%m%d}000"
    return body + id_check_character(body)


def firm_code(number: int) -> str:
    """A credit code of a firm registered in a region that does not exist."""
    return credit_code("91410199", f"MA0{number:05d}")


def agency_code(region: str, number: int) -> str:
    """A credit code of an agency (机构编制 1, 机关 1) of a region of 6 digits."""
    return credit_code(f"11{region}", f"MB0{number:05d}")


def credit_code(head: str, organisation: str) -> str:
    """统一社会信用代码 from its head (8) and the organisation code without check character (8), GB 32100
    and GB 11714."""
    body = head + organisation + organisation_check_character(organisation)
    return body + credit_check_character(body)


def organisation_check_character(body: str) -> str:
    """The ninth character of an organisation code (GB 11714-1997)."""
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    total = sum(
        digits.index(letter) * weight for letter, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)
    )
    check = "0123456789X"[(11 - total % 11) % 11]
    assert check in CREDIT_ALPHABET
    return check
