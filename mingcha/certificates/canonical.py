"""The canonical form: one value, one sequence of bytes.

JSON in UTF-8 with keys sorted by code point, no white space, integers only, no escapes but those JSON demands
(the intersection of RFC 8785 with what certificates hold). A file that is not in this form is not a certificate,
so that not even a space can be changed unseen.
"""

from __future__ import annotations

import json
from typing import Any

MOST_BYTES = 64 * 1024 * 1024
"""A longer file is not read."""


class NotCanonicalError(ValueError):
    """Bytes that are no canonical JSON; the text is Chinese and says where."""


def canonical(value: Any) -> bytes:
    """The bytes of a value. Raises ValueError for floats and other values the form does not have."""
    _check(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def parse(data: bytes) -> Any:
    """The value of canonical bytes. Raises `NotCanonicalError`."""
    if len(data) > MOST_BYTES:
        raise NotCanonicalError(f"文件超过 {MOST_BYTES // 1024 // 1024} MB,不会是判定书")
    try:
        value = json.loads(data.decode("utf-8"), parse_float=_no_floats, parse_constant=_no_floats)
        again = canonical(value)
    except json.JSONDecodeError as error:
        where = f"第 {error.lineno} 行第 {error.colno} 个字符" if data.strip() else "文件是空的"
        raise NotCanonicalError(f"不是 JSON:{where}") from error
    except UnicodeDecodeError as error:
        raise NotCanonicalError(f"不是 UTF-8 文本:第 {error.start + 1} 字节") from error
    except RecursionError as error:
        raise NotCanonicalError("不是规范的 JSON:嵌套过深") from error
    except ValueError as error:
        raise NotCanonicalError(f"不是规范的 JSON:{_in_chinese(error)}") from error
    if again != data:
        place = next((i for i, (a, b) in enumerate(zip(again, data, strict=False)) if a != b), len(again))
        raise NotCanonicalError(f"自第 {place + 1} 字节起不是规范写法,文件被改动过")
    return value


def _in_chinese(error: ValueError) -> str:
    """What we raise ourselves is Chinese; what Python raises (numbers of too many digits, lone surrogates) is not."""
    told = str(error)
    return told if any(ord(character) > 0x2E7F for character in told) else "有不能用的数或字符"


def _no_floats(text: str) -> Any:
    raise ValueError(f"不应有小数 {text}")


def _check(value: Any) -> None:
    if isinstance(value, dict):
        for key, entry in value.items():
            if not isinstance(key, str):
                raise ValueError(f"键应是文本,不是 {key!r}")
            _check(entry)
    elif isinstance(value, list):
        for entry in value:
            _check(entry)
    elif not (value is None or isinstance(value, (str, int, bool))):
        raise ValueError(f"规范形式里没有 {type(value).__name__}")
