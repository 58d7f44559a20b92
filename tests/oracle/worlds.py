"""Small worlds full of edge cases, dense around a moment, the same for one seed.

Everything a rule reads is drawn, missing wherever it may be missing; times are dates alone, midnights, last seconds and
office hours; versions of items overlap, leave gaps or are unknown; pauses overlap, touch, stay open or end before they
begin. Signals already issued are drawn from what a first judgement finds.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from mingcha.facts.schema import TABLES
from oracle.judge import Reading, judge
from oracle.times import ONE_DAY, Instant, date_alone
from oracle.world import Row

AS_OF_DAYS = (
    date(2026, 1, 5), date(2026, 2, 13), date(2026, 2, 14), date(2026, 2, 24), date(2026, 2, 28), date(2026, 3, 2),
    date(2026, 4, 1), date(2026, 4, 7), date(2026, 5, 9), date(2026, 6, 30), date(2026, 9, 20), date(2026, 10, 8),
    date(2026, 10, 10), date(2025, 10, 11), date(2025, 1, 26), date(2024, 2, 29), date(2026, 12, 28), date(2027, 1, 8),
)  # fmt: skip
CLOCK_TIMES = (time(0, 0), time(23, 59, 59), time(9, 0), time(12, 0), time(17, 0), time(9, 30), time(16, 59, 59), time(13, 0, 1))
STEP_NAMES = ("受理", "审查", "决定")
KINDS = ("testing", "publicity", "hearing", "expert_review", "other")
OUTCOMES = ("granted", "denied", "returned", "withdrawn", "voided", "transferred")
ITEMS = ("I1", "I2", "I3", "I4", "I5", "I6")
AGENCIES = ("A1", "A2", "A3")
HALLS = ("H1", "H2", "H3")
OFFICERS = ("R1", "R2", "R3")
WINDOWS = ("W1", "W2")


@dataclass(frozen=True)
class Drawn:
    """One world: its tables and the moment around which it lies."""

    seed: int
    tables: dict[str, list[Row]]
    as_of: datetime


class Draw:
    """Random choices over one world."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.as_of = datetime.combine(self.one(*AS_OF_DAYS), self.one(*CLOCK_TIMES))
        self.arrives = {name: self.chance(0.25) for name in TABLES}

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def one(self, *values: Any) -> Any:
        return self.random.choice(values)

    def maybe(self, *values: Any, missing: float = 0.15) -> Any:
        return None if self.chance(missing) else self.one(*values)

    def some(self, *values: Any) -> list[Any]:
        return [value for value in values if self.chance(0.6)]

    def time_of(self, day: date) -> Instant:
        if self.chance(0.2):
            return date_alone(day)
        if self.chance(0.2):
            return datetime.combine(day, time(8)) + timedelta(seconds=self.random.randrange(12 * 3600))
        return datetime.combine(day, self.one(*CLOCK_TIMES))

    def around(self, low: int = -25, high: int = 3) -> Instant:
        """A time so many days from the moment of the world."""
        return self.time_of(self.as_of.date() + timedelta(days=self.random.randint(low, high)))

    def after(self, start: Instant | None, low: int = 0, high: int = 8, missing: float = 0.25) -> Instant | None:
        """A time after another, now and then just before it."""
        if start is None or self.chance(missing):
            return None
        if self.chance(0.06):
            return self.time_of(start.date() - self.random.randint(0, 2) * ONE_DAY)
        if self.chance(0.08):
            return start
        return self.time_of(start.date() + timedelta(days=self.random.randint(low, high)))

    def money(self) -> Decimal:
        return self.one(*map(Decimal, ("0.00", "9.99", "10.00", "10.01", "49.99", "50.00", "50.01")))  # type: ignore[no-any-return]


def draw_world(seed: int, *, cases: int = 14, issued: bool = True) -> Drawn:
    """A world of some cases and everything around them."""
    d = Draw(seed)
    tables: dict[str, list[Row]] = {name: [] for name in TABLES if name not in ("issued", "item_risks")}
    for part in (_places, _items, lambda d, t: _cases(d, t, cases), _feedback, _duty, _halls, _service):
        part(d, tables)
    _arrive(d, tables)
    _shuffle(d, tables)
    if issued and d.chance(0.6):
        tables["issued"] = _issued(d, tables)
    return Drawn(seed, tables, d.as_of)


def _arrive(d: Draw, tables: dict[str, list[Row]]) -> None:
    """When each row arrived: some time after the last thing it tells, in some worlds after the moment itself."""
    for name, rows in tables.items():
        if not d.arrives[name] or TABLES[name].group == "reference":
            continue
        for row in rows:
            told = [v for v in row.values() if isinstance(v, datetime) and v <= d.as_of]
            row["reported_at"] = d.after(max(told, default=d.around()), 0, 6, missing=0)
            if row["reported_at"] and row["reported_at"].microsecond:
                row["reported_at"] = row["reported_at"].replace(microsecond=0)


def _shuffle(d: Draw, tables: dict[str, list[Row]]) -> None:
    for rows in tables.values():
        d.random.shuffle(rows)


# -- reference -------------------------------------------------------------------------------------------------


def _places(d: Draw, t: dict[str, list[Row]]) -> None:
    for code, level, parent in (
        ("410000000000", "province", None), ("410100000000", "city", "410000000000"), ("410105000000", "county", "410100000000"),
        ("410105001000", "township", "410105000000"), ("410400000000", "city", "410000000000"),
        ("410402000000", "county", "410400000000"), ("420704000000", "county", "420700000000"),
    ):  # fmt: skip
        t["regions"].append({"code": code, "name": code, "level": level, "parent_code": parent})
    for code, region in zip(AGENCIES, ("410105000000", "410402000000", "420704000000"), strict=True):
        t["agencies"].append({"code": code, "name": code, "region_code": region})
    for code, region in zip(HALLS, ("410105001000", "410402000000", "420704000000"), strict=True):
        t["halls"].append({"code": code, "name": code, "region_code": region, "video_connected": d.maybe(True, False)})
    for weekday in range(1, 7):
        t["hall_hours"].append({"hall_code": "H1", "weekday": weekday, "opens": 540, "closes": 1020 if weekday < 6 else 720})
    for weekday in range(1, 6):
        for opens, closes in ((510, 690), (870, 1080)):
            t["hall_hours"].append({"hall_code": "H2", "weekday": weekday, "opens": opens, "closes": closes})
    for code, hall in zip(WINDOWS, HALLS, strict=False):
        t["windows"].append({"code": code, "hall_code": hall})
    for code, agency, role in zip(OFFICERS, AGENCIES, ("accept", None, d.one("guide", "review")), strict=True):
        t["officers"].append({"code": code, "name": code, "agency_code": agency, "role": role})
    for code, hall in (("S1", "H1"), ("S2", "H2"), ("S3", "H3")):
        t["devices"].append({"device_code": code, "hall_code": hall, "kind": "kiosk", "name": code})


def _items(d: Draw, t: dict[str, list[Row]]) -> None:
    today = d.as_of.date()
    near = date_alone(today + timedelta(days=d.random.randint(-12, 1)))
    early, past = date_alone(date(2019, 1, 1)), date_alone(today - timedelta(days=60))
    periods: dict[str, list[tuple[Instant | None, Instant | None]]] = {
        "I1": [(d.maybe(early), None)],
        "I2": [(early, near), (near, None)],
        "I3": [(early, None), (near, None)],
        "I4": [(early, past), (near, None)],
        "I5": [(early, past)],
        "I6": [(None, None)],
    }
    for code, versions in periods.items():
        for version, (start, end) in enumerate(versions, 1):
            key = {"item_code": code, "version": version}
            t["items"].append({**key, **_item(d), "effective_from": start, "effective_to": end})
            if code != "I6" or d.chance(0.3):
                _guide(d, t, key)


def _limit(d: Draw, missing: float = 0.08) -> dict[str, Any]:
    limit, unit = d.one(
        *(((n, "working_day") for n in (0, 1, 2, 3, 5, 7, 10))), (10, "natural_day"), (3, "natural_day"), (0, "natural_day"),
        (1, "month"), (24, "hour"), (2, "hour"), (8, "working_hour"), (3, "working_hour"),
    )  # fmt: skip
    return {"limit": None if d.chance(missing) else limit, "unit": None if d.chance(missing / 2) else unit}


def _item(d: Draw) -> Row:
    promised, statutory = _limit(d), _limit(d)
    return {
        "name": "事项", "agency_code": d.one(*AGENCIES), "promised_limit": promised["limit"], "promised_unit": promised["unit"],
        "statutory_limit": statutory["limit"], "statutory_unit": statutory["unit"], "visits_promised": d.maybe(0, 1),
        "fee_charged": d.maybe(True, True, False), "intermediary_allowed": d.maybe(True, False),
        "certificate_expected": d.maybe(True, True, False), "published_at": d.maybe(d.around(-60, 3)),
        "guide_url": d.maybe("https://guide.example"),
    }  # fmt: skip


def _guide(d: Draw, t: dict[str, list[Row]], key: Row) -> None:
    limits = {name: _limit(d, missing=0.3) for name in STEP_NAMES}
    names = d.some(*STEP_NAMES)
    for seq, name in enumerate([*names, *(names[:1] if d.chance(0.2) else [])], 1):
        t["item_steps"].append({**key, "seq": seq, "name": name, **limits[name]})
    for code in d.some("CL1", "CL2", "CL3"):
        t["item_materials"].append({**key, "material_code": code, "name": code, "required": d.chance(0.7)})
    for code in d.some("SF1", "SF2"):
        bounds = {"min_amount": d.maybe(Decimal("10.00")), "max_amount": d.maybe(Decimal("50.00"))}
        t["item_fees"].append({**key, "fee_code": code, "name": code, **bounds, "reducible": d.maybe(True, False)})
    for kind in d.some(*KINDS):
        t["item_specials"].append({**key, "kind": kind, **_limit(d, missing=0.2)})
    for outcome in d.some(*OUTCOMES):
        t["item_outcomes"].append({**key, "outcome": outcome})


# -- cases -----------------------------------------------------------------------------------------------------


def _cases(d: Draw, t: dict[str, list[Row]], count: int) -> None:
    for number in range(count):
        case = _case(d, f"C{number:02}")
        t["cases"].append(case)
        for part in (_steps, _corrections, _specials, _materials, _fees, _certificates, _delivery):
            part(d, t, case)


def _case(d: Draw, case_no: str) -> Row:
    received = d.around(-30, 1)
    opinion_at = d.after(received, 0, 5)
    accepted = d.after(received, 0, 5, missing=0.25)
    completed = d.after(accepted or received, 0, 18, missing=0.35)
    return {
        "case_no": case_no, "item_code": d.one(*ITEMS, *ITEMS, "I9"), "item_version": d.maybe(1, 2, 3, missing=0.6),
        "agency_code": d.maybe(*AGENCIES), "region_code": d.maybe("410105000000", "410402000000", "420704000000", missing=0.5),
        "hall_code": d.maybe(*HALLS, "H9", missing=0.3), "window_code": d.maybe(*WINDOWS), "officer_code": d.maybe(*OFFICERS),
        "channel": d.maybe("window", "web", "mobile"), "applicant_name": d.maybe("甲", "乙"), "contact_phone": d.maybe("138"),
        "received_at": received, "preaccepted_at": d.after(received, 0, 4, missing=0.6),
        "opinion": d.maybe("accept", "accept", "accept", "reject", "correct"), "opinion_at": opinion_at,
        "reject_reason": d.maybe("不属于本机关", missing=0.5), "accepted_at": accepted, "completed_at": completed,
        "outcome": d.maybe(*OUTCOMES, "granted", "granted", "granted"), "abnormal_reason": d.maybe("申请人要求", missing=0.5),
        "visits": d.maybe(0, 1, 2), "extension_days": d.maybe(0, 2, 5, missing=0.6), "extension_approved_by": d.maybe("某", missing=0.5),
        "receipt_no": d.maybe("SJ", missing=0.4), "promised_at": d.after(accepted, 0, 15, missing=0.5),
        "source_system": d.maybe("X1", "X2"),
    }  # fmt: skip


def _steps(d: Draw, t: dict[str, list[Row]], case: Row) -> None:
    if d.chance(0.15):
        return
    names = [name for name in STEP_NAMES if d.chance(0.85)]
    names += d.some("会签")[: d.chance(0.2)] + names[: d.chance(0.2)]
    at = case["accepted_at"]
    for seq, name in enumerate(names, 1):
        started = at or d.maybe(d.around())
        at = d.after(started, 0, 4)
        spelled = d.one(name, name, name, f"　{name}", f"{name} ") if d.chance(0.2) else name
        t["steps"].append({
            "case_no": case["case_no"], "seq": seq, "name": spelled, "started_at": started, "finished_at": at,
        })  # fmt: skip


def _corrections(d: Draw, t: dict[str, list[Row]], case: Row) -> None:
    for n in range(d.one(0, 0, 0, 1, 1, 2, 3)):
        needed = d.after(case["received_at"], 0, 6)
        notified = d.after(d.one(needed, case["received_at"], case["accepted_at"]), 0, 9)
        supplied = d.after(notified, 0, 6)
        t["corrections"].append({
            "case_no": case["case_no"], "notice_no": f"B{n}", "needed_at": needed, "notified_at": notified,
            "material_codes": d.one(None, [], ["CL1"], ["CL2"], ["CL1", "CL2"]), "supplied_at": supplied,
            "confirmed_at": d.after(supplied or notified, 0, 7),
        })  # fmt: skip


def _specials(d: Draw, t: dict[str, list[Row]], case: Row) -> None:
    for seq in range(1, d.one(0, 0, 0, 1, 2) + 1):
        started = d.after(case["accepted_at"] or case["received_at"], 0, 8, missing=0)
        limit = _limit(d, missing=0.4)
        t["specials"].append({
            "case_no": case["case_no"], "seq": seq, "kind": d.one(*KINDS), "started_at": started, **limit,
            "due_at": d.after(started, 0, 8, missing=0.6), "ended_at": d.after(started, 0, 9), "reason": d.maybe("须检测"),
        })  # fmt: skip


def _materials(d: Draw, t: dict[str, list[Row]], case: Row) -> None:
    for code in d.some("CL1", "CL2", "CL3", "CL9" if d.chance(0.3) else "CL1　"):
        for medium in d.one(("paper",), ("paper",), ("electronic",), ("paper", "electronic"), ("paper", "electronic", "shared")):
            t["materials"].append({
                "case_no": case["case_no"], "material_code": code, "medium": medium, "received_at": d.after(case["received_at"], 0, 9),
                "waiver": d.maybe("tolerated", "tolerated", "commitment", "reused", missing=0.6),
                "supplement_due": d.maybe(d.around(-6, 4), missing=0.4),
            })  # fmt: skip


def _fees(d: Draw, t: dict[str, list[Row]], case: Row) -> None:
    for seq in range(1, d.one(0, 0, 1, 2) + 1):
        t["fees"].append({
            "case_no": case["case_no"], "seq": seq, "fee_code": d.maybe("SF1", "SF2", "SF9"), "name": "费", "amount": d.money(),
            "reduced_amount": d.maybe(Decimal("0.00"), Decimal("1.00"), missing=0.5), "reduction_basis": d.maybe("文件", missing=0.4),
            "deferred_until": d.maybe(d.around(-3, 9), missing=0.7), "paid_at": d.after(case["received_at"], 0, 15),
        })  # fmt: skip


def _certificates(d: Draw, t: dict[str, list[Row]], case: Row) -> None:
    for seq in range(1, d.one(0, 0, 1, 2) + 1):
        done = case["completed_at"]
        t["certificates"].append({
            "case_no": case["case_no"], "seq": seq, "certificate_no": d.maybe("Z1"), "type_code": d.maybe("Z"), "holder": d.maybe("甲", "乙"),
            "issuer": d.maybe("局"), "issued_at": d.after(done, 0, 3), "ministry_pending": d.maybe(True, False, False),
            "determined_at": d.after(done, 0, 4, missing=0.4), "uploaded_at": d.after(done, 0, 9),
        })  # fmt: skip


def _delivery(d: Draw, t: dict[str, list[Row]], case: Row) -> None:
    if d.chance(0.5):
        handed = d.after(case["completed_at"], 0, 4)
        t["deliveries"].append({
            "case_no": case["case_no"], "handed_over_at": handed, "method": d.maybe("pickup", "mail"),
            "delivered_at": d.after(handed or case["completed_at"], 0, 12), "tracking_no": d.maybe("K1", missing=0.5),
            "receiver": d.maybe("甲", missing=0.5),
        })  # fmt: skip


# -- feedback, duty ----------------------------------------------------------------------------------------------


def _feedback(d: Draw, t: dict[str, list[Row]]) -> None:
    for number in range(14):
        case = d.maybe(*t["cases"], missing=0.2)
        row = {
            "evaluation_no": f"P{number:02}", "case_no": d.one("C99", *[case["case_no"]] * 9) if case else None,
            "agency_code": d.maybe(*AGENCIES) if case else d.one(*AGENCIES), "officer_code": d.maybe("R1", "R1", "R2", missing=0.3),
            "window_code": d.maybe(*WINDOWS), "channel": d.maybe("pc", "mobile", "qr", "tablet", "hotline"),
            "level": d.maybe(1, 1, 2, 3, 5), "satisfied": d.maybe(True, False, missing=0.5), "is_default": d.maybe(True, False, False),
            "tags": d.one(None, [], ["101"]), "comment": d.maybe("态度不好", missing=0.5), "submitted_at": d.around(-25, 1),
            "extra_materials": d.maybe(True, False), "extra_fees": d.maybe(True, False), "intermediary_forced": d.maybe(True, False),
            "over_promised": d.maybe(True, False), "over_statutory": d.maybe(True, False), "actual_visits": d.maybe(0, 1, 2),
            "attitude": d.maybe("good", "bad"), "environment": d.maybe("good", "bad"), "other_issue": d.maybe("停车难", missing=0.7),
        }  # fmt: skip
        t["evaluations"].append(row)
        if d.chance(0.7):
            t["review_handling"].append(_handling(d, row))
    _burst(d, t)
    for number in range(5):
        case = d.maybe(*t["cases"], missing=0.4)
        received = d.around()
        t["complaints"].append({
            "complaint_no": f"T{number}", "source": d.one("phone", "web", "media"), "case_no": case and case["case_no"],
            "agency_code": d.one(*AGENCIES), "received_at": received, "verified": d.maybe("yes", "yes", "no", "pending"),
            "verified_at": d.after(received, 0, 5),
        })  # fmt: skip


def _handling(d: Draw, row: Row) -> Row:
    assigned = d.after(row["submitted_at"], 0, 3)
    begin = assigned or row["submitted_at"]
    confirmed = d.after(begin, 0, 5)
    return {
        "evaluation_no": row["evaluation_no"], "assigned_at": assigned, "signed_at": d.after(begin, 0, 3),
        "called_back_at": d.after(begin, 0, 3), "finding": d.maybe("confirmed", "confirmed", "confirmed", "mistaken", "malicious"),
        "confirmed_at": confirmed, "difficult": d.maybe(True, False, False), "settled_at": d.after(begin, 1, 20),
        "extension_filed_at": d.after(confirmed, 5, 20, missing=0.4), "extended_to": d.after(confirmed, 10, 30, missing=0.4),
        "feedback_at": d.after(confirmed, 5, 25, missing=0.4),
    }  # fmt: skip


def _burst(d: Draw, t: dict[str, list[Row]]) -> None:
    """Completions and ratings on one tablet within minutes."""
    begin = datetime.combine(d.as_of.date() - timedelta(days=d.random.randint(0, 5)), time(10))
    for n in range(6):
        done = begin + timedelta(seconds=d.random.randint(0, 40))
        case = {**_case(d, f"D{n}"), "received_at": begin - timedelta(days=2), "completed_at": done}
        t["cases"].append(case)
        rated = done + timedelta(seconds=d.random.randint(-5, 120))
        t["evaluations"].append({
            "evaluation_no": f"Q{n}", "case_no": case["case_no"], "window_code": "W1", "channel": "tablet", "level": 5,
            "submitted_at": rated, "agency_code": "A1",
        })  # fmt: skip


def _months_back(d: Draw, months: int) -> str:
    year, month = divmod(d.as_of.year * 12 + d.as_of.month - 1 - months, 12)
    return f"{year}-{month + 1:02}"


def _duty(d: Draw, t: dict[str, list[Row]]) -> None:
    for number in range(6):
        due = d.maybe(d.around(-8, 5))
        row = {"explanation_no": f"E{number}", "agency_code": d.one(*AGENCIES), "due_at": due}
        t["explanations"].append({**row, "submitted_at": d.after(due, -3, 6)})
    for agency in AGENCIES:
        for months in d.some(0, 1, 2):
            t["monthly_reports"].append({"agency_code": agency, "month": _months_back(d, months), "submitted_at": d.maybe(d.around(-30, 2))})
    for office in ("A1", "O1"):
        for months in d.some(0, 1, 2, 3):
            issued = d.maybe(d.around(-30, 2))
            row = {"office": office, "month": _months_back(d, months), "issued_at": issued}
            t["circulars"].append({**row, "reported_up_at": d.after(issued, 0, 4)})
    for source in ("X1", "A2", "X7"):
        for back in d.some(*range(0, 12)):
            day = d.as_of.date() - timedelta(days=back)
            at = datetime.combine(day, d.one(time(16), time(17), time(17, 0, 1), time(18)))
            t["arrivals"].append({
                "source": source, "day": day, "rows": d.maybe(0, 3), "nil": d.maybe(True, False), "arrived_at": d.one(at, None, date_alone(day)),
            })  # fmt: skip


# -- halls and service -------------------------------------------------------------------------------------------


def _soon(d: Draw, start: Instant, *minutes: int) -> Instant | None:
    """Some minutes later, to the second around them."""
    return d.maybe(start.replace(microsecond=0) + timedelta(minutes=d.one(*minutes), seconds=d.one(-1, 0, 0, 1)), missing=0.3)  # type: ignore[no-any-return]


def _halls(d: Draw, t: dict[str, list[Row]]) -> None:
    for number in range(12):
        case = d.maybe(*t["cases"], missing=0.6)
        taken = d.around(-3, 0).replace(microsecond=0)
        t["tickets"].append({
            "ticket_no": f"K{number}", "hall_code": d.one(*HALLS), "window_code": d.maybe(*WINDOWS), "case_no": case and case["case_no"],
            "taken_at": taken, "called_at": _soon(d, taken, 5, 30, 60), "finished_at": _soon(d, taken, 30, 90),
            "abandoned_at": _soon(d, taken, 20, 30) if d.chance(0.3) else None, "status": d.maybe("served", "abandoned"),
        })  # fmt: skip
    for number in range(10):
        started = d.around(-4, 0)
        t["posts"].append({
            "post_no": f"G{number}", "hall_code": d.one(*HALLS), "window_code": d.maybe(*WINDOWS), "officer_code": d.maybe(*OFFICERS, "R9"),
            "rostered": d.maybe(True, True, False), "status": d.one("off", "off", "off", "on"), "started_at": started,
            "ended_at": _soon(d, started, 10, 15, 200),
        })  # fmt: skip
    for device in ("S1", "S2", "S3", "S9"):
        for started in {d.around(-4, 0) for _ in range(3)}:
            t["device_states"].append({
                "device_code": device, "started_at": started, "status": d.one("fault", "offline", "ok"),
                "ended_at": _soon(d, started, 20, 30, 300),
            })  # fmt: skip
    for number in range(8):
        case = d.maybe(*t["cases"], missing=0.6)
        t["hall_checks"].append({
            "check_no": f"J{number}", "hall_code": d.one(*HALLS), "window_code": d.maybe(*WINDOWS), "case_no": case and case["case_no"],
            "kind": d.one("hygiene", "attitude"), "result": d.one("good", "bad"), "checked_at": d.around(-5, 1),
        })  # fmt: skip


def _service(d: Draw, t: dict[str, list[Row]]) -> None:
    for number in range(16):
        slot = d.around(-240, 12)
        made = d.time_of(slot.date() - timedelta(days=d.random.randint(0, 10)))
        t["reservations"].append({
            "reservation_no": f"Y{number:02}", "hall_code": d.one(*HALLS), "applicant_id": d.one("N1", "N1", "N2"), "made_at": made,
            "slot_at": slot, "out_of_hours": d.maybe(True, True, False), "status": d.maybe("missed", "missed", "missed", "kept"),
        })  # fmt: skip
    for number in range(8):
        asked = d.around(-8, 0)
        t["consultations"].append({
            "consultation_no": f"Z{number}", "hall_code": d.maybe(*HALLS), "agency_code": d.one(*AGENCIES), "complex": d.maybe(True, False),
            "asked_at": asked, "answered_at": d.after(asked, 0, 6), "told_once": d.maybe(True, False),
        })  # fmt: skip


# -- signals -----------------------------------------------------------------------------------------------------


def _issued(d: Draw, tables: dict[str, list[Row]]) -> list[Row]:
    """Signals of some of what a first judgement finds: open ones, and ended ones before them."""
    rows: list[Row] = []
    for finding in judge({k: v for k, v in tables.items()}, d.as_of, Reading()):
        if finding["level"] in ("none", "undetermined") or not finding["since"] or d.chance(0.4):
            continue
        key = {name: finding[name] for name in ("rule", "about", "key", "subject")}
        ended = finding["ended_at"]
        closed = d.chance(0.2)
        for episode in range(1, 2 + closed):
            last = episode == 1 + closed
            moment = finding["since"].replace(microsecond=0)
            issued_at = d.after(moment, 0, 2, missing=0) if last else moment - timedelta(days=3)
            assert issued_at is not None
            rows.append({
                **key, "episode": episode, "level": finding["level"], "moment": moment, "issued_at": issued_at.replace(microsecond=0),
                "ended_at": ended and ended.replace(microsecond=0) if last else moment - timedelta(days=1),
            })  # fmt: skip
    return rows


Part = Callable[[Draw, dict[str, list[Row]]], None]
