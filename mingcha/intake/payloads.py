"""Payloads at rest: what was sent, byte for byte, sealed; small ones in their row, large ones in a file.

A file is named by the digest of what was sent, so that the same content is kept once, and is on the disk before the
row that names it is committed. It is a sequence of frames, each the length (4 bytes, big endian) and a sealed block
that is about its place in this payload; completeness is checked by the digest.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from mingcha.base import sealing
from mingcha.base.config import config
from mingcha.intake.incoming import BLOCK, SMALL, Incoming, settle_file
from mingcha.intake.models import Batch
from mingcha.intake.way_models import Payload

_LENGTH: Final = 4
_HEAD: Final = 3
_DRAFT: Final = ".reseal.tmp"


class PayloadDamagedError(RuntimeError):
    """What is kept is not what was received: the file is missing, cut, or was changed."""


def folder() -> Path:
    """Where the files lie."""
    place = config().home.resolve() / "payloads"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def store_file(sent: Incoming) -> str:
    """The file that keeps what was sent, under `folder()`; empty where it is small enough for the row. Called before
    the transaction; a file whose transaction failed is found again by its digest."""
    if sent.size <= SMALL:
        return ""
    name = f"{sent.digest[:2]}/{sent.digest}"
    target = folder() / name
    if target.exists():
        return name
    target.parent.mkdir(mode=0o700, exist_ok=True)
    draft = target.with_name(f"{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        sealed = (
            sealing.seal_bytes(block, about(sent.digest, place)) for place, block in enumerate(sent.blocks())
        )
        _write(draft, sealed)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    settle_file(target)
    return name


def keep(batch: Batch, sent: Incoming, file: str) -> None:
    """Write the payload's row, in the transaction of the batch."""
    content = None if file else sealing.seal_bytes(b"".join(sent.blocks()), about(sent.digest))
    Payload.objects.create(batch=batch, sealed=content, file=file)


def write_to(batch: Batch, target: Path) -> None:
    """Write what was sent, open, to a file. Raises PayloadDamagedError where it is not what the digest says."""
    digest = hashlib.sha256()
    with target.open("wb") as out:
        for block in _blocks(batch.stored, batch.digest):
            digest.update(block)
            out.write(block)
    if digest.hexdigest() != batch.digest:
        raise PayloadDamagedError(
            f"批次 {batch.receipt} 的原文与接收时的摘要不符;从备份恢复 payloads 文件夹后再试"
        )


def _blocks(stored: Payload, sent: str) -> Iterator[bytes]:
    if not stored.file:
        yield sealing.open_bytes(bytes(stored.sealed or b""), about(sent))
        return
    path = folder() / stored.file
    if not path.is_file():
        raise PayloadDamagedError(f"找不到原文文件 {stored.file};从备份恢复 payloads 文件夹后再试")
    for place, frame in enumerate(frames(path)):
        yield sealing.open_bytes(frame, about(sent, place))


def files() -> Iterator[Path]:
    """All files that keep payloads, in the order of their digests."""
    for inner in sorted(path for path in folder().iterdir() if path.is_dir()):
        yield from sorted(path for path in inner.iterdir() if not path.suffix)


def frames(path: Path) -> Iterator[bytes]:
    """The sealed blocks of a file. Raises PayloadDamagedError where it ends in the middle of one."""
    with path.open("rb") as file:
        while length := file.read(_LENGTH):
            size = int.from_bytes(length, "big")
            frame = file.read(size) if size <= 2 * BLOCK else b""
            if len(frame) != size or not size:
                told = f"{path.parent.name}/{path.name}"
                raise PayloadDamagedError(f"原文文件 {told} 残缺;从备份恢复 payloads 文件夹后再试")
            yield frame


def key_numbers(path: Path) -> Iterator[int]:
    """With which key each block of a file was sealed; the blocks themselves are not read."""
    with path.open("rb") as file:
        while length := file.read(_LENGTH):
            start = file.read(_HEAD)
            yield sealing.key_number(start)
            file.seek(int.from_bytes(length, "big") - len(start), os.SEEK_CUR)


def rewrite(path: Path, blocks: Iterable[bytes]) -> None:
    """Put other sealed blocks in the place of a file's, at once; who reads it reads the old ones to their end."""
    draft = path.with_name(path.name + _DRAFT)
    try:
        _write(draft, blocks)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    settle_file(path)


def _write(draft: Path, blocks: Iterable[bytes]) -> None:
    with draft.open("wb") as out:
        for sealed in blocks:
            out.write(len(sealed).to_bytes(_LENGTH, "big"))
            out.write(sealed)
        out.flush()
        os.fsync(out.fileno())


def about(digest: str, place: int = 0) -> str:
    """What a sealed block is about: the payload and its place in it."""
    return f"payload:{digest}:{place}"
