"""What goes on in the halls (大厅与服务过程), all of it in order: posts, devices, headcounts, checks,
reservations, consultations. Rows by number; every table is made whole."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from mingcha.demo.arrows import Columns, coded, flags, instants, numbers, one, pick, table_of
from mingcha.demo.days import AFTERNOON, CLOSES, OPENS
from mingcha.demo.dice import Ints
from mingcha.demo.registers import DEVICES
from mingcha.demo.world import World, texts
from mingcha.law.instants import DAY, HOUR, MINUTE, SECOND

AREAS: Final = ("受理区", "等候区")
_EVERY_MISS: Final = 33
"""One reservation in so many is missed; nobody misses more than two."""


def hall_tables(world: World) -> dict[str, pa.Table]:
    """Every table of the halls."""
    made = {
        "posts": _posts,
        "device_states": _device_states,
        "headcounts": _headcounts,
        "hall_checks": _hall_checks,
        "reservations": _reservations,
        "consultations": _consultations,
    }
    return {name: table_of(name, make(world)) for name, make in made.items()}


def rows_of(world: World, one_in: int, least: int = 400) -> Ints:
    """Numbers of rows: one for so many cases, but not too few."""
    return np.arange(max(world.cases // one_in, least), dtype=np.int64)


def working_day(world: World, name: str, rows: Ints) -> Ints:
    """A working day of the two years for each row."""
    days = np.arange(world.first_day, world.last_day + 1)
    days = days[world.days.working[days]]
    return days[world.dice.below(f"{name} day", rows, len(days))]


def in_office(world: World, name: str, rows: Ints, minutes: int) -> Ints:
    """An instant from which so many minutes of office hours lie ahead without a break."""
    morning, afternoon = 180 - 10 - minutes, 240 - 10 - minutes
    minute = world.dice.below(f"{name} time", rows, morning + afternoon)
    time = (
        np.where(minute < morning, OPENS + 10 * MINUTE, AFTERNOON + 10 * MINUTE - morning * MINUTE)
        + minute * MINUTE
    )
    return working_day(world, name, rows) * DAY + time + world.dice.below(f"{name} second", rows, 60) * SECOND


def _halls(world: World) -> pa.StringArray:
    return texts([hall.code for hall in world.halls])


def _posts(world: World) -> Columns:
    """posts 在岗: away for less than a quarter of an hour, or off the roster."""
    rows, dice = rows_of(world, 40), world.dice
    people: list[tuple[str, str | None, str]] = [
        (a.hall, w, o) for a in world.agencies for w, o in zip(a.windows, a.acceptors, strict=True)
    ]
    people += [(hall.code, None, code) for hall in world.halls for code, _ in hall.stewards]
    who = dice.below("post", rows, len(people))
    started = in_office(world, "post", rows, 90)
    off, rostered = dice.chance("post off", rows, 800), dice.chance("rostered", rows, 900)
    away = np.where(off & rostered, dice.between("away", rows, 1, 14), 60) * MINUTE
    return {
        "post_no": coded("ZG", (rows, 8)),
        "hall_code": pick(texts([hall for hall, _, _ in people]), who),
        "window_code": pick(texts([window for _, window, _ in people]), who),
        "area": one(AREAS[0], len(rows)),
        "officer_code": pick(texts([officer for _, _, officer in people]), who),
        "rostered": flags(rostered),
        "status": pick(("on", "off"), off.astype(np.int64)),
        "started_at": instants(started),
        "ended_at": instants(started + away),
    }


def _device_states(world: World) -> Columns:
    """device_states 设备状态: short faults, and off line over night. The second tells rows apart."""
    rows, dice = rows_of(world, 100), world.dice
    device = dice.below("device", rows, len(world.halls) * len(DEVICES))
    codes = texts([f"{hall.code}SB{n + 1}" for hall in world.halls for n in range(len(DEVICES))])
    night = dice.chance("night", rows, 400)
    by_day = in_office(world, "device", rows, 100) // MINUTE * MINUTE + rows % 60 * SECOND
    day = by_day // DAY
    by_night = day * DAY + CLOSES + 5 * MINUTE + rows % 3600 * SECOND
    started = np.where(night, by_night, by_day)
    fixed = by_day + dice.between("fault", rows, 5, 29) * MINUTE
    _, first = np.unique(device * (1 << 52) // 64 + started // SECOND, return_index=True)
    kept = np.sort(first)
    columns = {
        "device_code": pick(codes, device),
        "started_at": instants(started),
        "status": pick(("fault", "offline"), night.astype(np.int64)),
        "ended_at": instants(np.where(night, world.days.after(day, 1) * DAY + 8 * HOUR, fixed)),
    }
    return {name: values.take(pa.array(kept)) for name, values in columns.items()}


def _headcounts(world: World) -> Columns:
    """headcounts 人流: every second hour, in the first days of the two years until the numbers run out."""
    halls, hours = len(world.halls), 4
    days = np.arange(world.first_day, world.last_day + 1)
    days = days[world.days.working[days]]
    rows = rows_of(world, 50)[: halls * len(AREAS) * hours * len(days)]
    slot = rows // (halls * len(AREAS))
    return {
        "hall_code": pick(_halls(world), rows % halls),
        "area": pick(AREAS, rows // halls % len(AREAS)),
        "counted_at": instants(days[slot // hours] * DAY + OPENS + slot % hours * 2 * HOUR),
        "people": numbers(world.dice.between("people", rows, 3, 80)),
    }


def _hall_checks(world: World) -> Columns:
    """hall_checks 环境态度: clean halls and friendly officers."""
    rows, dice = rows_of(world, 50), world.dice
    agency = dice.below("checked", rows, len(world.agencies))
    return {
        "check_no": coded("JC", (rows, 8)),
        "hall_code": pick(texts([a.hall for a in world.agencies]), agency),
        "window_code": pick(
            texts([a.windows[0] for a in world.agencies]), np.where(rows % 4 == 0, -1, agency)
        ),
        "officer_code": pick(
            texts([a.acceptors[0] for a in world.agencies]), np.where(rows % 4 == 0, -1, agency)
        ),
        "case_no": pick((None,), np.full(len(rows), -1)),
        "kind": pick(("hygiene", "attitude"), rows % 2),
        "result": one("good", len(rows)),
        "source": pick(("camera", "person"), rows % 3 // 2),
        "checked_at": instants(in_office(world, "check", rows, 20)),
        "note": pick((None,), np.full(len(rows), -1)),
    }


def _reservations(world: World) -> Columns:
    """reservations 预约: made one to five working days ahead; nobody misses three."""
    rows, dice, days = rows_of(world, 20), world.dice, world.days
    slot_day = working_day(world, "slot", rows)
    slot = slot_day * DAY + OPENS + dice.below("slot", rows, 12) * 30 * MINUTE
    made = (
        days.nth[days.count[slot_day - 1] - dice.between("ahead", rows, 1, 5)] * DAY
        + dice.between("made", rows, 480, 1300) * MINUTE
    )
    missed = rows % _EVERY_MISS == 0
    person = np.where(
        missed,
        rows // _EVERY_MISS // 2 % world.people.persons,
        dice.below("booker", rows, world.people.persons),
    )
    status = np.where(missed, 2, dice.chance("cancelled", rows, 50))
    return {
        "reservation_no": coded("YY", (rows, 8)),
        "hall_code": pick(_halls(world), dice.below("booked", rows, len(world.halls))),
        "item_code": pick(
            texts([v.item_code for v in world.versions]), dice.below("booked item", rows, len(world.versions))
        ),
        "applicant_id": pick(world.people.id_number, person),
        "channel": pick(("web", "mobile"), dice.below("booked by", rows, 2)),
        "made_at": instants(made),
        "slot_at": instants(slot),
        "out_of_hours": flags(dice.chance("out of hours", rows, 60)),
        "confirmed_at": instants(made + 10 * MINUTE),
        "status": pick(("kept", "cancelled", "missed"), np.where(slot > world.as_of, -1, status)),
    }


def _consultations(world: World) -> Columns:
    """consultations 咨询: told at once, or answered within three working days."""
    rows, dice = rows_of(world, 25), world.dice
    agency = dice.below("consulted", rows, len(world.agencies))
    asked = in_office(world, "asked", rows, 60)
    hard = dice.chance("hard question", rows, 200)
    later = world.days.after(asked // DAY, dice.between("answered", rows, 1, 3)) * DAY + 15 * HOUR
    return {
        "consultation_no": coded("ZX", (rows, 8)),
        "hall_code": pick(texts([a.hall for a in world.agencies]), agency),
        "agency_code": pick(texts([a.code for a in world.agencies]), agency),
        "topic": pick(("办理条件", "申请材料", "收费标准", "历史遗留问题"), np.where(hard, 3, rows % 3)),
        "complex": flags(hard),
        "asked_at": instants(asked),
        "answered_at": instants(np.where(hard, later, asked + 10 * MINUTE)),
        "told_once": flags(np.ones(len(rows), dtype=bool), hard),
    }
