"""Rows of cases, steps, corrections, special procedures and materials, made from the lives of cases.

Every function takes the city's lives, the places of the cases wanted (`at`) and, for a child table, which
row of its case each one is (`nth`, from 0); it returns canonical columns. Any rows can be made in any
order.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mingcha.demo.arrows import Columns, coded, dates_alone, instants, numbers, one, pick
from mingcha.demo.catalogue import SPECIAL_LIMITS
from mingcha.demo.days import OPENS
from mingcha.demo.dice import Ints
from mingcha.demo.lives import (
    BEFORE,
    DENIED,
    GRANTED,
    NO_CORRECTION,
    NONE,
    OPINIONS,
    OUTCOMES,
    REJECT,
    TRANSFERRED,
    Lives,
)
from mingcha.demo.lookups import Lookups, reviewers
from mingcha.demo.world import CHANNELS, SPECIALS, World
from mingcha.law.instants import DAY, HOUR, MINUTE, MISSING, SECOND

MANUAL_SOURCE = "社区手工台账"
SOURCES = ("市一体化政务服务平台", MANUAL_SOURCE)
REASONS = (None, None, "申请人要求退回补充后重新申报", "申请人主动撤回申请", "办件重复登记", None)
REJECT_REASON = "不属于本机关职权范围,已告知向有关机关申请"
MEDIA = ("paper", "electronic", "shared")
WAIVERS = ("tolerated", "commitment", "shared", "reused")


def case_numbers(lives: Lives) -> pa.StringArray:
    """办件编号: ZZ, the day of receipt in six digits, the number of the case in eight."""
    return coded("ZZ", (_yymmdd(lives.received // DAY), 6), (lives.no, 8))


def _yymmdd(days: Ints) -> Ints:
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    year, month = np.divmod(months.astype(np.int64), 12)
    day = (dates - months.astype("datetime64[D]")).astype(np.int64) + 1
    return np.asarray((year - 30) * 10_000 + (month + 1) * 100 + day)


def ended_in_full(lives: Lives) -> NDArray[np.bool_]:
    """Decided by granting, denying or passing on: steps and materials must be complete."""
    return np.asarray(lives.decided & np.isin(lives.outcome, (GRANTED, DENIED, TRANSFERRED)))


def case_rows(world: World, look: Lookups, lives: Lives, at: Ints, case_no: pa.StringArray) -> Columns:
    """cases 办件."""
    dice, guide = world.dice, world.guide
    some = lives.take(at)
    no, version, person = some.no, some.version, some.person
    legal, decided = person >= world.people.persons, some.decided
    accepted = some.accepted != MISSING
    extended = accepted & dice.chance("extension", no, 3) & ~np.isin(guide.unit[version], (2, 3))
    promised = accepted & ~some.paused & dice.chance("promised", no, 800)
    told = dice.chance("version told", no, 600)
    by_hand = decided & (look.village[version] == 1) & (guide.limit[version] == 0)
    return {
        "case_no": case_no,
        "item_code": pick(look.item_code, version),
        "item_version": numbers(look.item_version[version], ~told),
        "agency_code": pick(look.agency_code, version),
        "region_code": pick(look.region_code, version),
        "hall_code": pick(look.hall_code, version),
        "window_code": pick(look.window, some.window),
        "officer_code": pick(look.acceptor, some.window),
        "channel": pick(CHANNELS, some.channel),
        "applicant_type": pick(("person", "legal"), legal.astype(np.int64)),
        "applicant_name": pick(world.people.name, person),
        "applicant_id_type": pick(("111", "001"), legal.astype(np.int64)),
        "applicant_id": pick(world.people.id_number, person),
        "contact_name": pick(world.people.contact, person),
        "contact_phone": pick(world.people.phone, person),
        "received_at": instants(some.received),
        "preaccepted_at": instants(some.preaccepted),
        "opinion": pick(OPINIONS, some.opinion),
        "opinion_at": instants(some.opinion_at),
        "reject_reason": pick((REJECT_REASON,), np.where(some.opinion == REJECT, 0, -1)),
        "accepted_at": instants(some.accepted),
        "completed_at": instants(some.completed),
        "outcome": pick(OUTCOMES, some.outcome, ~decided),
        "abnormal_reason": pick(pa.array(REASONS, pa.string()), some.outcome, ~decided),
        "visits": numbers(np.where(some.channel == 0, guide.visits[version], 0), ~accepted),
        "extension_days": numbers(np.full(len(no), 5), ~extended),
        "extension_approved_by": pick(("示例分管领导",), np.where(extended, 0, -1)),
        "receipt_no": pick(coded("SJ", (no, 8)), np.where(accepted, np.arange(len(no)), -1)),
        "promised_at": dates_alone(np.where(promised, some.due, NONE)),
        "evaluation_offered_at": instants(some.completed),
        "source_system": pick(SOURCES, look.village[version]),
        "reported_at": instants(
            np.where(by_hand, np.maximum(some.completed, some.done_day * DAY + 17 * HOUR), MISSING)
        ),
    }


def step_counts(world: World, lives: Lives) -> Ints:
    """All steps of the guide, half of them where the case ended early or is not decided, none before
    acceptance."""
    every = world.guide.steps[lives.version]
    counts = np.where(ended_in_full(lives), every, every // 2)
    return np.where(lives.accepted == MISSING, 0, counts)


def step_rows(world: World, look: Lookups, lives: Lives, at: Ints, nth: Ints) -> Columns:
    """steps 办理环节: the working days used are shared out evenly among the steps of the guide."""
    version = lives.version[at]
    every = world.guide.steps[version]
    ends = step_boundary(world, lives, at, nth + 1)
    ends = np.where(
        (nth == every - 1) | ((lives.completed[at] == MISSING) & (nth == every // 2 - 1)),
        lives.completed[at],
        ends,
    )
    officer = np.where(nth == 0, -1, reviewers(world.guide.agency[version], nth))
    acceptor = pick(look.acceptor, np.where(nth == 0, lives.window[at], -1))
    return {
        "seq": numbers(nth + 1),
        "name": pick(look.step_name, look.first_step[version] + nth),
        "officer_code": pc.coalesce(acceptor, pick(look.reviewer, officer)),
        "started_at": instants(step_boundary(world, lives, at, nth)),
        "finished_at": instants(ends),
        "result": pick(("通过",), np.where(ends == MISSING, -1, 0)),
    }


def step_boundary(world: World, lives: Lives, at: Ints, nth: Ints) -> Ints:
    """When the n-th step begins. Days between are counted as the promise counts them, so pauses fall
    inside steps."""
    accepted, completed, used = lives.accepted[at], lives.completed[at], lives.used[at]
    steps = world.guide.steps[lives.version[at]]
    start = accepted // DAY
    share = used * nth // steps
    total = share + np.where(share > lives.begun[at], lives.off[at], 0)
    day = np.where(total > 0, world.days.after(start, np.maximum(total, 1)), start)
    jitter = world.dice.below("step", lives.no[at] * 8 + nth, 30 * 60) * SECOND
    moment = day * DAY + OPENS + nth * (7 * HOUR) // steps + jitter
    moment = np.where(nth == 0, accepted, np.maximum(moment, accepted))
    return np.where(completed == MISSING, moment, np.minimum(moment, completed))


def correction_counts(world: World, lives: Lives) -> Ints:
    """One notice; now and then a second one that asks for nothing new."""
    again = (lives.correction == BEFORE) & world.dice.chance("second notice", lives.no, 50)
    return np.where(lives.correction == NO_CORRECTION, 0, 1 + again)


def correction_rows(world: World, look: Lookups, lives: Lives, at: Ints, nth: Ints) -> Columns:
    """corrections 补正. A second notice repeats the first material of the first notice."""
    dice = world.dice
    no, version = lives.no[at], lives.version[at]
    notified = lives.notified[at] + nth * 40 * MINUTE
    unsaid = (nth > 0) | ((lives.correction[at] != BEFORE) & dice.chance("need unsaid", no, 500))
    first = look.first_material[version]
    asked = np.where((nth == 0) & dice.chance("two asked", no, 400), 2, 1)
    offsets = np.concatenate(([0], np.cumsum(asked)))
    places = np.repeat(first, asked) + np.arange(offsets[-1]) - np.repeat(offsets[:-1], asked)
    return {
        "notice_no": coded("BZ", (no, 8), (nth + 1, 1)),
        "needed_at": instants(np.where(unsaid, MISSING, notified - 2 * MINUTE)),
        "notified_at": instants(notified),
        "material_codes": pa.ListArray.from_arrays(
            pa.array(offsets, pa.int32()), pick(look.material_code, places)
        ),
        "supplied_at": instants(lives.supplied[at]),
        "confirmed_at": instants(lives.confirmed[at]),
    }


def special_counts(world: World, lives: Lives) -> Ints:
    """At most one special procedure."""
    return np.asarray(lives.special != NONE, dtype=np.int64)


def special_rows(world: World, look: Lookups, lives: Lives, at: Ints, nth: Ints) -> Columns:
    """specials 特别程序. Its time is told by a date, by a limit, or left to the guide, in turn."""
    kind = lives.special[at]
    told = world.dice.below("special told", lives.no[at], 3)
    limits = np.array([SPECIAL_LIMITS[name] for name in SPECIALS])[kind]
    natural = kind == SPECIALS.index("hearing")
    return {
        "seq": numbers(nth + 1),
        "kind": pick(SPECIALS, kind),
        "kind_name": pick((None,), np.full(len(at), -1)),
        "started_at": instants(lives.special_start[at]),
        "limit": numbers(limits, told != 1),
        "unit": pick(("working_day", "natural_day"), np.where(told == 1, natural, 0).astype(np.int64)),
        "due_at": dates_alone(np.where(told == 0, lives.special_due[at], NONE)),
        "ended_at": instants(lives.special_end[at]),
        "reason": one("依法需要,已书面告知申请人", len(at)),
    }


def material_counts(world: World, lives: Lives) -> Ints:
    """All required materials, and half of the optional ones."""
    return world.guide.required[lives.version] + _with_optional(world, lives.no, lives.version)


def _with_optional(world: World, no: Ints, version: Ints) -> Ints:
    """Items have at most one optional material."""
    return np.asarray(world.guide.optional[version] * world.dice.chance("optional", no, 500))


def material_rows(world: World, look: Lookups, lives: Lives, at: Ints, nth: Ints) -> Columns:
    """materials 申请材料, each in one form only; some are supplied later (容缺), in time."""
    dice = world.dice
    no, version = lives.no[at], lives.version[at]
    row = no * 16 + nth
    at_window = lives.channel[at] == 0
    medium = np.where(
        at_window, dice.choose("medium", row, (700, 250, 50)), 1 + dice.chance("shared", row, 200)
    )
    tolerated = (medium == 0) & dice.chance("tolerated", row, 10) & (lives.accepted[at] != MISSING)
    waiver = np.where(tolerated, 0, np.where((medium == 2) & dice.chance("waived", row, 500), 2, -1))
    later = lives.accepted[at] // DAY + dice.between("supplement", row, 3, 12)
    received = np.where(tolerated, (later - 1) * DAY + 10 * HOUR, lives.received[at])
    place = look.first_material[version] + nth
    return {
        "material_code": pick(look.material_code, place),
        "medium": pick(MEDIA, medium),
        "name": pick(look.material_name, place),
        "received_at": instants(received),
        "waiver": pick(WAIVERS, waiver),
        "supplement_due": dates_alone(np.where(tolerated, later, NONE)),
    }
