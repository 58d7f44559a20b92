"""Names for codes, looked up once for many rows: rules, items, agencies, regions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from mingcha.accounts.places import Places, places
from mingcha.alerts.law import law_in_force
from mingcha.intake.fact_models import FACTS
from mingcha.law.instants import DATE_ALONE, moment
from mingcha.report.marks import BY_NAME, FLAGS
from mingcha.rules.model import Rule


def rules() -> dict[str, Rule]:
    """The rules in force, by id."""
    book, _ = law_in_force()
    return {rule.id: rule for rule in book.rules}


def item_names(codes: Iterable[str]) -> dict[str, str]:
    """Names of items: of their newest version as known now."""
    wanted = sorted({code for code in codes if code})
    rows = stored("items").filter(item_code__in=wanted).order_by("version")
    return dict(rows.values_list("item_code", "name"))


def stored(table: str) -> QuerySet[Any]:
    """Rows of a fact table as known now, withdrawn ones left out."""
    rows: QuerySet[Any] = FACTS[table]._default_manager.filter(seen_to=None).exclude(withdrawn=True)
    return rows


def begins(rows: QuerySet[Any], column: str, text: str) -> QuerySet[Any]:
    """Rows whose column begins so; said as a range too where that lets SQLite use the index."""
    rows = rows.filter(**{f"{column}__startswith": text})
    if connection.vendor == "sqlite":
        rows = rows.filter(**{f"{column}__gte": text, f"{column}__lt": text + "\U0010ffff"})
    return rows


def trees() -> Places:
    """Regions and agencies."""
    return places()


def mark_of(level: str, flags: Mapping[str, bool]) -> str:
    """The name of the mark (`report.marks`) of an alert: its colour, else the strongest of its flags."""
    if level in BY_NAME:
        return level
    chosen = "pending"
    for flag, name in FLAGS:
        chosen = name if flags.get(flag) else chosen
    return chosen


def local(value: Any) -> datetime | date | None:
    """A stored moment of a fact (microseconds of local wall time) as `LocalInstant` would give it; None stays None."""
    if value is None or isinstance(value, datetime | date):
        return value
    return moment(value)


def plain(value: datetime | date | None) -> datetime | None:
    """A moment with its time, a date alone as its midnight: to compare and to sort."""
    if value is None:
        return None
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return value.replace(microsecond=0) if value.microsecond == DATE_ALONE else value
