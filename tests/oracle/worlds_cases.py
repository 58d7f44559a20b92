"""Cases and everything that hangs on their number."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from oracle.days import Days
from oracle.draw import (
    AGENCIES,
    HALLS,
    ITEMS,
    KINDS,
    OFFICERS,
    OUTCOMES,
    STEP_NAMES,
    WINDOWS,
    Draw,
    draw_limit,
)
from oracle.times import ONE_DAY
from oracle.world import Row


def cases(d: Draw, t: dict[str, list[Row]], count: int) -> None:
    for number in range(count):
        row = draw_case(d, f"C{number:02}")
        t["cases"].append(row)
        for part in (_steps, _corrections, _specials, _materials, _fees, _certificates, _delivery):
            part(d, t, row)


def bunch(d: Draw, t: dict[str, list[Row]]) -> None:
    """A dozen cases of one agency, all done on the last day of their promises, and its peers' before it."""
    if not d.chance(0.3):
        return
    t["items"].append(
        {
            "item_code": "I7",
            "version": 1,
            "name": "事项",
            "agency_code": "A1",
            "promised_limit": 2,
            "promised_unit": "working_day",
        }
    )
    quarter = date(d.as_of.year, (d.as_of.month - 1) // 3 * 3 + 1, 1)
    days = Days().working_days(quarter - timedelta(days=60), quarter - ONE_DAY)
    for n in range(2 * d.one(9, 10, 11, 12)):
        begin, done = days[n], days[n + (2 if n % 2 else d.one(1, 1, 1, 2))]
        t["cases"].append(
            {
                "case_no": f"E{n:02}",
                "item_code": "I7",
                "agency_code": "A1" if n % 2 else "A2",
                "channel": "mobile",
                "received_at": datetime.combine(begin, time(9)),
                "accepted_at": datetime.combine(begin, time(9)),
                "outcome": "granted",
                "completed_at": datetime.combine(done, time(15)),
                "applicant_name": "甲",
                "contact_phone": "138",
                "visits": 0,
            }
        )


def draw_case(d: Draw, case_no: str) -> Row:
    received = d.around(-30, 1)
    opinion_at = d.after(received, 0, 5)
    accepted = d.after(received, 0, 5, missing=0.25)
    completed = d.after(accepted or received, 0, 18, missing=0.35)
    return {
        "case_no": case_no,
        "item_code": d.one(*ITEMS, *ITEMS, "I9"),
        "item_version": d.maybe(1, 2, 3, missing=0.6),
        "agency_code": d.maybe(*AGENCIES),
        "region_code": d.maybe("410105000000", "410402000000", "420704000000", missing=0.5),
        "hall_code": d.maybe(*HALLS, "H9", missing=0.3),
        "window_code": d.maybe(*WINDOWS),
        "officer_code": d.maybe(*OFFICERS),
        "channel": d.maybe("window", "web", "mobile"),
        "applicant_name": d.maybe("甲", "乙"),
        "contact_phone": d.maybe("138"),
        "received_at": received,
        "preaccepted_at": d.after(received, 0, 4, missing=0.6),
        "opinion": d.maybe("accept", "accept", "accept", "reject", "correct"),
        "opinion_at": opinion_at,
        "reject_reason": d.maybe("不属于本机关", missing=0.5),
        "accepted_at": accepted,
        "completed_at": completed,
        "outcome": d.maybe(*OUTCOMES, "granted", "granted", "granted"),
        "abnormal_reason": d.maybe("申请人要求", missing=0.5),
        "visits": d.maybe(0, 1, 2),
        "extension_days": d.maybe(0, 2, 5, missing=0.6),
        "extension_approved_by": d.maybe("某", missing=0.5),
        "receipt_no": d.maybe("SJ", missing=0.4),
        "promised_at": d.after(accepted, 0, 15, missing=0.5),
        "source_system": d.maybe("X1", "X2"),
    }


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
        t["steps"].append(
            {
                "case_no": case["case_no"],
                "seq": seq,
                "name": spelled,
                "started_at": started,
                "finished_at": at,
            }
        )


def _corrections(d: Draw, t: dict[str, list[Row]], case: Row) -> None:
    last = None
    for n in range(d.one(0, 0, 0, 1, 1, 2, 3)):
        needed = d.after(case["received_at"], 0, 6)
        notified = d.after(d.one(needed, case["received_at"], case["accepted_at"]), 0, 9)
        notified = last = d.one(notified, notified, last or notified)  # two from the same instant
        supplied = d.after(notified, 0, 6)
        t["corrections"].append(
            {
                "case_no": case["case_no"],
                "notice_no": f"B{n}",
                "needed_at": needed,
                "notified_at": notified,
                "material_codes": d.one(None, [], ["CL1"], ["CL2"], ["CL1", "CL2"]),
                "supplied_at": supplied,
                "confirmed_at": d.after(supplied or notified, 0, 7),
            }
        )


def _specials(d: Draw, t: dict[str, list[Row]], case: Row) -> None:
    for seq in range(1, d.one(0, 0, 0, 1, 2) + 1):
        started = d.after(case["accepted_at"] or case["received_at"], 0, 8, missing=0)
        limit = draw_limit(d, missing=0.4)
        t["specials"].append(
            {
                "case_no": case["case_no"],
                "seq": seq,
                "kind": d.one(*KINDS),
                "started_at": started,
                **limit,
                "due_at": d.after(started, 0, 8, missing=0.6),
                "ended_at": d.after(started, 0, 9),
                "reason": d.maybe("须检测"),
            }
        )


def _materials(d: Draw, t: dict[str, list[Row]], case: Row) -> None:
    for code in d.some("CL1", "CL2", "CL3", "CL9" if d.chance(0.3) else "CL1　"):
        for medium in d.one(
            ("paper",),
            ("paper",),
            ("electronic",),
            ("paper", "electronic"),
            ("paper", "electronic", "shared"),
        ):
            t["materials"].append(
                {
                    "case_no": case["case_no"],
                    "material_code": code,
                    "medium": medium,
                    "received_at": d.after(case["received_at"], 0, 9),
                    "waiver": d.maybe("tolerated", "tolerated", "commitment", "reused", missing=0.6),
                    "supplement_due": d.maybe(d.around(-6, 4), missing=0.4),
                }
            )


def _fees(d: Draw, t: dict[str, list[Row]], case: Row) -> None:
    for seq in range(1, d.one(0, 0, 1, 2) + 1):
        t["fees"].append(
            {
                "case_no": case["case_no"],
                "seq": seq,
                "fee_code": d.maybe("SF1", "SF2", "SF9"),
                "name": "费",
                "amount": d.money(),
                "reduced_amount": d.maybe(Decimal("0.00"), Decimal("1.00"), missing=0.5),
                "reduction_basis": d.maybe("文件", missing=0.4),
                "deferred_until": d.maybe(d.around(-3, 9), missing=0.7),
                "paid_at": d.after(case["received_at"], 0, 15),
            }
        )


def _certificates(d: Draw, t: dict[str, list[Row]], case: Row) -> None:
    for seq in range(1, d.one(0, 0, 1, 2) + 1):
        done = case["completed_at"]
        t["certificates"].append(
            {
                "case_no": case["case_no"],
                "seq": seq,
                "certificate_no": d.maybe("Z1"),
                "type_code": d.maybe("Z"),
                "holder": d.maybe("甲", "乙"),
                "issuer": d.maybe("局"),
                "issued_at": d.after(done, 0, 3),
                "ministry_pending": d.maybe(True, False, False),
                "determined_at": d.after(done, 0, 4, missing=0.4),
                "uploaded_at": d.after(done, 0, 9),
            }
        )


def _delivery(d: Draw, t: dict[str, list[Row]], case: Row) -> None:
    if d.chance(0.5):
        handed = d.after(case["completed_at"], 0, 4)
        t["deliveries"].append(
            {
                "case_no": case["case_no"],
                "handed_over_at": handed,
                "method": d.maybe("pickup", "mail"),
                "delivered_at": d.after(handed or case["completed_at"], 0, 12),
                "tracking_no": d.maybe("K1", missing=0.5),
                "receiver": d.maybe("甲", missing=0.5),
            }
        )
