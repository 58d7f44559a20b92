"""The reference tables of the city (目录): what the item system and the organisation register say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa

from mingcha.demo.catalogue import SPECIAL_LIMITS, Version
from mingcha.demo.places import CITY, Agency, Hall, officer_name, regions
from mingcha.demo.world import World
from mingcha.facts.arrow import arrow_schema
from mingcha.facts.schema import TABLES
from mingcha.law.instants import DATE_ALONE, DAY, HOUR

Row = dict[str, Any]

DEVICES = ("camera", "screen", "kiosk", "computer", "evaluator", "elevator")
OUTCOMES = ("granted", "denied", "returned", "withdrawn", "voided")


def register_rows(world: World) -> dict[str, list[Row]]:
    """Rows of every reference table, in canonical values (instants as microseconds)."""
    rows: dict[str, list[Row]] = {
        "regions": [
            {"code": r.code, "name": r.name, "level": r.level, "parent_code": r.parent} for r in regions()
        ],
        "agencies": [_agency(agency, world) for agency in world.agencies],
        "halls": [_hall(hall) for hall in world.halls],
        "hall_hours": [row for hall in world.halls for row in _hours(hall)],
        "windows": [row for agency in world.agencies for row in _windows(agency)],
        "officers": _officers(world),
        "devices": [row for hall in world.halls for row in _devices(hall)],
        "items": [_item(version) for version in world.versions],
    }
    for version in world.versions:
        key = {"item_code": version.item_code, "version": version.version}
        for name, guide in _guide(version).items():
            rows.setdefault(name, []).extend({**key, **row} for row in guide)
    return rows


def as_table(name: str, rows: list[Row]) -> pa.Table:
    """Rows as a canonical table of the columns that any of them has."""
    named = {column for row in rows for column in row}
    return pa.Table.from_pylist(rows, arrow_schema(TABLES[name], named or TABLES[name].by_name))


def _agency(agency: Agency, world: World) -> Row:
    parent = next(
        (a.code for a in world.agencies if a.region.code == CITY and a.bureau == agency.bureau), None
    )
    upper = parent if agency.region.code != CITY else None
    return {
        "code": agency.code,
        "name": agency.name,
        "region_code": agency.region.code,
        "parent_code": upper,
        "central": False,
    }


def _hall(hall: Hall) -> Row:
    return {
        "code": hall.code,
        "name": hall.name,
        "region_code": hall.region.code,
        "kind": "comprehensive",
        "video_connected": True,
    }


def _hours(hall: Hall) -> list[Row]:
    blocks = ((9 * 60, 12 * 60), (13 * 60, 17 * 60))
    return [
        {"hall_code": hall.code, "weekday": day, "opens": opens, "closes": closes}
        for day in range(1, 6)
        for opens, closes in blocks
    ]


def _windows(agency: Agency) -> list[Row]:
    return [
        {
            "code": code,
            "hall_code": agency.hall,
            "name": f"{agency.bureau}{number}号窗口",
            "agency_code": agency.code,
        }
        for number, code in enumerate(agency.windows, start=1)
    ]


def _officers(world: World) -> list[Row]:
    rows: list[Row] = []
    for agency in world.agencies:
        places = [
            *zip(agency.acceptors, agency.windows, strict=True),
            *((code, None) for code in agency.reviewers),
        ]
        rows += [
            {
                "code": code,
                "agency_code": agency.code,
                "window_code": window,
                "role": "accept" if window else "review",
            }
            for code, window in places
        ]
    for hall in world.halls:
        owner = next(a for a in reversed(world.agencies) if a.hall == hall.code)
        rows += [
            {"code": code, "agency_code": owner.code, "window_code": None, "role": role}
            for code, role in hall.stewards
        ]
    return [{**row, "name": officer_name(number)} for number, row in enumerate(rows)]


def _devices(hall: Hall) -> list[Row]:
    names = {
        "camera": "摄像头",
        "screen": "显示屏",
        "kiosk": "自助终端",
        "computer": "电脑",
        "evaluator": "评价器",
        "elevator": "电梯",
    }
    return [
        {
            "device_code": f"{hall.code}SB{n}",
            "hall_code": hall.code,
            "kind": kind,
            "name": f"{n}号{names[kind]}",
        }
        for n, kind in enumerate(DEVICES, start=1)
    ]


def _item(version: Version) -> Row:
    return {
        "item_code": version.item_code,
        "version": version.version,
        "name": version.name,
        "agency_code": version.agency.code,
        "base_code": version.base_code,
        "type_code": version.type_code,
        "kind": "immediate" if version.limit == 0 else "promise",
        "statutory_limit": version.statutory_limit,
        "statutory_unit": version.statutory_unit,
        "promised_limit": version.limit,
        "promised_unit": version.unit,
        "visits_promised": version.visits,
        "fee_charged": version.fee is not None,
        "intermediary_allowed": version.intermediary,
        "certificate_expected": version.certificate,
        "online_depth": 2 + version.serial % 3,
        "out_of_hours": version.serial % 5 == 0,
        "published_at": (version.first_day - 10) * DAY + 9 * HOUR,
        "guide_url": f"https://guide.example/{version.item_code}/{version.version}",
        "effective_from": version.first_day * DAY + DATE_ALONE,
        "effective_to": None if version.last_day is None else version.last_day * DAY + DATE_ALONE,
    }


def _guide(version: Version) -> dict[str, list[Row]]:
    """The tables that hang on an item version."""
    limit = version.step_limit
    outcomes = (*OUTCOMES, "transferred") if version.transfer else OUTCOMES
    return {
        "item_steps": [
            {"seq": n, "name": name, "limit": limit, "unit": "working_day"}
            for n, name in enumerate(version.steps, start=1)
        ],
        "item_materials": [
            {"material_code": m.code, "name": m.name, "required": m.required} for m in version.materials
        ],
        "item_fees": [_fee(version)] if version.fee else [],
        "item_specials": [
            {
                "kind": kind,
                "limit": SPECIAL_LIMITS[kind],
                "unit": "natural_day" if kind == "hearing" else "working_day",
            }
            for kind in version.specials
        ],
        "item_outcomes": [{"outcome": outcome} for outcome in outcomes],
        "item_risks": [{"risk_code": "FX1", "name": "审查标准不一", "measure": "双人审查、集体研究"}]
        if version.timed
        else [],
    }


def _fee(version: Version) -> Row:
    assert version.fee is not None
    low, high = version.fee
    return {
        "fee_code": version.fee_code,
        "name": f"{version.name}工本费",
        "basis": "示例收费文件",
        "min_amount": Decimal(low).quantize(Decimal("0.01")),
        "max_amount": Decimal(high).quantize(Decimal("0.01")),
        "reducible": version.reducible,
    }
