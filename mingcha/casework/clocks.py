"""When a matter is due: what the rules of the rulebook say of its fact row. No deadline is computed here.

The rules named by a state are judged over the one row (and what the kind puts beside it); their `due_at` is the due
moment, so that the inbox and the alert that follows can never disagree. The few periods that no rule judges (until when
an appeal may be filed, how long the citizen may rate again) are settings of the packs, counted by the one clock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

import numpy as np

from mingcha.alerts import law
from mingcha.alerts.law import law_in_force
from mingcha.base import clock
from mingcha.casework.declare import Moment, kind_of
from mingcha.casework.fact_rows import Row, as_facts, row_of
from mingcha.casework.models import Matter
from mingcha.engine.holds import holds_in
from mingcha.engine.judge import judge
from mingcha.law.clock import Clocks, ClockSettings, run
from mingcha.law.instants import day_number, instant, moment
from mingcha.law.sheet import Question, draw
from mingcha.law.sheet_view import when
from mingcha.law.units import Unit
from mingcha.report.sheets import Sheets, Titled
from mingcha.rules.model import Rulebook

Due = tuple[Moment, str]
"""(due moment, id of the rule whose clock it is)."""
FARTHEST = 400
"""Days that are gone through to say how many working days are left; nobody asks for more."""


def due_of(matters: Collection[Matter]) -> dict[int, Due]:
    """id(matter) -> the earliest due moment of the clocks that run on it in its state; absent where none runs."""
    found: dict[int, Due] = {}
    groups: dict[tuple[str, tuple[str, ...]], list[Matter]] = {}
    for matter in matters:
        rules = kind_of(matter.kind).state(matter.state).rules
        if rules:
            groups.setdefault((matter.kind, rules), []).append(matter)
    for (name, rules), group in groups.items():
        known = {_key_of(matter): id(matter) for matter in group}
        for key, due in _asked(name, rules, group).items():
            if key in known:
                found[known[key]] = due
    return found


def _key_of(matter: Matter) -> str:
    kind = kind_of(matter.kind)
    return str(row_of(matter)[kind.key])


def _asked(name: str, rules: tuple[str, ...], group: Iterable[Matter]) -> dict[str, Due]:
    """key of the fact row -> the earliest due moment that the rules give it."""
    found: dict[str, Due] = {}
    for row in findings(name, rules, group):
        if row["due_at"] is None or row["ended_at"] is not None:
            continue
        due = (_moment(row["due_at"]), row["rule"])
        for key in {row["subject"], row["key"]} - {"", None}:
            if key not in found or _order(due[0]) < _order(found[key][0]):
                found[key] = due
    return found


def findings(name: str, rules: tuple[str, ...], group: Iterable[Matter]) -> list[dict[str, Any]]:
    """What these rules find in the fact rows of matters of a kind now, what has not reached a level among them."""
    book, calendar = law_in_force()
    ids = [rule.id for rule in book.rules if rule.id in rules]
    if not ids:
        return []
    facts, held = as_facts(_tables(name, group)), _adopted(book, rules)
    judged = judge(facts, held, calendar, clock.local_now(), only=ids, pending=True, way="few")
    return list(judged.findings.to_pylist())


def sheets_of(matter: Matter) -> list[Titled]:
    """The clock sheets of a matter: of every rule whose clock runs or ran on its fact row."""
    kind = kind_of(matter.kind)
    rules = tuple(dict.fromkeys(rule for state in kind.states for rule in state.rules))
    if "due_at" in matter.fact:
        return _given(matter)
    sheets = Sheets(*law_in_force())
    return [sheet for row in findings(matter.kind, rules, [matter]) for sheet in sheets.of(row)]


_ANSWERS: Final = ("answered_at", "submitted_at")
"""Columns that stop a clock whose due day was given."""


def _given(matter: Matter) -> list[Titled]:
    """The sheet from when it was asked to the day that was given, which is all that the rule looks at."""
    book, calendar = law_in_force()
    told = matter.transitions.exclude(due_at=None).order_by("-no").values_list("due_at", flat=True)
    due, row = matter.due_at or told.first(), row_of(matter)
    rule = next((rule for rule in book.rules if rule.id in _all_rules(matter)), None)
    if due is None or rule is None:
        return []
    asked = row.get("issued_at") or clock.local(matter.opened_at)
    stop = next((row[name] for name in _ANSWERS if row.get(name) is not None), None)
    sheet = draw(
        Question(calendar, asked, None, None, clock.local_now(), stop=stop, due=due, settings=ClockSettings())
    )
    what = "提交" if "submitted_at" in rule.evidence else "答复"
    ended = f",已于{when(stop)}{what}" if stop is not None else ""
    said = f"自{when(asked)}起,应于{when(due)}前(含当日){what}{ended}。"
    return [Titled(rule.title, sheet, said, f"应{what}")]


def _all_rules(matter: Matter) -> set[str]:
    return {rule for state in kind_of(matter.kind).states for rule in state.rules}


def _tables(name: str, group: Iterable[Matter]) -> Mapping[str, list[Row]]:
    kind = kind_of(name)
    tables: dict[str, list[Row]] = {kind.table: []}
    for matter in group:
        tables[kind.table].append(row_of(matter))
        if kind.beside is not None:
            for table, rows in kind.beside(matter).items():
                tables.setdefault(table, []).extend(dict(row) for row in rows)
    return tables


def _adopted(book: Rulebook, rules: tuple[str, ...]) -> Rulebook:
    """The book with the packs of these rules holding everywhere: that the matter is under them was decided when it was
    opened."""
    packs = {rule.pack for rule in book.rules if rule.id in rules}
    below = {under for pack in book.packs if pack.id in packs for under in pack.over}
    return replace(book, adopted=tuple(sorted(packs | below | set(book.adopted))))


def alerts(rule_id: str, region: str) -> bool:
    """Whether the rule raises alerts in a region: its pack holds there. A due moment it gives wherever it is named."""
    book, _ = law_in_force()
    return any(
        holds_in(book, pack, region) for pack in book.packs for rule in pack.rules if rule.id == rule_id
    )


def _moment(value: datetime) -> Moment:
    return value.date() if value.microsecond else value


def _order(value: Moment) -> datetime:
    """A date alone is due at its end."""
    return value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, 23, 59, 59)


def is_over(due: Moment | None, now: datetime) -> bool:
    """Whether the moment has passed; a date alone passes with its last second."""
    return due is not None and _order(due) < now


# -- periods: settings of the packs, counted by the one clock -------------------------------------------------------


setting: Final = law.setting


def working_days_after(start: Moment, days: int) -> date | None:
    """The last day of a period of so many working days, the starting day not counted; None where the calendar ends
    before."""
    _, calendar = law_in_force()
    clocks = Clocks(
        start=np.array([instant(start)]),
        limit=np.array([days]),
        unit=np.array([int(Unit.WORKING_DAY)], np.int8),
    )
    due = moment(int(run(calendar, clocks, ClockSettings(), instant(start)).due[0]))
    return None if due is None else day_of(due)


def day_of(moment: Moment) -> date:
    """The day of a moment."""
    return moment.date() if isinstance(moment, datetime) else moment


def working_days_left(due: Moment | None, now: datetime) -> int | None:
    """Working days after today up to the due day; negative after it. None without a due moment."""
    if due is None:
        return None
    day = day_of(due)
    today = now.date()
    _, calendar = law_in_force()
    first, last = sorted((day, today))
    days = range(day_number(first) + 1, min(day_number(last), day_number(first) + FARTHEST) + 1)
    count = sum(calendar.is_working(0, number) for number in days)
    return count if day >= today else -count
