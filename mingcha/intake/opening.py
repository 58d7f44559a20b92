"""A batch opened: its files read into canonical rows by table, sorted, and what was wrong with them counted.

    with opened(batch.source, files, work) as batch_rows: ...

What a mapping has to turn into facts is converted first. Columns that readers fill by default without their having
been sent are not counted as reported: a later batch without them leaves the stored value as it is.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mingcha.base.texts import storable
from mingcha.facts.declare import Table
from mingcha.facts.schema import TABLES
from mingcha.intake.models import Source
from mingcha.intake.sorting import SortedRows, Spool, sorted_file
from mingcha.intake.sources import mapping_of
from mingcha.readers.conform import Conformer
from mingcha.readers.errors import FileError, UnusableError
from mingcha.readers.faults import Faults
from mingcha.readers.mapping.convert import convert
from mingcha.readers.mapping.model import Mapping
from mingcha.readers.one_file import open_matched
from mingcha.readers.parquet_source import is_canonical

_WORST, _BEST = 1, 5


@dataclass(frozen=True)
class TableRows:
    """The rows of one table as they came, and the columns that were sent."""

    rows: SortedRows
    sent: frozenset[str]

    @property
    def table(self) -> Table:
        """The table's declaration."""
        return self.rows.table


@dataclass
class Opened:
    """What a batch brings, in the order of the declarations; `notes` (Chinese) say what was left out."""

    tables: list[TableRows]
    faults: Faults
    notes: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Good rows in all tables."""
        return sum(part.rows.rows for part in self.tables)


@contextmanager
def opened(source: Source, files: list[Path], work: Path, *, trusted: bool = False) -> Iterator[Opened]:
    """Open the files of a batch; what is made on the way is deleted at the end.

    `trusted` files that say of themselves that they are canonical (`readers.parquet_source`) are taken at their word:
    whoever runs the server may say so of its own files, nobody else. Raises UnusableError with every problem at once.
    """
    faults, notes = Faults(), list[str]()
    with tempfile.TemporaryDirectory(prefix="open-", dir=work) as folder:
        opening = _Opening(source, Path(folder), faults, notes, trusted)
        mapping = mapping_of(source)
        tables = opening.mapped(mapping, files) if mapping else opening.plain(files)
        yield Opened(sorted(tables, key=lambda part: _PLACE[part.table.name]), faults, notes)


_PLACE = {name: place for place, name in enumerate(TABLES)}


@dataclass
class _Opening:
    source: Source
    folder: Path
    faults: Faults
    notes: list[str]
    trusted: bool

    def plain(self, files: list[Path]) -> list[TableRows]:
        """Fact tables, one file each."""
        made, problems = [], []
        for file in files:
            try:
                made.append(self._read(TABLES[file.stem.lower()], file))
            except FileError as error:
                problems.append(str(error))
        if problems:
            raise UnusableError(problems)
        return made

    def mapped(self, mapping: Mapping, files: list[Path]) -> list[TableRows]:
        """Foreign data by their mapping; a row's number is its place among the mapped ones."""
        done = convert(mapping, files, self.folder / "mapped")
        for kind, count in done.faults.counts.items():
            self.faults.counts[kind] += count
        self.faults.samples.update(done.faults.samples)
        self.faults.totals.update(done.faults.totals)
        self.notes.extend(done.notes)
        totals = {name: replace(found) for name, found in self.faults.totals.items()}
        made = [self._canonical(TABLES[name], source.paths[0]) for name, source in done.facts.items()]
        self.faults.totals.update(totals)  # what the mapping read, not what it made of it
        return made

    def _read(self, table: Table, path: Path) -> TableRows:
        if self.trusted and path.suffix.lower() == ".parquet" and is_canonical(path, table):
            return self._canonical(table, path)
        raw, header = open_matched(table, path, self.folder, self.notes)
        conformer = Conformer(table, header, self.faults)
        spool = Spool(table, self.folder / f"{table.name}.rows.parquet")
        for batch in raw.batches():
            rows, numbers = conformer.conform(batch, epoch_1904=raw.epoch_1904)
            spool.add(self._turned(table, pa.Table.from_batches([rows])), numbers)
        sent = {column.name for column in header.present} | set(table.keys)
        return TableRows(spool.sorted(), frozenset(sent))

    def _canonical(self, table: Table, path: Path) -> TableRows:
        columns = pq.read_schema(path).names
        rows = sorted_file(table, path, self.folder / f"{table.name}.sorted.parquet")
        self.faults.of(table.name).read += rows.rows
        return TableRows(rows, frozenset(columns))

    def _turned(self, table: Table, rows: pa.Table) -> pa.Table:
        """Ratings with the best at 5, as the facts have them, where the source counts the other way."""
        if (
            table.name != "evaluations"
            or self.source.best_rating != _WORST
            or "level" not in rows.column_names
        ):
            return rows
        place = rows.schema.get_field_index("level")
        return rows.set_column(place, rows.schema.field(place), pc.subtract(_WORST + _BEST, rows["level"]))


def faults_told(faults: Faults) -> list[dict[str, Any]]:
    """The faults by kind, most frequent first, as a batch keeps them; personal values are masked."""
    return [
        {
            "table": kind.table,
            "column": storable(kind.column),
            "cause": kind.cause.label,
            "effect": kind.effect.value,
            "advice": kind.cause.advice,
            "count": count,
            "samples": [
                {"row": fault.row, "raw": storable(fault.raw), "reason": storable(fault.reason)}
                for fault in faults.samples.get(kind, [])
            ],
        }
        for kind, count in faults
    ]
