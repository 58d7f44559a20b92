"""The child process that parses a workbook, within limits of memory and time: a bad workbook kills it and
nobody else.

Called as `python -m mingcha.readers.xlsx_child BOOK OUT TABLE LABEL MEMORY SECONDS`. Writes the first sheet
that fits, every cell as text, to OUT as an Arrow stream whose first row is the header; prints one JSON line:
{"sheet", "first_row"} or {"error"}.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from mingcha.facts.schema import TABLES
from mingcha.readers.headers import plain

BATCH = 16_384
LOOK_FOR_HEADER = 10
"""The header is among so many first rows; a merged title may stand above it."""


def limit(memory: int, seconds: int) -> None:
    """Limit this process, where the system can (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def as_text(cell: Any) -> str | None:
    """A cell as the text a CSV file would hold. Numbers take their shortest spelling, as Excel shows them."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return _number(cell)
    if isinstance(cell, datetime):
        return (cell + timedelta(microseconds=500_000)).replace(microsecond=0).isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def _number(value: float) -> str:
    """Excel keeps 15 digits: a longer whole number has lost its tail and is spelled so that it is seen."""
    if isinstance(value, int) or value.is_integer():
        return f"{value:.14E}" if abs(value) >= 1e15 else str(int(value))
    return repr(value)


def choose_sheet(book: Any, table: str, label: str) -> Any:
    """The visible sheet named after the table, else the first visible one; None if there is none."""
    from python_calamine import SheetVisibleEnum

    visible = [m.name for m in book.sheets_metadata if m.visible == SheetVisibleEnum.Visible]
    named = [name for name in visible if name.strip().lower() in (table, label)]
    chosen = (named or visible)[:1]
    return book.get_sheet_by_name(chosen[0]) if chosen else None


def header_row(first: list[list[str | None]], known: set[str]) -> int:
    """Which of the first rows is the header: the one with most known names, the first row if none has any."""
    scores = [len({plain(cell or "") for cell in row} & known) for row in first]
    best = max(scores, default=0)
    return scores.index(best) if best else 0


def write(rows: Iterable[list[str | None]], width: int, out: str) -> None:
    """Write rows of texts as an Arrow stream."""
    import pyarrow as pa

    schema = pa.schema([pa.field(str(place), pa.string()) for place in range(width)])
    with pa.OSFile(out, "wb") as file, pa.ipc.new_stream(file, schema) as stream:
        for block in _blocks(rows):
            columns = [pa.array(column, pa.string()) for column in zip(*block, strict=True)]
            stream.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))


def _blocks(rows: Iterable[list[str | None]]) -> Iterator[list[list[str | None]]]:
    block = []
    for row in rows:
        block.append(row)
        if len(block) >= BATCH:
            yield block
            block = []
    if block:
        yield block


def convert(path: str, out: str, table: str, label: str) -> dict[str, Any]:
    """Convert the sheet; the answer for the parent."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(path)
        sheet = choose_sheet(book, table, label)
        if sheet is None:
            return {"error": "没有可见的工作表"}
        rows = ([as_text(cell) for cell in row] for row in sheet.iter_rows())
        first = [row for _, row in zip(range(LOOK_FOR_HEADER), rows, strict=False)]
        if not first:
            return {"error": f"工作表“{sheet.name}”是空的;没有数据时只留表头"}
        known = {*TABLES[table].by_name, *TABLES[table].by_label}
        header = header_row(first, known)
        width = len(first[header])
        write((row for part in (first[header:], rows) for row in part), width, out)
    except CalamineError as error:
        return {"error": f"工作簿读不出来({error}),请用 Excel 另存一次"}
    return {"sheet": sheet.name, "first_row": header + 1}


def main(arguments: list[str]) -> None:
    """Run in the child process."""
    path, out, table, label, memory, seconds = arguments
    limit(int(memory), int(seconds))
    print(json.dumps(convert(path, out, table, label), ensure_ascii=True))


if __name__ == "__main__":
    main(sys.argv[1:])
