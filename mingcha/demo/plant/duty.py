"""Plantings outside cases: halls, posts, devices, reservations, consultations, orders, appeals, reports, and
sources.

Each takes some lawful rows of one table and breaks one thing in them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mingcha.demo.days import OPENS, instant_texts, midnight_after, shifted
from mingcha.demo.dice import Ints
from mingcha.demo.draft import Draft, Mask
from mingcha.demo.duty_tables import APPEAL_DAYS, CIRCULAR_DAYS, COMPLAINT_DAYS, REPORT_DAYS
from mingcha.demo.people import id_number
from mingcha.demo.truth import Truth
from mingcha.demo.world import World
from mingcha.law.calendar import BEYOND
from mingcha.law.instants import DAY, HOUR, MINUTE, MISSING

UNSEEN_PERSON = 60_000
"""Applicants from this number on appear nowhere else."""


@dataclass
class Patch:
    """Rows of one table that a planting has to itself."""

    world: World
    rule: str
    rows: Draft
    truth: Truth

    def __len__(self) -> int:
        return len(self.rows)

    def pick(self, name: str, low: int, high: int) -> Ints:
        """A number in low..high for each row."""
        return self.world.dice.between(f"{self.rule} {name}", np.arange(len(self)), low, high)

    def part(self, of: int, number: int = 0) -> Mask:
        """Every ``of``-th row."""
        return np.asarray(np.arange(len(self)) % of == number)

    def over(self, since: Ints, number: int) -> Ints:
        """When a limit of so many working days from an instant is overrun."""
        return midnight_after(self.world.days.after(since // DAY, number))

    def expect(self, about: str, key: Any, subject: Any = "", **levels: Any) -> None:
        """Expect findings of this rule."""
        self.truth.add(self.rule, about, key, subject, **levels)


@dataclass(frozen=True)
class Scene:
    """What the choice of rows may depend on."""

    world: World
    first_case: dict[str, int]
    """The day of each agency's first case; agencies without one are not here."""


Among = Callable[[Scene, pa.Table], Any]
DUTIES: list[tuple[str, str, Among, Callable[[Patch], None]]] = []
"""rule, table, which of its rows, how."""


def duty(rule: str, table: str, among: Among) -> Callable[[Callable[[Patch], None]], Callable[[Patch], None]]:
    """Register a planting of ``rule`` in rows of ``table`` of which ``among`` is true."""

    def register(do: Callable[[Patch], None]) -> Callable[[Patch], None]:
        DUTIES.append((rule, table, among, do))
        return do

    return register


def _of(column: str, value: str) -> Among:
    return lambda scene, rows: pc.equal(rows[column], value)


def _every(scene: Scene, rows: pa.Table) -> Any:
    return pa.repeat(pa.scalar(True), rows.num_rows)


@duty(
    "zhengzhou-5.3", "posts", lambda scene, rows: pc.and_(pc.equal(rows["status"], "off"), rows["rostered"])
)
def away_from_the_post(patch: Patch) -> None:
    """Away from the post for 16 to 60 minutes of office hours."""
    started = patch.rows["started_at"]
    patch.rows.put(ended_at=started + patch.pick("away", 16, 60) * MINUTE)
    windows = patch.rows["window_code"]
    at_window = np.array([window is not None for window in windows], dtype=bool)
    for where, about, key in (
        (at_window, "windows", windows),
        (~at_window, "halls", patch.rows["hall_code"]),
    ):
        patch.expect(about, key, patch.rows["post_no"], where=where, warning=started + 15 * MINUTE)


@duty("zhengzhou-5.4", "device_states", _of("status", "fault"))
def device_left_broken(patch: Patch) -> None:
    """A device stays broken for 31 to 90 minutes of office hours."""
    started = patch.rows["started_at"]
    patch.rows.put(ended_at=started + patch.pick("broken", 31, 90) * MINUTE)
    patch.expect("devices", patch.rows["device_code"], instant_texts(started), warning=started + 30 * MINUTE)


@duty(
    "zhengzhou-5.6",
    "hall_checks",
    lambda scene, rows: pc.and_(pc.equal(rows["kind"], "hygiene"), pc.is_valid(rows["window_code"])),
)
def dirty_window(patch: Patch) -> None:
    """The surroundings of a window are dirty."""
    patch.rows.put(result="bad", note="地面有积水")
    patch.expect("windows", patch.rows["window_code"], patch.rows["check_no"], note=patch.rows["checked_at"])


@duty(
    "zhengzhou-7.2",
    "hall_checks",
    lambda scene, rows: pc.and_(pc.equal(rows["kind"], "attitude"), pc.is_valid(rows["window_code"])),
)
def bad_attitude_at_a_window(patch: Patch) -> None:
    """Somebody, we do not know who, was treated badly at a window."""
    patch.rows.put(result="bad", note="与群众争执")
    patch.expect(
        "windows", patch.rows["window_code"], patch.rows["check_no"], abnormal=patch.rows["checked_at"]
    )


@duty("zhengzhou-7.3", "complaints", _every)
def complaint_of_an_agency_proved(patch: Patch) -> None:
    """A complaint about an agency, not about one case, was justified."""
    days = patch.pick("verified", 1, COMPLAINT_DAYS)
    verified = patch.world.days.after(patch.rows["received_at"] // DAY, days) * DAY + 10 * HOUR
    patch.rows.put(verified="yes", verified_at=verified)
    patch.expect("agencies", patch.rows["agency_code"], patch.rows["complaint_no"], abnormal=verified)


@duty("ezhou-complaint", "complaints", _every)
def complaint_left_lying(patch: Patch) -> None:
    """It is said after eight working days whether a complaint is true (warned), or never (red)."""
    received, late = patch.rows["received_at"], patch.part(2)
    verified = patch.world.days.after(received // DAY, COMPLAINT_DAYS + 3) * DAY + 10 * HOUR
    patch.rows.put(late, verified="no", verified_at=verified[late])
    patch.rows.put(~late, verified="pending", verified_at=None)
    red = np.where(late, MISSING, patch.over(received, 3 * COMPLAINT_DAYS))
    region = {agency.code: agency.region.code for agency in patch.world.agencies}
    regions = np.array([region[code] for code in patch.rows["agency_code"]], dtype=object)
    patch.expect(
        "regions", regions, patch.rows["complaint_no"], warning=patch.over(received, COMPLAINT_DAYS), red=red
    )


@duty("zhengzhou-9", "explanations", _every)
def explanation_late(patch: Patch) -> None:
    """An explanation comes two days after it was due, or never."""
    due = patch.rows["due_at"] // DAY
    late = np.where(patch.part(2), (due + 2) * DAY + 10 * HOUR, MISSING)
    patch.rows.put(submitted_at=late, accepted_at=None)
    patch.expect(
        "agencies", patch.rows["agency_code"], patch.rows["explanation_no"], warning=midnight_after(due)
    )


@duty("zhengzhou-6.6", "orders", _every)
def order_answered_late(patch: Patch) -> None:
    """An order is answered three working days after it was due, or never."""
    due = patch.world.days.on_or_after(patch.rows["due_at"] // DAY)
    late = np.where(patch.part(2), patch.world.days.after(due, 3) * DAY + 10 * HOUR, MISSING)
    patch.rows.put(answered_at=late, closed_at=shifted(late, DAY))
    patch.expect("agencies", patch.rows["agency_code"], patch.rows["order_no"], warning=midnight_after(due))


@duty("henan-9.10b", "appeals", _every)
def appeal_decided_late(patch: Patch) -> None:
    """An appeal is decided three working days too late, or never."""
    filed = patch.rows["filed_at"]
    late = patch.part(2)
    decided = patch.world.days.after(filed // DAY, APPEAL_DAYS + 3) * DAY + 10 * HOUR
    patch.rows.put(decided_at=np.where(late, decided, MISSING))
    patch.rows.put(~late, decision=None)
    patch.expect(
        "cases", patch.rows["case_no"], patch.rows["appeal_no"], warning=patch.over(filed, APPEAL_DAYS)
    )


def _month_end(months: Any) -> Ints:
    return (np.array(list(months), dtype="datetime64[M]") + 1).astype("datetime64[D]").astype(np.int64) - 1


def _owed(scene: Scene, rows: pa.Table) -> Any:
    """Agencies report from the month of their first case on."""
    first = [scene.first_case.get(code, BEYOND) for code in rows["agency_code"].to_pylist()]
    return pa.array(_month_end(rows["month"].to_pylist()) >= np.array(first))


def _after_the_first(scene: Scene, rows: pa.Table) -> Any:
    """Circulars are owed from the month of the first one on."""
    ends = _month_end(rows["month"].to_pylist())
    return pa.array(ends > ends.min())


@duty("zhengzhou-11a", "monthly_reports", _owed)
def monthly_report_late(patch: Patch) -> None:
    """A monthly report comes two working days late (warned), or after seven (red)."""
    due = patch.world.days.on_or_after(_month_end(patch.rows["month"]) + REPORT_DAYS)
    late = np.where(patch.part(2), 2, 7)
    patch.rows.put(submitted_at=patch.world.days.after(due, late) * DAY + 10 * HOUR)
    warned = midnight_after(due)
    red = np.where(late > 3, patch.over(warned, 3), MISSING)
    patch.expect("agencies", patch.rows["agency_code"], patch.rows["month"], warning=warned, red=red)


@duty("zhengzhou-11b", "circulars", _after_the_first)
def circular_not_reported_up(patch: Patch) -> None:
    """A circular is issued in time, but reported to the city government three days late, or never."""
    due = patch.world.days.on_or_after(_month_end(patch.rows["month"]) + CIRCULAR_DAYS)
    patch.rows.put(reported_up_at=np.where(patch.part(2), (due + 3) * DAY + 10 * HOUR, MISSING))
    patch.expect("agencies", patch.rows["office"], patch.rows["month"], warning=midnight_after(due))


@duty("zhengzhou-12", "arrivals", lambda scene, rows: pc.greater(rows["rows"], 0))
def daily_report_late(patch: Patch) -> None:
    """A daily report comes after half past five, or is empty without saying so."""
    days = patch.rows["day"]
    moment = np.array([np.datetime64(day, "D") for day in days]).astype(np.int64) * DAY + 17 * HOUR
    late = patch.part(2)
    patch.rows.put(late, arrived_at=moment[late] + 30 * MINUTE)
    patch.rows.put(~late, rows=0)
    patch.expect("sources", patch.rows["source"], [str(day) for day in days], warning=moment)


@duty(
    "pds-6",
    "reservations",
    lambda scene, rows: pc.and_(rows["out_of_hours"], pc.not_equal(rows["status"], "missed")),
)
def booked_too_soon_or_too_late(patch: Patch) -> None:
    """Out of hours, booked on the very day, or eight working days ahead."""
    slot = patch.rows["slot_at"]
    early = patch.world.days.nth[patch.world.days.count[slot // DAY - 1] - 8] * DAY + OPENS
    made = np.where(patch.part(2), slot // DAY * DAY + 8 * HOUR, early)
    patch.rows.put(made_at=made, confirmed_at=made + MINUTE)
    patch.expect("halls", patch.rows["hall_code"], patch.rows["reservation_no"], note=made)


def _kept_in_a_larger_hall(scene: Scene, rows: pa.Table) -> Any:
    """Not in a village: the rule does not find the city of a village's hall."""
    large = pa.array([hall.code for hall in scene.world.halls if hall.region.level != "village"])
    kept = pc.and_(pc.equal(rows["status"], "kept"), pc.invert(rows["out_of_hours"]))
    return pc.and_(kept, pc.is_in(rows["hall_code"], large))


@duty("pds-7", "reservations", _kept_in_a_larger_hall)
def missed_three_times(patch: Patch) -> None:
    """The same applicant misses three reservations, forty days apart."""
    days, groups = patch.world.days, len(patch) // 3
    number, turn = np.divmod(np.arange(groups * 3), 3)
    first = patch.world.first_day + patch.pick("first", 30, 600)[:groups]
    slot_day = days.on_or_after(first[number] + 40 * turn)
    used = np.arange(len(patch)) < groups * 3
    ids = np.array([id_number(UNSEEN_PERSON + n) for n in number.tolist()], dtype=object)
    made = days.nth[days.count[slot_day - 1] - 2] * DAY + 9 * HOUR
    patch.rows.put(
        used,
        applicant_id=ids,
        status="missed",
        made_at=made,
        confirmed_at=made + MINUTE,
        slot_at=slot_day * DAY + 10 * HOUR,
    )
    third = np.flatnonzero(used)[2::3]
    patch.expect(
        "applicants",
        patch.rows["applicant_id"][third],
        patch.rows["reservation_no"][third],
        note=patch.rows["slot_at"][third],
    )


@duty("pds-14a", "consultations", lambda scene, rows: rows["complex"])
def hard_question_unanswered(patch: Patch) -> None:
    """A hard question is answered after five working days, or never."""
    asked = patch.rows["asked_at"]
    late = patch.world.days.after(asked // DAY, 5) * DAY + 10 * HOUR
    patch.rows.put(answered_at=np.where(patch.part(2), late, MISSING))
    patch.expect(
        "halls", patch.rows["hall_code"], patch.rows["consultation_no"], warning=patch.over(asked, 3)
    )


@duty("pds-14b", "consultations", lambda scene, rows: pc.invert(rows["complex"]))
def not_told_at_once(patch: Patch) -> None:
    """Something that could have been told at once was told bit by bit."""
    patch.rows.put(told_once=False)
    patch.expect("halls", patch.rows["hall_code"], patch.rows["consultation_no"], note=patch.rows["asked_at"])
