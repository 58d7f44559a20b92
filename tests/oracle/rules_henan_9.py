"""henan-2019, what citizens see: article 9, abnormal cases without a colour."""

from __future__ import annotations

from collections.abc import Iterator

from oracle.clock import Ask
from oracle.logic import Three, among, both, opposite
from oracle.shared import (
    ABNORMAL,
    WARN_OVERRUN,
    cause_of,
    children,
    dissatisfied_himself,
    evaluations,
    followed,
    item_value,
    of_case,
    with_reason,
)
from oracle.verdict import Judged, Level, Rule
from oracle.world import Row, World

OURS = ("pc", "mobile", "qr")


def _said(name: str) -> object:
    """A clause of 第九条 that a citizen answers by one field; setting `channels`."""

    def judge(w: World) -> Iterator[Judged]:
        for row, case, about in evaluations(w):
            yield Judged(
                **about,
                applies=among(row["channel"], OURS),
                fires=_ANSWERS[name](w, row, case),
                moment=row["submitted_at"],
                reported=row["reported_at"],
                cause=cause_of(w, case) if name in _BY_ITEM else "missing_value",
            )

    return judge


def _complained(row: Row) -> bool:
    return dissatisfied_himself(row) and with_reason(row)


def _forced(w: World, row: Row, case: Row | None) -> Three:
    return both(bool(row["intermediary_forced"]), opposite(item_value(w, case, "intermediary_allowed")))


def _visits(w: World, row: Row, case: Row | None) -> Three:
    promised = item_value(w, case, "visits_promised")
    if row["actual_visits"] is None:
        return False
    return None if promised is None else row["actual_visits"] > promised


_BY_ITEM = ("9.4", "9.6")
_ANSWERS = {
    "9.1": lambda w, row, case: (
        _complained(row)
        and not ((first := followed(w, row)) and _complained(first) and first["channel"] in OURS)
    ),
    "9.2": lambda w, row, case: bool(row["extra_materials"]),
    "9.3": lambda w, row, case: bool(row["extra_fees"]),
    "9.4": _forced,
    "9.5": lambda w, row, case: bool(row["over_promised"]) or bool(row["over_statutory"]),
    "9.6": _visits,
    "9.7": lambda w, row, case: row["attitude"] == "bad" and with_reason(row),
    "9.8": lambda w, row, case: row["environment"] == "bad" and with_reason(row),
    "9.9": lambda w, row, case: row["other_issue"] is not None,
}


def appeal_decided(w: World) -> Iterator[Judged]:
    """Twenty working days: ten in which the citizen may rate again, ten to investigate."""
    for row, case in children(w, "appeals"):
        ask = Ask(row["filed_at"], row["decided_at"], 20, layer=w.layer_of(case))
        yield Judged(**of_case(case, row["appeal_no"], row), ask=ask)


RULES = (
    *(Rule(f"henan-{name}", "henan-2019", (ABNORMAL,), _said(name)) for name in _ANSWERS if name != "9.9"),
    Rule("henan-9.9", "henan-2019", (Level("manual", "at once"),), _said("9.9")),
    Rule("henan-9.10b", "henan-2019", (WARN_OVERRUN,), appeal_decided),
)
