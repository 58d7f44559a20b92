"""Resealing 换密钥: what was sealed with earlier keys is sealed with the present one, batch by batch.

Every batch is a transaction of its own, and what is done is told by the blobs themselves: a run that was interrupted
is run again. Writers go on meanwhile; a blob that changed under the hand is left to them, who write with the present
key already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, models, transaction

from mingcha.base import keys, sealing

_AT_ONCE: Final = 1_000


@dataclass(frozen=True)
class Sealed:
    """A column of blobs: its model and name, the columns that say what a blob is about, and how they do."""

    model: type[models.Model]
    column: str
    keys: Sequence[str]
    about: Callable[[dict[str, Any]], str]


def reseal(sealed: Sealed) -> Iterator[int]:
    """Reseal a column; gives the number of blobs resealed after every batch. Raises `sealing.SealError` for one that
    does not open, naming it."""
    present, last, done = keys.seal_numbers()[-1], 0, 0
    while batch := list(_next(sealed, last)):
        last = batch[-1]["pk"]
        changed = [
            (_anew(row[sealed.column], sealed.about(row)), row["pk"], row[sealed.column])
            for row in batch
            if sealing.key_number(row[sealed.column]) != present
        ]
        if changed:
            _write(sealed, changed)
            done += len(changed)
        yield done


def used(sealed: Sealed) -> dict[int, int]:
    """How many blobs of a column each key has sealed."""
    table, column = sealed.model._meta.db_table, connection.ops.quote_name(sealed.column)
    part = f"substr({column}, 2, 2)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {part}, count(*) FROM {connection.ops.quote_name(table)}"  # noqa: S608 names of models
            f" WHERE {column} IS NOT NULL GROUP BY 1"
        )
        return {int.from_bytes(bytes(number), "big"): count for number, count in cursor.fetchall()}


def _next(sealed: Sealed, last: int) -> Iterator[dict[str, Any]]:
    rows = sealed.model._default_manager.filter(pk__gt=last, **{f"{sealed.column}__isnull": False})
    return iter(rows.order_by("pk").values("pk", sealed.column, *sealed.keys)[:_AT_ONCE])


def _anew(blob: bytes, about: str) -> bytes:
    return sealing.seal_bytes(sealing.open_bytes(blob, about), about)


def _write(sealed: Sealed, changed: list[tuple[bytes, int, bytes]]) -> None:
    with transaction.atomic():
        for new, pk, old in changed:
            same = sealed.model._default_manager.filter(**{"pk": pk, sealed.column: old})
            same.update(**{sealed.column: new})
