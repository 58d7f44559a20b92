"""Tokens 令牌: what personal values are searched and compared by. HMAC-SM3 under a key of each domain, so that a name
and a number never have the same token, and a token tells nothing to whoever has no key.

Values written differently that mean the same have one token: full-width characters, spaces, the case of the X in
an identity number, the country code and hyphens of a phone.
"""

from __future__ import annotations

import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives import hashes, hmac

from mingcha.base import keys

_DOTS: Final = str.maketrans(dict.fromkeys("•‧∙・･", "·"))
_NO_DIGITS: Final = {code: None for code in range(128) if not chr(code).isdigit()}


def _name(text: str) -> str:
    return text.translate(_DOTS).casefold()


def _phone(text: str) -> str:
    digits = text.translate(_NO_DIGITS)
    for prefix in ("0086", "86"):
        if digits.startswith(prefix) and len(digits) == len(prefix) + 11:
            return digits[len(prefix) :]
    return digits or text


DOMAINS: Final[dict[str, Callable[[str], str]]] = {"name": _name, "id": str.upper, "phone": _phone}
"""What is left of a value of each domain, after width and spaces, before it is made a token."""


def normal(domain: str, value: str) -> str:
    """The one way of writing a value. Raises KeyError for a domain that is not there."""
    text = value if value.isascii() else unicodedata.normalize("NFKC", value)
    return DOMAINS[domain]("".join(text.split()))


def token(domain: str, value: str | None) -> str | None:
    """The token of a value, 22 characters; None and "" stay what they are: whether there is a value is no secret."""
    if not value or not (text := normal(domain, value)):
        return None if value is None else ""
    made = _keyed(domain).copy()
    made.update(text.encode("utf-8", "surrogatepass"))
    return urlsafe_b64encode(made.finalize()[:16])[:22].decode("ascii")


def tokens(domain: str, values: Iterable[str | None]) -> list[str | None]:
    """The tokens of a column; a value that comes again is not computed again."""
    known: dict[str | None, str | None] = {}
    found = []
    for value in values:
        if value not in known:
            known[value] = token(domain, value)
        found.append(known[value])
    return found


@lru_cache
def _keyed(domain: str) -> hmac.HMAC:
    return hmac.HMAC(keys.key(keys.SEARCH, f"token {domain}"), hashes.SM3())
