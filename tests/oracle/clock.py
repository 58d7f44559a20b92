"""The clock, walked day by day from the text of clock.md: one clock at a time, no prefix sums, no arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from oracle.days import DEFAULT_HOURS, Days, Hours, NoDataError, blocks, span
from oracle.times import (
    ONE_DAY,
    Instant,
    as_start,
    as_stop,
    before,
    date_alone,
    midnight,
    midnight_after,
    months_on,
)

IN_DAYS = ("working_day", "natural_day", "month")
SECONDS = {"hour": 3600, "minute": 60, "working_hour": 3600, "working_minute": 60}
UNITS = (*IN_DAYS, *SECONDS)


@dataclass
class Ask:
    """One clock and what is asked of it. `pauses`: (start, end or None); `left`, `late`: thresholds."""

    start: Instant | None
    stop: Instant | None = None
    limit: int | None = None
    unit: str | None = "working_day"
    layer: str = ""
    pauses: list[tuple[Instant, Instant | None]] = field(default_factory=list)
    due: Instant | None = None
    ends: bool = False
    early_in_time: bool = False
    moves: bool = True
    left: tuple[int, ...] = ()
    late: tuple[tuple[int, str], ...] = ()
    hours: Hours = field(default_factory=lambda: DEFAULT_HOURS)
    doubtful: bool = False
    """Whether some further pause stands is unknown."""


@dataclass
class Moment:
    """When a level begins. `by_date`: a stop exactly then is late."""

    at: Instant | None
    provisional: bool = False
    by_date: bool = False


@dataclass
class Answer:
    cause: str = ""
    due: Instant | None = None
    due_provisional: bool = False
    overrun: Moment = field(default_factory=lambda: Moment(None))
    left: dict[int, Moment] = field(default_factory=dict)
    late: dict[tuple[int, str], Moment] = field(default_factory=dict)


def answer(days: Days, ask: Ask, as_of: Instant) -> Answer:
    """Cause first; then every moment, where a day without data leaves it unknown."""
    cause, pauses = _faults(ask)
    if cause or ask.start is None:
        return Answer(cause=cause)
    course = (_DayCourse if in_days(ask) else _TimeCourse)(days, ask, pauses)
    found = Answer()
    lacking: list[date] = []

    def known(ask_for: Callable[[], Moment | None]) -> Moment:
        try:
            return ask_for() or Moment(None)
        except NoDataError as error:
            lacking.append(error.day)
            return Moment(None)

    due = known(course.due_moment)
    found.due, found.due_provisional = due.at, due.provisional
    found.overrun = known(course.overrun)
    found.left = {n: known(lambda n=n: course.left_moment(n)) for n in ask.left}
    found.late = {late: known(lambda late=late: course.late_moment(*late)) for late in ask.late}
    until = min(as_of, as_stop(ask.stop)) if ask.stop else as_of
    if lacking and min(lacking) <= until.date():
        found.cause = "missing_calendar"
    opened = [as_start(p) for p, r in pauses if r is None]
    if ask.stop and opened and not ask.due and not _due_before(ask, due.at, min(opened)):
        found.cause = "open_pause_at_stop"
    return found


def _due_before(ask: Ask, due: Instant | None, pause: Instant) -> bool:
    """The due day lies before the pause; of a limit in hours, the due moment does."""
    if due is None:
        return False
    return due.date() < pause.date() if in_days(ask) else due < pause


def in_days(ask: Ask) -> bool:
    return ask.unit in IN_DAYS or ask.unit not in SECONDS


def _faults(ask: Ask) -> tuple[str, list[tuple[Instant, Instant | None]]]:
    """The first cause that needs no counting, and the pauses that stand (later than the stop: left out)."""
    pauses = [(p, r) for p, r in ask.pauses if not before(ask.stop, p)]
    if ask.ends and ask.stop:
        pauses = [(p, ask.stop if r is None else r) for p, r in pauses]
    if ask.start is None:
        return "missing_start", pauses
    if ask.due is None and (ask.limit is None or ask.limit < 0):
        return "missing_limit", pauses
    if (ask.due is None and ask.unit not in UNITS) or (ask.unit is not None and ask.unit not in UNITS):
        return "missing_unit", pauses
    if not ask.early_in_time and before(ask.stop, ask.start):
        return "stop_before_start", pauses
    if ask.due is None and any(before(r, p) for p, r in pauses):
        return "pause_ends_before_start", pauses
    return "", pauses


class _Course:
    def __init__(self, days: Days, ask: Ask, pauses: list[tuple[Instant, Instant | None]]) -> None:
        assert ask.start is not None
        self.days, self.ask, self.start, self.layer = days, ask, ask.start, ask.layer
        self.first = ask.start.date()
        self.pauses = [] if ask.due else pauses

    def works(self, day: date) -> bool:
        return self.days.works(self.layer, day)

    def settled(self, day: date) -> date:
        """民法典 203: a last day that is a day off moves to the next working day."""
        while self.ask.moves and not self.works(day):
            day += ONE_DAY
        return day

    def paused(self, day: date) -> bool:
        """Paused at the end of the day."""
        return any(p.date() <= day and (r is None or day < r.date()) for p, r in self.pauses)

    def open_from(self) -> date:
        return min((p.date() for p, r in self.pauses if r is None), default=date.max)

    def working_days_after(self, day: date, last: date) -> int:
        return sum(self.works(d) for d in span(day + ONE_DAY, last))

    def provisional(self, day: date, *, from_start: bool = False) -> bool:
        """A provisional day lies between the start and this one; a day given as due counts itself."""
        first = self.first - ONE_DAY if from_start else self.first
        if self.ask.due:
            first = min(first, self.ask.due.date() - ONE_DAY)
        return self.days.provisional_between(self.layer, first, day)

    def no_earlier(self, at: Instant) -> Instant:
        return max(at, as_start(self.start))

    def due_day_as_on(self, day: date) -> date | None:
        raise NotImplementedError

    def on_start(self) -> bool:
        """Whether what is counted hangs on the starting day itself."""
        raise NotImplementedError

    def left_moment(self, n: int) -> Moment | None:
        """00:00 of the first day with so much left, with the pauses as they stood on it."""
        if self.ask.limit == 0 and not self.ask.due:
            return None
        day = self.first
        while day <= self.open_from():
            if not (self.paused(day) and self.paused(day - ONE_DAY)):
                due = self.due_day_as_on(day)
                if due is not None and self.working_days_after(day, due) <= n:
                    return Moment(
                        self.no_earlier(midnight(day)), self.provisional(day, from_start=self.on_start())
                    )
            day += ONE_DAY
        return None


class _DayCourse(_Course):
    def _limit(self) -> int:
        assert self.ask.limit is not None
        if self.ask.unit != "month":
            return self.ask.limit
        return (months_on(self.first, self.ask.limit) - self.first).days

    def _counts(self, day: date) -> bool:
        return self.ask.unit in ("natural_day", "month") or self.works(day)

    def _walk(self, pauses: list[tuple[date, date | None]]) -> date | None:
        """The first working day on which the limit is used up and on whose end the clock is not paused."""
        limit, used, day = self._limit(), 0, self.first
        while True:
            if used >= limit:
                paused = any(p <= day and (r is None or day < r) for p, r in pauses)
                if not paused and (not self.ask.moves or self.works(day)):
                    return day
            if any(r is None and p <= day for p, r in pauses):
                return None
            day += ONE_DAY
            taken_off = any(p < day and (r is None or day <= r) for p, r in pauses)
            used += not taken_off and self._counts(day)

    def due_day(self) -> date | None:
        if self.ask.due:
            return self.settled(self.ask.due.date())
        return self._walk([(p.date(), r.date() if r else None) for p, r in self.pauses])

    def due_day_as_on(self, day: date) -> date | None:
        if self.ask.due:
            return self.settled(self.ask.due.date())
        known = [(p.date(), r.date() if r else None) for p, r in self.pauses if p.date() <= day]
        return self._walk([(p, day if r is None or r > day else r) for p, r in known])

    def on_start(self) -> bool:
        return self.ask.limit == 0 and not self.ask.due

    def due_moment(self) -> Moment | None:
        due = self.due_day()
        return due and Moment(date_alone(due), self.provisional(due, from_start=self.on_start()))

    def overrun(self) -> Moment | None:
        due = self.due_day()
        if due is None:
            return None
        at = self.no_earlier(midnight_after(due))
        return Moment(at, self.provisional(due, from_start=self.on_start()), by_date=True)

    def late_moment(self, count: int, unit: str) -> Moment | None:
        due = self.due_day()
        if due is None:
            return None
        second = _DayCourse(self.days, Ask(date_alone(due), limit=count, unit=unit, layer=self.layer), [])
        late = second.due_day()
        assert late is not None
        return Moment(self.no_earlier(midnight_after(late)), self.provisional(late), by_date=True)


class _TimeCourse(_Course):
    """Hours and minutes: to the second, pauses merged and taken off."""

    def _runs(self, day: date) -> list[tuple[Instant, Instant]]:
        if self.ask.unit in ("hour", "minute"):
            return [(midnight(day), midnight_after(day))]
        at = midnight(day)
        return [
            (at + timedelta(minutes=opens), at + timedelta(minutes=closes))
            for opens, closes in blocks(self.days, self.layer, self.ask.hours, day)
        ]

    def _due(self, pauses: list[tuple[Instant, Instant | None]]) -> Instant | None:
        """The first instant by which the limit has run and that no pause covers."""
        assert self.ask.limit is not None and self.ask.unit is not None
        merged = _merged([(as_start(p), as_stop(r) if r else None) for p, r in pauses])
        rest = timedelta(seconds=self.ask.limit * SECONDS[self.ask.unit])
        begin, day = as_start(self.start), self.first
        if not rest:
            return _unpaused(begin, merged)
        while True:
            for opens, closes in self._runs(day):
                for low, high in _without(max(opens, begin), closes, merged):
                    if high - low >= rest:
                        return _unpaused(low + rest, merged)
                    rest -= high - low
            if any(r is None and p.date() <= day for p, r in merged):
                return None
            day += ONE_DAY

    def due(self) -> Instant | None:
        return as_stop(self.ask.due) if self.ask.due else self._due(self.pauses)

    def due_day_as_on(self, day: date) -> date | None:
        if self.ask.due:
            return self.ask.due.date()
        end = midnight_after(day)
        cut = [(p, end if r is None or r.date() > day else r) for p, r in self.pauses if p.date() <= day]
        due = self._due(cut)
        return due.date() if due else None

    def due_moment(self) -> Moment | None:
        due = self.due()
        return due and Moment(due, self._provisional(due.date()))

    def on_start(self) -> bool:
        return self.ask.unit in ("working_hour", "working_minute")

    def _provisional(self, day: date) -> bool:
        return self.on_start() and self.provisional(day, from_start=True)

    def overrun(self) -> Moment | None:
        due = self.due()
        return due and Moment(self.no_earlier(due), self._provisional(due.date()))

    def late_moment(self, count: int, unit: str) -> Moment | None:
        due = self.due()
        if due is None:
            return None
        second = _DayCourse(
            self.days, Ask(date_alone(due.date()), limit=count, unit=unit, layer=self.layer), []
        )
        late = second.due_day()
        assert late is not None
        return Moment(self.no_earlier(midnight_after(late)), self.provisional(late))


Spans = list[tuple[datetime, datetime | None]]


def _merged(pauses: Spans) -> Spans:
    merged: Spans = []
    for p, r in sorted(pauses, key=lambda x: x[0]):
        if merged and (merged[-1][1] is None or merged[-1][1] >= p):
            low, high = merged[-1]
            merged[-1] = (low, None if high is None or r is None else max(high, r))
        else:
            merged.append((p, r))
    return merged


def _without(low: datetime, high: datetime, pauses: Spans) -> list[tuple[datetime, datetime]]:
    """What is left of a span once the merged pauses are taken out."""
    left = []
    for p, r in pauses:
        if p >= high:
            break
        if low < p:
            left.append((low, p))
        low = high if r is None else max(low, r)
    return [*left, (low, high)] if low < high else left


def _unpaused(at: datetime, pauses: Spans) -> datetime | None:
    for p, r in pauses:
        if p <= at and (r is None or at < r):
            return r
    return at
