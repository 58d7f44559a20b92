"""The story of a case: who held it when, as spans, totals and a picture; and what the law's clocks say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from mingcha.facts.schema import TABLES
from mingcha.law.instants import END_OF_DAY
from mingcha.pages.cases.holders import Holder, Span, Stretch, attribute, spoken, totals
from mingcha.pages.cases.line_svg import line_svg, swatch
from mingcha.pages.lookups import local

EVENTS = (("received_at", "收件"), ("accepted_at", "受理"), ("completed_at", "办结"))


@dataclass(frozen=True)
class Part:
    """What one holder had in all: how long, and what share of the whole."""

    holder: Holder
    length: str
    share: float
    swatch: SafeString


@dataclass(frozen=True)
class Story:
    """The whole time of a case and its parts."""

    spans: tuple[tuple[Span, str], ...]
    """Each with its length in words."""
    parts: tuple[Part, ...]
    whole: str
    until: str
    picture: SafeString


def story_of(found: Mapping[str, list[Any]], now: datetime) -> Story | None:
    """The story up to the end of the case or, while it lasts, up to now; None where it was not received by then."""
    case = found["cases"][0]
    start, completed = _begin(case.received_at), _end(case.completed_at)
    end = min(completed, now) if completed else now
    if start is None or end <= start:
        return None
    spans = attribute(
        start,
        end,
        _stretches(found, "corrections", "notified_at", "supplied_at", "notice_no"),
        _stretches(found, "specials", "started_at", "ended_at", "kind_name"),
        _stretches(found, "steps", "started_at", "finished_at", "name"),
    )
    events = [(at, word) for name, word in EVENTS if (at := _begin(getattr(case, name))) is not None]
    return Story(
        spans=tuple((span, spoken(span.length)) for span in spans),
        parts=tuple(_parts(spans, end - start)),
        whole=spoken(end - start),
        until="办结" if completed and completed <= now else "现在",
        picture=mark_safe(line_svg(spans, events)),  # noqa: S308 it escapes every text itself
    )


def _parts(spans: list[Span], whole: timedelta) -> list[Part]:
    return [
        Part(holder, spoken(length), length / whole, mark_safe(swatch(holder)))  # noqa: S308 a file of ours
        for holder, length in totals(spans).items()
    ]


def _stretches(found: Mapping[str, list[Any]], table: str, start: str, end: str, label: str) -> list[Stretch]:
    """Rows with a beginning. An end before the beginning is a fault of the data and holds nothing."""
    stretches = []
    for row in found.get(table, ()):
        begin, finish = _begin(getattr(row, start)), _end(getattr(row, end))
        if begin is not None and (finish is None or finish >= begin):
            stretches.append(Stretch(begin, finish, _label(table, row, label)))
    return stretches


def _label(table: str, row: Any, column: str) -> str:
    text = getattr(row, column) or ""
    if table == "specials" and not text:
        codes = TABLES["specials"].column("kind").codes
        text = dict(codes.values).get(row.kind, row.kind) if codes else row.kind
    return str(text)


def _begin(value: int | None) -> datetime | None:
    """As a beginning: a date alone is its midnight."""
    at = local(value)
    return at if at is None or isinstance(at, datetime) else _midnight(at)


def _end(value: int | None) -> datetime | None:
    """As an end: a date alone is the last second of its day."""
    at = local(value)
    if at is None or isinstance(at, datetime):
        return at
    return _midnight(at) + timedelta(microseconds=END_OF_DAY)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)
