"""A store that logs are played into, and what it says in the end: by the alerts it keeps, and by judging everything."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from mingcha.alerts import law, recalculating, store
from mingcha.alerts.catching_up import catch_up
from mingcha.alerts.found import COLUMNS, rows_of
from mingcha.alerts.judging import judgement_of, unit_by_unit
from mingcha.alerts.models import Alert, Change, Publication, Undetermined, Watch
from mingcha.alerts.units import Lane, Unit, unit_of
from mingcha.base import clock
from mingcha.engine.judge import Judgement, judge
from mingcha.law.load import BUILT_IN
from tests.server.alerts.conftest import at
from tests.server.hard.demo_log import FIRST, Arrival, registers
from tests.server.intake.store.sending import send

LEAVE, JUDGE, SWEEP = "leave", "judge", "sweep"
"""What is done at an arrival: nothing, judged after it, or looked at just before it and judged after it."""
PASSING = ("elapsed", "paused", "as_of")
"""What a verdict says of the moment of judging only."""


def open_store() -> None:
    """The registers, known from the first moment on."""
    law.forget()
    with at(FIRST.isoformat()):
        send(dict(registers()))
        look()


def look() -> None:
    """Judge what waits and what is due, in both lanes."""
    for lane in Lane:
        assert catch_up(clock.local_now(), lane)


def play(log: Sequence[Arrival], schedule: Sequence[str], end: datetime) -> None:
    """Let the batches arrive, judged or left as the schedule says; at the end everything is looked at."""
    for arrival, what in zip(log, schedule, strict=True):
        with at(arrival.at.isoformat()):
            if what == SWEEP:
                look()
            if arrival.day_off is not None:
                publish_day_off(arrival.day_off.isoformat())
            else:
                send({name: list(rows) for name, rows in arrival.rows.items()})
            if what != LEAVE:
                look()
    with at(end.isoformat()):
        look()


def publish_day_off(day: str) -> None:
    """A calendar of 2026 in which one more day is off, put in force by its list of differences."""
    text = (BUILT_IN / "2026.yaml").read_text("utf-8")
    another = text.replace("days:\n", f"days:\n  - {{date: {day}, name: 停业, off: true}}\n", 1)
    assert another != text
    files: dict[str, Any] = {"2026.yaml": another}
    draft = Publication.objects.create(
        kind=Publication.Kind.CALENDAR, name="2026", title="示例", files=files, digest=law.digest_of(files), why="通知",
        state=Publication.State.APPROVED, uploaded_by="he", uploaded_at=clock.now(),
    )  # fmt: skip
    listed = recalculating.ask("示例", "sun", draft)
    recalculating.make(listed, clock.local_now())
    recalculating.accept(listed, "sun", "执行")
    recalculating.apply(listed)


# -- what is said -----------------------------------------------------------------------------------------------------


def everything(as_of: datetime, known_at: int | None = None) -> Judgement:
    """The whole store judged at once, by the rules that are judged unit by unit."""
    book, calendar = law.law_in_force(fresh=True)
    return judge(store.facts_for(None, known_at), book, calendar, as_of, only=unit_by_unit(book))


def alone(unit: Unit, as_of: datetime, known_at: int | None = None) -> Judgement:
    """One unit judged from its own rows."""
    return judgement_of([unit], as_of, known_at, law.law_in_force())[0]


def units_in(judgement: Judgement) -> set[Unit]:
    """The units of which a judgement says anything."""
    found = judgement.findings
    named = zip(found["about"].to_pylist(), found["key"].to_pylist(), strict=True)
    watched = zip(judgement.watch["unit"].to_pylist(), judgement.watch["key"].to_pylist(), strict=True)
    return {unit_of(about, key) for about, key in named} | set(watched)


def of_unit(rows: pa.Table, unit: Unit) -> list[str]:
    """The rows of a judgement about a unit, as bytes that can be held against others."""
    told = []
    for row in rows.to_pylist():
        whose = unit_of(row["about"], row["key"]) if "about" in row else (row["unit"], row["key"])
        if whose == unit:
            told.append(json.dumps(row, ensure_ascii=False, default=str, sort_keys=True))
    return sorted(told)


def kept(but: Collection[tuple[str, ...]] = ()) -> dict[str, dict[str, Any]]:
    """What the alerts say that stand, by who they are; without those of what cannot be judged any more (`but`, as
    `unjudged` tells it): they stay as they were, and a judgement from nothing never had them."""
    rows = Alert.objects.filter(state__in=["open", "cured", "proposed"], found=True, origin="rule")
    places = {place[:4] for place in but}
    return {
        _who(a.__dict__): _verdict({name: getattr(a, name) for name in ("level", *COLUMNS)})
        for a in rows
        if (a.rule, a.about, a.key, a.subject) not in places
    }


def said(judgement: Judgement) -> dict[str, dict[str, Any]]:
    """The same of the findings of a judgement."""
    rows = (row for row in rows_of(judgement.findings) if row["level"] != "undetermined")
    return {_who(row): _verdict({name: row[name] for name in ("level", *COLUMNS)}) for row in rows}


def _who(row: Any) -> str:
    return "|".join(str(row[name]) for name in ("rule", "about", "key", "subject", "episode"))


def _verdict(row: dict[str, Any]) -> dict[str, Any]:
    """A verdict without what an open clock says of the moment at which it was looked at."""
    evidence = json.loads(row.pop("evidence"))
    running = False
    for one in (evidence, *evidence.get("more", ())):
        sheet = one.get("clock")
        if isinstance(sheet, dict) and sheet.get("stop") is None:
            running = True
            one["clock"] = {name: value for name, value in sheet.items() if name not in PASSING}
    if running:
        row.pop("reason")
    return {name: str(value) for name, value in row.items()} | {
        "evidence": json.dumps(evidence, sort_keys=True)
    }


def watched(judgement: Judgement | None = None) -> dict[str, str]:
    """When to look again, by unit: of a judgement, or as the store keeps it."""
    if judgement is None:
        return {f"{row.unit} {row.key}": str(row.look_again_at) for row in Watch.objects.all()}
    rows = judgement.watch.to_pylist()
    return {f"{row['unit']} {row['key']}": str(_plain(row["look_again_at"])) for row in rows}


def _plain(moment: datetime) -> object:
    return moment.date() if moment.microsecond else moment


def unjudged(judgement: Judgement | None = None) -> set[tuple[str, ...]]:
    """What cannot be judged, and why: of a judgement, or as the store keeps it."""
    names = ("rule", "about", "key", "subject", "cause")
    if judgement is None:
        return set(Undetermined.objects.filter(settled_at=None).values_list(*names))
    rows = judgement.findings.to_pylist()
    return {tuple(str(row[name]) for name in names) for row in rows if row["level"] == "undetermined"}


def past() -> dict[str, list[tuple[str, ...]]]:
    """The lawful history of every alert: kind, level, state and lawful moment of each of its changes."""
    told: dict[str, list[tuple[str, ...]]] = {}
    for change in Change.objects.select_related("alert").order_by("alert_id", "no"):
        told.setdefault(_who(change.alert.__dict__), []).append(
            (change.kind, change.level, change.state, str(change.lawful_at))
        )
    return told
