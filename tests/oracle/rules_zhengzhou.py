"""zhengzhou-2021: halls, queues, service, duty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from oracle.clock import Ask
from oracle.logic import Three, among, both, opposite
from oracle.shared import (
    ABNORMAL,
    RED_AFTER_3,
    WARN_AT_ONCE,
    WARN_OVERRUN,
    About,
    cause_of,
    completed,
    dissatisfied_himself,
    evaluations,
    followed,
    item_value,
    of_case,
)
from oracle.times import ONE_DAY, Instant, date_alone, earliest, instant_text, latest, midnight
from oracle.verdict import Judged, Level, Rule
from oracle.world import Row, World

ROLES = ("guide", "assist", "consult", "accept", "review")


def place(w: World, row: Row, subject: str) -> About:
    """About the case, else the window, else the hall."""
    for about, column in (("cases", "case_no"), ("windows", "window_code"), ("halls", "hall_code")):
        if row.get(column) is not None:
            return {"about": about, "key": row[column], "subject": row[subject], "row": row}
    raise AssertionError(row)


def waits_for_case(w: World, row: Row) -> bool:
    return row["case_no"] is not None and row["case_no"] not in w.case


def video(w: World) -> Iterator[Judged]:
    for hall in w["halls"]:
        row = {**hall, "hall_code": hall["code"]}
        yield Judged(
            "halls", hall["code"], row, fires=opposite(hall["video_connected"]), reported=hall["reported_at"]
        )


def away(w: World) -> Iterator[Judged]:
    for post in w["posts"]:
        officer = w.officer.get(post["officer_code"])
        applies = both(post["rostered"], post["status"] == "off", among(officer and officer["role"], ROLES))
        ask = Ask(
            post["started_at"],
            post["ended_at"],
            15,
            "working_minute",
            w.layer_of(post),
            hours=w.hours_of(post["hall_code"]),
        )
        yield Judged(**place(w, post, "post_no"), applies=applies, ask=ask)


def device_down(w: World) -> Iterator[Judged]:
    devices = {row["device_code"]: row for row in w["devices"]}
    for state in w["device_states"]:
        device = devices.get(state["device_code"])
        if device and state["status"] in ("fault", "offline"):
            row = {**state, "hall_code": device["hall_code"]}
            ask = Ask(
                state["started_at"],
                state["ended_at"],
                30,
                "working_minute",
                w.layer_of(row),
                hours=w.hours_of(device["hall_code"]),
            )
            yield Judged("devices", state["device_code"], row, instant_text(state["started_at"]), ask=ask)


def waiting(w: World) -> Iterator[Judged]:
    for ticket in w["tickets"]:
        if waits_for_case(w, ticket):
            continue
        taken = ticket["taken_at"]
        hours = [row for row in w["hall_hours"] if row["hall_code"] == ticket["hall_code"]]
        registered = {row["weekday"] for row in hours}
        weekday = taken.isoweekday() if taken.isoweekday() in registered else min(registered, default=0)
        closes = [row["closes"] for row in hours if row["weekday"] == weekday]
        closing = midnight(taken.date()) + timedelta(minutes=max(closes, default=17 * 60))
        stop = earliest(
            ticket["called_at"],
            ticket["abandoned_at"],
            ticket["finished_at"],
            closing if taken < closing else None,
        )
        ask = Ask(taken, stop, 30, "minute", w.layer_of(ticket))
        yield Judged(**place(w, ticket, "ticket_no"), ask=ask)


def visits(w: World) -> Iterator[Judged]:
    for case in w["cases"]:
        if case["visits"] is None and not completed(case):
            continue
        promised = item_value(w, case, "visits_promised")
        fires: Three = None if case["visits"] is None or promised is None else case["visits"] > promised
        yield Judged(
            **of_case(case),
            fires=fires,
            cause=cause_of(w, case),
            reported=case["reported_at"],
            moment=case["completed_at"] or case["accepted_at"] or case["received_at"],
        )


def _checks(kind: str) -> object:
    def judge(w: World) -> Iterator[Judged]:
        for check in w["hall_checks"]:
            if check["kind"] != kind or (kind == "attitude" and waits_for_case(w, check)):
                continue
            row = check if kind == "attitude" else {**check, "case_no": None}
            yield Judged(
                **place(w, row, "check_no"),
                fires=check["result"] == "bad",
                moment=check["checked_at"],
                reported=check["reported_at"],
            )

    return judge


def unlisted(w: World) -> Iterator[Judged]:
    listed = {item["item_code"] for item in w["items"]}
    for case in w["cases"]:
        yield Judged(
            **of_case(case),
            fires=case["item_code"] not in listed,
            moment=case["accepted_at"] or case["received_at"],
            reported=case["reported_at"],
        )


def delivered(w: World) -> Iterator[Judged]:
    for case in w["cases"]:
        if completed(case):
            rows = w.of_case("deliveries", case["case_no"])
            stop = rows[0]["delivered_at"] if rows else None
            ask = Ask(case["completed_at"], stop, 10, layer=w.layer_of(case), early_in_time=True)
            yield Judged(**of_case(case), applies=among(case["outcome"], ("granted",)), ask=ask)


def unpublished(w: World) -> Iterator[Judged]:
    """Present versions only."""
    today = w.as_of.date()
    for item in w["items"]:
        start, end = item["effective_from"], item["effective_to"]
        present = (start is None or start.date() <= today) and (end is None or end.date() > today)
        if present:
            lacking = item["published_at"] is None or item["guide_url"] is None
            yield Judged("items", item["item_code"], item, str(item["version"]), fires=lacking)


def dissatisfied_anywhere(w: World) -> Iterator[Judged]:
    for row, _, about in evaluations(w):
        fires = dissatisfied_himself(row) and not dissatisfied_himself(followed(w, row))
        yield Judged(**about, fires=fires, moment=row["submitted_at"], reported=row["reported_at"])


def complaint_verified(w: World) -> Iterator[Judged]:
    for row in w["complaints"]:
        if waits_for_case(w, row) or row["source"] in ("media", "superior", "inspection"):
            continue
        about, key = ("cases", row["case_no"]) if row["case_no"] else ("agencies", row["agency_code"])
        yield Judged(
            about,
            key,
            row,
            row["complaint_no"],
            fires=row["verified"] == "yes",
            reported=row["reported_at"],
            moment=row["verified_at"] or row["received_at"],
        )


def explained(w: World) -> Iterator[Judged]:
    for row in w["explanations"]:
        ask = Ask(row["due_at"], row["submitted_at"], 0, layer=w.layer_of(row), early_in_time=True)
        yield Judged("agencies", row["agency_code"], row, row["explanation_no"], ask=ask)


def answered(w: World) -> Iterator[Judged]:
    for row in w["orders"]:
        ask = Ask(row["due_at"], row["answered_at"], 0, layer=w.layer_of(row), early_in_time=True)
        yield Judged("agencies", row["agency_code"], row, row["order_no"], ask=ask)


def month_ends(first: str, until: Instant) -> list[tuple[str, date]]:
    """Months from `first` (YYYY-MM) to that of `until`, each with its last day."""
    found, day = [], date(int(first[:4]), int(first[5:]), 1)
    while (day.year, day.month) <= (until.year, until.month):
        after = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        found.append((f"{day:%Y-%m}", after - ONE_DAY))
        day = after
    return found


def monthly_report(w: World) -> Iterator[Judged]:
    """Month by month from an agency's first case on."""
    since: dict[str, Instant] = {}
    for case in w["cases"]:
        agency = w.agency_of(case)
        if agency:
            since[agency] = min(since.get(agency, case["received_at"]), case["received_at"])
    sent = {(row["agency_code"], row["month"]): row["submitted_at"] for row in w["monthly_reports"]}
    for agency, first in since.items():
        for month, last in month_ends(f"{first:%Y-%m}", w.as_of):
            row = {"agency_code": agency}
            ask = Ask(
                date_alone(last),
                sent.get((agency, month)),
                5,
                "natural_day",
                w.layer_of(row),
                early_in_time=True,
            )
            yield Judged("agencies", agency, row, month, ask=ask)


def circular(w: World) -> Iterator[Judged]:
    rows = {(row["office"], row["month"]): row for row in w["circulars"]}
    for office in {office for office, _ in rows}:
        first = min(month for name, month in rows if name == office)
        for month, last in month_ends(first, w.as_of):
            sent = rows.get((office, month))
            both_done = sent and sent["issued_at"] and sent["reported_up_at"]
            stop = latest(sent["issued_at"], sent["reported_up_at"]) if sent and both_done else None
            row = {"agency_code": office}
            ask = Ask(date_alone(last), stop, 25, "natural_day", w.layer_of(row), early_in_time=True)
            yield Judged("agencies", office, row, month, ask=ask)


def arrival(w: World) -> Iterator[Judged]:
    rows = {(row["source"], row["day"].date()): row for row in w["arrivals"]}
    for source in {source for source, _ in rows}:
        first = min(day for name, day in rows if name == source)
        place = _place_of_source(w, source)
        for day in w.days.working_days(first, w.as_of.date()):
            sent = rows.get((source, day))
            counts = sent and (sent["nil"] or sent["rows"] is None or sent["rows"] > 0)
            ask = Ask(
                date_alone(day),
                sent["arrived_at"] if sent and counts else None,
                None,
                "minute",
                w.layer_of(place),
                due=midnight(day) + timedelta(hours=17),
                early_in_time=True,
            )
            yield Judged("sources", source, place, day.isoformat(), ask=ask)


def _place_of_source(w: World, source: str) -> Row:
    """A source named by an agency's code is the agency; any other lies where the cases it sends lie."""
    if source in w.agency:
        return {"agency_code": source}
    regions = [w.region_of(case) for case in w["cases"] if case["source_system"] == source]
    return {"region_code": min((r for r in regions if r), default=None)}


def _rule(
    clause: str, judge: object, *levels: Level, needs: tuple[str, ...] = (), flags: tuple[str, ...] = ()
) -> Rule:
    replaces = ("henan-9.1",) if clause == "7.1" else ()
    return Rule(f"zhengzhou-{clause}", "zhengzhou-2021", levels, judge, needs, flags, replaces)


RULES = (
    _rule("5.1", video, WARN_AT_ONCE),
    _rule("5.3", away, WARN_OVERRUN),
    _rule("5.4", device_down, WARN_OVERRUN),
    _rule("5.5a", waiting, WARN_OVERRUN, flags=("abnormal",)),
    _rule("5.5b", visits, WARN_AT_ONCE, flags=("abnormal",)),
    _rule("5.6", _checks("hygiene"), Level("note", "at once")),
    _rule("6.1", unlisted, WARN_AT_ONCE),
    _rule("6.2", delivered, WARN_OVERRUN),
    _rule("6.5", unpublished, WARN_AT_ONCE),
    _rule("6.6", answered, WARN_OVERRUN),
    _rule("7.1", dissatisfied_anywhere, ABNORMAL),
    _rule("7.2", _checks("attitude"), ABNORMAL),
    _rule("7.3", complaint_verified, ABNORMAL),
    _rule("9", explained, WARN_OVERRUN),
    _rule("11a", monthly_report, WARN_OVERRUN, RED_AFTER_3),
    _rule("11b", circular, WARN_OVERRUN),
    _rule("12", arrival, WARN_OVERRUN),
)
