"""The challenge before a form of the public is taken 验证: cheap for one person, dear for ten thousand questions.

The page gives a signed puzzle. A script finds the number whose SHA-256 together with the puzzle begins with so many
zero bits (`puzzle.js`, about a second of a phone). Who has no script answers a small sum instead, some seconds after
the page was shown at the earliest, and only so often from one address. Either way a puzzle is taken once.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final

from django.db import IntegrityError, transaction

from mingcha.base import clock, keys
from mingcha.pages.public import attempts
from mingcha.pages.public.models import Spent

BITS: Final = 16
"""Zero bits of the easiest puzzle: 65,536 tries on average."""
MORE_BITS: Final = 4
"""By so many bits at most a puzzle grows harder for an address that tries much: sixteen times the work."""
LASTS: Final = timedelta(hours=2)
"""Who fills in a long form must not find the puzzle run out."""
SOONEST: Final = timedelta(seconds=5)
"""A sum is not taken earlier than so long after the page was shown."""
_ONE_TO_TEN: Final = "零一二三四五六七八九十"


class Refusal(Enum):
    """Why an answer is not taken; the value is what the person is told."""

    MISSING = "还没有完成验证。请等“验证”一栏显示完成,或做一下那道加法,再提交。"
    WRONG = "验证没有通过。请再提交一次;做加法的,请核对得数。"
    OLD = "页面打开太久了。请再提交一次。"
    SPENT = "这个页面已经提交过一次。如果还要提交,请再按一次。"
    EARLY = "提交得太快了。请过几秒钟再提交。"
    OFTEN = "今天从您这里提交的次数太多了。请明天再试,或换一个能运行 JavaScript 的浏览器。"


@dataclass(frozen=True)
class Puzzle:
    """What the page shows: the signed text, how many zero bits are asked for, and the sum for who has no script."""

    text: str
    bits: int
    sum: str


def puzzle(address: str) -> Puzzle:
    """A fresh puzzle for whoever asks from there: `chance.bits.moment.signature`, short enough for one block of SHA-256
    together with its answer."""
    bits = BITS + min(MORE_BITS, attempts.count("address", address) // 5)
    told = f"{secrets.token_urlsafe(6)}.{bits}.{int(clock.now().timestamp())}"
    text = f"{told}.{_signature(told)}"
    one, other = _addends(text)
    return Puzzle(text, bits, f"{_ONE_TO_TEN[one]}加{_ONE_TO_TEN[other]}等于几?")


def check(text: str, answer: str, total: str, address: str) -> Refusal | None:
    """Take the answer to a puzzle, its number or the sum; None where it is right, and used up from now on.

    Call it in the transaction of what the form does: the puzzle is spent with it.
    """
    told, _, signature = text.rpartition(".")
    if not told or not hmac.compare_digest(signature.encode(), _signature(told).encode()):
        return Refusal.MISSING
    _, bits, begun = told.split(".")
    age = timedelta(seconds=clock.now().timestamp() - int(begun))
    if age > LASTS:
        return Refusal.OLD
    if answer:
        return _spend(text) if solves(text, answer, int(bits)) else Refusal.WRONG
    if not total.strip():
        return Refusal.MISSING
    if age < SOONEST:
        return Refusal.EARLY
    if attempts.tried("sum", address):
        return Refusal.OFTEN
    return _spend(text) if total.strip() == str(sum(_addends(text))) else Refusal.WRONG


def solves(text: str, answer: str, bits: int) -> bool:
    """Whether SHA-256 of `text.answer` begins with so many zero bits."""
    if not (answer.isascii() and answer.isdigit() and len(answer) <= 12):
        return False
    digest = hashlib.sha256(f"{text}.{answer}".encode()).digest()
    return int.from_bytes(digest, "big") >> (256 - bits) == 0


def _spend(text: str) -> Refusal | None:
    try:
        with transaction.atomic():
            Spent.objects.create(digest=hashlib.sha256(text.encode()).hexdigest(), at=clock.now())
    except IntegrityError:
        return Refusal.SPENT
    return None


def _addends(text: str) -> tuple[int, int]:
    """Two numbers from 2 to 10 that only the server reads out of the puzzle."""
    made = _mac(b"sum" + text.encode())
    return 2 + made[0] % 9, 2 + made[1] % 9


def _signature(told: str) -> str:
    return urlsafe_b64encode(_mac(b"puzzle" + told.encode("utf-8", "replace"))[:15]).decode()


def _mac(data: bytes) -> bytes:
    return keys.mac(keys.key(keys.SEARCH, "public challenge"), data)
