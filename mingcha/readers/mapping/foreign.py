"""Foreign files as they come: which source a file belongs to, and its rows whatever its format."""

from __future__ import annotations

import csv
import gzip
import shutil
import zlib
from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from mingcha.facts.schema import TABLES
from mingcha.law.instants import SECOND
from mingcha.readers.csv_source import CsvSource
from mingcha.readers.errors import FileError, UnusableError
from mingcha.readers.instants import LOCAL_OFFSET_MINUTES
from mingcha.readers.mapping.keyed import LIST_MARK, JsonRows
from mingcha.readers.mapping.model import FORMATS, Mapping, Source
from mingcha.readers.mapping.xes import XesRows
from mingcha.readers.parquet_source import ParquetSource
from mingcha.readers.raw import RawBatch, RawSource
from mingcha.readers.xlsx_source import XlsxSource


def assign(mapping: Mapping, given: list[Path], notes: list[str]) -> dict[str, list[Path]]:
    """The files of each source, by their names; UnusableError where one that must be there is not.

    A folder stands for the files in it. A file given by name to a mapping with a single source is of that
    source, whatever it is called.
    """
    found: dict[str, list[Path]] = {name: [] for name in mapping.sources}
    only = next(iter(mapping.sources)) if len(mapping.sources) == 1 else ""
    for path in given:
        inside = sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]
        for file in inside:
            owner = _owner(mapping, file) or (only if not path.is_dir() else "")
            if owner:
                found[owner].append(file)
            elif not file.name.startswith("."):
                notes.append(f"没有来源认得这个文件,未读:{file.name}")
    if not any(found.values()):
        patterns = "、".join(pattern for source in mapping.sources.values() for pattern in source.files)
        raise UnusableError([f"没有一份文件属于映射 {mapping.id};文件名应为 {patterns}"])
    needed = [source for source in mapping.sources.values() if not source.optional]
    if lacking := [source for source in needed if not found[source.name]]:
        advice = "补上,或核对文件名"
        raise UnusableError([f"缺少来源 {s.name} 的文件:应有 {'、'.join(s.files)};{advice}" for s in lacking])
    return found


def _owner(mapping: Mapping, file: Path) -> str:
    """The first source whose patterns fit the name, with or without what the packing adds."""
    names = (file.name.lower(), file.name.lower().removesuffix(".gz"))
    for source in mapping.sources.values():
        if any(fnmatch(name, pattern.lower()) for name in names for pattern in source.files):
            return source.name
    return ""


def open_rows(source: Source, file: Path, wanted: list[str], work: Path) -> RawSource:
    """The rows of a foreign file, every value as text. Raises FileError where it cannot be read."""
    plain = _unpacked(file, work)
    form = source.format or plain.suffix.lower().lstrip(".")
    match form:
        case "csv":
            return CsvSource(_as_csv(source, plain, work), work)
        case "xlsx":
            return XlsxSource(plain, replace(TABLES["cases"], label=source.sheet or "办件"), work)
        case "jsonl":
            return JsonRows(plain, wanted, work)
        case "parquet":
            return _ParquetTexts(plain)
        case "xes":
            return XesRows(plain, wanted)
    raise FileError(file, f"认不出格式“{form}”;在来源里写 format: {' '.join(FORMATS)} 之一")


def _unpacked(file: Path, work: Path) -> Path:
    if file.suffix.lower() != ".gz":
        return file
    target = work / file.stem
    try:
        with gzip.open(file) as packed, target.open("wb") as out:
            shutil.copyfileobj(packed, out, 1 << 20)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise FileError(file, "不是完好的 gzip 文件,请重新传一份") from error
    return target


def _as_csv(source: Source, file: Path, work: Path) -> Path:
    """The file itself where it has commas and an encoding that shows; else a copy that has."""
    if not source.encoding and source.delimiter == ",":
        return file
    target = work / f"{file.stem}.plain.csv"
    encoding = source.encoding or "utf-8-sig"
    try:
        with (
            file.open(encoding=encoding, newline="") as sent,
            target.open("w", encoding="utf-8", newline="") as out,
        ):
            csv.writer(out).writerows(csv.reader(sent, delimiter=source.delimiter))
    except (UnicodeDecodeError, csv.Error) as error:
        written = f"编码 {encoding}、分隔符“{source.delimiter}”"
        raise FileError(file, f"按{written}读不出来;核对映射里的写法") from error
    return target


class _ParquetTexts(ParquetSource):
    """A Parquet file whose columns are all given as texts."""

    def batches(self) -> Iterator[RawBatch]:
        """The rows, in the order of the file."""
        for batch in super().batches():
            yield RawBatch(batch.numbers, [_texts(column) for column in batch.columns])


def _texts(column: pa.Array) -> pa.StringArray:
    kind = column.type
    if pa.types.is_timestamp(kind):
        micros = column.cast(pa.timestamp("us", kind.tz), safe=False).cast(pa.int64())
        if kind.tz:
            micros = pc.add(micros, LOCAL_OFFSET_MINUTES * 60 * SECOND)
        seconds = micros.cast(pa.timestamp("us")).cast(pa.timestamp("s"), safe=False)
        return pc.strftime(seconds, "%Y-%m-%d %H:%M:%S")
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pc.binary_join(column.cast(pa.list_(pa.string())), LIST_MARK)
    if pa.types.is_nested(kind):
        return pa.nulls(len(column), pa.string())
    return column.cast(pa.string())
