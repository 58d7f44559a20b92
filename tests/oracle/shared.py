"""What rules of several packs share: acceptance, completion, pauses, the clock of the promise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from oracle.clock import Ask
from oracle.logic import Three, among
from oracle.times import Instant, as_start
from oracle.verdict import Level
from oracle.world import Row, World

About = dict[str, Any]
"""What a finding is about, its key and subject, and the row it comes from."""

PAUSING = (
    "hearing",
    "tender",
    "auction",
    "inspection",
    "testing",
    "quarantine",
    "appraisal",
    "expert_review",
    "publicity",
)
"""行政许可法 45 and 批前公示."""

WARN_OVERRUN = Level("warning", "overrun")
RED_OVERRUN = Level("red", "overrun")
WARN_AT_ONCE = Level("warning", "at once")
RED_AT_ONCE = Level("red", "at once")
RED_AFTER_3 = Level("red", "chain", 3, of="warning")
ABNORMAL = Level("abnormal", "at once")


def accepted(case: Row) -> Instant | None:
    """accepted_at, else opinion_at where the opinion is accept."""
    if case["accepted_at"]:
        return case["accepted_at"]
    return case["opinion_at"] if case["opinion"] == "accept" else None


def refused(case: Row) -> bool:
    """Its first opinion was not to accept it, and it was not accepted after all."""
    return bool(case["opinion"] == "reject" and case["accepted_at"] is None)


def completed(case: Row) -> bool:
    return case["completed_at"] is not None and not refused(case)


def ended_without(case: Row) -> Instant | None:
    """When a case came to nothing: returned, withdrawn or voided."""
    return case["completed_at"] if case["outcome"] in ("returned", "withdrawn", "voided") else None


def pauses_of(w: World, case: Row) -> list[tuple[Instant, Instant | None]]:
    """Corrections notified_at -> confirmed_at, and specials of kinds that pause and that the item allows."""
    held = [
        (c["notified_at"], c["confirmed_at"])
        for c in w.of_case("corrections", case["case_no"])
        if c["notified_at"]
    ]
    allowed = {row["kind"] for row in w.guide("item_specials", case) or []}
    specials = w.of_case("specials", case["case_no"])
    held += [
        (s["started_at"], s["ended_at"]) for s in specials if s["kind"] in PAUSING and s["kind"] in allowed
    ]
    return held


def doubtful_pauses(w: World, case: Row) -> bool:
    """A special of a kind that pauses, and nobody reported which the items allow."""
    kinds = {row["kind"] for row in w.of_case("specials", case["case_no"])}
    return "item_specials" not in w.reported and bool(kinds & set(PAUSING))


def cause_of(w: World, case: Row | None) -> str:
    return w.item(case)[1] or "missing_value"


def item_value(w: World, case: Row | None, name: str) -> Any:
    item, _ = w.item(case)
    return item[name] if item else None


def promise_clock(w: World, case: Row, stop: Instant | None) -> Ask:
    """The clock of 第八条(一), to some stop."""
    return Ask(
        accepted(case),
        stop,
        item_value(w, case, "promised_limit"),
        item_value(w, case, "promised_unit"),
        w.layer_of(case),
        pauses_of(w, case),
        ends=case["outcome"] in ("returned", "withdrawn", "voided"),
        hours=w.hours_of(case["hall_code"]),
        doubtful=doubtful_pauses(w, case),
    )


def of_case(case: Row, subject: object = "", row: Row | None = None) -> About:
    return {"about": "cases", "key": case["case_no"], "subject": str(subject), "row": row or case}


def children(w: World, table: str) -> Iterator[tuple[Row, Row]]:
    """Rows of a child table with their case; a row without its case waits."""
    for row in w[table]:
        if row["case_no"] in w.case:
            yield row, w.case[row["case_no"]]


def decided(case: Row) -> Three:
    """Setting `ends`: granted, denied or transferred."""
    return among(case["outcome"], ("granted", "denied", "transferred"))


def shown(parts: list[tuple[Three, Instant | None]], as_of: Instant) -> tuple[Three, Instant | None]:
    """What several defects show together: true from the first one that has come, later if all lie ahead."""
    sure = [at for fires, at in parts if fires]
    at = min((t for t in sure if t), default=None) if None not in sure else None
    if sure and (at is None or as_start(at) <= as_of):
        return True, at
    if any(fires is None for fires, _ in parts):
        return None, None
    return bool(sure), at


def evaluations(w: World) -> Iterator[tuple[Row, Row | None, About]]:
    """Evaluations with their case, about it or, without one, the agency; one of an unknown case waits."""
    for row in w["evaluations"]:
        case = w.case.get(row["case_no"])
        if row["case_no"] is not None and case is None:
            continue
        about, key = ("cases", row["case_no"]) if case else ("agencies", row["agency_code"])
        yield row, case, {"about": about, "key": key, "subject": row["evaluation_no"], "row": row}


def with_reason(row: Row) -> bool:
    return row["comment"] is not None or bool(row["tags"])


def followed(w: World, row: Row) -> Row | None:
    """The rating that it rates a second time."""
    return next((first for first in w["evaluations"] if first["evaluation_no"] == row["follows"]), None)


def dissatisfied_himself(row: Row | None) -> bool:
    """A bad rating that the citizen gave, not the system."""
    return row is not None and dissatisfied(row) and not row["is_default"]


def dissatisfied(row: Row) -> bool:
    return row["satisfied"] is False or (row["level"] is not None and row["level"] <= 2)
