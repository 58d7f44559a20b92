"""ezhou-2020: the closed loop of bad reviews. Clocks start at assigned_at, else submitted_at."""

from __future__ import annotations

from collections.abc import Iterator

from oracle.clock import Ask
from oracle.logic import Three, among, both
from oracle.shared import RED_OVERRUN, WARN_OVERRUN, About, evaluations
from oracle.times import Instant, quarter
from oracle.verdict import Judged, Level, Rule
from oracle.world import Row, World

NOTHING = {
    "assigned_at": None,
    "signed_at": None,
    "called_back_at": None,
    "finding": None,
    "confirmed_at": None,
    "difficult": None,
    "settled_at": None,
    "extension_filed_at": None,
    "extended_to": None,
    "feedback_at": None,
}


def bad(row: Row) -> Three:
    return None if row["level"] is None else row["level"] <= 2


def reviews(w: World) -> Iterator[tuple[Row, Row, About]]:
    """Evaluations with their handling; about the agency, so that it does not tell whose case it was."""
    handling = {row["evaluation_no"]: row for row in w["review_handling"]}
    for row, case, about in evaluations(w):
        agency = row["agency_code"] or (case and w.agency_of(case))
        if agency:
            about = {**about, "about": "agencies", "key": agency}
        yield row, handling.get(row["evaluation_no"], NOTHING), about


def _until(column: str, unit: str) -> object:
    limits = {"signed_at": 1, "called_back_at": 24}

    def judge(w: World) -> Iterator[Judged]:
        for row, handling, about in reviews(w):
            limit = limits.get(column, 15 if handling["difficult"] else 5)
            ask = Ask(_begin(row, handling), handling[column], limit, unit, w.layer_of(row))
            yield Judged(**about, applies=bad(row), ask=ask)

    return judge


def _begin(row: Row, handling: Row) -> Instant:
    return handling["assigned_at"] or row["submitted_at"]


def rectified(w: World) -> Iterator[Judged]:
    for row, handling, about in reviews(w):
        ask = Ask(handling["confirmed_at"], handling["feedback_at"], 15, "natural_day", w.layer_of(row))
        yield Judged(
            **about,
            applies=both(bad(row), among(handling["finding"], ("confirmed",))),
            ask=ask,
            extended=(handling["extension_filed_at"], handling["extended_to"]),
        )


def repeated(w: World) -> Iterator[Judged]:
    """The third confirmed bad review of an officer in a quarter."""
    confirmed: dict[tuple[str, str], list[tuple[Instant, str]]] = {}
    replaced = _rated_again(w)
    for row, handling, _ in reviews(w):
        if row["evaluation_no"] in replaced:
            continue
        case = w.case.get(row["case_no"])
        officer = row["officer_code"] or (case and case["officer_code"])
        if officer and bad(row) and handling["finding"] == "confirmed" and handling["confirmed_at"]:
            key = (officer, quarter(row["submitted_at"]))
            confirmed.setdefault(key, []).append((handling["confirmed_at"], row["evaluation_no"]))
    for (officer, period), reviews_of in confirmed.items():
        agency = w.officer[officer]["agency_code"] if officer in w.officer else None
        if len(reviews_of) >= 3:
            third = sorted(reviews_of)[2][0]
            yield Judged("officers", officer, {"agency_code": agency}, period, fires=True, moment=third)


def _rated_again(w: World) -> set[str]:
    """What a second rating, itself adopted, has replaced."""
    findings = {row["evaluation_no"]: row["finding"] for row in w["review_handling"]}
    again = set()
    for row in w["evaluations"]:
        given = (row["level"] is not None or row["satisfied"] is not None) and not row["is_default"]
        refused = findings.get(row["evaluation_no"]) in ("mistaken", "malicious")
        if row["follows"] and given and not ((row["level"] or 5) <= 2 and refused):
            again.add(row["follows"])
    return again


def complained(w: World) -> Iterator[Judged]:
    """A complaint is judged in time by the office of its region, which alone the finding names."""
    for row in w["complaints"]:
        judged = row["verified"] in ("yes", "no")
        if row["source"] in ("media", "superior", "inspection") or (judged and row["verified_at"] is None):
            continue
        agency = w.agency.get(row["agency_code"])
        place = {"region_code": row.get("region_code") or (agency and agency["region_code"])}
        ask = Ask(row["received_at"], row["verified_at"], 5, "working_day", w.layer_of(place))
        yield Judged("regions", place["region_code"], place, row["complaint_no"], ask=ask)


def _rule(name: str, judge: object, *levels: Level) -> Rule:
    return Rule(f"ezhou-{name}", "ezhou-2020", levels, judge)


RULES = (
    _rule("sign", _until("signed_at", "working_day"), WARN_OVERRUN),
    _rule("callback", _until("called_back_at", "hour"), WARN_OVERRUN),
    _rule("settle", _until("settled_at", "working_day"), Level("warning", "left", 1), RED_OVERRUN),
    _rule("rectify", rectified, RED_OVERRUN),
    _rule("complaint", complained, WARN_OVERRUN, Level("red", "late", 10)),
    _rule("repeat", repeated, Level("lead", "at once")),
)
