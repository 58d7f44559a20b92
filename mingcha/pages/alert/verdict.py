"""What an alert rests on: its clock as pictures, its facts, the rows with batch and line, and what comes next."""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.safestring import SafeString, mark_safe

from mingcha.accounts.places import places
from mingcha.alerts.law import law_in_force
from mingcha.alerts.models import Alert
from mingcha.facts.schema import TABLES
from mingcha.intake.fact_models import FACTS
from mingcha.intake.models import Batch
from mingcha.law.instants import DATE_ALONE
from mingcha.report.life import facts_of
from mingcha.report.sheet_svg import sheet_svg
from mingcha.report.sheets import Sheets
from mingcha.rules.model import Rule

SHEET_WIDTH = 900
MOMENTS = ("since", "warn_at", "yellow_at", "red_at", "due_at", "next_at", "ended_at")
MOST_ROWS = 60
"""Rows of provenance that a page shows."""


@dataclass(frozen=True)
class Picture:
    """A clock sheet, drawn."""

    title: str
    svg: SafeString


@dataclass(frozen=True)
class Provenance:
    """A row that an alert rests on: where it came from."""

    table: str
    key: str
    batch: Batch | None
    row: int | None


def rule_of(alert: Alert) -> Rule | None:
    """Its rule, if it is still in the book."""
    book, _ = law_in_force()
    return next((rule for rule in book.rules if rule.id == alert.rule), None)


def as_finding(alert: Alert, as_of: datetime) -> dict[str, Any]:
    """The alert as the finding it was, with the columns that sheets and facts read."""
    moments = {name: _stamped(getattr(alert, name)) for name in MOMENTS}
    names = (
        "rule",
        "about",
        "key",
        "subject",
        "case_no",
        "item_code",
        "agency_code",
        "region_code",
        "level",
        "evidence",
    )
    return {**{name: getattr(alert, name) for name in names}, **moments, "as_of": as_of}


def _stamped(value: datetime | date | None) -> datetime | None:
    """A date alone is marked by one microsecond, as in findings."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day, microsecond=DATE_ALONE)


def pictures(alert: Alert, as_of: datetime) -> list[Picture]:
    """Its clock sheets as of then; none for a rule without a clock."""
    book, calendar = law_in_force()
    sheets = Sheets(book, calendar).of(as_finding(alert, as_of))
    count = itertools.count(1)
    return [
        Picture(
            titled.title,
            # It escapes every text itself.
            mark_safe(sheet_svg(titled.sheet, width=SHEET_WIDTH, caption=titled.caption, due=titled.due, key=f"s{next(count)}")),  # noqa: S308,E501
        )
        for titled in sheets
    ]  # fmt: skip


def facts(alert: Alert, rule: Rule, as_of: datetime) -> list[tuple[str, str]]:
    """The facts of its evidence by label."""
    return list(facts_of(as_finding(alert, as_of), rule))


def rows_behind(alert: Alert, without: Container[str] = ()) -> list[Provenance]:
    """The row judged, and where it belongs to a case the rows of that case: each with its batch and line. Tables
    `without` are kept from the reader."""
    found = list(itertools.islice((told for told in _rows(alert) if told[0] not in without), MOST_ROWS))
    batches = Batch.objects.select_related("source").in_bulk(
        {row.seen_from for _, row in found}, field_name="no"
    )
    return [
        Provenance(TABLES[name].label, _key(name, row), batches.get(row.seen_from), row.batch_row)
        for name, row in found
    ]


def _rows(alert: Alert) -> Iterator[tuple[str, Any]]:
    table = TABLES.get(alert.about)
    if alert.case_no:
        for name, other in TABLES.items():
            if "case_no" in other.by_name:
                yield from ((name, row) for row in _open(name).filter(case_no=alert.case_no).order_by("pk"))
    elif table is not None:
        yield from (
            (table.name, row) for row in _open(table.name).filter(**{table.keys[0]: alert.key})[:MOST_ROWS]
        )


def _open(name: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = FACTS[name]._default_manager.filter(seen_to=None)
    return rows


def _key(name: str, row: Any) -> str:
    parts = [getattr(row, key) for key in TABLES[name].keys]
    return " / ".join(str(part) for part in parts if part not in (None, ""))


def coming(alert: Alert, now: datetime) -> list[tuple[datetime | date, str]]:
    """What happens next if nothing changes, and when; empty where nothing is ahead."""
    if alert.state not in (Alert.State.OPEN, Alert.State.PROPOSED):
        return []
    said = ((alert.warn_at, "发出预警"), (alert.yellow_at, "升为黄牌"), (alert.red_at, "升为红牌"))
    ahead = [(at, what) for at, what in said if at is not None and _after(at, now)]
    if alert.due_at is not None and _after(alert.due_at, now):
        ahead.append((alert.due_at, "期限届满(应办结、应改正)"))
    known = {at for at, _ in ahead}
    if alert.next_at is not None and alert.next_at not in known and _after(alert.next_at, now):
        ahead.append((alert.next_at, "系统再次判定"))
    return sorted(ahead, key=lambda pair: (_stamped(pair[0]), pair[1]))


def _after(at: datetime | date, now: datetime) -> bool:
    return at > now if isinstance(at, datetime) else at >= now.date()


def where(alert: Alert) -> tuple[str, str]:
    """Names of its agency and region."""
    trees = places()
    return trees.agency_name(alert.agency_code), trees.region_name(alert.region_code)
