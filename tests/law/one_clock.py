"""One clock asked in texts, as the examples are written."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from mingcha.law.clock import ClockSettings
from mingcha.law.load import load_calendar
from mingcha.law.sheet import Pause, Sheet, clock

CALENDAR = load_calendar()


def at(text: str | None) -> Any:
    """2026-09-18 or 2026-09-18T09:30."""
    if text is None:
        return None
    return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)


def ask(start: str, limit: int | None = None, unit: str | None = "working_day", **more: Any) -> Sheet:
    """One clock; pauses as (start, end) texts, settings by name."""
    settings = {"left": (2,)} | more.pop("settings", {})
    pauses = [
        pause if isinstance(pause, Pause) else Pause(at(pause[0]), at(pause[1]))
        for pause in more.pop("pauses", [])
    ]
    as_of = at(more.pop("as_of", "2026-11-20"))
    for name in ("stop", "due"):
        more[name] = at(more.get(name))
    return clock(
        at(start),
        limit,
        unit,
        as_of=as_of,
        calendar=CALENDAR,
        pauses=pauses,
        settings=ClockSettings(**settings),
        **more,
    )


def moments(sheet: Sheet) -> tuple[str | None, str | None, str | None]:
    """Due, first day with left <= 2, first overrun day, as texts."""
    texts = [
        None if value is None else value.isoformat()
        for value in (sheet.due, sheet.warnings[2], sheet.overrun)
    ]
    return texts[0], texts[1], texts[2]
