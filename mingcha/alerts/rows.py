"""Many rows at once, past the object mapper's statement builder: the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


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


def insert(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model, giving ids to those that have none. Raises IntegrityError."""
    if not rows:
        return
    model = type(rows[0])
    fields = list(model._meta.concrete_fields)
    if model._meta.pk.name == "id":
        for row, number in zip(rows, fresh_ids(model, len(rows)), strict=True):
            row.pk = number
    names = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    sql = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})'  # noqa: S608 names of our models
    with connection.cursor() as cursor:
        cursor.executemany(sql, [_values(row, fields) for row in rows])
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
    with connection.cursor() as cursor:
        cursor.executemany(
            sql,
            [[*_values(row, fields), row.pk, version] for row, version in zip(rows, versions, strict=True)],
        )
        return int(cursor.rowcount)


def _values(row: models.Model, fields: Sequence[Any]) -> list[Any]:
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
