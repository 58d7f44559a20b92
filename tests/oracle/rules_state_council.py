"""state-council: the generic rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from oracle.clock import Ask, answer
from oracle.logic import Three, among
from oracle.shared import (
    RED_OVERRUN,
    WARN_AT_ONCE,
    WARN_OVERRUN,
    cause_of,
    children,
    completed,
    doubtful_pauses,
    of_case,
    pauses_of,
    promise_clock,
    refused,
    shown,
)
from oracle.times import Instant, before, date_alone, earliest, instant_text, latest, quarter
from oracle.verdict import Judged, Level, Rule
from oracle.world import Row, World

LEAD_AT_ONCE, LEAD_OVERRUN = Level("lead", "at once"), Level("lead", "overrun")


def step_limit(w: World) -> Iterator[Judged]:
    for step, case in children(w, "steps"):
        guide = w.guide("item_steps", case)
        same = [row for row in guide or [] if row["name"] == step["name"]]
        if guide is not None and not (same and same[0]["limit"] is not None):
            continue
        ask = Ask(
            step["started_at"],
            step["finished_at"] or case["completed_at"],
            same[0]["limit"] if same else None,
            same[0]["unit"] if same else None,
            w.layer_of(case),
            pauses_of(w, case),
            ends=case["outcome"] in ("returned", "withdrawn", "voided"),
            hours=w.hours_of(case["hall_code"]),
            doubtful=doubtful_pauses(w, case),
        )
        yield Judged(**of_case(case, step["seq"], step), ask=ask, cause=cause_of(w, case))


def statutory_limit(w: World) -> Iterator[Judged]:
    for case in w["cases"]:
        if refused(case):
            continue
        item, _ = w.item(case)
        limit, unit = (item["statutory_limit"], item["statutory_unit"]) if item else (None, None)
        if case["extension_approved_by"] is not None and (case["extension_days"] or 0) > 0:
            in_days = unit in ("working_day", "natural_day") and limit is not None
            limit = limit + case["extension_days"] if in_days else None
        ask = replace(promise_clock(w, case, case["completed_at"]), limit=limit, unit=unit)
        yield Judged(**of_case(case), ask=ask, cause=cause_of(w, case))


def without_reason(w: World) -> Iterator[Judged]:
    """Suspended, stopped or returned without a reason."""
    for case in w["cases"]:
        bare = [s for s in w.of_case("specials", case["case_no"]) if s["reason"] is None]
        parts: list[tuple[Three, Instant | None]] = [
            (True, latest(s["started_at"], s["reported_at"])) for s in bare
        ]
        if case["completed_at"] and case["abnormal_reason"] is None:
            ended = among(case["outcome"], ("returned", "withdrawn", "voided"))
            parts.append((ended, latest(case["completed_at"], case["reported_at"])))
        fires, at = shown(parts, w.as_of)
        yield Judged(**of_case(case), fires=fires, moment=at or case["completed_at"])


def outcome_known(w: World) -> Iterator[Judged]:
    for case in w["cases"]:
        if completed(case):
            guide = w.guide("item_outcomes", case)
            fires = (
                None
                if not guide or case["outcome"] is None
                else case["outcome"] not in {g["outcome"] for g in guide}
            )
            yield Judged(
                **of_case(case),
                fires=fires,
                cause=cause_of(w, case),
                moment=case["completed_at"],
                reported=case["reported_at"],
            )


def promise_differs(w: World) -> Iterator[Judged]:
    for case in w["cases"]:
        if case["promised_at"] and not refused(case):
            yield Judged(
                **of_case(case),
                ask=promise_clock(w, case, case["completed_at"]),
                given_due=case["promised_at"],
                cause=cause_of(w, case),
            )


def holder_differs(w: World) -> Iterator[Judged]:
    for row, case in children(w, "certificates"):
        if row["uploaded_at"]:
            known = row["holder"] is not None and case["applicant_name"] is not None
            fires = row["holder"] != case["applicant_name"] if known else None
            yield Judged(
                **of_case(case, row["seq"], row),
                fires=fires,
                moment=row["uploaded_at"],
                reported=row["reported_at"],
            )


def paused_at_the_end(w: World) -> Iterator[Judged]:
    """A pause that starts on the last working day before the limit; one after the limit is 8.1's affair."""
    for case in w["cases"]:
        if refused(case):
            continue
        starts = [c["notified_at"] for c in w.of_case("corrections", case["case_no"]) if c["notified_at"]]
        starts += [s["started_at"] for s in w.of_case("specials", case["case_no"]) if s["kind"] != "other"]
        promise = answer(w.days, promise_clock(w, case, case["completed_at"]), w.as_of)
        for day in sorted({at.date() for at in starts}):
            at = min(start for start in starts if start.date() == day)
            if not promise.cause and before(promise.due, at) or before(case["completed_at"], at):
                continue
            ask = replace(promise_clock(w, case, at), ends=True, early_in_time=True)
            yield Judged(**of_case(case, instant_text(at)), ask=ask, cause=cause_of(w, case))


def bunched(w: World) -> Iterator[Judged]:
    """Completions of an agency on the due day, held against its peers, once the quarter is over."""
    total: dict[tuple[str, str], int] = {}
    on_due: dict[tuple[str, str], int] = {}
    for case in w["cases"]:
        agency = w.agency_of(case)
        if not case["completed_at"] or agency is None or refused(case):
            continue
        start = case["accepted_at"] or case["opinion_at"]
        if start and start.date() == case["completed_at"].date():
            continue
        key = (quarter(case["completed_at"]), agency)
        total[key] = total.get(key, 0) + 1
        found = answer(w.days, promise_clock(w, case, case["completed_at"]), w.as_of)
        on_the_day = (
            not found.cause and found.due is not None and found.due.date() == case["completed_at"].date()
        )
        on_due[key] = on_due.get(key, 0) + on_the_day
    for (period, agency), mine in total.items():
        closed_on = date(int(period[:4]) + (period[-1] == "4"), int(period[-1]) % 4 * 3 + 1, 1)
        if closed_on > w.as_of.date():
            continue
        peers = [key for key in total if key[0] == period and key[1] != agency]
        peer_total, peer_due = sum(total[k] for k in peers), sum(on_due[k] for k in peers)
        due = on_due[period, agency]
        fires = due >= 10 and due * 5 >= mine and due * peer_total > 3 * peer_due * mine
        yield Judged(
            "agencies", agency, {"agency_code": agency}, period, fires=fires, moment=date_alone(closed_on)
        )


def backdated(w: World) -> Iterator[Judged]:
    for case in w["cases"]:
        if case["accepted_at"] and case["reported_at"]:
            seen = [step["reported_at"] for step in w.of_case("steps", case["case_no"])]
            stop = earliest(case["reported_at"], *seen)
            ask = Ask(case["accepted_at"], stop, 3, layer=w.layer_of(case), early_in_time=True)
            yield Judged(**of_case(case), ask=ask)


def unconfirmed(w: World) -> Iterator[Judged]:
    for row, case in children(w, "corrections"):
        if row["supplied_at"] is None and row["confirmed_at"] is None:
            continue
        ask = Ask(row["supplied_at"], row["confirmed_at"] or case["completed_at"], 5, layer=w.layer_of(case))
        yield Judged(**of_case(case, row["notice_no"], row), ask=ask)


def rated_in_a_burst(w: World) -> Iterator[Judged]:
    """Five ratings on one device within two minutes of the first of their completions."""
    devices: dict[tuple[str, str], list[tuple[Row, Instant]]] = {}
    for row in w["evaluations"]:
        case = w.case.get(row["case_no"])
        if (
            case is None
            or row["channel"] not in ("tablet", "terminal")
            or not row["window_code"]
            or row["is_default"]
        ):
            continue
        done = case["completed_at"]
        if done and not before(row["submitted_at"], done):
            devices.setdefault((row["window_code"], row["channel"]), []).append((row, done))
    for (window, _), rated in devices.items():
        rated.sort(key=lambda pair: (pair[0]["submitted_at"], pair[0]["evaluation_no"]))
        for i in range(4, len(rated)):
            last = rated[i][0]
            first_done = min(done for _, done in rated[i - 4 : i + 1])
            ask = Ask(first_done, last["submitted_at"], 2, "minute", w.layer_of(last))
            yield Judged("windows", window, last, last["evaluation_no"], ask=ask)


def _rule(name: str, judge: object, *levels: Level) -> Rule:
    return Rule(f"sc-{name}", "state-council", levels, judge)


RULES = (
    _rule("time-step", step_limit, WARN_OVERRUN),
    _rule("time-statutory", statutory_limit, RED_OVERRUN),
    _rule("flow-reason", without_reason, WARN_AT_ONCE),
    _rule("flow-outcome", outcome_known, WARN_AT_ONCE),
    _rule("content-promise", promise_differs, Level("lead", "differs")),
    _rule("content-holder", holder_differs, LEAD_AT_ONCE),
    _rule("integrity-pause", paused_at_the_end, Level("lead", "stopped left", 0)),
    _rule("integrity-bunching", bunched, LEAD_AT_ONCE),
    _rule("integrity-backdate", backdated, LEAD_OVERRUN),
    _rule("integrity-confirm", unconfirmed, LEAD_OVERRUN),
    _rule("integrity-ratings", rated_in_a_burst, Level("lead", "within")),
)
