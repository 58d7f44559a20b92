"""From the sender's cells to canonical rows: the one place where it is decided which row is good.

A row whose key or required value is missing or bad is refused; any other bad value becomes missing. Both
stand in the error book.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from mingcha.facts.arrow import arrow_schema, arrow_type
from mingcha.facts.checks import BY_ID_TYPE
from mingcha.facts.declare import Column, Table
from mingcha.readers.causes import Cause
from mingcha.readers.cells import Cells, Finding, checked, read_cells, trim
from mingcha.readers.faults import MAX_RAW, Effect, Fault, Faults
from mingcha.readers.headers import Header
from mingcha.readers.raw import BadRow, RawBatch, RowNumbers
from mingcha.readers.typed import read_typed
from mingcha.readers.widths import valid

Mask = npt.NDArray[np.bool_]
Report = Callable[[list[Fault], RawBatch], None]
"""Receives the faults of a batch together with the batch, so that an error book can show whole rows."""


class Conformer:
    """Turns the raw batches of one file into canonical ones; counts and reports what is wrong."""

    def __init__(self, table: Table, header: Header, faults: Faults, report: Report | None = None) -> None:
        self.table = table
        self.header = header
        self.faults = faults
        self.totals = faults.of(table.name)
        self.report = report
        filled = [column for column in table.columns if column.default is not None]
        self.columns = [c for c in table.columns if c in header.present or c in filled]
        self.schema = arrow_schema(table, [column.name for column in self.columns])

    def conform(self, raw: RawBatch, *, epoch_1904: bool = False) -> tuple[pa.RecordBatch, RowNumbers]:
        """The good rows of a batch in canonical form, and their numbers as sent."""
        present = ~_blank_rows(raw)
        cells = self._cells(raw, epoch_1904)
        self._defaults(raw, cells)
        refused = self._refused(cells, present)
        found = self._faults(raw, cells, present)
        found += [self._bad_row(row) for row in raw.bad_rows]
        if found:
            found.sort(key=lambda fault: fault.row)
            self.faults.add(found)
            if self.report:
                self.report(found, raw)
        self.totals.read += int(present.sum()) + len(raw.bad_rows)
        self.totals.refused += int((refused & present).sum()) + len(raw.bad_rows)
        batch = pa.RecordBatch.from_arrays([cells[c.name].values for c in self.columns], schema=self.schema)
        keep = present & ~refused
        if keep.all():
            return batch, raw.numbers
        return batch.filter(pa.array(keep)), raw.numbers[keep]

    def _cells(self, raw: RawBatch, epoch_1904: bool) -> dict[str, Cells]:
        cells: dict[str, Cells] = {}
        for column, array in zip(self.header.columns, raw.columns, strict=True):
            if column is None:
                continue
            if pa.types.is_string(array.type):
                cells[column.name] = read_cells(column, array, epoch_1904=epoch_1904)
            else:
                cells[column.name] = read_typed(column, array)
        for bad in raw.bad_cells:
            declared = self.header.columns[bad.column]
            if declared is not None:
                finding = Finding(bad.place, bad.raw, bad.cause, bad.reason)
                cells[declared.name].findings.append(finding)
        _check_applicant_id(cells)
        return cells

    def _defaults(self, raw: RawBatch, cells: dict[str, Cells]) -> None:
        """Fill defaults where the cell is blank or the column was not sent; never where the value is bad."""
        for column in self.columns:
            if column.default is None:
                continue
            value = pa.scalar(column.default, arrow_type(column))
            if column.name not in cells:
                cells[column.name] = Cells(pa.repeat(value, len(raw.numbers)))
                continue
            cell = cells[column.name]
            blank = ~valid(cell.values)
            blank[[finding.place for finding in cell.findings]] = False
            if blank.any():
                cell.values = pc.if_else(pa.array(blank), value, cell.values)

    def _refused(self, cells: dict[str, Cells], present: Mask) -> Mask:
        refused = np.zeros(len(present), np.bool_)
        for name in self.table.must:
            missing = ~valid(cells[name].values)
            refused |= missing
            blank = missing & present
            blank[[finding.place for finding in cells[name].findings]] = False
            for place in np.flatnonzero(blank):
                cells[name].findings.append(Finding(int(place), "", Cause.BLANK, Cause.BLANK.label))
        return refused

    def _faults(self, raw: RawBatch, cells: dict[str, Cells], present: Mask) -> list[Fault]:
        found = []
        for column in self.columns:
            for finding in cells[column.name].findings:
                if present[finding.place]:
                    found.append(self._fault(column, finding, int(raw.numbers[finding.place])))
        return found

    def _fault(self, column: Column, finding: Finding, number: int) -> Fault:
        effect = Effect.NOTED if finding.note else Effect.REFUSED if column.must else Effect.CLEARED
        raw = finding.raw[:MAX_RAW]
        heading = self.header.sent_as(column.name)
        return Fault(
            self.table.name, number, heading, raw, finding.cause, finding.reason, effect, column.personal
        )

    def _bad_row(self, row: BadRow) -> Fault:
        personal = any(column.personal for column in self.header.present)
        raw = row.raw[:MAX_RAW]
        return Fault(self.table.name, row.number, "", raw, row.cause, row.reason, Effect.REFUSED, personal)


def _blank_rows(raw: RawBatch) -> Mask:
    """Rows without any value: separators and tails of spreadsheets, which are not counted as rows."""
    blank = np.ones(len(raw.numbers), np.bool_)
    for array in raw.columns:
        filled = valid(trim(array) if pa.types.is_string(array.type) else array)
        blank &= ~filled
        if not blank.any():
            return blank
    for place in np.flatnonzero(blank):
        if any(bad.place == place for bad in raw.bad_cells):
            blank[place] = False
    return blank


def _check_applicant_id(cells: dict[str, Cells]) -> None:
    """Check an applicant's number by the kind of document it is; of an unknown kind it is left as it is."""
    if "applicant_id" not in cells or "applicant_id_type" not in cells:
        return
    kinds = cells["applicant_id_type"].values
    numbers = cells["applicant_id"]
    reasons = defaultdict(list)
    for kind, check in BY_ID_TYPE.items():
        of_kind = pc.equal(kinds, kind).fill_null(False)
        part = Cells(pc.if_else(of_kind, numbers.values, pa.scalar(None, pa.string())))
        for finding in checked(check, part).findings:
            reasons[finding.note].append(finding)
    numbers.findings += reasons[True] + reasons[False]
    if reasons[False]:
        keep = np.ones(len(numbers.values), np.bool_)
        keep[[finding.place for finding in reasons[False]]] = False
        numbers.values = pc.if_else(pa.array(keep), numbers.values, pa.scalar(None, pa.string()))
