"""The numbers of the overview and of the wall screen, within a scope: reads only, each one or two indexed queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Count, F, QuerySet, Sum

from mingcha.accounts.places import Places, places
from mingcha.accounts.policy import Scope
from mingcha.alerts import listing
from mingcha.alerts.counting import kept
from mingcha.alerts.models import Alert, DayCount, Undetermined
from mingcha.alerts.transitions import IS_LIVE
from mingcha.base.remembering import remembered
from mingcha.law.instants import HOUR, instant
from mingcha.pages.lookups import stored

LEVELS = ("red", "yellow", "warning")
TREND_DAYS = 30
HEAT_DAYS = 28
KEPT = 60
"""Seconds for which the heat by hour is kept: it looks at every case of four weeks."""

_EPOCH_WEEKDAY = 3
"""1970-01-01 was a Thursday (Monday is 0)."""


@dataclass(frozen=True)
class Compared:
    """A number of today beside yesterday's and that of the same day last year."""

    name: str
    label: str
    today: int
    yesterday: int
    last_year: int

    @property
    def against_yesterday(self) -> int:
        """More or less than yesterday."""
        return self.today - self.yesterday

    @property
    def against_last_year(self) -> int:
        """More or less than on the same day last year."""
        return self.today - self.last_year


def a_year_before(day: date) -> date:
    """The same day last year; 28 February for the 29th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def compared(scope: Scope, today: date) -> list[Compared]:
    """Cases received, and alerts that reached each level or ended, today so far."""
    days = (today, today - timedelta(days=1), a_year_before(today))
    counts = scope.limit(DayCount.objects.filter(day__in=days))
    by_day: Counter[tuple[date, str]] = Counter()
    for day, level, raised, ended in counts.values_list("day", "level").annotate(Sum("raised"), Sum("ended")):
        by_day[day, level] += raised
        by_day[day, "ended"] += ended
    labels = {level: f"新达{Alert.Level(level).label}" for level in LEVELS} | {"ended": "了结信号"}
    found = [Compared("received", "收件", *(received(scope, day, day) for day in days))]
    return found + [
        Compared(name, label, *(by_day[day, name] for day in days)) for name, label in labels.items()
    ]


def received(scope: Scope, first: date, last: date) -> int:
    """Cases received on these days, both included."""
    return sum(part.count() for part in _received(scope, first, last))


def _received(scope: Scope, first: date, last: date) -> list[QuerySet[Any]]:
    """In two parts that each have an index: those of a known agency, and those that name none."""
    begin, end = _at(first), _at(last + timedelta(days=1))
    rows = stored("cases").filter(received_at__gte=begin, received_at__lt=end)
    agencies = places().agencies.keys() if scope.agencies is None else scope.agencies
    nobody = rows.filter(agency_code__isnull=True)
    if scope.regions is not None:
        nobody = nobody.filter(region_code__in=sorted(scope.regions))
    return [rows.filter(agency_code__in=sorted(agencies)), nobody]


def _at(day: date) -> int:
    return instant(datetime(day.year, day.month, day.day))


def open_alerts(scope: Scope) -> QuerySet[Alert]:
    """Alerts that were issued and of which something is asked of somebody; those only proposed are `proposed`."""
    return scope.limit(Alert.objects.filter(IS_LIVE, state=Alert.State.OPEN))


def proposed(scope: Scope) -> int:
    """Alerts that wait for somebody to confirm them."""
    rows = scope.limit(Alert.objects.filter(IS_LIVE, state=Alert.State.PROPOSED))
    return kept(rows, "count", rows.count)


def undetermined(scope: Scope) -> int:
    """Verdicts that cannot be reached at present."""
    return scope.limit(Undetermined.objects.filter(settled_at=None)).count()


@dataclass(frozen=True)
class Trend:
    """Alerts day by day: the days, and for each level its counts in their order."""

    days: tuple[date, ...]
    levels: Mapping[str, tuple[int, ...]]

    @property
    def lines(self) -> list[tuple[date, list[tuple[str, int]]]]:
        """Newest day first, for the table behind the chart."""
        told = [
            (day, [(level, counts[place]) for level, counts in self.levels.items()])
            for place, day in enumerate(self.days)
        ]
        return told[::-1]


def trend(scope: Scope, today: date, length: int = TREND_DAYS) -> Trend:
    """Alerts that reached each level on the last days, today included."""
    days = tuple(today - timedelta(days=back) for back in reversed(range(length)))
    found = {
        (row.day, row.level): row.raised
        for row in listing.trend(scope.limit(DayCount.objects.all()), days[0], today)
    }
    return Trend(days, {level: tuple(found.get((day, level), 0) for day in days) for level in LEVELS})


@dataclass(frozen=True)
class Ranked:
    """A region or agency by name with its open alerts."""

    code: str
    name: str
    counts: Mapping[str, int]
    total: int


def ranking(scope: Scope, by: str, most: int = 10) -> list[Ranked]:
    """`by` region_code or agency_code: those with the most open red cards, then yellow cards, then warnings."""
    trees = places()
    name = trees.agency_name if by == "agency_code" else trees.region_name
    return [
        Ranked(row.code, name(row.code), {level: getattr(row, level) for level in LEVELS}, row.all)
        for row in listing.ranking(open_alerts(scope), by, most)
    ]


def parts(scope: Scope, top: str) -> list[Ranked]:
    """The region `top` itself and those directly below it, each with the open alerts of all that lies under it."""
    trees = places()
    top = top or _forking(trees)
    by_region: dict[str, Counter[str]] = {}
    counted = open_alerts(scope).order_by().values_list("region_code", "level").annotate(Count("pk"))
    for code, level, count in kept(counted, "parts", lambda: list(counted)):
        by_region.setdefault(code, Counter())[level] += count
    below = [code for code in trees.subregions(top) if scope.regions is None or code in scope.regions]
    found = [_part(trees, code, trees.regions_from(code), by_region) for code in below]
    own = by_region.get(top, Counter())
    if top in trees.regions and (scope.regions is None or top in scope.regions):
        found.insert(0, _ranked(top, f"{trees.region_name(top)}本级", own))
    return found


def _forking(trees: Places) -> str:
    """The highest region with several below it; "" where there are several at the top."""
    top, below = "", trees.subregions("")
    while len(below) == 1:
        top, below = below[0], trees.subregions(below[0])
    return top


def _part(trees: Places, code: str, under: frozenset[str], by_region: Mapping[str, Counter[str]]) -> Ranked:
    counts: Counter[str] = Counter()
    for each in under:
        counts += by_region.get(each, Counter())
    return _ranked(code, trees.region_name(code), counts)


def _ranked(code: str, name: str, counts: Counter[str]) -> Ranked:
    return Ranked(code, name, {level: counts[level] for level in LEVELS}, counts.total())


@dataclass(frozen=True)
class Heat:
    """Cases received by weekday (Monday first) and hour, over the last four weeks."""

    hours: tuple[int, ...]
    rows: tuple[tuple[int, ...], ...]

    @property
    def most(self) -> int:
        """The largest count."""
        return max((count for row in self.rows for count in row), default=0)


def heat(scope: Scope, today: date) -> Heat:
    """When work arrives; kept for a minute."""
    return remembered(("heat", scope, today), lambda: _heat(scope, today), KEPT)


def _heat(scope: Scope, today: date) -> Heat:
    counts: Counter[tuple[int, int]] = Counter()
    for part in _received(scope, today - timedelta(days=HEAT_DAYS - 1), today):
        hour = (F("received_at") - F("received_at") % HOUR) / HOUR
        slots = part.order_by().annotate(slot=_integer(hour)).values_list("slot").annotate(Count("pk"))
        for slot, count in slots:
            counts[(int(slot) // 24 + _EPOCH_WEEKDAY) % 7, int(slot) % 24] += count
    used = [hour for _, hour in counts] or [8, 18]
    hours = tuple(range(min(*used, 8), max(*used, 18) + 1))
    return Heat(hours, tuple(tuple(counts[day, hour] for hour in hours) for day in range(7)))


def _integer(expression: Any) -> Any:
    expression.output_field = BigIntegerField()
    return expression


def steps(heat: Heat) -> Sequence[tuple[str, Sequence[tuple[int, int, int]]]]:
    """The heat for a table: weekday and its cells (hour, count, step 0 to 5 of colour)."""
    most = max(heat.most, 1)
    return [
        (
            f"周{name}",
            [(hour, count, -(-5 * count // most)) for hour, count in zip(heat.hours, row, strict=True)],
        )
        for name, row in zip("一二三四五六日", heat.rows, strict=True)
    ]
