"""pingdingshan-2022: service process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from oracle.clock import Ask
from oracle.logic import Three, both, either, opposite
from oracle.shared import (
    WARN_AT_ONCE,
    WARN_OVERRUN,
    About,
    among,
    cause_of,
    children,
    ended_without,
    of_case,
    promise_clock,
    refused,
    shown,
)
from oracle.times import ONE_DAY, Instant, earliest, latest
from oracle.verdict import Judged, Level, Rule
from oracle.world import Row, World, trimmed


def ahead_of_time(w: World) -> Iterator[Judged]:
    """Working days d with made_day <= d < slot_day must be 1..5."""
    for row in w["reservations"]:
        days = w.days.working_days(row["made_at"].date(), row["slot_at"].date() - ONE_DAY)
        yield Judged(
            "halls",
            row["hall_code"],
            row,
            row["reservation_no"],
            applies=row["out_of_hours"],
            fires=not 1 <= len(days) <= 5,
            moment=row["made_at"],
        )


def missed_three_times(w: World) -> Iterator[Judged]:
    """Listed for a year from the third miss within six months, in one city."""
    missed: dict[tuple[str, str], list[Row]] = {}
    for row in w["reservations"]:
        if row["status"] == "missed":
            missed.setdefault((row["applicant_id"], _city(w, row)), []).append(row)
    for (applicant, _), rows in missed.items():
        rows.sort(key=lambda row: (row["slot_at"], row["reservation_no"]))
        for first, third in zip(rows, rows[2:], strict=False):
            ask = Ask(first["slot_at"], third["slot_at"], 6, "month", w.layer_of(third), moves=False)
            yield Judged("applicants", applicant, third, third["reservation_no"], ask=ask, lasts_months=12)


def _city(w: World, row: Row) -> str:
    """The city of the reservation's hall; unknown: the hall itself."""
    hall = w.hall.get(row["hall_code"])
    region = w.region.get(hall["region_code"]) if hall else None
    for _ in range(4):
        if region and region["level"] == "city":
            return str(region["code"])
        region = w.region.get(region["parent_code"]) if region else None
    return str(row["hall_code"])


def _consulted(row: Row) -> About:
    about, key = ("halls", row["hall_code"]) if row["hall_code"] else ("agencies", row["agency_code"])
    return {"about": about, "key": key, "subject": row["consultation_no"], "row": row}


def answered(w: World) -> Iterator[Judged]:
    for row in w["consultations"]:
        ask = Ask(row["asked_at"], row["answered_at"], 3, layer=w.layer_of(row))
        yield Judged(**_consulted(row), applies=row["complex"], ask=ask)


def told_once(w: World) -> Iterator[Judged]:
    for row in w["consultations"]:
        if row["answered_at"] is not None or row["told_once"] is not None:
            yield Judged(
                **_consulted(row),
                applies=opposite(row["complex"]),
                fires=opposite(row["told_once"]),
                moment=row["asked_at"],
                reported=row["reported_at"],
            )


def receipt(w: World) -> Iterator[Judged]:
    for case in w["cases"]:
        if case["accepted_at"]:
            yield Judged(
                **of_case(case),
                applies=among(case["channel"], ("window",)),
                fires=case["receipt_no"] is None,
                moment=case["accepted_at"],
                reported=case["reported_at"],
            )


def accepted_at_once(w: World) -> Iterator[Judged]:
    for case in w["cases"]:
        if case["opinion"] == "correct" or w.of_case("corrections", case["case_no"]):
            continue
        stop = earliest(case["accepted_at"], case["opinion_at"]) or ended_without(case)
        ask = Ask(case["received_at"], stop, 0, layer=w.layer_of(case))
        yield Judged(**of_case(case), applies=among(case["channel"], ("window",)), ask=ask)


def preaccepted(w: World) -> Iterator[Judged]:
    for case in w["cases"]:
        sent = [n["notified_at"] for n in w.of_case("corrections", case["case_no"])]
        ask = Ask(
            case["received_at"],
            earliest(case["preaccepted_at"], case["opinion_at"], *sent) or ended_without(case),
            2,
            layer=w.layer_of(case),
        )
        yield Judged(**of_case(case), applies=among(case["channel"], ("web",)), ask=ask)


def asked_on_paper(w: World) -> Iterator[Judged]:
    """Not at windows, which are to take paper and upload it."""
    return _asked_on_paper(w, at_windows=False, instead=("electronic", "shared"))


def asked_at_windows(w: World) -> Iterator[Judged]:
    return _asked_on_paper(w, at_windows=True, instead=("shared",))


def _asked_on_paper(w: World, *, at_windows: bool, instead: tuple[str, ...]) -> Iterator[Judged]:
    for case in w["cases"]:
        if (case["channel"] == "window") != at_windows:
            continue
        parts: list[tuple[Three, Instant | None]] = []
        rows = w.of_case("materials", case["case_no"])
        for code in {trimmed(row["material_code"]) for row in rows}:
            same = [row for row in rows if trimmed(row["material_code"]) == code]
            held = [row["reported_at"] for row in same if row["medium"] in instead]
            paper = [row["reported_at"] for row in same if row["medium"] == "paper" and row["waiver"] is None]
            if held and paper:
                parts.append((True, latest(case["received_at"], _first(held), _first(paper))))
        fires, at = shown(parts, w.as_of)
        yield Judged(**of_case(case), fires=fires, moment=at or case["received_at"])


def _first(arrivals: list[Instant | None]) -> Instant | None:
    """When the first of several rows arrived; one without a time of arrival was always there."""
    return None if None in arrivals else min(a for a in arrivals if a)


def handed_over(w: World) -> Iterator[Judged]:
    """8.1's clock to handed_over_at, of cases with a result to hand over."""
    for case in w["cases"]:
        if refused(case) or case["outcome"] not in (None, "granted", "denied"):
            continue
        rows = w.of_case("deliveries", case["case_no"])
        ask = promise_clock(w, case, rows[0]["handed_over_at"] if rows else None)
        yield Judged(**of_case(case), ask=replace(ask, ends=False), cause=cause_of(w, case))


def receipt_of_result(w: World) -> Iterator[Judged]:
    for row, case in children(w, "deliveries"):
        if row["delivered_at"]:
            mail, pickup = among(row["method"], ("mail",)), among(row["method"], ("pickup",))
            fires = either(both(mail, row["tracking_no"] is None), both(pickup, row["receiver"] is None))
            yield Judged(
                **of_case(case, "", row), fires=fires, moment=row["delivered_at"], reported=row["reported_at"]
            )


def _rule(clause: str, judge: object, *levels: Level) -> Rule:
    return Rule(f"pds-{clause}", "pingdingshan-2022", levels, judge)


NOTE = Level("note", "at once")

RULES = (
    _rule("6", ahead_of_time, NOTE),
    _rule("7", missed_three_times, Level("note", "within")),
    _rule("14a", answered, WARN_OVERRUN),
    _rule("14b", told_once, NOTE),
    _rule("21", receipt, NOTE),
    _rule("22", accepted_at_once, WARN_OVERRUN),
    _rule("26", preaccepted, WARN_OVERRUN),
    _rule("29", asked_on_paper, WARN_AT_ONCE),
    _rule("29b", asked_at_windows, WARN_AT_ONCE),
    _rule("34", handed_over, WARN_OVERRUN),
    _rule("36", receipt_of_result, NOTE),
)
