"""The keys of an installation, each a file under `secrets/` of its home, made at first use.

| file | what it is for |
|---|---|
| seal-1, seal-2, … | sealing personal values (SM4-GCM); the highest number writes, all read |
| search | tokens of names, numbers and phones (HMAC-SM3); it cannot change without making all tokens anew |
| audit | the audit chain (HMAC-SM3) |

The database remembers by a mark which keys its rows were written with, so that an installation started with other
keys (a home not mounted, a restore without its keys) says so instead of writing what nobody can read together.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes, hmac

from mingcha.base import clock
from mingcha.base.config import config
from mingcha.base.models import KeyMark
from mingcha.base.secret import own_secret

SEARCH: Final = "search"
AUDIT: Final = "audit"
_SEAL: Final = "seal-"


class KeysError(RuntimeError):
    """The keys here are not those the database was written with. `problems`: one Chinese sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(";".join(problems))
        self.problems = problems


@lru_cache
def folder() -> Path:
    """Where the key files lie."""
    return config().home / "secrets"


def key(name: str, purpose: str) -> bytes:
    """32 bytes for one purpose, derived from the key file of that name."""
    return mac(bytes.fromhex(own_secret(config().home, name)), purpose.encode())


def mac(secret: bytes, data: bytes) -> bytes:
    """HMAC-SM3 (GB/T 32905-2016)."""
    made = hmac.HMAC(secret, hashes.SM3())
    made.update(data)
    return made.finalize()


def seal_numbers() -> list[int]:
    """Numbers of the sealing keys that are here, rising; the first is made if there is none."""
    found = sorted(int(path.name[len(_SEAL) :]) for path in folder().glob(f"{_SEAL}*") if _is_seal(path))
    if not found:
        own_secret(config().home, f"{_SEAL}1")
        found = [1]
    return found


def seal_key(number: int) -> bytes:
    """The SM4 key of that number, 16 bytes. Raises KeyError where there is no such file."""
    if not (folder() / f"{_SEAL}{number}").is_file():
        raise KeyError(number)
    return key(f"{_SEAL}{number}", "SM4")[:16]


def new_seal_key() -> int:
    """Make the next sealing key; from now on it writes. Returns its number."""
    number = seal_numbers()[-1] + 1
    own_secret(config().home, f"{_SEAL}{number}")
    return number


def check(*, mark: bool = True) -> None:
    """Compare the keys here with the marks of the database; mark those that are new, unless told not to.

    Every process that writes does so when it starts. Raises `KeysError`.
    """
    marks = {mark.name: mark.digest for mark in KeyMark.objects.all()}
    compare(marks)
    if mark:
        names = [SEARCH, AUDIT, *(f"{_SEAL}{number}" for number in seal_numbers())]
        new = [name for name in names if name not in marks]
        now = clock.now()
        KeyMark.objects.bulk_create(
            [KeyMark(name=name, digest=_mark(name), since=now) for name in new], ignore_conflicts=True
        )


def compare(marks: Mapping[str, str]) -> None:
    """Are the keys here those of the marks (digests by name)? Makes none. Raises `KeysError`."""
    problems = []
    for name, digest in marks.items():
        if not (folder() / name).is_file():
            problems.append(f"缺少密钥文件 {folder() / name}:库里的数据是用它写的;从密钥备份恢复它,再启动")
        elif _mark(name) != digest:
            problems.append(f"密钥文件 {folder() / name} 与库里的数据不符;换回原来的文件(密钥备份),再启动")
    if problems:
        raise KeysError(problems)


def _mark(name: str) -> str:
    return key(name, "mark").hex()[:32]


def _is_seal(path: Path) -> bool:
    return path.name[len(_SEAL) :].isdigit()


@lru_cache
def audit_key() -> bytes:
    """The key of the audit chain."""
    return key(AUDIT, "audit chain")
