"""All fact tables 事实表, in the order of the reference page. The names here are the names everywhere."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from mingcha.facts import tables_case, tables_casework, tables_feedback, tables_hall, tables_reference
from mingcha.facts.codes import LEVEL
from mingcha.facts.declare import GROUPS, CodeList, Column, Kind, Table

__all__ = ["COMMON", "GROUPS", "LEVEL", "TABLES", "CodeList", "Column", "Kind", "Table", "table_digest"]

COMMON = (
    Column(
        "source_version",
        "来源版本",
        Kind.INTEGER,
        low=0,
        note="同一主键大者为准;没有或相等时后到的为准",
    ),
    Column("withdrawn", "已撤回", Kind.BOOL, note="这一行收回"),
    Column(
        "reported_at",
        "入库时间",
        Kind.INSTANT,
        arrival=True,
        note="这一版到达的时间,由接收程序填写;不算事件",
    ),
)
"""The columns that every table may carry besides its own."""


def _with_common(table: Table) -> Table:
    return replace(table, columns=table.columns + COMMON)


TABLES: dict[str, Table] = {
    table.name: _with_common(table)
    for module in (tables_reference, tables_case, tables_feedback, tables_casework, tables_hall)
    for table in module.TABLES
}


def table_digest(table: Table) -> str:
    """SHA-256 over what decides the canonical form of a table: its columns' names, kinds, keys and code
    values.

    A Parquet file that carries this digest was written by this very declaration and is read without checking
    it again.
    """
    lines = [table.name]
    for column in table.columns:
        values = ",".join(column.codes.values) if column.codes else ""
        lines.append(f"{column.name}|{column.kind}|{column.must}|{column.check}|{values}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
