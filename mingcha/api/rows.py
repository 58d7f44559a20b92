"""Rows of the fact tables as they are told: values, where they came from, personal data masked or looked at."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from mingcha.accounts import masking
from mingcha.accounts.acts import RefusedError
from mingcha.accounts.scopes import Scope
from mingcha.api import told
from mingcha.api.auth import by, caller_of
from mingcha.api.problem import Refused
from mingcha.base.sealing import SealError
from mingcha.facts.declare import Table
from mingcha.facts.schema import TABLES
from mingcha.intake import personal
from mingcha.intake.fact_models import FACTS
from mingcha.intake.models import Batch, Source

_OPEN_TO_READERS: Final = "reference"
"""Group of tables that every reader of cases sees: the catalogue and the registers."""


class Provenance(Schema):
    """Where a row came from."""

    batch: int = Field(description="批号;这一版自它起可见")
    until: int | None = Field(description="到哪一批次为止;null 为现在仍是")
    row: int | None = Field(description="批内行号")
    source: str = Field(description="来源编号")
    receipt: str = Field(description="回执号")
    received_at: str | None = Field(description="接收时间(北京时间)")


class FactRow(Schema):
    """One version of a row of a fact table."""

    table: str
    values: dict[str, Any] = Field(description="列名见事实表目录;金额为分,时间为北京时间")
    provenance: Provenance


def open_rows(table: str) -> QuerySet[Any]:
    """The present rows of a fact table, those taken back left out."""
    rows: QuerySet[Any] = FACTS[table]._default_manager.filter(seen_to=None).exclude(withdrawn=True)
    return rows


def versions(table: str, key: Mapping[str, Any], *, history: bool) -> QuerySet[Any]:
    """The present row of a key, or with `history` its every version, those taken back too.

    The present and the past are named apart: each has an index of its own.
    """
    if not history:
        return open_rows(table).filter(**key)
    rows: QuerySet[Any] = FACTS[table]._default_manager.filter(
        Q(seen_to__isnull=True, **key) | Q(seen_to__isnull=False, **key)
    )
    return rows


def holds(scope: Scope, table: Table, row: Any) -> bool:
    """Whether a row lies in a scope: by its region and agency, by those of its case; the catalogue for everyone."""
    if scope.everything or table.group == _OPEN_TO_READERS:
        return True
    names = table.by_name
    if "case_no" in names and table.name != "cases" and row.case_no:
        return scope.limit(open_rows("cases")).filter(case_no=row.case_no).exists()
    region = row.region_code if "region_code" in names else _region_of_hall(row, names)
    agency = row.agency_code if "agency_code" in names else None
    return scope.holds(region, agency)


def _region_of_hall(row: Any, names: Container[str]) -> str | None:
    """The region of the hall that a row of a hall belongs to."""
    if "hall_code" not in names or not row.hall_code:
        return None
    found: str | None = (
        open_rows("halls").filter(code=row.hall_code).values_list("region_code", flat=True).first()
    )
    return found


def look(request: HttpRequest, table: Table, row: Any, purpose: str) -> None:
    """Record that the caller looks at the personal data of a row. Raises `Refused` 403 without the right, 422
    without a purpose that says something."""
    caller = caller_of(request)
    if not caller.may("personal.look") or not holds(caller.scope("personal.look"), table, row):
        raise Refused(
            403, "这个密钥不能查看个人信息", "不写 purpose 则掩码显示;需要查看的,请申领有此权限的密钥"
        )
    key = "/".join(str(getattr(row, name)) for name in table.keys)
    try:
        with transaction.atomic():
            masking.look(table.name, key, purpose, by(request))
    except RefusedError as error:
        raise Refused(422, str(error), "请在 purpose 里写明事由") from None


def values_of(table: Table, row: Any, *, in_the_open: bool = False) -> dict[str, Any]:
    """The values of a row; personal ones masked, unless they are looked at."""
    found = {column.name: told.cell(column, getattr(row, column.name)) for column in table.columns}
    personal_columns = masking.personal_columns(table.name)
    if not personal_columns:
        return found
    try:
        about = personal.about(table, {name: getattr(row, name) for name in table.keys})
        opened = personal.open_row(row.sealed, about)
    except SealError as error:
        raise Refused(503, str(error), "请系统管理员运行 mingcha doctor") from None
    for column in personal_columns:
        value = opened.get(column.name)
        found[column.name] = value if in_the_open else masking.masked(column, value)
    return found


def with_provenance(table: Table, rows: Iterable[Any], *, in_the_open: bool = False) -> list[dict[str, Any]]:
    """Rows with where they came from; batches and sources are read once for all."""
    held = list(rows)
    numbers = {row.seen_from for row in held}
    batches = {batch.no: batch for batch in Batch.objects.filter(no__in=numbers)}
    sources = dict(Source.objects.filter(pk__in={row.origin_id for row in held}).values_list("pk", "code"))
    return [
        {
            "table": table.name,
            "values": values_of(table, row, in_the_open=in_the_open),
            "provenance": _provenance(row, batches.get(row.seen_from), sources.get(row.origin_id, "")),
        }
        for row in held
    ]


def _provenance(row: Any, batch: Batch | None, source: str) -> dict[str, Any]:
    return {
        "batch": row.seen_from,
        "until": row.seen_to,
        "row": row.batch_row,
        "source": source,
        "receipt": batch.receipt if batch else "",
        "received_at": told.recorded(batch.received_at) if batch else None,
    }


def table_named(name: str) -> Table:
    """A fact table. Raises `Refused` 404 with the names there are."""
    found = TABLES.get(name)
    if found is None:
        raise Refused(404, f"没有事实表“{name[:40]}”", f"可用的表:{'、'.join(TABLES)}")
    return found
