"""The fact tables as Django models, made from the one declaration: every column, and two times.

A row is never changed but in one way: `seen_to` is set when a newer version of the same key comes. The open row of
a key (`seen_to` null) is the present one.

| column of the store | |
|---|---|
| seen_from, seen_to | numbers of the batches that brought and that closed it (half open) |
| origin | `intake.Source` it came from |
| batch_row | row of the payload |
| column_versions | JSON, where columns come from another source version than the row's (`intake.folding`) |
| sealed | the personal values, sealed together (`base.sealing`); their columns hold tokens |

Most rows are never corrected: closed rows have an index of their own, so that a new row costs one only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models

from mingcha.facts.declare import Column, Kind, Table
from mingcha.facts.schema import TABLES

_INTEGERS = {Kind.INTEGER, Kind.MONEY, Kind.INSTANT, Kind.DAY, Kind.TIME}
"""Money in 分, instants in microseconds of local wall time, days since 1970: integers, the same on every
database."""


def _field(column: Column) -> models.Field[Any, Any]:
    if column.kind in _INTEGERS:
        return models.BigIntegerField(column.label, null=not column.must)
    if column.kind is Kind.BOOL:
        return models.BooleanField(column.label, null=not column.must)
    return models.TextField(column.label, null=not column.must)  # lists joined with ";"


_SEARCHED: dict[str, dict[str, tuple[str, ...]]] = {
    "cases": {
        "agency": ("agency_code", "received_at", "outcome", "withdrawn"),
        "item": ("item_code", "received_at"),
        "received": ("received_at", "region_code", "agency_code", "outcome", "withdrawn"),
        "completed": ("completed_at", "received_at", "region_code", "agency_code", "withdrawn"),
        "id": ("applicant_id",),
        "name": ("applicant_name",),
        "phone": ("contact_phone",),
    },
    "evaluations": {"time": ("submitted_at",), "agency": ("agency_code", "submitted_at")},
}
"""What open rows are looked for by, besides their key. Lists are sorted by the time of receipt, and what decides who
sees a case stands in the index, so that rows of others are passed over, and rows counted, without being read."""
_JOINED: dict[str, dict[str, tuple[str, ...]]] = {
    "issued": {"unit": ("about", "key")},
    **{
        name: {"case": ("case_no",)}
        for name, table in TABLES.items()
        if "case_no" in table.by_name and table.keys[0] != "case_no"
    },
}
"""What the rows of a unit are found by at any time, where their key does not begin with it."""


def _indexes(table: Table) -> Iterator[models.Index]:
    past, present = models.Q(seen_to__isnull=False), models.Q(seen_to__isnull=True)
    yield models.Index(fields=[*table.keys, "seen_from"], name=f"{table.name}_past", condition=past)
    for name, columns in _SEARCHED.get(table.name, {}).items():
        yield models.Index(fields=list(columns), name=f"{table.name}_by_{name}", condition=present)
    for name, columns in _JOINED.get(table.name, {}).items():
        yield models.Index(fields=list(columns), name=f"{table.name}_by_{name}")


def _model(table: Table) -> type[models.Model]:
    name = "Fact" + "".join(part.capitalize() for part in table.name.split("_"))
    keys = list(table.keys)
    meta = type(
        "Meta",
        (),
        {
            "db_table": f"fact_{table.name}",
            "verbose_name": table.label,
            "constraints": [
                models.UniqueConstraint(
                    fields=keys, condition=models.Q(seen_to__isnull=True), name=f"{table.name}_open"
                )
            ],
            "indexes": list(_indexes(table)),
        },
    )
    fields = {column.name: _field(column) for column in table.columns}
    if any(column.personal for column in table.columns):
        fields["sealed"] = models.BinaryField("密封", null=True)
    return type(
        name,
        (models.Model,),
        {
            "__module__": "mingcha.intake.models",
            "__doc__": f"{table.label}: `facts.schema.TABLES[{table.name!r}]` in two times.",
            "Meta": meta,
            **fields,
            "seen_from": models.BigIntegerField("自批次"),
            "seen_to": models.BigIntegerField("至批次", null=True),
            "origin": models.ForeignKey(
                "intake.Source", models.PROTECT, related_name="+", db_constraint=False, db_index=False
            ),
            "column_versions": models.TextField("各列版本", null=True),
            "batch_row": models.BigIntegerField("批内行号", null=True),
        },
    )


FACTS: dict[str, type[models.Model]] = {name: _model(table) for name, table in TABLES.items()}
"""Model of a fact table by the table's name."""
