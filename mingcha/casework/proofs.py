"""Evidence files of matters: kept with those of alerts, under their digest; recorded with the act they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mingcha.alerts import evidence
from mingcha.base import clock
from mingcha.casework.models import Matter, Proof

EvidenceError = evidence.EvidenceError


@dataclass(frozen=True)
class Kept:
    """A file that lies in the home of the installation and belongs to nothing yet."""

    digest: str
    name: str
    size: int
    by: str


def keep(name: str, chunks: Iterable[bytes], actor: str) -> Kept:
    """Write the file, once under its digest. Raises `EvidenceError`."""
    shown, digest, size = evidence.keep(name, chunks)
    return Kept(digest, shown, size, actor)


def attach_all(given: Iterable[tuple[Matter, Sequence[Kept]]]) -> None:
    """Make files the matters' own, in the caller's transaction; the same file again is there already."""
    now = clock.now()
    Proof.objects.bulk_create(
        (
            Proof(
                matter=matter,
                digest=file.digest,
                name=file.name,
                size=file.size,
                added_by=file.by,
                added_at=now,
            )
            for matter, files in given
            for file in files
        ),
        ignore_conflicts=True,
    )
