"""Payloads at rest: what was sent, byte for byte, sealed; small ones in their row, large ones in a file.

A file is named by the digest of what was sent, so that the same content is kept once, and is on the disk before the
row that names it is committed (`base.sealed_files`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from mingcha.base import sealing
from mingcha.base.sealed_files import DamagedError, SealedFiles
from mingcha.intake.incoming import SMALL, Incoming
from mingcha.intake.models import Batch
from mingcha.intake.way_models import Payload

FILES: Final = SealedFiles("payloads", "payload", "原始报文(文件)")


def store_file(sent: Incoming) -> str:
    """The file that keeps what was sent, under the folder of `FILES`; empty where it is small enough for the row.
    Called before the transaction; a file whose transaction failed is found again by its digest."""
    return FILES.keep(sent.digest, sent.blocks()) if sent.size > SMALL else ""


def keep(batch: Batch, sent: Incoming, file: str) -> None:
    """Write the payload's row, in the transaction of the batch."""
    content = None if file else sealing.seal_bytes(b"".join(sent.blocks()), FILES.said(sent.digest))
    Payload.objects.create(batch=batch, sealed=content, file=file)


def write_to(batch: Batch, target: Path) -> None:
    """Write what was sent, open, to a file. Raises DamagedError where it is not what the digest says."""
    with target.open("wb") as out:
        for block in _blocks(batch.stored, batch):
            out.write(block)


def _blocks(stored: Payload, batch: Batch) -> Iterator[bytes]:
    if stored.file:
        yield from FILES.blocks(batch.digest)
        return
    content = sealing.open_bytes(bytes(stored.sealed or b""), FILES.said(batch.digest))
    if hashlib.sha256(content).hexdigest() != batch.digest:
        raise DamagedError(f"批次 {batch.receipt} 的原文与接收时的摘要不符;请系统管理员从备份恢复")
    yield content
