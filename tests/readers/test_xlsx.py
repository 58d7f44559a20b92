"""Workbooks as people send them, and hostile ones (test-plan D3): read or refused, and we live on."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from mingcha.facts.schema import TABLES
from mingcha.readers import xlsx_guard
from mingcha.readers.causes import Cause
from mingcha.readers.errors import FileError, UnusableError
from mingcha.readers.xlsx_guard import check_workbook
from mingcha.readers.xlsx_source import XlsxSource

HEADER = ["case_no", "seq", "name", "started_at"]
NINE = datetime.fromisoformat("2026-03-01T09:30:00")
Row = tuple[int, tuple[str | None, ...]]


def workbook(path: Path, fill: Callable[[openpyxl.Workbook, Worksheet], None]) -> Path:
    book = openpyxl.Workbook()
    fill(book, book.active)
    book.save(path)
    return path


def rows_of(path: Path, work: Path) -> list[Row]:
    rows: list[Row] = []
    for batch in XlsxSource(path, TABLES["steps"], work).batches():
        columns = [column.to_pylist() for column in batch.columns]
        rows += zip(batch.numbers.tolist(), zip(*columns, strict=True), strict=True)
    return rows


def repacked(
    path: Path, change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None
) -> Path:
    """The workbook with its parts changed, and further parts added."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, data in (extra or {}).items():
            new.writestr(name, data)
    path.write_bytes(out.getvalue())
    return path


def simple(path: Path) -> Path:
    def fill(_: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet.append(HEADER)
        sheet.append(["A1", 1, "受理", NINE])

    return workbook(path, fill)


def test_cells_of_every_type_become_the_texts_a_csv_file_would_hold(tmp_path: Path) -> None:
    def fill(_: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet.append(HEADER)
        sheet.append(["A1", 1, "受理", NINE])
        sheet.append(["A2", 2.0, 12.3, date(2026, 3, 1)])
        sheet.append(["A3", True, 123456789012345678, 46082.5])
        sheet.append(["A4", "=1+1", None, time(9, 0)])

    rows = rows_of(workbook(tmp_path / "steps.xlsx", fill), tmp_path)
    assert rows == [
        (2, ("A1", "1", "受理", "2026-03-01 09:30:00")),
        (3, ("A2", "2", "12.3", "2026-03-01")),
        (4, ("A3", "true", "1.23456789012346E+17", "46082.5")),
        (5, ("A4", None, None, "09:00:00")),
    ]


def test_a_long_number_that_lost_its_digits_is_refused_with_its_cell(read, tmp_path: Path) -> None:
    def fill(_: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet.append(HEADER)
        sheet.append([20260301000000001, 1, "受理", None])

    reading = read({"steps.xlsx": workbook(tmp_path / "x.xlsx", fill).read_bytes()})
    ((kind, count),) = reading.faults
    assert (kind.column, kind.cause, count) == ("case_no", Cause.LOST_DIGITS, 1)
    assert reading.faults.samples[kind][0].row == 2


def test_dates_of_a_workbook_with_the_1904_epoch(read, tmp_path: Path) -> None:
    def fill(book: openpyxl.Workbook, sheet: Worksheet) -> None:
        book.epoch = CALENDAR_MAC_1904
        sheet.append(HEADER)
        sheet.append(["A1", 1, "受理", NINE])
        sheet.append(["A1", 2, "受理", 44620.5])

    reading = read({"steps.xlsx": workbook(tmp_path / "x.xlsx", fill).read_bytes()})
    found = reading.facts["steps"].read()["started_at"].to_pylist()
    assert [moment.isoformat() for moment in found] == ["2026-03-01T09:30:00", "2026-03-01T12:00:00"]


def test_a_merged_title_above_the_header_is_stepped_over_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    def fill(_: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet.append(["办理环节统计表"])
        sheet.merge_cells("A1:D1")
        sheet.append([])
        sheet.append(["办件编号*", "序号*", "环节名称*", "开始时间"])
        sheet.append(["A1", 1, "受理", None])

    assert rows_of(workbook(tmp_path / "steps.xlsx", fill), tmp_path) == [(4, ("A1", "1", "受理", None))]


def test_a_table_that_does_not_begin_in_the_first_cell(tmp_path: Path) -> None:
    def fill(_: openpyxl.Workbook, sheet: Worksheet) -> None:
        for place, cell in enumerate(HEADER[:3]):
            sheet.cell(5, 3 + place, cell)
        for place, cell in enumerate(["A1", 1, "受理"]):
            sheet.cell(6, 3 + place, cell)

    assert rows_of(workbook(tmp_path / "steps.xlsx", fill), tmp_path) == [(6, ("A1", "1", "受理"))]


def test_hidden_sheets_are_left_alone_and_the_sheet_with_the_tables_name_is_preferred(tmp_path: Path) -> None:
    def fill(book: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet.append(["secret"])
        sheet.sheet_state = "hidden"
        book.create_sheet("填写说明").append(["note"])
        named = book.create_sheet("办理环节")
        named.append(HEADER)
        named.append(["A1", 1, "受理", None])
        book.active = 1

    assert rows_of(workbook(tmp_path / "steps.xlsx", fill), tmp_path) == [(2, ("A1", "1", "受理", None))]


def test_blank_rows_in_between_are_no_rows(read, tmp_path: Path) -> None:
    def fill(_: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet.append(HEADER)
        sheet.append(["A1", 1, "受理", None])
        sheet.cell(9, 1, "A2")

    reading = read({"steps.xlsx": workbook(tmp_path / "x.xlsx", fill).read_bytes()})
    totals = reading.faults.totals["steps"]
    assert (totals.read, totals.refused) == (2, 1)
    assert {sample.row for samples in reading.faults.samples.values() for sample in samples} == {9}


def test_a_sparse_sheet_that_claims_the_whole_grid_kills_only_the_child(tmp_path: Path) -> None:
    def fill(_: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet["A1"] = "case_no"
        sheet["XFD1048576"] = 1

    path = workbook(tmp_path / "steps.xlsx", fill)
    assert path.stat().st_size < 10_000
    with pytest.raises(FileError, match="内存或时间"):
        XlsxSource(path, TABLES["steps"], tmp_path)


def test_a_workbook_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    def fill(_: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet.append(HEADER)
        for number in range(60_000):
            sheet.append(["A", number, "x", None])

    path = workbook(tmp_path / "steps.xlsx", fill)
    with pytest.raises(FileError, match="内存或时间"):
        XlsxSource(path, TABLES["steps"], tmp_path, memory=1 << 28)


def test_a_bomb_is_refused_by_its_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = simple(tmp_path / "steps.xlsx")
    repacked(path, lambda _, data: data, {"xl/worksheets/sheet9.xml": b" " * (xlsx_guard.SMALL + 1)})
    with pytest.raises(FileError, match="压缩炸弹"):
        check_workbook(path)
    monkeypatch.setattr(xlsx_guard, "MAX_UNPACKED", 1 << 20)
    with pytest.raises(FileError, match="太大"):
        check_workbook(path)


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        "<!doctype x>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_and_document_types_are_refused(tmp_path: Path, doctype: str, encoding: str) -> None:
    def change(name: str, data: bytes) -> bytes:
        if not name.startswith("xl/worksheets/"):
            return data
        return (f'<?xml version="1.0"?>{doctype}' + data.decode()).encode(encoding)

    path = repacked(simple(tmp_path / "steps.xlsx"), change)
    with pytest.raises(FileError, match="DOCTYPE"):
        check_workbook(path)


def test_macros_and_external_links_are_never_followed(tmp_path: Path) -> None:
    link = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="r1" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" '
        b'Target="http://192.0.2.1/x.xlsx" TargetMode="External"/></Relationships>'
    )
    extra = {
        "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0macro",
        "xl/externalLinks/_rels/externalLink1.xml.rels": link,
    }
    path = repacked(simple(tmp_path / "steps.xlsx"), lambda _, data: data, extra)
    assert rows_of(path, tmp_path) == [(2, ("A1", "1", "受理", "2026-03-01 09:30:00"))]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"case_no,seq\nA1,1\n", "改了名的 CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版 xls"),
        (b"PK\x03\x04" + b"\0" * 100, "损坏"),
        (b"", "不是 Excel"),
    ],
)
def test_what_is_no_workbook_is_refused_by_its_first_bytes(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "steps.xlsx"
    path.write_bytes(data)
    with pytest.raises(FileError, match=says):
        check_workbook(path)


def test_a_zip_that_is_no_workbook_and_a_damaged_workbook_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "steps.xlsx"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("hello.txt", "hello")
    with pytest.raises(FileError, match="不是 Excel 工作簿"):
        check_workbook(path)
    whole = simple(tmp_path / "whole.xlsx").read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileError, match="损坏"):
        check_workbook(path)


def test_a_part_that_is_no_xml_is_refused_by_the_child(tmp_path: Path) -> None:
    path = simple(tmp_path / "steps.xlsx")
    repacked(path, lambda name, data: b"<x" if name == "xl/workbook.xml" else data)
    with pytest.raises(FileError, match="读不出来|没有可见"):
        XlsxSource(path, TABLES["steps"], tmp_path)


def test_an_empty_sheet_says_what_to_do(read, tmp_path: Path) -> None:
    data = workbook(tmp_path / "x.xlsx", lambda book, sheet: None).read_bytes()
    with pytest.raises(UnusableError, match="只留表头"):
        read({"steps.xlsx": data})
