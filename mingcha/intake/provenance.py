"""One row of the store and its past: each version with the batch, the source and the row of the payload it is from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from mingcha.facts.declare import Column, Kind, Table
from mingcha.facts.schema import TABLES
from mingcha.intake import personal
from mingcha.intake.fact_models import FACTS
from mingcha.intake.models import Batch, Source
from mingcha.intake.stored import BETWEEN
from mingcha.law.instants import date_of, day_number, instant, moment

Key = str | int | tuple[Any, ...]


@dataclass(frozen=True)
class Version:
    """One version of a row. `values` are Python values by column (a date alone is a `date`, a list a list); personal
    columns hold tokens, and `open_personal` what they stand for."""

    table: Table = field(repr=False)
    values: dict[str, Any]
    seen_from: int
    seen_to: int | None
    batch: Batch | None
    source: Source
    row: int | None
    sealed: bytes | None = field(default=None, repr=False)
    about: str = field(default="", repr=False)

    @property
    def withdrawn(self) -> bool:
        """Whether this version takes the row back."""
        return bool(self.values["withdrawn"])

    def open_personal(self) -> dict[str, str]:
        """The personal values. Who shows them has asked `accounts.policy` and records the look with its purpose."""
        return personal.open_row(self.sealed, self.about)


def row(table: str, key: Key, known_at: int | None = None) -> Version | None:
    """The version of a row known at a batch (now without it), withdrawn or not; None where there was none.

    `key` is the value of the key column, or a tuple of all of them, canonical or as stored.
    """
    versions = history(table, key)
    known = [v for v in versions if _known(v, known_at)]
    return known[-1] if known else None


def _known(version: Version, known_at: int | None) -> bool:
    if known_at is None:
        return version.seen_to is None
    return version.seen_from <= known_at and (version.seen_to is None or version.seen_to > known_at)


def history(table: str, key: Key) -> list[Version]:
    """All versions of a row, the oldest first. Raises KeyError for a table that is not there."""
    declared, model = TABLES[table], FACTS[table]
    values = key if isinstance(key, tuple) else (key,)
    given = {
        name: _stored_key(declared.column(name), value)
        for name, value in zip(declared.keys, values, strict=True)
    }
    found = [
        *model._default_manager.filter(**given, seen_to__isnull=False).order_by("seen_from").values(),
        *model._default_manager.filter(**given, seen_to__isnull=True).values(),
    ]
    batches = Batch.objects.in_bulk({row["seen_from"] for row in found}, field_name="no")
    sources = Source.objects.in_bulk({row["origin_id"] for row in found})
    return [
        Version(
            declared,
            {column.name: _value(column, row[column.name]) for column in declared.columns},
            row["seen_from"],
            row["seen_to"],
            batches.get(row["seen_from"]),
            sources[row["origin_id"]],
            row["batch_row"],
            row.get("sealed"),
            personal.about(declared, row),
        )
        for row in found
    ]


def _stored_key(column: Column, value: Any) -> Any:
    if isinstance(value, date):
        return instant(value) if column.kind is Kind.INSTANT else day_number(value)
    return value


def _value(column: Column, stored: Any) -> Any:
    """A stored value in Python; `stored.from_stored` is the same for whole columns."""
    if stored is None:
        return None
    match column.kind:
        case Kind.INSTANT:
            return moment(stored)
        case Kind.DAY:
            return date_of(stored)
        case Kind.MONEY:
            return Decimal(stored) / 100
        case Kind.LIST:
            return stored.split(BETWEEN) if stored else []
    return stored
