"""Canonical rows out again: CSV, XLSX, JSON lines and Parquet, under English names or Chinese labels.

Written so that a spreadsheet never runs what a citizen typed (formula.py), and so that readers take back what
was written.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mingcha.law.instants import DATE_ALONE
from mingcha.readers.formula import guard_column

Format = Literal["csv", "xlsx", "jsonl", "parquet"]
MAX_XLSX_ROWS = 1_048_576
BATCH = 65_536


def export(rows: pa.Table, path: Path, form: Format, labels: dict[str, str] | None = None) -> None:
    """Write a table of any Arrow columns to `path`.

    `labels` maps column names to headings; columns without one keep their names. Raises ValueError where XLSX
    cannot hold the rows.
    """
    headings = [(labels or {}).get(name, name) for name in rows.column_names]
    if len(set(headings)) != len(headings):
        raise ValueError("两列用了同一个表头,请改标签")
    _WRITERS[form](rows, headings, path)


def as_texts(rows: pa.Table) -> dict[str, pa.ChunkedArray]:
    """Every column as texts, the way files spell them: instants to the second, a date alone as a date, lists
    joined with `;`."""
    return {name: _texts(rows[name]) for name in rows.column_names}


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_timestamp(kind):
        alone = pc.equal(pc.microsecond(column), DATE_ALONE)
        full = pc.replace_substring_regex(column.cast(pa.string()), r"(\.0+)?$", "")
        full = pc.utf8_slice_codeunits(full, 0, 19)
        return pc.if_else(alone, pc.utf8_slice_codeunits(full, 0, 10), full)
    if pa.types.is_boolean(kind):
        return pc.if_else(column, "是", "否")
    if pa.types.is_list(kind):
        return pc.binary_join(column, ";")
    return column.cast(pa.string())


def _batches(rows: pa.Table) -> Iterator[pa.Table]:
    for start in range(0, rows.num_rows, BATCH):
        yield rows.slice(start, BATCH)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_list(kind) or pa.types.is_large_string(kind))


def _write_csv(rows: pa.Table, headings: list[str], path: Path) -> None:
    guarded = {name for name in rows.column_names if _is_text(rows[name].type)}
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(headings)
        for part in _batches(rows):
            texts = as_texts(part)
            columns = [guard_column(t) if name in guarded else t for name, t in texts.items()]
            out.writerows(zip(*(column.to_pylist() for column in columns), strict=True))


def _write_xlsx(rows: pa.Table, headings: list[str], path: Path) -> None:
    import xlsxwriter

    if rows.num_rows >= MAX_XLSX_ROWS:
        raise ValueError(f"有 {rows.num_rows} 行,一张 Excel 表放不下,请改用 csv 或 parquet")
    settings = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    numbers = {place for place, name in enumerate(rows.column_names) if pa.types.is_integer(rows[name].type)}
    with xlsxwriter.Workbook(path, settings) as book:
        sheet = book.add_worksheet("数据")
        sheet.freeze_panes(1, 0)
        for place, heading in enumerate(headings):
            sheet.write_string(0, place, heading)
        line = 1
        for part in _batches(rows):
            for cells in zip(*(texts.to_pylist() for texts in as_texts(part).values()), strict=True):
                for place, cell in enumerate(cells):
                    if cell is None:
                        continue
                    if place in numbers and len(cell) <= 15:
                        sheet.write_number(line, place, int(cell))
                    else:
                        sheet.write_string(line, place, cell[:32_767])
                line += 1


def _write_jsonl(rows: pa.Table, headings: list[str], path: Path) -> None:
    plain = [
        pa.types.is_integer(rows[name].type)
        or pa.types.is_boolean(rows[name].type)
        or pa.types.is_list(rows[name].type)
        for name in rows.column_names
    ]
    with path.open("w", encoding="utf-8") as file:
        for part in _batches(rows):
            texts = as_texts(part)
            columns: list[list[Any]] = [
                (part[name] if is_plain else texts[name]).to_pylist()
                for name, is_plain in zip(part.column_names, plain, strict=True)
            ]
            for cells in zip(*columns, strict=True):
                line = {h: cell for h, cell in zip(headings, cells, strict=True) if cell is not None}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _write_parquet(rows: pa.Table, headings: list[str], path: Path) -> None:
    pq.write_table(rows.rename_columns(headings), path, compression="zstd")


_WRITERS: dict[str, Callable[[pa.Table, list[str], Path], None]] = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
    "jsonl": _write_jsonl,
    "parquet": _write_parquet,
}
