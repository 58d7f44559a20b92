"""Many rows at once, past the object mapper's statement builder: the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, Final

from django.db import connection, models

_AS_THEY_ARE: Final = frozenset(
    {
        models.AutoField,
        models.BigAutoField,
        models.BigIntegerField,
        models.BooleanField,
        models.CharField,
        models.ForeignKey,
        models.IntegerField,
        models.OneToOneField,
        models.PositiveIntegerField,
        models.TextField,
    }
)
"""Fields whose values the databases take as they stand; asking the field is most of the time of a large insert."""


def fresh_ids(model: type[models.Model], count: int) -> list[int]:
    """Primary keys that nobody else gets. In a transaction that already writes (SQLite has one writer)."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f'SELECT coalesce(max("id"), 0) FROM "{table}"')  # noqa: S608 a table of ours
            last = cursor.fetchone()[0]
            return list(range(last + 1, last + 1 + count))
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
        )
        return [row[0] for row in cursor.fetchall()]


def insert(rows: Iterable[models.Model], at_once: int = 5_000) -> int:
    """Insert rows of one model, giving ids to those that have none yet; how many. Raises IntegrityError."""
    waiting, count = iter(rows), 0
    while part := list(islice(waiting, at_once)):
        _insert(part)
        count += len(part)
    return count


def _insert(rows: Sequence[models.Model]) -> None:
    model = type(rows[0])
    fields = list(model._meta.concrete_fields)
    if model._meta.pk.name == "id":
        for row, number in zip(rows, fresh_ids(model, len(rows)), strict=True):
            row.pk = number
    names = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    sql = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})'  # noqa: S608 names of our models
    with connection.cursor() as cursor:
        cursor.executemany(sql, _values(rows, fields))
    for row in rows:
        row._state.adding = False


def update_at(rows: Sequence[models.Model], columns: Iterable[str], versions: Sequence[int]) -> int:
    """Write columns of rows that still have that version; the number of rows that did."""
    if not rows:
        return 0
    model = type(rows[0])
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    said = ", ".join(f'"{field.column}" = %s' for field in fields)
    sql = f'UPDATE "{model._meta.db_table}" SET {said} WHERE "id" = %s AND "version" = %s'  # noqa: S608 ours
    said_of = [
        [*values, row.pk, at] for values, row, at in zip(_values(rows, fields), rows, versions, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.executemany(sql, said_of)
        return int(cursor.rowcount)


def _values(rows: Iterable[models.Model], fields: Sequence[Any]) -> list[list[Any]]:
    """What the database is given of each row."""
    takers = [(field.attname, _taker(field)) for field in fields]
    return [
        [
            getattr(row, name) if taker is None else taker(getattr(row, name), connection)
            for name, taker in takers
        ]
        for row in rows
    ]


def _taker(field: Any) -> Callable[[Any, Any], Any] | None:
    return None if type(field) in _AS_THEY_ARE else field.get_db_prep_save
