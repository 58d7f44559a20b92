"""Empty templates: filled in and sent, they are read without a word."""

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from mingcha.cli.template import template_command
from mingcha.facts.schema import COMMON, TABLES
from mingcha.readers.folder import read_folder
from mingcha.readers.template import NOTES_SHEET, heading, template_columns, write_template

ITEM = "12441500196720244T3442199806003"


def test_a_filled_in_template_is_read(tmp_path: Path) -> None:
    path = write_template(TABLES["cases"], tmp_path, "xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book["办件"]
    place = {cell.value.rstrip("*"): cell.column for cell in sheet[1]}
    filled = {
        "办件编号": "A1",
        "实施编码": ITEM,
        "收件时间": datetime.fromisoformat("2026-03-01T09:30:00"),
        "申报渠道": "窗口",
        "联系电话": "13800000000",
    }
    for label, value in filled.items():
        sheet.cell(2, place[label], value)
    book.save(path)
    with read_folder(tmp_path) as reading:
        row = reading.facts["cases"].read().to_pylist()[0]
        assert (row["case_no"], row["channel"], row["item_code"]) == ("A1", "window", ITEM)
        assert row["received_at"].isoformat() == "2026-03-01T09:30:00"
        assert not reading.faults
        assert not reading.notes


@pytest.mark.parametrize("table", list(TABLES.values()), ids=lambda table: table.name)
def test_every_template_has_its_headings_drop_downs_formats_and_notes(tmp_path: Path, table) -> None:
    book = openpyxl.load_workbook(write_template(table, tmp_path, "xlsx"))
    sheet, notes = book.worksheets[0], book[NOTES_SHEET]
    columns = template_columns(table)
    assert [cell.value for cell in sheet[1]] == [heading(column) for column in columns]
    assert notes.max_row == len(columns) + 1
    lists = {
        str(rule.sqref).split(":")[0].rstrip("0123456789"): rule.formula1
        for rule in sheet.data_validations.dataValidation
    }
    for place, column in enumerate(columns):
        letter = openpyxl.utils.get_column_letter(place + 1)
        wants_list = column.kind in ("bool", "code")
        assert (letter in lists) == wants_list, column.name
        if column.kind == "code":
            last = len(column.codes.values) + 1
            offered = [cell.value for (cell,) in book["代码"][f"{letter}2:{letter}{last}"]]
            assert offered == list(column.codes.values.values())
        expected = {"instant": "yyyy-mm-dd hh:mm:ss", "text": "@", "money": "0.00"}.get(column.kind)
        if expected:
            assert sheet.column_dimensions[letter].number_format == expected, column.name
    assert book["代码"].sheet_state == "hidden"


def test_columns_that_intake_keeps_are_not_asked_for() -> None:
    names = {column.name for column in template_columns(TABLES["cases"])}
    assert not names & {column.name for column in COMMON}


def test_the_command_writes_every_table_or_those_named(tmp_path: Path) -> None:
    run = CliRunner().invoke(template_command, [str(tmp_path / "all"), "--format", "csv"])
    assert run.exit_code == 0, run.output
    assert {path.stem for path in (tmp_path / "all").iterdir()} == set(TABLES)
    run = CliRunner().invoke(template_command, [str(tmp_path / "two"), "--table", "cases", "--table", "补正"])
    assert {path.name for path in (tmp_path / "two").iterdir()} == {"cases.xlsx", "corrections.xlsx"}
    with read_folder(tmp_path / "all") as reading:
        assert len(reading.facts) == len(TABLES)


def test_the_command_names_what_it_does_not_know_and_overwrites_nothing(tmp_path: Path) -> None:
    run = CliRunner().invoke(template_command, [str(tmp_path), "--table", "colours"])
    assert run.exit_code == 2
    assert "colours" in run.output
    (tmp_path / "cases.csv").write_text("mine")
    run = CliRunner().invoke(template_command, [str(tmp_path), "--table", "cases", "--format", "csv"])
    assert run.exit_code == 2
    assert "已存在" in run.output
    assert (tmp_path / "cases.csv").read_text() == "mine"
