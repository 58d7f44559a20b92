"""Substitute codes (代用码) for foreign names that have no code of ours: well formed, the same for the same
name, and visibly not real.

An agency's is a 统一社会信用代码 in form (GB 32100—2015): `Y1` (registered elsewhere, other), region 000000,
nine characters of a digest, the check character. An item's is such a code, level 7 and twelve digits.
"""

from __future__ import annotations

import hashlib

from mingcha.facts import checks
from mingcha.facts.checks import CREDIT_ALPHABET, credit_check_character, credit_code

HEAD = "Y1000000"
_BODY = 9
_ITEM_DIGITS = 12
_LEVEL = "7"  # 分级管理 (GB/T 39046 A.2): the level of a foreign item is not known


def agency_code(name: str) -> str:
    """The 18-character code for the name of an agency; a name that is a code already stays."""
    if not credit_code(name):
        return name
    rest, letters = _digest("agency", name), ""
    for _ in range(_BODY):
        rest, place = divmod(rest, len(CREDIT_ALPHABET))
        letters += CREDIT_ALPHABET[place]
    return HEAD + letters + credit_check_character(HEAD + letters)


def item_code(name: str) -> str:
    """The 31-character code for the name of an item; a name that is a code already stays."""
    if not checks.item_code(name):
        return name
    number = _digest("item", name) % 10**_ITEM_DIGITS
    return f"{agency_code(name)}{_LEVEL}{number:0{_ITEM_DIGITS}d}"


def _digest(kind: str, name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{kind}:{name}".encode()).digest())


COINS = {"agency": agency_code, "item": item_code}
