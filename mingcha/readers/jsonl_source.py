"""JSON lines: one object a line, numbers kept as the digits that were sent, nothing nested but lists of
texts.

Refused line by line: what is not an object, doubled keys, NaN and Infinity, depth, lone surrogates, lines
beyond a length. Values of a wrong type are bad cells. Numbers never pass through a binary float, so money
stays exact.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from mingcha.facts.declare import Kind, Table
from mingcha.readers.causes import Cause
from mingcha.readers.encodings import as_utf8
from mingcha.readers.errors import FileError
from mingcha.readers.headers import plain
from mingcha.readers.raw import BadCell, BadRow, RawBatch

MAX_LINE = 1 << 20
BATCH = 16_384
_NUMERIC = (Kind.INTEGER, Kind.MONEY, Kind.TEXT, Kind.CODE, Kind.BOOL)
"""Kinds that may be sent as a JSON number."""


class _Number(str):
    """The digits of a JSON number."""

    __slots__ = ()


class _LineError(ValueError):
    """Why a line is refused."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _LineError(f"键“{twice[:40]}”出现两次")
    return made


def _no_constant(name: str) -> Any:
    raise _LineError(f"{name} 不是数")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=_Number, parse_float=_Number
)


def parse_line(line: str) -> dict[str, Any]:
    """The object of one line; raises ValueError with a Chinese reason."""
    try:
        value = _DECODER.decode(line)
        line.encode("utf-8")
    except _LineError:
        raise
    except RecursionError as error:
        raise _LineError("嵌套太深") from error
    except json.JSONDecodeError as error:
        hint = "(整个文件是一个数组?每行写一个对象,不要方括号)" if line.startswith("[") else ""
        raise _LineError(f"第 {error.colno} 个字符起不是 JSON{hint}") from error
    if not isinstance(value, dict):
        raise _LineError("这一行不是 JSON 对象")
    return value


class JsonlSource:
    """One JSON-lines file; rows are numbered by line. Keys are English names or Chinese labels, in any
    order."""

    epoch_1904 = False

    def __init__(self, path: Path, table: Table, work: Path) -> None:
        self.path = path
        self.utf8 = as_utf8(path, work)
        self.size = max(self.utf8.stat().st_size, 1)
        self.place = 0
        self.header = self._keys()
        names = {**table.by_label, **table.by_name}
        columns = [names.get(plain(key)) or names.get(plain(key).lower()) for key in self.header]
        self.kinds = [column.kind if column else None for column in columns]

    def _keys(self) -> list[str]:
        """Every key that occurs, in the order of first use: one pass before the reading, since columns may
        come late."""
        keys: dict[str, None] = {}
        for _, line in self._lines():
            try:
                keys.update(dict.fromkeys(parse_line(line)))
            except ValueError:
                continue
        if not keys:
            raise FileError(self.path, "没有一行是 JSON 对象;每行写一个对象,键为列名")
        return list(keys)

    def share(self) -> float:
        """How much of the file has been read."""
        return min(self.place / self.size, 1.0)

    def _lines(self) -> Iterator[tuple[int, str]]:
        """Lines with their numbers; an over-long one is cut at MAX_LINE, the rest of it is skipped."""
        with self.utf8.open(encoding="utf-8-sig", newline="\n") as file:
            number = 0
            while line := file.readline(MAX_LINE):
                number += 1
                rest = line
                while len(rest) >= MAX_LINE and not rest.endswith("\n"):
                    rest = file.readline(MAX_LINE)
                self.place += len(line)
                if line.strip():
                    yield number, line.strip()

    def batches(self) -> Iterator[RawBatch]:
        """The rows, in the order of the file."""
        self.place = 0
        batch = _Batch(self.header, self.kinds)
        for number, line in self._lines():
            batch.take(number, line)
            if batch.size >= BATCH:
                yield batch.made()
                batch = _Batch(self.header, self.kinds)
        if batch.size:
            yield batch.made()


class _Batch:
    """Rows on their way into columns of texts."""

    def __init__(self, header: list[str], kinds: list[Kind | None]) -> None:
        self.places = {key: place for place, key in enumerate(header)}
        self.kinds = kinds
        self.rows: list[list[str | None]] = []
        self.numbers: list[int] = []
        self.bad_cells: list[BadCell] = []
        self.bad_rows: list[BadRow] = []

    @property
    def size(self) -> int:
        return len(self.rows) + len(self.bad_rows)

    def take(self, number: int, line: str) -> None:
        if len(line) >= MAX_LINE - 1:
            self._refuse(number, line, Cause.LONG_LINE, f"这一行超过 {MAX_LINE} 个字符")
            return
        try:
            found = parse_line(line)
        except ValueError as error:
            self._refuse(number, line, Cause.SHAPE, str(error))
            return
        row: list[str | None] = [None] * len(self.places)
        for key, value in found.items():
            place = self.places[key]
            try:
                row[place] = _text(value, self.kinds[place])
            except _LineError as error:
                raw = json.dumps(value, ensure_ascii=True, default=str)[:200]
                self.bad_cells.append(BadCell(len(self.rows), place, raw, Cause.TYPE, str(error)))
        self.rows.append(row)
        self.numbers.append(number)

    def _refuse(self, number: int, line: str, cause: Cause, reason: str) -> None:
        raw = line[:200].encode("utf-8", "replace").decode()
        self.bad_rows.append(BadRow(number, raw, cause, reason))

    def made(self) -> RawBatch:
        columns = zip(*self.rows, strict=True) if self.rows else [()] * len(self.places)
        arrays = [pa.array(column, pa.string()) for column in columns]
        return RawBatch(np.array(self.numbers, np.int64), arrays, self.bad_cells, self.bad_rows)


def _text(value: Any, kind: Kind | None) -> str | None:
    """A JSON value as the text that a CSV cell would hold; raises where its type is none of the column's."""
    if value is None or isinstance(value, _Number) and kind in (*_NUMERIC, None):
        return None if value is None else str(value)
    if isinstance(value, bool):
        if kind in (Kind.BOOL, None):
            return "true" if value else "false"
        raise _LineError("真假值不能用作这一列")
    if isinstance(value, _Number):
        raise _LineError("这一列要文本,不要数字")
    if isinstance(value, str):
        _no_surrogate(value)
        return value
    if isinstance(value, list) and kind is Kind.LIST:
        return _joined(value)
    raise _LineError("这一列不要对象或数组")


def _no_surrogate(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise _LineError("含有不成对的代理字符") from error


def _joined(values: list[Any]) -> str:
    if not all(isinstance(value, str) for value in values):
        raise _LineError("数组里只放文本")
    if any(";" in value for value in values):
        raise _LineError("数组里的文本不能含分号")
    _no_surrogate("".join(values))
    return ";".join(values)
