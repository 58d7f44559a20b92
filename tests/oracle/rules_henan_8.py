"""henan-2019, what is seen inside the system: article 7(2) and article 8, each clause a function."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from oracle.clock import Ask, answer
from oracle.logic import Three, among, both, either, opposite
from oracle.shared import (
    RED_AFTER_3,
    RED_AT_ONCE,
    RED_OVERRUN,
    WARN_AT_ONCE,
    WARN_OVERRUN,
    cause_of,
    children,
    completed,
    decided,
    ended_without,
    item_value,
    of_case,
    promise_clock,
    refused,
    shown,
)
from oracle.times import Instant, date_alone, earliest, latest, midnight_after
from oracle.verdict import Judged, Level, Rule
from oracle.world import Row, World, found, trimmed

LONG_AGO = datetime(1970, 1, 1)
SAMPLE_START = date_alone(datetime(2019, 6, 10).date())


def time_limit(w: World) -> Iterator[Judged]:
    for case in w["cases"]:
        if not refused(case):
            ask = promise_clock(w, case, case["completed_at"])
            yield Judged(**of_case(case), ask=ask, cause=cause_of(w, case))


def timely_notice(w: World) -> Iterator[Judged]:
    for case in w["cases"]:
        notices = w.of_case("corrections", case["case_no"])
        first = min(notices, key=_notice_order, default=None)
        needed = first["needed_at"] is not None if first else case["opinion"] == "correct"
        if needed:
            stop = (first and first["notified_at"]) or ended_without(case)
            ask = Ask(case["received_at"], stop, 5, layer=w.layer_of(case))
            yield Judged(**of_case(case), ask=ask)


def _notice_order(notice: Row) -> tuple[object, ...]:
    """Sent before unsent, by notified_at, the unsent by needed_at, then notice_no."""
    at = notice["notified_at"] or notice["needed_at"]
    return (notice["notified_at"] is None, at is None, at or LONG_AGO, notice["notice_no"])


def second_notice(w: World) -> Iterator[Judged]:
    for case in w["cases"]:
        sent = [n for n in w.of_case("corrections", case["case_no"]) if n["notified_at"]]
        sent.sort(key=lambda n: (n["notified_at"], n["notice_no"]))
        for later in sent[1:]:
            first, more = sent[0]["material_codes"], later["material_codes"]
            fires = not set(more) <= set(first) if first and more else None
            yield Judged(
                **of_case(case, later["notice_no"], later),
                fires=fires,
                moment=later["notified_at"],
                reported=later["reported_at"],
            )


def _special_clock(w: World, special: Row, case: Row) -> Ask:
    """E: due_at, else the due day of the row's limit, else of the guide's; an early end is in time."""
    guide = [row for row in w.guide("item_specials", case) or [] if row["kind"] == special["kind"]]
    limit, unit = special["limit"], special["unit"]
    if limit is None:
        limit, unit = (guide[0]["limit"], guide[0]["unit"]) if guide else (None, None)
    return Ask(
        special["started_at"],
        special["ended_at"] or ended_without(case),
        limit,
        unit,
        w.layer_of(case),
        due=special["due_at"],
        early_in_time=True,
        hours=w.hours_of(case["hall_code"]),
    )


def publicity(w: World) -> Iterator[Judged]:
    for special, case in children(w, "specials"):
        if special["kind"] == "publicity":
            ask = _special_clock(w, special, case)
            yield Judged(**of_case(case, special["seq"], special), ask=ask, cause=cause_of(w, case))


def other_specials(w: World) -> Iterator[Judged]:
    for special, case in children(w, "specials"):
        if special["kind"] != "publicity":
            ask = _special_clock(w, special, case)
            yield Judged(**of_case(case, special["seq"], special), ask=ask, cause=cause_of(w, case))


def _fee(w: World, fee: Row, case: Row, fires: Three, applies: Three = True) -> Judged:
    return Judged(
        **of_case(case, fee["seq"], fee),
        applies=applies,
        fires=fires,
        cause=cause_of(w, case),
        moment=fee["paid_at"] or case["accepted_at"] or case["received_at"],
        reported=fee["reported_at"],
    )


def _standard(w: World, fee: Row, case: Row) -> tuple[Row | None, Three]:
    guide = w.guide("item_fees", case)
    if guide is None:
        return None, None
    row = next((g for g in guide if g["fee_code"] == fee["fee_code"]), None)
    return row, found(row, fee["fee_code"])


def fee_without_basis(w: World) -> Iterator[Judged]:
    for fee, case in children(w, "fees"):
        if fee["amount"] > 0:
            listed = _standard(w, fee, case)[1] if w.guide("item_fees", case) else None
            fires = either(opposite(item_value(w, case, "fee_charged")), opposite(listed))
            yield _fee(w, fee, case, fires)


def fee_out_of_bounds(w: World) -> Iterator[Judged]:
    for fee, case in children(w, "fees"):
        standard, listed = _standard(w, fee, case)
        if not fee["amount"] > 0:
            continue
        if standard is None:
            yield _fee(w, fee, case, None, listed)
            continue
        low, high = standard["min_amount"], standard["max_amount"]
        outside = (low is not None and fee["amount"] < low) or (high is not None and fee["amount"] > high)
        yield _fee(w, fee, case, outside)


def fee_reduced(w: World) -> Iterator[Judged]:
    for fee, case in children(w, "fees"):
        if (fee["reduced_amount"] or 0) > 0 or fee["deferred_until"] is not None:
            standard, listed = _standard(w, fee, case)
            barred = both(listed, opposite(standard["reducible"]) if standard else None)
            yield _fee(w, fee, case, either(barred, fee["reduction_basis"] is None))


def certificate_uploaded(w: World) -> Iterator[Judged]:
    for case in w["cases"]:
        if not completed(case):
            continue
        expected = both(among(case["outcome"], ("granted",)), item_value(w, case, "certificate_expected"))
        held: list[Row | None] = list(w.of_case("certificates", case["case_no"]))
        for certificate in held or [None]:
            if certificate and certificate["ministry_pending"]:
                continue
            subject = certificate["seq"] if certificate and expected else ""
            ask = Ask(
                case["completed_at"],
                certificate and certificate["uploaded_at"],
                3,
                layer=w.layer_of(case),
                early_in_time=True,
            )
            yield Judged(**of_case(case, subject), applies=expected, ask=ask, cause=cause_of(w, case))


def ministry_certificate(w: World) -> Iterator[Judged]:
    for certificate, case in children(w, "certificates"):
        if certificate["ministry_pending"] and certificate["determined_at"]:
            ask = Ask(
                certificate["determined_at"],
                certificate["uploaded_at"],
                3,
                layer=w.layer_of(case),
                early_in_time=True,
            )
            yield Judged(**of_case(case, certificate["seq"], certificate), ask=ask)


def certificate_complete(w: World) -> Iterator[Judged]:
    for certificate, case in children(w, "certificates"):
        if certificate["uploaded_at"]:
            names = ("certificate_no", "type_code", "holder", "issuer", "issued_at")
            yield Judged(
                **of_case(case, certificate["seq"], certificate),
                fires=any(certificate[n] is None for n in names),
                moment=certificate["uploaded_at"],
                reported=certificate["reported_at"],
            )


def steps_agree(w: World) -> Iterator[Judged]:
    for case in w["cases"]:
        if not completed(case):
            continue
        guide, steps = w.guide("item_steps", case), w.of_case("steps", case["case_no"])
        if not guide:
            cause = cause_of(w, case) if guide is None else "missing_guide"
            yield Judged(**of_case(case), cause=cause, moment=case["completed_at"])
            continue
        names = {trimmed(row["name"]) for row in guide}
        done = case["completed_at"]
        parts: list[tuple[Three, Instant | None]] = [
            (True, latest(done, step["reported_at"])) for step in steps if trimmed(step["name"]) not in names
        ]
        if names - {trimmed(step["name"]) for step in steps}:
            parts.append((decided(case), latest(done, case["reported_at"])))
        fires, at = shown(parts, w.as_of)
        yield Judged(**of_case(case), fires=fires, moment=at or case["completed_at"])


def case_complete(w: World) -> Iterator[Judged]:
    for case in w["cases"]:
        lacking: list[Three] = [case["applicant_name"] is None, case["contact_phone"] is None]
        if refused(case):
            lacking.append(case["reject_reason"] is None)
            moment = case["opinion_at"] or case["received_at"]
        elif case["completed_at"]:
            ended = ended_without(case) is not None
            early = ended and case["accepted_at"] is None
            lacking += [case["accepted_at"] is None and not early, case["outcome"] is None]
            if "steps" in w.reported:
                lacking.append(not w.of_case("steps", case["case_no"]) and not early)
            lacking.append(ended and case["abnormal_reason"] is None)
            moment = case["completed_at"]
        else:
            continue
        yield Judged(**of_case(case), fires=either(*lacking), moment=moment, reported=case["reported_at"])


def materials_lacking(w: World) -> Iterator[Judged]:
    for case in w["cases"]:
        if not completed(case) or decided(case) is False:
            continue
        guide = w.guide("item_materials", case)
        if guide is None:
            yield Judged(
                **of_case(case), applies=decided(case), cause=cause_of(w, case), moment=case["completed_at"]
            )
            continue
        parts = [_lacking(w, case, row["material_code"]) for row in guide if row["required"]]
        fires, at = shown(parts, w.as_of)
        yield Judged(**of_case(case), applies=decided(case), fires=fires, moment=at or case["completed_at"])


def _lacking(w: World, case: Row, code: str) -> tuple[Three, Instant | None]:
    """Whether a required material is lacking, and from when."""
    rows = [
        m for m in w.of_case("materials", case["case_no"]) if trimmed(m["material_code"]) == trimmed(code)
    ]
    since = latest(case["completed_at"], case["reported_at"])
    waiting = [m for m in rows if m["waiver"] == "tolerated" and m["received_at"] is None]
    if len(waiting) < len(rows):
        return False, None
    lapses = [midnight_after(m["supplement_due"].date()) for m in waiting if m["supplement_due"]]
    if any(m["supplement_due"] is None for m in waiting):
        still_stands = bool(lapses) and max(lapses) > w.as_of
        return (False if still_stands else None), None
    return True, latest(since, max(lapses, default=None))


def materials_foreign(w: World) -> Iterator[Judged]:
    for case in w["cases"]:
        if not completed(case):
            continue
        guide = w.guide("item_materials", case)
        if not guide:
            cause = cause_of(w, case) if guide is None else "missing_guide"
            yield Judged(**of_case(case), cause=cause, moment=case["completed_at"])
            continue
        codes = {trimmed(row["material_code"]) for row in guide}
        parts: list[tuple[Three, Instant | None]] = [
            (True, latest(case["completed_at"], row["reported_at"]))
            for row in w.of_case("materials", case["case_no"])
            if trimmed(row["material_code"]) not in codes
        ]
        fires, at = shown(parts, w.as_of)
        yield Judged(**of_case(case), fires=fires, moment=at or case["completed_at"])


def special_not_allowed(w: World) -> Iterator[Judged]:
    for special, case in children(w, "specials"):
        guide = w.guide("item_specials", case)
        allowed = None if guide is None else any(row["kind"] == special["kind"] for row in guide)
        yield Judged(
            **of_case(case, special["seq"], special),
            fires=either(special["kind"] == "other", opposite(allowed)),
            cause=cause_of(w, case),
            moment=special["started_at"],
            reported=special["reported_at"],
        )


def opinion_given(w: World) -> Iterator[Judged]:
    for case in w["cases"]:
        sent = [n["notified_at"] for n in w.of_case("corrections", case["case_no"])]
        stop = earliest(case["opinion_at"], case["accepted_at"], *sent) or ended_without(case)
        ask = Ask(case["received_at"], stop, 2, layer=w.layer_of(case))
        yield Judged(**of_case(case), applies=among(case["channel"], ("window", "web")), ask=ask)


def promise_within_law(w: World) -> Iterator[Judged]:
    """第七条(二): like units are compared; others by the due days they give from a sample start."""
    for item in w["items"]:
        layer = w.layer_of(item)
        promised = Ask(SAMPLE_START, None, item["promised_limit"], item["promised_unit"], layer, moves=False)
        law = Ask(SAMPLE_START, None, item["statutory_limit"], item["statutory_unit"], layer, moves=False)
        beyond = cause = None
        for ask in (promised, law):
            cause = cause or answer(w.days, ask, w.as_of).cause
        if not cause and promised.unit == law.unit:
            beyond = promised.limit > law.limit
        elif not cause:
            mine, theirs = answer(w.days, promised, w.as_of).due, answer(w.days, law, w.as_of).due
            beyond = mine > theirs
        yield Judged(
            "items",
            item["item_code"],
            item,
            str(item["version"]),
            ask=promised,
            beyond=beyond,
            cause=cause or "missing_limit",
            moment=latest(item["effective_from"], item["published_at"], SAMPLE_START),
        )


def _rule(
    clause: str, judge: object, *levels: Level, needs: tuple[str, ...] = (), flags: tuple[str, ...] = ()
) -> Rule:
    return Rule(f"henan-{clause}", "henan-2019", levels, judge, needs, flags)


LEFT_2, LEFT_1 = Level("warning", "left", 2), Level("warning", "left", 1)
LATE_1, LATE_2 = Level("warning", "late", 1), Level("red", "late", 2)

RULES = (
    _rule("8.1", time_limit, LEFT_2, RED_OVERRUN),
    _rule("8.2a", timely_notice, WARN_OVERRUN, flags=("manual", "lead")),
    _rule("8.2b", second_notice, WARN_AT_ONCE, flags=("manual",)),
    _rule("8.3a", publicity, LATE_1, LATE_2),
    _rule("8.3b", other_specials, LEFT_1, RED_OVERRUN),
    _rule("8.4a", fee_without_basis, RED_AT_ONCE),
    _rule("8.4b", fee_out_of_bounds, RED_AT_ONCE),
    _rule("8.4c", fee_reduced, RED_AT_ONCE),
    _rule("8.5a", certificate_uploaded, WARN_OVERRUN, RED_AFTER_3),
    _rule("8.5b", ministry_certificate, RED_OVERRUN),
    _rule("8.5c", certificate_complete, WARN_AT_ONCE, RED_AFTER_3),
    _rule("8.6", steps_agree, WARN_AT_ONCE, RED_AFTER_3),
    _rule("8.7", case_complete, WARN_AT_ONCE, RED_AFTER_3),
    _rule("8.8a", materials_lacking, WARN_AT_ONCE, RED_AFTER_3),
    _rule("8.8b", materials_foreign, WARN_AT_ONCE, RED_AFTER_3),
    _rule("8.9", special_not_allowed, RED_AT_ONCE),
    _rule("8.10", opinion_given, WARN_OVERRUN, RED_AFTER_3),
    _rule("7.2", promise_within_law, Level("warning", "fires")),
)
