"""What a matter says of itself: what was entered, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from mingcha.casework.clocks import alerts, is_over
from mingcha.casework.declare import Entry, kind_of
from mingcha.casework.models import Matter
from mingcha.facts.schema import TABLES
from mingcha.law.sheet_view import when
from mingcha.pages import lookups

_HIDDEN = ("alert", "agency_code", "case_no", "withdrawn")


def told(matter: Matter) -> list[tuple[str, str]]:
    """(label, value) of what people entered and of the moments of its fact row."""
    return [*_entered(matter), *_moments(matter)]


def _entered(matter: Matter) -> Iterator[tuple[str, str]]:
    entries: dict[str, Entry] = {
        entry.name: entry for act in kind_of(matter.kind).acts for entry in act.entries if not entry.column
    }
    for name, entry in entries.items():
        if matter.told.get(name) not in (None, ""):
            yield entry.label, shown(entry, matter.told[name])


def shown(entry: Entry, value: object) -> str:
    """An entered value in words."""
    return dict(entry.options).get(str(value), str(value))


def _moments(matter: Matter) -> Iterator[tuple[str, str]]:
    kind = kind_of(matter.kind)
    if not kind.table:
        return
    for column in TABLES[kind.table].columns:
        kept = matter.fact.get(column.name)
        if kept is None or column.name in _HIDDEN or column.name == kind.key:
            continue
        if column.codes is not None:
            yield column.label, column.codes.values.get(kept, str(kept))
        elif isinstance(kept, str) and kept[:4].isdecimal() and kept[4:5] == "-":
            moment = datetime.fromisoformat(kept) if len(kept) > 10 else date.fromisoformat(kept)
            yield column.label, when(moment)
        else:
            yield column.label, "是" if kept is True else "否" if kept is False else str(kept)


def coming(matter: Matter, now: datetime) -> list[tuple[datetime | date | None, str]]:
    """What comes next if nothing happens, and until when; empty where nothing is ahead."""
    kind = kind_of(matter.kind)
    state = kind.state(matter.state)
    if state.final:
        return []
    ahead: list[tuple[datetime | date | None, str]] = []
    if matter.due_at is not None:
        rule = lookups.rules().get(matter.due_rule)
        called = f"“{rule.title}”({rule.id})" if rule else matter.due_rule
        ahead.append((matter.due_at, _overdue(matter, called, over=is_over(matter.due_at, now))))
    if matter.wakes_at is not None:
        ahead.append((matter.wakes_at, f"系统自动“{kind.act(state.wakes_to).label}”"))
    return ahead


def _overdue(matter: Matter, called: str, *, over: bool) -> str:
    """What being late comes to: an alert, where the rule holds."""
    if not alerts(matter.due_rule, matter.region_code):
        return f"{'已逾期' if over else '期限届满'};期限照规则{called}计算,它没有在这一地区施行,逾期不发信号"
    return f"已逾期:{called}的信号已发出或即将发出" if over else f"期限届满;逾期由规则{called}发出信号"
