"""Evidence files 证据: kept once under their digest in the home of the installation, never changed, never deleted."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from django.db import transaction

from mingcha.alerts.models import Alert, Evidence
from mingcha.base import audit, clock
from mingcha.base.config import config

LARGEST: Final = 100 * 1024 * 1024
"""Bytes of one file."""


class EvidenceError(ValueError):
    """A file that is not taken; the message says why and what to do, in Chinese."""


def attach(alert: Alert, name: str, chunks: Iterable[bytes], actor: str, note: str = "") -> Evidence:
    """Keep a file as evidence of an alert. The same file again gives the row that is there. Raises `EvidenceError`."""
    digest, size = _keep(chunks)
    with transaction.atomic():
        row, new = Evidence.objects.get_or_create(
            alert=alert,
            digest=digest,
            defaults={
                "name": plain_name(name),
                "size": size,
                "added_by": actor,
                "added_at": clock.now(),
                "note": note[:300],
            },
        )
        if new:
            audit.record(
                actor,
                "alert.evidence",
                f"alert/{alert.pk}",
                detail={"digest": digest, "size": size, "file": row.pk},
            )
    return row


def plain_name(name: str) -> str:
    """A file name without folders, control and direction marks: it is shown and offered for download, nothing else."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if c.isprintable() and not 0x200B <= ord(c) <= 0x206F)
    return kept.strip(" .")[-200:] or "证据"


def place(digest: str) -> Path:
    """Where the file of a digest lies."""
    return config().home.resolve() / "evidence" / digest[:2] / digest


def _keep(chunks: Iterable[bytes]) -> tuple[str, int]:
    """Write once, under the digest; a file appears only when it is whole and on the disk."""
    root = config().home.resolve() / "evidence"
    root.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=root, prefix=".", delete=False) as file:
        half = Path(file.name)
        try:
            for chunk in chunks:
                size += len(chunk)
                if size > LARGEST:
                    raise EvidenceError(f"文件超过 {LARGEST >> 20} MB;请压缩或分开上传")
                digest.update(chunk)
                file.write(chunk)
            if not size:
                raise EvidenceError("文件是空的;请重新选择")
            file.flush()
            os.fsync(file.fileno())
            whole = place(digest.hexdigest())
            whole.parent.mkdir(exist_ok=True)
            half.replace(whole)
        except BaseException:
            half.unlink(missing_ok=True)
            raise
    return digest.hexdigest(), size
