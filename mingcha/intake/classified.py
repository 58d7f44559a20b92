"""Rows marked classified 涉密 are not received: this system may not hold state secrets.

A row says so in a column named as one of MARKERS. One such row, and nothing of the batch is kept: what was sent is
neither stored nor sealed, only the refusal is recorded. Most batches have no such column; that is seen without
parsing them.

Source: 保守国家秘密法 (2024) 第三十一条: 不得在未按照国家保密规定采取有效保密措施的信息系统中存储、处理国家秘密.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from mingcha.base.sealed_files import BLOCK
from mingcha.facts.schema import TABLES
from mingcha.intake.refused import NotReceivedError
from mingcha.readers.csv_source import CsvSource
from mingcha.readers.errors import FileError
from mingcha.readers.headers import plain
from mingcha.readers.jsonl_source import JsonlSource
from mingcha.readers.parquet_source import ParquetSource
from mingcha.readers.raw import RawSource
from mingcha.readers.xlsx_source import XlsxSource

MARKERS: Final = ("密级", "涉密", "是否涉密", "涉密标识", "classified", "classification", "secret_level")
OPEN: Final = (
    "",
    "0",
    "否",
    "无",
    "公开",
    "非密",
    "非涉密",
    "不涉密",
    "no",
    "none",
    "false",
    "open",
    "public",
)
"""What a marker may hold in a row that is not classified; anything else is taken for classified."""
_TOLD: Final = 5


def _needles() -> tuple[bytes, ...]:
    found = {
        marker.encode(form) for marker in MARKERS for form in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
    }
    escaped = {marker.encode("ascii", "backslashreplace") for marker in MARKERS}
    return tuple(sorted(found | escaped))


_NEEDLES: Final = _needles()
_OVERLAP: Final = max(map(len, _NEEDLES))


def check_classified(files: list[Path], work: Path) -> None:
    """Raise NotReceivedError (422) where a row of the files is marked classified; the rows are named."""
    for file in files:
        if not mentions_a_marker(_bytes_of(file)):
            continue
        if rows := _classified_rows(file, work):
            shown = "、".join(map(str, rows[:_TOLD])) + ("……" if len(rows) > _TOLD else "")
            why = f"{file.name} 有 {len(rows)} 行标为涉密(第 {shown} 行),整批未收,内容没有保存"
            raise NotReceivedError(422, why, "删去涉密的行后再报;涉密信息须经涉密渠道报送")


def mentions_a_marker(blocks: Iterable[bytes]) -> bool:
    """Whether any name of a marker occurs in the bytes, in any encoding."""
    tail = b""
    for block in blocks:
        window = (tail + block).lower()
        if any(needle in window for needle in _NEEDLES):
            return True
        tail = block[-_OVERLAP:]
    return False


def _bytes_of(file: Path) -> Iterator[bytes]:
    """The bytes in which a column's name can be seen: of a workbook its parts, of Parquet its footer."""
    match file.suffix.lower():
        case ".parquet":
            yield "\n".join(_opened(file, file.parent).header).encode()
        case ".xlsx":
            try:
                with zipfile.ZipFile(file) as book:
                    for part in book.infolist():
                        with book.open(part) as inside:
                            yield from iter(lambda: inside.read(BLOCK), b"")  # noqa: B023
            except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
                return  # no workbook: the reader will say so
        case _:
            with file.open("rb") as plainly:
                yield from iter(lambda: plainly.read(BLOCK), b"")


def _opened(file: Path, work: Path) -> RawSource:
    table = TABLES.get(file.stem.lower(), TABLES["cases"])
    match file.suffix.lower():
        case ".xlsx":
            return XlsxSource(file, table, work)
        case ".jsonl":
            return JsonlSource(file, table, work)
        case ".parquet":
            return ParquetSource(file)
        case _:
            return CsvSource(file, work)


def _classified_rows(file: Path, work: Path) -> list[int]:
    """Numbers of the rows that are marked. A file that cannot be read has none: it is refused when it is applied."""
    found: list[int] = []
    try:
        raw = _opened(file, work)
        places = [place for place, heading in enumerate(raw.header) if plain(heading).lower() in MARKERS]
        if not places:
            return []
        for batch in raw.batches():
            for place in places:
                found += [int(batch.numbers[row]) for row in _marked(batch.columns[place])]
                found += [int(batch.numbers[bad.place]) for bad in batch.bad_cells if bad.column == place]
    except FileError:
        return found
    return sorted(set(found))


def _marked(column: pa.Array) -> list[int]:
    values = column
    if pa.types.is_boolean(values.type):
        values = pc.if_else(values, "是", "")
    texts = pc.utf8_lower(pc.utf8_trim_whitespace(values.cast(pa.string())))
    is_open = pc.is_in(pc.fill_null(texts, ""), pa.array(OPEN))
    return [int(row) for row in pc.indices_nonzero(pc.invert(is_open)).to_pylist()]
