"""Places, people and the catalogue of items with versions that overlap, leave gaps or lack everything."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from oracle.draw import AGENCIES, HALLS, KINDS, OFFICERS, OUTCOMES, STEP_NAMES, WINDOWS, Draw, draw_limit
from oracle.times import Instant, date_alone
from oracle.world import Row


def places(d: Draw, t: dict[str, list[Row]]) -> None:
    for code, level, parent in (
        ("410000000000", "province", None),
        ("410100000000", "city", "410000000000"),
        ("410105000000", "county", "410100000000"),
        ("410105001000", "township", "410105000000"),
        ("410105001001", "village", "410105001000"),
        ("410400000000", "city", "410000000000"),
        ("410402000000", "county", "410400000000"),
        ("420704000000", "county", "420700000000"),
    ):
        t["regions"].append({"code": code, "name": code, "level": level, "parent_code": parent})
    for code, region in zip(AGENCIES, ("410105000000", "410402000000", "420704000000"), strict=True):
        t["agencies"].append({"code": code, "name": code, "region_code": region})
    for code, region in zip(HALLS, ("410105001001", "410402000000", "420704000000"), strict=True):
        t["halls"].append(
            {"code": code, "name": code, "region_code": region, "video_connected": d.maybe(True, False)}
        )
    for weekday in range(1, 7):
        t["hall_hours"].append(
            {"hall_code": "H1", "weekday": weekday, "opens": 540, "closes": 1020 if weekday < 6 else 720}
        )
    for weekday in range(1, 6):
        for opens, closes in ((510, 690), (870, 1080)):
            t["hall_hours"].append({"hall_code": "H2", "weekday": weekday, "opens": opens, "closes": closes})
    for code, hall in zip(WINDOWS, HALLS, strict=False):
        t["windows"].append({"code": code, "hall_code": hall})
    for code, agency, role in zip(
        OFFICERS, AGENCIES, ("accept", None, d.one("guide", "review")), strict=True
    ):
        t["officers"].append({"code": code, "name": code, "agency_code": agency, "role": role})
    for code, hall in (("S1", "H1"), ("S2", "H2"), ("S3", "H3")):
        t["devices"].append({"device_code": code, "hall_code": hall, "kind": "kiosk", "name": code})


def items(d: Draw, t: dict[str, list[Row]]) -> None:
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


def _item(d: Draw) -> Row:
    promised, statutory = draw_limit(d), draw_limit(d)
    return {
        "name": "事项",
        "agency_code": d.one(*AGENCIES),
        "promised_limit": promised["limit"],
        "promised_unit": promised["unit"],
        "statutory_limit": statutory["limit"],
        "statutory_unit": statutory["unit"],
        "visits_promised": d.maybe(0, 1),
        "fee_charged": d.maybe(True, True, False),
        "intermediary_allowed": d.maybe(True, False),
        "certificate_expected": d.maybe(True, True, False),
        "published_at": d.maybe(d.around(-60, 3)),
        "guide_url": d.maybe("https://guide.example"),
    }


def _guide(d: Draw, t: dict[str, list[Row]], key: Row) -> None:
    limits = {name: draw_limit(d, missing=0.3) for name in STEP_NAMES}
    names = d.some(*STEP_NAMES)
    for seq, name in enumerate([*names, *(names[:1] if d.chance(0.2) else [])], 1):
        t["item_steps"].append({**key, "seq": seq, "name": name, **limits[name]})
    for code in d.some("CL1", "CL2", "CL3"):
        t["item_materials"].append({**key, "material_code": code, "name": code, "required": d.chance(0.7)})
    for code in d.some("SF1", "SF2"):
        bounds = {"min_amount": d.maybe(Decimal("10.00")), "max_amount": d.maybe(Decimal("50.00"))}
        t["item_fees"].append(
            {**key, "fee_code": code, "name": code, **bounds, "reducible": d.maybe(True, False)}
        )
    for kind in d.some(*KINDS):
        t["item_specials"].append({**key, "kind": kind, **draw_limit(d, missing=0.2)})
    for outcome in d.some(*OUTCOMES):
        t["item_outcomes"].append({**key, "outcome": outcome})
