"""The center 数据报送: every source with its days and its quality; one source whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mingcha.accounts.policy import Scope, may, needs
from mingcha.base import clock
from mingcha.intake.models import Batch, Source
from mingcha.intake.quality import WORDS, DayQuality, Measure, by_day
from mingcha.intake.sources import OWN_CODE
from mingcha.intake.way_models import Refusal
from mingcha.intake.ways.folder import inbox_of
from mingcha.pages import lookups
from mingcha.pages.intake.strip import STATES, Cell, strips
from mingcha.pages.intake.table import prepare

DAYS, LONG = 14, 91
QUALITY_DAYS = 30


@dataclass(frozen=True)
class Line:
    """One source in the list."""

    source: Source
    agency: str
    keeper: str
    cells: list[Cell]
    words: list[Measure]
    last: datetime | None
    waiting: int
    refused: int


def seen(request: HttpRequest) -> QuerySet[Source]:
    """The sources in the account's scope; the system's own is none."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return scope.limit(Source.objects.exclude(code=OWN_CODE))


def of_sources(scope: Scope, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows that hang on a source, cut to the scope."""
    return scope.limit(rows.exclude(source__code=OWN_CODE), "source__region_code", "source__agency_code")


@needs("intake.read")
@require_GET
def center(request: HttpRequest) -> HttpResponse:
    """All sources: who reported today, who did not, how well."""
    now = clock.local_now()
    sources = list(seen(request).order_by("-active", "region_code", "agency_code", "code"))
    lines = _lines(sources, now)
    today = [line for line in lines if line.cells[-1].state in ("due", "silent")]
    shown = {
        "lines": lines,
        "silent": [line for line in today if line.cells[-1].state == "silent"],
        "due": [line for line in today if line.cells[-1].state == "due"],
        "batches": Batch.objects.filter(source__in=sources, received_at__gte=_midnight(now)).count(),
        "waiting": sum(line.waiting for line in lines),
        "refused": sum(line.refused for line in lines),
        "days": [cell.day for cell in lines[0].cells] if lines else [],
        "words": WORDS.values(),
        "states": [STATES[name] for name in ("in_time", "nil", "late", "silent", "due")],
        "quality_days": QUALITY_DAYS,
        **rights(request),
    }
    return render(request, "intake/center.html", shown)


@needs("intake.read")
@require_GET
def source(request: HttpRequest, code: str) -> HttpResponse:
    """One source: who answers for it, its days, its quality, its last batches."""
    found = request.scope.find(Source.objects.exclude(code=OWN_CODE), code=code)  # type: ignore[attr-defined]
    now = clock.local_now()
    days = by_day([found.pk], now.date() - timedelta(days=QUALITY_DAYS), now.date())
    shown = {
        "source": found,
        "agency": lookups.trees().agency_name(found.agency_code),
        "region": lookups.trees().region_name(found.region_code),
        "keepers": found.keepers.order_by("-since"),
        "weeks": _weeks(strips([found], LONG, now)[found.pk]),
        "states": STATES.values(),
        "days": list(reversed(days)),
        "words": WORDS.values(),
        "batches": prepare(found.batch_set.order_by("-id")[:15]),
        "refusals": Refusal.objects.filter(source=found, settled_at=None).order_by("-at")[:10],
        "folder": inbox_of(found) if found.way == Source.Way.EXCHANGE else None,
        **rights(request),
    }
    return render(request, "intake/source.html", shown)


def rights(request: HttpRequest) -> dict[str, bool]:
    """What the account may do here."""
    return {
        "may_submit": may(request.user, "intake.submit"),
        "may_review": may(request.user, "intake.review"),
        "may_register": may(request.user, "intake.sources"),
        "may_enter": may(request.user, "cases.edit"),
        "may_take_out": may(request.user, "intake.export"),
    }


def _lines(sources: list[Source], now: datetime) -> list[Line]:
    cells = strips(sources, DAYS, now)
    measured: dict[int, list[DayQuality]] = defaultdict(list)
    for day in by_day([s.pk for s in sources], now.date() - timedelta(days=QUALITY_DAYS), now.date()):
        measured[day.source].append(day)
    batches = Batch.objects.filter(source__in=sources)
    last = dict(batches.values_list("source").annotate(last=Max("received_at")))
    waiting = _tally(batches.filter(state=Batch.State.WAITING).values_list("source", flat=True))
    refused = _tally(
        Refusal.objects.filter(source__in=sources, settled_at=None).values_list("source", flat=True)
    )
    keepers = {k.source_id: k.name for s in sources for k in s.keepers.filter(until=None)}
    trees = lookups.trees()
    return [
        Line(
            source=s,
            agency=trees.agency_name(s.agency_code),
            keeper=keepers.get(s.pk, ""),
            cells=cells[s.pk],
            words=[_sum(measured[s.pk], word) for word in WORDS],
            last=last.get(s.pk),
            waiting=waiting.get(s.pk, 0),
            refused=refused.get(s.pk, 0),
        )
        for s in sources
    ]


def _tally(sources: Iterable[int]) -> dict[int, int]:
    counted: dict[int, int] = defaultdict(int)
    for one in sources:
        counted[one] += 1
    return counted


def _sum(days: list[DayQuality], word: str) -> Measure:
    measures: list[Measure] = [getattr(day, word) for day in days]
    return Measure(sum(m.of for m in measures), sum(m.good for m in measures))


def _midnight(now: datetime) -> datetime:
    return clock.aware(datetime.combine(now.date(), datetime.min.time()))


def _weeks(cells: list[Cell]) -> list[list[Cell | None]]:
    """The days as a calendar: a list of weeks from Monday, None before the first day and after the last."""
    before: list[Cell | None] = [None] * cells[0].day.weekday()
    padded = before + list(cells)
    padded += [None] * (-len(padded) % 7)
    return [padded[start : start + 7] for start in range(0, len(padded), 7)]
