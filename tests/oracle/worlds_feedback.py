"""What citizens say, how it is handled, and what offices owe each other."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from oracle.draw import AGENCIES, WINDOWS, Draw
from oracle.times import date_alone
from oracle.world import Row
from oracle.worlds_cases import draw_case


def feedback(d: Draw, t: dict[str, list[Row]]) -> None:
    for number in range(14):
        case = d.maybe(*t["cases"], missing=0.2)
        row = {
            "evaluation_no": f"P{number:02}",
            "case_no": d.one("C99", *[case["case_no"]] * 9) if case else None,
            "agency_code": d.maybe(*AGENCIES) if case else d.one(*AGENCIES),
            "officer_code": d.maybe("R1", "R1", "R2", missing=0.3),
            "window_code": d.maybe(*WINDOWS),
            "channel": d.maybe("pc", "mobile", "qr", "tablet", "hotline"),
            "level": d.maybe(1, 1, 2, 3, 5),
            "satisfied": d.maybe(True, False, missing=0.5),
            "is_default": d.maybe(True, False, False),
            "tags": d.one(None, [], ["101"], ["209", "115"]),
            "comment": d.maybe("态度不好", missing=0.5),
            "submitted_at": d.around(-25, 1),
            "extra_materials": d.maybe(True, False),
            "extra_fees": d.maybe(True, False),
            "intermediary_forced": d.maybe(True, False),
            "over_promised": d.maybe(True, False),
            "over_statutory": d.maybe(True, False),
            "actual_visits": d.maybe(0, 1, 2),
            "attitude": d.maybe("good", "bad"),
            "environment": d.maybe("good", "bad"),
            "other_issue": d.maybe("停车难", missing=0.7),
            "follows": d.maybe("P99", *[first["evaluation_no"] for first in t["evaluations"]], missing=0.6),
        }
        t["evaluations"].append(row)
        if d.chance(0.7):
            t["review_handling"].append(_handling(d, row))
    _burst(d, t)
    for number in range(5):
        case = d.maybe(*t["cases"], missing=0.4)
        received = d.around()
        t["complaints"].append(
            {
                "complaint_no": f"T{number}",
                "source": d.one("phone", "web", "media"),
                "case_no": case and case["case_no"],
                "agency_code": d.one(*AGENCIES),
                "received_at": received,
                "verified": d.maybe("yes", "yes", "no", "pending"),
                "verified_at": d.after(received, 0, 5),
            }
        )


def _handling(d: Draw, row: Row) -> Row:
    assigned = d.after(row["submitted_at"], 0, 3)
    begin = assigned or row["submitted_at"]
    confirmed = d.after(begin, 0, 5)
    return {
        "evaluation_no": row["evaluation_no"],
        "assigned_at": assigned,
        "signed_at": d.after(begin, 0, 3),
        "called_back_at": d.after(begin, 0, 3),
        "finding": d.maybe("confirmed", "confirmed", "confirmed", "mistaken", "malicious"),
        "confirmed_at": confirmed,
        "difficult": d.maybe(True, False, False),
        "settled_at": d.after(begin, 1, 20),
        "extension_filed_at": d.after(confirmed, 5, 20, missing=0.4),
        "extended_to": d.after(confirmed, 10, 30, missing=0.4),
        "feedback_at": d.after(confirmed, 5, 25, missing=0.4),
    }


def _burst(d: Draw, t: dict[str, list[Row]]) -> None:
    """Completions and ratings on one tablet within minutes."""
    begin = datetime.combine(d.as_of.date() - timedelta(days=d.random.randint(0, 5)), time(10))
    for n in range(6):
        done = begin + timedelta(seconds=d.random.randint(0, 40))
        case = {**draw_case(d, f"D{n}"), "received_at": begin - timedelta(days=2), "completed_at": done}
        t["cases"].append(case)
        rated = done + timedelta(seconds=d.random.randint(-5, 120))
        t["evaluations"].append(
            {
                "evaluation_no": f"Q{n}",
                "case_no": case["case_no"],
                "window_code": "W1",
                "channel": "tablet",
                "level": 5,
                "submitted_at": rated,
                "agency_code": "A1",
            }
        )


def _months_back(d: Draw, months: int) -> str:
    year, month = divmod(d.as_of.year * 12 + d.as_of.month - 1 - months, 12)
    return f"{year}-{month + 1:02}"


def duty(d: Draw, t: dict[str, list[Row]]) -> None:
    for number in range(6):
        due = d.maybe(d.around(-8, 5))
        row = {"explanation_no": f"E{number}", "agency_code": d.one(*AGENCIES), "due_at": due}
        t["explanations"].append({**row, "submitted_at": d.after(due, -3, 6)})
    for agency in AGENCIES:
        for months in d.some(0, 1, 2):
            t["monthly_reports"].append(
                {
                    "agency_code": agency,
                    "month": _months_back(d, months),
                    "submitted_at": d.maybe(d.around(-30, 2)),
                }
            )
    for office in ("A1", "O1"):
        for months in d.some(0, 1, 2, 3):
            issued = d.maybe(d.around(-30, 2))
            row = {"office": office, "month": _months_back(d, months), "issued_at": issued}
            t["circulars"].append({**row, "reported_up_at": d.after(issued, 0, 4)})
    for source in ("X1", "A2", "X7"):
        for back in d.some(*range(0, 12)):
            day = d.as_of.date() - timedelta(days=back)
            at = datetime.combine(day, d.one(time(16), time(17), time(17, 0, 1), time(18)))
            t["arrivals"].append(
                {
                    "source": source,
                    "day": day,
                    "rows": d.maybe(0, 3),
                    "nil": d.maybe(True, False),
                    "arrived_at": d.one(at, None, date_alone(day)),
                }
            )
    for number in range(5):
        due = d.maybe(d.around(-8, 5))
        order = {"order_no": f"O{number}", "agency_code": d.one(*AGENCIES), "due_at": due}
        t["orders"].append({**order, "answered_at": d.after(due, -3, 6)})
        filed = d.maybe(d.around(-40, 2))
        appeal = {"appeal_no": f"S{number}", "case_no": d.one(*[case["case_no"] for case in t["cases"]])}
        t["appeals"].append({**appeal, "filed_at": filed, "decided_at": d.after(filed, 0, 40)})
