"""Signed addresses 签名: of one rating that was offered, of a window's printed code, and of its terminal.

A token says a number and that this installation said it; what the number stands for, until when, and whether it was
used, stands in the store. Nobody can make one up, and one that was used changes nothing any more.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from datetime import datetime
from typing import Final

from django.core import signing

from mingcha.base import clock
from mingcha.evaluations.refused import NotTakenError

_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_RATING, _FORM, _WINDOW, _TERMINAL, _VISIT, _TERMINAL_VISIT = (
    signing.Signer(sep=".", salt=f"mingcha.evaluations.{what}", algorithm="sha256")
    for what in ("rating", "form", "window", "terminal", "visit", "terminal visit")
)
VISIT_SECONDS: Final = 15 * 60
"""How long a visit may be rated after its page was opened at a terminal or by a window's code."""


def new_number(now: datetime) -> str:
    """The number of a rating: day and ten signs, e.g. `PJ20261122-7K3M9QXA2B`."""
    return f"PJ{now:%Y%m%d}-" + "".join(secrets.choice(_ALPHABET) for _ in range(10))


def of_rating(no: str) -> str:
    """The token of an offered rating."""
    return _RATING.sign(no)


def rating_of(token: str) -> str:
    """The number that a token was made for. Raises NotTakenError."""
    return _opened(_RATING, token)


def of_form(offer: str, no: str) -> str:
    """The token of one drawn form of an offer: sent twice it is one rating, of that number."""
    return _FORM.sign(f"{offer}/{no}")


def form_of(token: str, offer: str) -> str:
    """The number that a form of this offer was drawn with; "" for one that was not drawn for it."""
    try:
        drawn, _, no = _FORM.unsign(token).partition("/")
    except signing.BadSignature:
        return ""
    return no if drawn == offer else ""


def of_window(code: str) -> str:
    """The token of a window's printed code, for everybody who stands before it. It does not run out."""
    return _WINDOW.sign(_packed(code))


def window_of(token: str) -> str:
    """The window that a token was made for. Raises NotTakenError."""
    return _unpacked(_opened(_WINDOW, token))


def of_terminal(code: str) -> str:
    """The token of a window's terminal, for nobody but the terminal: by it the ratings that wait there are opened,
    which the printed code, hanging on the wall, must not do. It does not run out."""
    return _TERMINAL.sign(_packed(code))


def terminal_of(token: str) -> str:
    """The window whose terminal a token was made for. Raises NotTakenError."""
    return _unpacked(_opened(_TERMINAL, token))


def of_visit(no: str, window: str, now: datetime, *, terminal: bool = False) -> str:
    """The token of a visit at a window that is going to be rated on the spot: it holds all there is to know. One
    that a `terminal` drew is taken by the terminal alone, where so many a day are; who scans the code
    solves a puzzle."""
    return _visits(terminal).sign_object([no, window, int(clock.aware(now).timestamp())])


def visit_of(token: str, now: datetime, *, terminal: bool = False) -> tuple[str, str]:
    """Number and window of a visit. Raises NotTakenError; 410 where its time is over."""
    try:
        no, window, at = _visits(terminal).unsign_object(token)
    except signing.BadSignature as error:
        raise _unknown() from error
    if clock.aware(now).timestamp() - at > VISIT_SECONDS:
        raise NotTakenError("本页打开已久,请重新扫码或回到首页再评价", 410)
    return str(no), str(window)


def _visits(terminal: bool) -> signing.Signer:
    return _TERMINAL_VISIT if terminal else _VISIT


def _opened(signer: signing.Signer, token: str) -> str:
    try:
        return signer.unsign(token)
    except signing.BadSignature as error:
        raise _unknown() from error


def _packed(code: str) -> str:
    return base64.urlsafe_b64encode(code.encode()).decode().rstrip("=")


def _unpacked(packed: str) -> str:
    try:
        return base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise _unknown() from error


def _unknown() -> NotTakenError:
    return NotTakenError("这个评价地址不完整或不是本系统发出的,请重新扫码,或向窗口工作人员索取", 404)
