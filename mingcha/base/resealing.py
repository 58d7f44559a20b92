"""Resealing 换密钥: what was sealed with earlier keys is sealed with the present one, batch by batch.

Who seals something registers it here (`holds`), so that one list says what is sealed where: blobs in columns
(`Sealed`), and whatever else a part keeps (texts, files) by a class of its own with the same two functions.

Every batch is a transaction of its own, and what is done is told by the blobs themselves: a run that was interrupted
is run again. Writers go on meanwhile; a blob that changed under the hand is left to them, who write with the present
key already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from django.db import connection, models, transaction

from mingcha.base import keys, sealing

_AT_ONCE: Final = 1_000


class Holding(Protocol):
    """Something sealed: a column, texts in a column, files."""

    @property
    def label(self) -> str:
        """What it is, in Chinese."""

    def used(self) -> dict[int, int]:
        """How many blobs each key has sealed, by the key's number."""

    def reseal(self) -> Iterator[int]:
        """Seal with the present key what another has sealed; gives after every step how many blobs were resealed so
        far. Raises `sealing.SealError` for one that does not open, naming it."""


@dataclass(frozen=True)
class Sealed:
    """A column of blobs: its model and name, the columns that say what a blob is about, and how they do."""

    model: type[models.Model]
    column: str
    keys: Sequence[str]
    about: Callable[[dict[str, Any]], str]
    named: str = ""

    @property
    def label(self) -> str:
        """The name given, else that of the table."""
        return self.named or str(self.model._meta.verbose_name)

    def reseal(self) -> Iterator[int]:
        """See `Holding`."""
        present, last, done = keys.seal_numbers()[-1], None, 0
        while batch := list(self._next(last)):
            last = batch[-1]["pk"]
            changed = [
                (anew(row[self.column], self.about(row)), row["pk"], row[self.column])
                for row in batch
                if sealing.key_number(row[self.column]) != present
            ]
            if changed:
                self._write(changed)
                done += len(changed)
            yield done

    def used(self) -> dict[int, int]:
        """See `Holding`."""
        table, column = self.model._meta.db_table, connection.ops.quote_name(self.column)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT substr({column}, 2, 2), count(*) FROM {connection.ops.quote_name(table)}"  # noqa: S608 names of models
                f" WHERE length({column}) > 0 GROUP BY 1"
            )
            return {int.from_bytes(bytes(number), "big"): count for number, count in cursor.fetchall()}

    def _next(self, last: int | None) -> Iterable[dict[str, Any]]:
        rows = self.model._default_manager.exclude(**{self.column: None}).exclude(**{self.column: b""})
        if last is not None:
            rows = rows.filter(pk__gt=last)
        return rows.order_by("pk").values("pk", self.column, *self.keys)[:_AT_ONCE]

    def _write(self, changed: list[tuple[bytes, int, bytes]]) -> None:
        with transaction.atomic():
            for new, pk, old in changed:
                same = self.model._default_manager.filter(**{"pk": pk, self.column: old})
                same.update(**{self.column: new})


_holdings: list[Holding] = []


def holds(*holdings: Holding) -> None:
    """Register what a part keeps sealed; its app does so when it is made ready."""
    _holdings.extend(holding for holding in holdings if holding not in _holdings)


def holdings() -> list[Holding]:
    """All that this installation keeps sealed."""
    return list(_holdings)


def anew(blob: bytes, about: str) -> bytes:
    """A blob, sealed with the present key. Raises `sealing.SealError`."""
    return sealing.seal_bytes(sealing.open_bytes(blob, about), about)
