"""What had happened by a moment (facts.md, "As of"), and where one row leads to others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from mingcha.facts.schema import TABLES, Kind
from oracle.days import DEFAULT_HOURS, Days, Hours
from oracle.logic import Three
from oracle.times import Instant, date_alone, midnight

Row = dict[str, Any]
Tables = Mapping[str, list[Row]]

PLANNED = {
    "due_at",
    "promised_at",
    "supplement_due",
    "valid_to",
    "slot_at",
    "deferred_until",
    "extended_to",
    "effective_from",
    "effective_to",
}
"""Instants that lie ahead by nature (facts.md, "As of"); every other one is an event, reported_at is none."""

GOES_WITH = {
    ("cases", "outcome"): "completed_at",
    ("cases", "abnormal_reason"): "completed_at",
    ("cases", "opinion"): "opinion_at",
    ("cases", "reject_reason"): "opinion_at",
    ("complaints", "verified"): "verified_at",
    ("appeals", "decision"): "decided_at",
    ("review_handling", "finding"): "confirmed_at",
}


def _events(table: str) -> list[str]:
    columns = TABLES[table].columns
    return [c.name for c in columns if c.kind is Kind.INSTANT and c.name not in PLANNED | {"reported_at"}]


def _happened(at: Instant, as_of: Instant) -> bool:
    """A date alone is there from 00:00 of its day on."""
    return at.replace(microsecond=0) <= as_of


def visible_by(table: str, row: Row, as_of: Instant) -> bool:
    if TABLES[table].group == "reference":
        return True
    events = _events(table)
    must = [row[name] for name in events if TABLES[table].by_name[name].must]
    if must:
        return all(_happened(at, as_of) for at in must)
    given = [row[name] for name in events if row.get(name) is not None]
    if table == "materials" and row.get("waiver") is not None:
        return True
    return not given or any(_happened(at, as_of) for at in given)


def masked(table: str, row: Row, as_of: Instant) -> Row:
    seen = {column.name: row.get(column.name) for column in TABLES[table].columns}
    for (where, goes), event in GOES_WITH.items():
        if where == table and seen[event] is not None and not _happened(seen[event], as_of):
            seen[goes] = None
    for name in _events(table):
        if seen[name] is not None and not _happened(seen[name], as_of):
            seen[name] = None
    for column in TABLES[table].columns:
        if column.kind is Kind.MONEY and seen[column.name] is not None:
            seen[column.name] = int(seen[column.name] * 100)
        if column.kind is Kind.DAY and seen[column.name] is not None:
            seen[column.name] = date_alone(seen[column.name])
    return seen


def as_of_rows(tables: Tables, as_of: Instant) -> dict[str, list[Row]]:
    """The rows there are as of a moment; a table that was not reported has none."""
    return {
        name: [masked(name, row, as_of) for row in tables.get(name, []) if visible_by(name, row, as_of)]
        for name in TABLES
    }


class World:
    """Facts as of a moment. `reported`: the tables there are at all."""

    def __init__(self, tables: Tables, days: Days, as_of: Instant) -> None:
        self.days, self.as_of, self.reported = days, as_of, set(tables)
        self.rows = as_of_rows(tables, as_of)
        self.case = {row["case_no"]: row for row in self.rows["cases"]}
        self.hall = {row["code"]: row for row in self.rows["halls"]}
        self.agency = {row["code"]: row for row in self.rows["agencies"]}
        self.region = {row["code"]: row for row in self.rows["regions"]}
        self.officer = {row["code"]: row for row in self.rows["officers"]}
        self._children: dict[tuple[str, str], list[Row]] = {}
        self._hours: dict[str, Hours] = {}

    def __getitem__(self, table: str) -> list[Row]:
        return self.rows[table]

    def of_case(self, table: str, case_no: str) -> list[Row]:
        """A case's rows in a child table."""
        if not self._children:
            for name in TABLES:
                for row in self.rows[name] if "case_no" in TABLES[name].by_name else []:
                    self._children.setdefault((name, row["case_no"]), []).append(row)
            self._children.setdefault(("", ""), [])
        return self._children.get((table, case_no), [])

    # -- item versions -----------------------------------------------------------------------------

    def item(self, case: Row | None) -> tuple[Row | None, str]:
        """The resolved item version of a case, or why it cannot be told.

        The one the case names, else the one in force when it was accepted (or received), else the only one.
        """
        if case is None:
            return None, "missing_value"
        versions = [row for row in self["items"] if row["item_code"] == case["item_code"]]
        if not versions:
            return None, "missing_item"
        if case["item_version"] is not None:
            named = [row for row in versions if row["version"] == case["item_version"]]
            return (named[0], "") if named else (None, "missing_version")
        day = (case["accepted_at"] or case["received_at"]).date()
        in_force = [row for row in versions if _in_force(row, day)]
        if len(in_force) == 1:
            return in_force[0], ""
        if in_force:
            return None, "several_versions"
        return (versions[0], "") if len(versions) == 1 else (None, "missing_version")

    def guide(self, table: str, case: Row | None) -> list[Row] | None:
        """The guide's rows for the resolved item version; None where that cannot be told."""
        item, _ = self.item(case)
        if item is None:
            return None
        key = (item["item_code"], item["version"])
        return [row for row in self[table] if (row["item_code"], row["version"]) == key]

    # -- places ------------------------------------------------------------------------------------

    def agency_of(self, row: Row) -> str | None:
        """A row's agency: its own, else its case's; a case's is its item's where it names none."""
        case = self.case.get(row.get("case_no"))
        for candidate in (row, case):
            if candidate is not None and candidate.get("agency_code"):
                return str(candidate["agency_code"])
        if case is None:
            return None
        codes = [item["agency_code"] for item in self["items"] if item["item_code"] == case["item_code"]]
        return min(codes, default=None)

    def region_of(self, row: Row) -> str | None:
        """A row's region: its case's where it has one; else its own, else its hall's, else its agency's."""
        case = self.case.get(row.get("case_no"))
        if case is not None and case is not row and (region := self.region_of(case)):
            return region
        if row.get("region_code"):
            return str(row["region_code"])
        if row.get("hall_code") in self.hall:
            return str(self.hall[row["hall_code"]]["region_code"])
        agency = self.agency_of(row)
        return str(self.agency[agency]["region_code"]) if agency in self.agency else None

    def layer_of(self, row: Row) -> str:
        """The calendar layer of a row: its hall's, else its region's, upward."""
        case = self.case.get(row.get("case_no"))
        hall = row.get("hall_code") or (case or {}).get("hall_code")
        return self.days.layer_for(hall, self.region_of(row))

    def hours_of(self, hall: str | None) -> Hours:
        """A hall's office hours, else the usual ones."""
        found: Hours = {}
        for row in self["hall_hours"]:
            if row["hall_code"] == hall:
                found.setdefault(row["weekday"], []).append((row["opens"], row["closes"]))
        return found or DEFAULT_HOURS


def _in_force(item: Row, day: date) -> bool:
    """Half open: from <= day < to."""
    start, end = item["effective_from"], item["effective_to"]
    return (start is None or start.date() <= day) and (end is None or day < end.date())


def trimmed(value: str | None) -> str | None:
    return None if value is None else value.strip(" \u3000\t\n\r")


def found(row: Row | None, *keys: object) -> Three:
    """Whether a look-up succeeded; None where a key is missing."""
    if any(key is None for key in keys):
        return None
    return row is not None


def start_of_day(at: Instant) -> Instant:
    return midnight(at.date())
