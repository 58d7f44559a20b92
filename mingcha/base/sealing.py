"""Sealing 密封: the personal values of a row as one blob, SM4-GCM (GB/T 32907-2016), readable only with the key.

    blob = 1 (version) | number of the key (2 bytes) | nonce (12) | ciphertext | tag (16)

What the blob is about (table and key of its row) is authenticated with it: a blob moved to another row does not
open. A nonce is random; a key writes at most 2**32 blobs: rotate it long before (`keys.new_seal_key`, `resealing`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

from mingcha.base import keys
from mingcha.base.tokens import token, tokens

__all__ = [
    "SealError",
    "key_number",
    "about_row",
    "open_bytes",
    "open_sealed",
    "seal",
    "seal_bytes",
    "seal_rows",
    "token",
    "tokens",
]

_VERSION: Final = 1
_HEADER, _NONCE, _TAG = 3, 12, 16
_BETWEEN: Final = "\0"


class SealError(ValueError):
    """A blob that does not open; the text is Chinese and says why and what to do."""


def about_row(table: str, *key: object) -> str:
    """What the blob of a row is about."""
    return "\x1f".join([table, *map(str, key)])


def seal(values: Mapping[str, str | None], about: str) -> bytes:
    """Seal values under their names; None is left out. NUL, which no text may hold, is dropped."""
    return seal_bytes(_plain(values), about)


def open_sealed(blob: bytes, about: str) -> dict[str, str]:
    """The values that were sealed. Raises `SealError`."""
    parts = open_bytes(blob, about).decode().split(_BETWEEN)
    return dict(zip(parts[::2], parts[1::2], strict=True)) if len(parts) > 1 else {}


def seal_rows(rows: Iterable[Mapping[str, str | None]], abouts: Iterable[str]) -> list[bytes | None]:
    """Seal the rows of a table; None where a row has no value at all."""
    seal_one = _sealer()
    return [
        seal_one(plain, about) if (plain := _plain(values)) else None
        for values, about in zip(rows, abouts, strict=True)
    ]


def seal_bytes(data: bytes, about: str) -> bytes:
    """Seal bytes of any kind (a payload, a file that fits into memory)."""
    return _sealer()(data, about)


def open_bytes(blob: bytes, about: str) -> bytes:
    """The bytes that were sealed. Raises `SealError`."""
    blob = bytes(blob)
    if len(blob) < _HEADER + _NONCE + _TAG or blob[0] != _VERSION:
        raise SealError("不是密封的数据:长度或版本不对,核对备份")
    nonce, tag = blob[_HEADER : _HEADER + _NONCE], blob[-_TAG:]
    decryptor = Cipher(_algorithm(key_number(blob)), GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(about.encode())
    try:
        return decryptor.update(blob[_HEADER + _NONCE : -_TAG]) + decryptor.finalize()
    except InvalidTag as error:
        raise SealError(
            f"密封的数据打不开({about}):被改动、换了位置,或密钥不对;运行 mingcha doctor"
        ) from error


def key_number(blob: bytes) -> int:
    """Number of the key a blob was sealed with."""
    return int.from_bytes(bytes(blob[1:_HEADER]), "big")


def _plain(values: Mapping[str, str | None]) -> bytes:
    parts: list[str] = []
    for name, value in values.items():
        if value is not None:
            parts += (name, value)
    text = _BETWEEN.join(parts)
    if text.count(_BETWEEN) >= len(parts) > 0:
        text = _BETWEEN.join(part.replace(_BETWEEN, "") for part in parts)
    return text.encode("utf-8", "replace")


def _sealer() -> Callable[[bytes, str], bytes]:
    """What seals with the key that writes at present: another process may have made a new one."""
    global _latest
    try:
        changed = keys.folder().stat().st_mtime_ns
    except FileNotFoundError:
        changed = 0
    if changed != _latest[0] or not changed:
        number = keys.seal_numbers()[-1]
        _latest = (changed, _sealing_with(_algorithm(number), number))
    return _latest[1]


def _sealing_with(algorithm: SM4, number: int) -> Callable[[bytes, str], bytes]:
    header, urandom = bytes([_VERSION]) + number.to_bytes(2, "big"), os.urandom

    def seal_one(data: bytes, about: str) -> bytes:
        nonce = urandom(_NONCE)
        encryptor = Cipher(algorithm, GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(about.encode())
        sealed = encryptor.update(data)
        encryptor.finalize()
        return b"".join((header, nonce, sealed, encryptor.tag))

    return seal_one


_algorithms: dict[int, SM4] = {}
_latest: tuple[int, Callable[[bytes, str], bytes]] = (0, lambda data, about: b"")
"""When the folder of keys last changed, and what seals since."""


def _algorithm(number: int) -> SM4:
    if number not in _algorithms:
        try:
            _algorithms[number] = SM4(keys.seal_key(number))
        except KeyError:
            raise SealError(f"缺少密封用的密钥 seal-{number}:从密钥备份恢复它") from None
    return _algorithms[number]
