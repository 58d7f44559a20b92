"""Complaints and appeals, and what agencies owe (履职): explanations, answers to orders, monthly reports,
circulars, daily reports; all on time."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mingcha.demo.arrows import (
    Columns,
    coded,
    dates_alone,
    days,
    flags,
    instants,
    numbers,
    one,
    pick,
    table_of,
)
from mingcha.demo.case_tables import MANUAL_SOURCE
from mingcha.demo.dice import Ints
from mingcha.demo.hall_tables import rows_of, working_day
from mingcha.demo.places import CITY, OFFICE
from mingcha.demo.world import World, texts
from mingcha.law.instants import DAY, HOUR, MINUTE, MISSING

COMPLAINT_DAYS: Final = 5
REPORT_DAYS: Final = 5
CIRCULAR_DAYS: Final = 25
APPEAL_DAYS: Final = 20


def duty_tables(world: World) -> dict[str, pa.Table]:
    """Every table of duties."""
    made = {
        "complaints": _complaints,
        "explanations": _explanations,
        "orders": _orders,
        "monthly_reports": _monthly_reports,
        "circulars": _circulars,
        "arrivals": _arrivals,
    }
    return {name: table_of(name, make(world)) for name, make in made.items()}


def month_ends(world: World) -> Ints:
    """The last days of the months that are over by the last day."""
    months = np.arange(
        np.datetime64(world.first_day, "D").astype("datetime64[M]"),
        np.datetime64(world.last_day, "D").astype("datetime64[M]") + 1,
    )
    ends = (months + 1).astype("datetime64[D]").astype(np.int64) - 1
    return ends[ends < world.last_day]


def month_texts(ends: Ints) -> list[str]:
    """2026-03."""
    return [str(month) for month in ends.astype("datetime64[D]").astype("datetime64[M]")]


def circular_office(world: World) -> str:
    """Who issues the circulars: the city's office of government services."""
    return next(a.code for a in world.agencies if a.bureau == OFFICE and a.region.code == CITY)


def sources(world: World) -> list[str]:
    """Sources that report by hand every working day."""
    return [MANUAL_SOURCE, *(a.code for a in world.agencies if a.region.level == "township")][:4]


def _complaints(world: World) -> Columns:
    """Found out about in time and unfounded, or still being looked into; the media and superiors are for people to
    judge (zhengzhou-16)."""
    rows, dice = rows_of(world, 400), world.dice
    day = working_day(world, "complaint", rows)
    received = day * DAY + dice.between("complaint", rows, 500, 1200) * MINUTE
    verified = world.days.after(day, dice.between("verified", rows, 1, COMPLAINT_DAYS)) * DAY + 16 * HOUR
    pending = world.days.after(day, COMPLAINT_DAYS) >= world.last_day
    agency = dice.below("complained of", rows, len(world.agencies))
    return {
        "complaint_no": coded("TS", (rows, 8)),
        "source": pick(("phone", "web", "sms", "mail", "hotline", "social_supervisor"), rows % 6),
        "case_no": pick((None,), np.full(len(rows), -1)),
        "agency_code": pick(texts([a.code for a in world.agencies]), agency),
        "region_code": pick(texts([a.region.code for a in world.agencies]), agency),
        "about": one("反映排队时间较长", len(rows)),
        "received_at": instants(received),
        "verified": pick(("no", "pending"), pending.astype(np.int64)),
        "verified_at": instants(np.where(pending, MISSING, verified)),
    }


def _explanations(world: World) -> Columns:
    """Handed in on the day before they are due."""
    rows = rows_of(world, 500)
    due = world.days.after(working_day(world, "explanation", rows), 3)
    agency = world.dice.below("explains", rows, len(world.agencies))
    submitted = (due - 1) * DAY + 10 * HOUR
    return {
        "explanation_no": coded("SM", (rows, 8)),
        "alert": one("业务异常情况", len(rows)),
        "agency_code": pick(texts([a.code for a in world.agencies]), agency),
        "due_at": dates_alone(due),
        "submitted_at": instants(submitted),
        "accepted_at": instants(submitted + DAY),
    }


def _orders(world: World) -> Columns:
    """Answered within a week of working days, no later than due: on the first working day, where that is a
    day off."""
    rows, dice = rows_of(world, 2_000, least=60), world.dice
    issued = working_day(world, "order", rows)
    due = issued + dice.between("order due", rows, 3, 15)
    prompt = world.days.after(issued, dice.between("order answered", rows, 1, 7))
    answered = np.minimum(prompt, world.days.on_or_after(due))
    agency = dice.below("ordered", rows, len(world.agencies))
    return {
        "order_no": coded("DB", (rows, 8)),
        "agency_code": pick(texts([a.code for a in world.agencies]), agency),
        "issued_at": instants(issued * DAY + dice.between("order", rows, 560, 680) * MINUTE),
        "due_at": dates_alone(due),
        "answered_at": instants(answered * DAY + 15 * HOUR),
        "closed_at": instants(world.days.after(answered, 1) * DAY + 16 * HOUR),
    }


def appeals(world: World, evaluations: pa.Table) -> pa.Table:
    """appeals 申诉 against every other bad review among those: filed within ten working days, and decided
    within another twenty, once the ten are over in which the citizen could have rated again."""
    bad = evaluations.filter(pc.less_equal(evaluations["level"], 2))
    rows = np.array([int(number[2:]) for number in bad["evaluation_no"].to_pylist()], dtype=np.int64)
    appealed = np.flatnonzero(world.dice.chance("appealed", rows, 500))
    bad, rows = bad.take(pa.array(appealed)), rows[appealed]
    judged = np.asarray(bad["submitted_at"].cast(pa.int64()).to_numpy())
    filed = world.days.after(judged // DAY, world.dice.between("filed", rows, 1, 10))
    decided = world.days.after(filed, world.dice.between("appeal decided", rows, 11, APPEAL_DAYS))
    named = zip(bad["case_no"].to_pylist(), bad["evaluation_no"].to_pylist(), strict=True)
    alerts = [f"zhengzhou-7.1/cases/{case}/{number}/1" for case, number in named]
    columns = {
        "appeal_no": coded("SS", (rows, 9)),
        "alert": texts(list(alerts)),
        "case_no": bad["case_no"].combine_chunks(),
        "judged_at": instants(judged),
        "filed_at": instants(filed * DAY + 11 * HOUR),
        "decided_at": instants(decided * DAY + 16 * HOUR),
        "decision": pick(("upheld", "revoked"), world.dice.below("appeal", rows, 2)),
    }
    return table_of("appeals", columns)


def _monthly_reports(world: World) -> Columns:
    """In by the fifth of the next month."""
    ends = month_ends(world)
    rows = np.arange(len(ends) * len(world.agencies))
    end = rows % len(ends)
    submitted = (ends[end] + world.dice.between("report", rows, 1, 4)) * DAY + 10 * HOUR
    return {
        "agency_code": pick(texts([a.code for a in world.agencies]), rows // len(ends)),
        "month": pick(texts(list(month_texts(ends))), end),
        "submitted_at": instants(submitted),
    }


def _circulars(world: World) -> Columns:
    """Issued and reported up between the 10th and the 20th."""
    ends = month_ends(world)
    issued = (ends + world.dice.between("circular", np.arange(len(ends)), 10, 20)) * DAY + 16 * HOUR
    return {
        "office": one(circular_office(world), len(ends)),
        "month": pick(texts(list(month_texts(ends))), np.arange(len(ends))),
        "issued_at": instants(issued),
        "reported_up_at": instants(issued + 30 * MINUTE),
    }


def _arrivals(world: World) -> Columns:
    """Between three and five o'clock on every working day, a nil report where there is nothing."""
    range_ = np.arange(world.first_day, world.last_day + 1)
    working = range_[world.days.working[range_]]
    names = sources(world)
    rows = np.arange(len(working) * len(names))
    day = working[rows % len(working)]
    count = world.dice.below("arrived rows", rows, 12)
    return {
        "source": pick(texts(list(names)), rows // len(working)),
        "day": days(day),
        "rows": numbers(count),
        "nil": flags(count == 0),
        "arrived_at": instants(day * DAY + 15 * HOUR + world.dice.below("arrived", rows, 119) * MINUTE),
        "reviewed_by": one("示例审核员", len(rows)),
    }
