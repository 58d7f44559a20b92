"""The case frame ``f``: one row per case with its item version, places, and what its child tables sum up to.

Every rule about cases reads the frame; no rule resolves a version or counts a child table by itself.
"""

from __future__ import annotations

from mingcha.engine.names import CARRIED, COLUMNS, Reads
from mingcha.engine.views import null_of
from mingcha.rules.functions import FUNCTIONS

NOT_REPORTED = -1
"""``rows_of`` of a table that was not reported at all: neither none nor some."""

ALWAYS = ("case_no", "item_code", "agency_code", "region_code", "item_key")


def frame_columns(reads: Reads) -> tuple[list[str], list[str], set[str]]:
    """(columns of cases that are read, child tables whose rows are counted, columns of v_cases to provide)."""
    own = [c for c in COLUMNS["cases"] if c in reads.frame or c in ALWAYS]
    counted = sorted(c.removeprefix("rows_of_") for c in reads.frame if c.startswith("rows_of_"))
    needed = {*own, "item_version", "accepted_at", "received_at", "hall_code", "agency_code", "region_code"}
    return own, counted, needed


def frame_sql(reads: Reads, sets: dict[str, str], dialect: str, *, layers: bool) -> str:
    """SQL of the frame. ``sets``: child table -> SQL of its aggregate (case_no, n, print, odd)."""
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
    for table in frame_columns(reads)[1]:
        if table not in sets:
            columns += [
                f"{NOT_REPORTED} AS rows_of_{table}",
                f"{null_of('bigint', dialect)} AS print_{table}",
                f"FALSE AS odd_{table}",
            ]
    for table, sql in sets.items():
        columns.append(f"coalesce(s_{table}.n, 0) AS rows_of_{table}")
        columns.append(f"s_{table}.print AS print_{table}")
        columns.append(f"coalesce(s_{table}.odd, FALSE) AS odd_{table}")
        joins.append(f"LEFT JOIN ({sql}) AS s_{table} ON s_{table}.case_no = c.case_no")
    return f"SELECT {', '.join(columns)} FROM v_cases AS c {' '.join(joins)}"


def _column(name: str) -> str:
    if name == "region_code":
        return "coalesce(c.region_code, hl.region_code, ag.region_code) AS region_code"
    if name == "agency_code":
        return "coalesce(c.agency_code, ai.agency_code) AS agency_code"
    return f"c.{name} AS {name}"


def counted_sql(table: str, dialect: str, signature: str = "", odd: str = "") -> str:
    """SQL of a child table's rows per case: how many, a fingerprint of their content, anything out of the ordinary."""
    total = f"sum({signature})" if signature else null_of("bigint", dialect)
    out = f"max(CASE WHEN {odd} THEN 1 ELSE 0 END) = 1" if odd else "FALSE"
    return f"SELECT t.case_no, count(*) AS n, {total} AS print, {out} AS odd FROM v_{table} AS t GROUP BY t.case_no"
