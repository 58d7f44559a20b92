"""Finding one's case by its number and the last four digits of the phone 查询办件.

A wrong number and wrong digits have one answer, and cost the same: a seal is opened either way. Wrong tries count
against the case and the address (`attempts`); beyond that even the right digits are refused, else the limit would tell.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

from mingcha.base import clock, sealing
from mingcha.facts.schema import TABLES
from mingcha.intake import personal
from mingcha.pages.lookups import stored
from mingcha.pages.public import attempts

LASTS: Final = timedelta(minutes=30)
"""How long a ticket shows its case."""
LONGEST_NUMBER: Final = 64
SHORTEST_PHONE: Final = 7
"""Digits of a phone; of a shorter one four would be too many to tell."""
_CASES: Final = TABLES["cases"]
_ABOUT: Final = "public ticket"
_NOBODY: Final = "nobody"


class NotFoundError(LookupError):
    """No such case with such digits; the text is what the person is told, the same whichever was wrong."""


class TooOftenError(Exception):
    """Too many tries today; the text is what the person is told."""


@dataclass(frozen=True)
class Asked:
    """What was entered, cleaned."""

    case_no: str
    digits: str


def find(asked: Asked, address: str) -> Any:
    """The present row of the case. Raises `NotFoundError`, `TooOftenError`. Every call counts unless it is right."""
    over = [attempts.tried("address", address), attempts.tried("case", asked.case_no)]
    row = stored("cases").filter(case_no=asked.case_no).first()
    right = hmac.compare_digest(_last_four(row).encode(), asked.digits.encode())
    if any(over):
        raise TooOftenError("今天查询的次数太多了。为了保护办事人,请明天再查,或带身份证到受理窗口查询。")
    if row is None or not right:
        raise NotFoundError(
            "没有找到。请核对办件编号(在受理通知书或短信里)和办理时留的手机号后四位;"
            "没有留手机号的,请到受理窗口查询。"
        )
    attempts.right("address", address)
    attempts.right("case", asked.case_no)
    return row


def _last_four(row: Any) -> str:
    """Last four digits of the phone of a case; what nobody can enter where it has none. No case costs as much."""
    known = row is not None and row.sealed is not None
    about = personal.about(_CASES, {"case_no": row.case_no}) if known else _NOBODY
    opened = personal.open_row(row.sealed if known else _decoy(), about)
    digits = "".join(filter(str.isdecimal, opened["contact_phone"])) if "contact_phone" in opened else ""
    return digits[-4:] if known and len(digits) >= SHORTEST_PHONE else "----"


@lru_cache(1)
def _decoy() -> bytes:
    """A seal like that of a case, of nobody."""
    names = personal.personal_columns(_CASES)
    return sealing.seal(dict.fromkeys(names, "13000000000"), _NOBODY)


def ticket(case_no: str) -> str:
    """What stands for the case in the address of its page: sealed, so that an address tells nothing, and for half an
    hour only."""
    until = int((clock.now() + LASTS).timestamp())
    told = json.dumps([until, case_no]).encode()
    return urlsafe_b64encode(sealing.seal_bytes(told, _ABOUT)).decode().rstrip("=")


def case_of(ticket: str) -> str | None:
    """The number of the case a ticket was given for; None where it has run out or is none."""
    try:
        sealed = urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4))
        until, case_no = json.loads(sealing.open_bytes(sealed, _ABOUT))
    except ValueError:
        return None
    return str(case_no) if clock.now().timestamp() <= until else None
