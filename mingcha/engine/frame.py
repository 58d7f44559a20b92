"""The case frame ``f``: one row per case with its item version, places, and what its child tables sum up to.

Every rule about cases reads the frame; no rule resolves a version or counts a child table by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mingcha.engine.names import CARRIED, COLUMNS, Reads
from mingcha.rules.functions import FUNCTIONS

NOT_REPORTED = -1
"""``rows_of`` of a table that was not reported at all: neither none nor some."""

ALWAYS = ("case_no", "item_code", "agency_code", "region_code", "item_key", "received_at", "completed_at")
"""What every frame has, whatever rules read: whose a case is, and from when to when it was handled."""

CODED = ("item_code", "agency_code", "region_code", "hall_code", "channel", "opinion", "outcome")
"""Texts with few values that many rules read."""

ELSEWHERE = {"agency_code": ("m_agency_of_item",), "region_code": ("v_halls", "v_agencies")}
"""Where the frame has it from for a case that does not tell it."""


def frame_columns(reads: Reads) -> tuple[list[str], list[str], set[str]]:
    """(columns of cases that are read, child tables whose rows are counted, columns of v_cases to provide)."""
    own = [c for c in COLUMNS["cases"] if c in reads.frame or c in ALWAYS]
    counted = sorted(c.removeprefix("rows_of_") for c in reads.frame if c.startswith("rows_of_"))
    needed = {*own, "item_version", "accepted_at", "received_at", "hall_code", "agency_code", "region_code"}
    return own, counted, needed


@dataclass(frozen=True)
class Counted:
    """A child table counted by case. ``print``: SQL of a row's fingerprint (`print_sql`), "" where none is wanted.

    What comes of it has the columns ``key`` (of the case), ``n_<table>``, and ``print_<table>``, the sum of them.
    """

    table: str
    print: str = ""

    @property
    def rows(self) -> str:
        """SQL of the rows to be counted."""
        more = f", {self.print} AS print" if self.print else ""
        return f"SELECT t.case_no{more} FROM v_{self.table} AS t"

    def grouped(self) -> str:
        """SQL of them counted, for engines that group."""
        more = f", sum(t.print) AS print_{self.table}" if self.print else ""
        return f"SELECT t.case_no AS key, count(*) AS n_{self.table}{more} FROM ({self.rows}) AS t GROUP BY t.case_no"

    def joined(self) -> str:
        """SQL that joins what `grouped` gives, under the name ``by_<table>``, to a case ``c``."""
        return f"LEFT JOIN by_{self.table} ON by_{self.table}.key = c.case_no"


def print_sql(signature: str, odd: str) -> str:
    """SQL of a row's fingerprint: not a number, and so is every sum with it, where the row is out of the ordinary."""
    return f"CASE WHEN {odd} THEN CAST('NaN' AS DOUBLE) ELSE {signature} END" if odd else signature


def odd_sql(table: str) -> str:
    """SQL over the frame: some row of the table is out of the ordinary."""
    return f"coalesce(isnan(print_{table}), FALSE)"


def frame_sql(
    reads: Reads, counts: Iterable[Counted], counted: Iterable[str], dialect: str, *, layers: bool
) -> str:
    """SQL of the frame. ``counts``: child tables that are counted; ``counted``: joins that bring what came of it."""
    own, _, _ = frame_columns(reads)
    day = FUNCTIONS["day_of"].render(dialect, "coalesce(c.accepted_at, c.received_at)")
    columns = [_column(name) for name in own]
    columns.append(
        "CASE WHEN pd.item_code IS NULL THEN -1 "
        "WHEN c.item_version IS NOT NULL THEN coalesce(nv.item_key, -2) ELSE pd.item_key END AS item_key"
    )
    joins = [
        f"LEFT JOIN m_periods AS pd ON pd.item_code = c.item_code AND pd.from_day <= {day} AND {day} < pd.to_day",
        "LEFT JOIN m_versions AS nv ON nv.item_code = c.item_code AND nv.version = c.item_version",
        "LEFT JOIN m_agency_of_item AS ai ON ai.item_code = c.item_code AND c.agency_code IS NULL",
        "LEFT JOIN v_halls AS hl ON hl.code = c.hall_code AND c.region_code IS NULL",
        "LEFT JOIN v_agencies AS ag ON ag.code = coalesce(c.agency_code, ai.agency_code) AND c.region_code IS NULL",
    ]
    if layers:
        region = "coalesce(c.region_code, hl.region_code, ag.region_code)"
        columns.append("coalesce(lh.layer, lr.layer, 0) AS layer")
        joins.append("LEFT JOIN m_layers AS lh ON lh.code = c.hall_code")
        joins.append(f"LEFT JOIN m_layers AS lr ON lr.code = {region}")
    for table in CARRIED:
        carried = [column for column in COLUMNS[table] if f"{table}_{column}" in reads.frame]
        if carried:
            columns += [f"b_{table}.{column} AS {table}_{column}" for column in carried]
            joins.append(f"LEFT JOIN v_{table} AS b_{table} ON b_{table}.case_no = c.case_no")
    reported = {counted.table: counted for counted in counts}
    for table in frame_columns(reads)[1]:
        rows = f"coalesce(n_{table}, 0)" if table in reported else str(NOT_REPORTED)
        columns.append(f"{rows} AS rows_of_{table}")
    columns += [f"print_{table}" for table, counted in reported.items() if counted.print]
    joins.extend(counted)
    return f"SELECT {', '.join(columns)} FROM v_cases AS c {' '.join(joins)}"


def widened(sql: str, more: Mapping[str, str]) -> str:
    """SQL of a query with further columns: name -> SQL over a row ``r`` of it."""
    return f"SELECT {', '.join(['r.*', *(f'{value} AS {name}' for name, value in more.items())])} FROM ({sql}) AS r"


def coded(reads: Reads) -> dict[str, str]:
    """Text columns of the frame with few values -> SQL of their ``value``, with nulls or without."""
    own, _, _ = frame_columns(reads)
    return {name: " UNION ".join(_values(name)) for name in own if name in CODED}


def _values(name: str) -> list[str]:
    return [
        f"SELECT DISTINCT {name} AS value FROM {place}" for place in ("v_cases", *ELSEWHERE.get(name, ()))
    ]


def _column(name: str) -> str:
    if name == "region_code":
        return "coalesce(c.region_code, hl.region_code, ag.region_code) AS region_code"
    if name == "agency_code":
        return "coalesce(c.agency_code, ai.agency_code) AS agency_code"
    return f"c.{name} AS {name}"
