"""Which units a batch touched: what its new and closed rows name, in the words of findings (`UNIT_OF_ABOUT`)."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection

from mingcha.engine.candidates import UNIT_OF_ABOUT
from mingcha.facts.declare import Table
from mingcha.intake.merging import Incoming
from mingcha.intake.staging import Fate
from mingcha.intake.store_models import Touched

MOST: Final = 100_000
"""Rows of a batch that is said to have touched everything: naming its units would cost as much as judging all."""
EVERYTHING: Final = ("*", "*")

_UNITS: Final = {
    "case_no": "case",
    "item_code": "item",
    "agency_code": "agency",
    "lead_agency": "agency",
    "hall_code": "hall",
    "window_code": "window",
    "officer_code": "officer",
    "device_code": "device",
    "region_code": "region",
    "applicant_id": "applicant",
    "office": "office",
}
_OWN_CODE: Final = {
    "regions": "region",
    "agencies": "agency",
    "halls": "hall",
    "windows": "window",
    "officers": "officer",
}


_ELSE: Final = {
    "evaluations": (("agency_code", "agency", "cases", "o.case_no = f.case_no"),),
    "complaints": (("region_code", "region", "agencies", "o.code = f.agency_code"),),
}
"""Table -> (column, unit, another table, on what): where a row without a value of its own belongs."""


def units_named(table: Table) -> dict[str, str]:
    """Column -> unit, for the columns of a table that name one."""
    named = {name: unit for name, unit in _UNITS.items() if name in table.by_name}
    if table.name in _OWN_CODE:
        named["code"] = _OWN_CODE[table.name]
    if table.name == "arrivals":
        named["source"] = "source"
    return named


def note_touched(cursor: Any, incoming: Incoming, corrected: int) -> None:
    """Write down the units of the rows that the staged ones became, and of those that `corrected` ones closed."""
    stage, fact, no = incoming.stage, incoming.fact, incoming.no
    _note_units(cursor, incoming, f"{stage} AS f WHERE f._fate IS NULL")
    if not corrected:
        return
    if connection.vendor == "postgresql":
        cursor.execute(f"ANALYZE {stage} (_fate)")  # else it is taken to be empty, and joined row by row
    same = " AND ".join(f'f."{name}" = s."{name}"' for name in incoming.table.keys)
    rows = f"{stage} AS s CROSS JOIN {fact} AS f WHERE {same} AND s._fate = {Fate.CORRECTED}"
    _note_units(cursor, incoming, f"{rows} AND f.seen_to IS NULL AND f.seen_from = {no}")
    _note_units(cursor, incoming, f"{rows} AND f.seen_to = {no}")


def _note_units(cursor: Any, incoming: Incoming, rows: str) -> None:
    """The units named by rows `f` of the table."""
    for column, unit in units_named(incoming.table).items():
        _note(cursor, incoming.no, f"'{unit}'", f'f."{column}"', rows)
    if incoming.table.name == "issued":
        cases = " ".join(f"WHEN '{about}' THEN '{unit}'" for about, unit in UNIT_OF_ABOUT.items())
        _note(cursor, incoming.no, f"CASE f.about {cases} END", "f.key", f"{rows} AND f.about IN {_abouts()}")
    for column, unit, table, on in _ELSE.get(incoming.table.name, ()):
        other = rows.replace(" WHERE ", f" CROSS JOIN fact_{table} AS o WHERE ", 1)
        of_other = f"{other} AND {on} AND f.{column} IS NULL AND o.seen_to IS NULL"
        _note(cursor, incoming.no, f"'{unit}'", f"o.{column}", of_other)
    if incoming.table.name == "review_handling":
        joined = rows.replace(" WHERE ", " CROSS JOIN fact_evaluations AS e WHERE ", 1)
        of_review = f"{joined} AND e.evaluation_no = f.evaluation_no AND e.seen_to IS NULL"
        for column in ("case_no", "agency_code", "officer_code", "window_code"):
            _note(cursor, incoming.no, f"'{_UNITS[column]}'", f"e.{column}", of_review)
        of_case = f"{of_review} AND e.agency_code IS NULL AND o.case_no = e.case_no AND o.seen_to IS NULL"
        with_case = of_case.replace(" WHERE ", " CROSS JOIN fact_cases AS o WHERE ", 1)
        _note(cursor, incoming.no, "'agency'", "o.agency_code", with_case)


def note_everything(no: int) -> None:
    """Say that a batch touched more than can be named."""
    unit, key = EVERYTHING
    Touched.objects.bulk_create([Touched(no=no, unit=unit, key=key)], ignore_conflicts=True)


def _abouts() -> str:
    return "(" + ", ".join(f"'{about}'" for about in UNIT_OF_ABOUT) + ")"


def _note(cursor: Any, no: int, unit: str, key: str, rows: str) -> None:
    _insert(cursor, f"SELECT DISTINCT {no}, {unit}, {key} FROM {rows} AND {key} IS NOT NULL")


def _insert(cursor: Any, rows: str) -> None:
    cursor.execute(f"INSERT INTO intake_touched (no, unit, key) {rows} ON CONFLICT DO NOTHING")
