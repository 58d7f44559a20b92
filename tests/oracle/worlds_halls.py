"""Halls, queues, posts and devices; reservations and consultations."""

from __future__ import annotations

from datetime import timedelta

from oracle.draw import AGENCIES, HALLS, OFFICERS, WINDOWS, Draw
from oracle.times import Instant
from oracle.world import Row


def _soon(d: Draw, start: Instant, *minutes: int) -> Instant | None:
    """Some minutes later, to the second around them."""
    return d.maybe(
        start.replace(microsecond=0) + timedelta(minutes=d.one(*minutes), seconds=d.one(-1, 0, 0, 1)),
        missing=0.3,
    )


def halls(d: Draw, t: dict[str, list[Row]]) -> None:
    for number in range(12):
        case = d.maybe(*t["cases"], missing=0.6)
        taken = d.around(-3, 0).replace(microsecond=0)
        t["tickets"].append(
            {
                "ticket_no": f"K{number}",
                "hall_code": d.one(*HALLS),
                "window_code": d.maybe(*WINDOWS),
                "case_no": case and case["case_no"],
                "taken_at": taken,
                "called_at": _soon(d, taken, 5, 30, 60),
                "finished_at": _soon(d, taken, 30, 90),
                "abandoned_at": _soon(d, taken, 20, 30) if d.chance(0.3) else None,
                "status": d.maybe("served", "abandoned"),
            }
        )
    for number in range(10):
        started = d.around(-4, 0)
        t["posts"].append(
            {
                "post_no": f"G{number}",
                "hall_code": d.one(*HALLS),
                "window_code": d.maybe(*WINDOWS),
                "officer_code": d.maybe(*OFFICERS, "R9"),
                "rostered": d.maybe(True, True, False),
                "status": d.one("off", "off", "off", "on"),
                "started_at": started,
                "ended_at": _soon(d, started, 10, 15, 200),
            }
        )
    for device in ("S1", "S2", "S3", "S9"):
        for started in dict.fromkeys(d.around(-4, 0) for _ in range(3)):
            t["device_states"].append(
                {
                    "device_code": device,
                    "started_at": started,
                    "status": d.one("fault", "offline", "ok"),
                    "ended_at": _soon(d, started, 20, 30, 300),
                }
            )
    for number in range(8):
        case = d.maybe(*t["cases"], missing=0.6)
        t["hall_checks"].append(
            {
                "check_no": f"J{number}",
                "hall_code": d.one(*HALLS),
                "window_code": d.maybe(*WINDOWS),
                "case_no": case and case["case_no"],
                "kind": d.one("hygiene", "attitude"),
                "result": d.one("good", "bad"),
                "checked_at": d.around(-5, 1),
            }
        )


def service(d: Draw, t: dict[str, list[Row]]) -> None:
    for number in range(16):
        slot = d.around(-240, 12)
        made = d.time_of(slot.date() - timedelta(days=d.random.randint(0, 10)))
        t["reservations"].append(
            {
                "reservation_no": f"Y{number:02}",
                "hall_code": d.one(*HALLS),
                "applicant_id": d.one("N1", "N1", "N2"),
                "made_at": made,
                "slot_at": slot,
                "out_of_hours": d.maybe(True, True, False),
                "status": d.maybe("missed", "missed", "missed", "kept"),
            }
        )
    for number in range(8):
        asked = d.around(-8, 0)
        t["consultations"].append(
            {
                "consultation_no": f"Z{number}",
                "hall_code": d.maybe(*HALLS),
                "agency_code": d.one(*AGENCIES),
                "complex": d.maybe(True, False),
                "asked_at": asked,
                "answered_at": d.after(asked, 0, 6),
                "told_once": d.maybe(True, False),
            }
        )
