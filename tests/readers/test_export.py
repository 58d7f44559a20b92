"""Exports: what comes out can be read in again, and no spreadsheet runs it (test-plan D5)."""

import csv
import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha.facts.arrow import arrow_schema
from mingcha.facts.schema import TABLES
from mingcha.readers.export import export
from mingcha.readers.folder import read_folder
from mingcha.readers.formula import STARTS, guard, guard_column, unguard_column

EVALUATION = {
    "evaluation_no": "E1",
    "level": 5,
    "satisfied": True,
    "tags": ["510", "413"],
    "comment": "=cmd|' /C calc'!A0",
    "submitted_at": datetime.fromisoformat("2026-03-01T09:30:00"),
    "pushed_at": datetime.fromisoformat("2026-03-02T00:00:00.000001"),
    "actual_visits": None,
}
FEE = {"case_no": "C", "seq": 1, "amount": Decimal("12.50"), "reduction_basis": None}
DANGEROUS = [mark + "1+1" for mark in STARTS] + ["=1", " =1", "\u3000+1", "\n@x", "-1-1"]


def table(name: str, row: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist([row], arrow_schema(TABLES[name], list(row)))


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl", "parquet"])
@pytest.mark.parametrize("labelled", [True, False])
@pytest.mark.parametrize(("name", "row"), [("evaluations", EVALUATION), ("fees", FEE)])
def test_what_is_exported_is_read_back_the_same(
    tmp_path: Path, form: str, labelled: bool, name: str, row: dict[str, object]
) -> None:
    labels = {column.name: column.label for column in TABLES[name].columns} if labelled else None
    export(table(name, row), tmp_path / f"{name}.{form}", form, labels)  # type: ignore[arg-type]
    with read_folder(tmp_path) as reading:
        back = reading.facts[name].read().to_pylist()[0]
        assert {key: back.get(key) for key in row} == row
        assert not reading.faults


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_that_would_run_is_quoted_in_csv_and_a_text_in_xlsx(tmp_path: Path, text: str) -> None:
    rows = pa.table({"text": [text], "list": pa.array([[text]]), "number": [-1]})
    export(rows, tmp_path / "x.csv", "csv")
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as file:
        _, cells = csv.reader(file)
    assert cells == ["'" + text, "'" + text, "-1"]
    export(rows, tmp_path / "x.xlsx", "xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").active
    assert [cell.data_type for cell in sheet[2]] == ["s", "s", "n"]


@given(st.lists(st.text() | st.sampled_from(DANGEROUS)))
def test_guarding_a_column_guards_each_text_and_is_undone(texts: list[str]) -> None:
    column = pa.array(texts, pa.string())
    guarded = guard_column(column)
    assert guarded.to_pylist() == [guard(text) for text in texts]
    plain = [text for text in texts if not text.startswith("'")]
    assert unguard_column(guard_column(pa.array(plain, pa.string()))).to_pylist() == plain


def test_an_apostrophe_of_its_own_is_left_alone() -> None:
    texts = pa.array(["'tis", "'", None])
    assert unguard_column(texts).to_pylist() == ["'tis", "'", None]


def test_long_numbers_keep_their_digits_in_xlsx(tmp_path: Path) -> None:
    export(pa.table({"n": [12345678901234567, 7]}), tmp_path / "x.xlsx", "xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").active
    assert [sheet["A2"].value, sheet["A3"].value] == ["12345678901234567", 7]


def test_missing_values_are_absent_from_json_and_numbers_stay_numbers(tmp_path: Path) -> None:
    export(table("evaluations", EVALUATION), tmp_path / "x.jsonl", "jsonl")
    found = json.loads((tmp_path / "x.jsonl").read_text(encoding="utf-8"))
    assert found["level"] == 5
    assert found["satisfied"] is True
    assert found["tags"] == ["510", "413"]
    assert found["pushed_at"] == "2026-03-02"
    assert "actual_visits" not in found


def test_two_columns_under_one_heading_and_too_many_rows_for_a_sheet_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match="同一个表头|同一列"):
        export(pa.table({"a": [1], "b": [2]}), tmp_path / "x.csv", "csv", {"a": "列", "b": "列"})
    monkeypatch.setattr("mingcha.readers.export.MAX_XLSX_ROWS", 2)
    with pytest.raises(ValueError, match="csv 或 parquet"):
        export(pa.table({"a": [1, 2]}), tmp_path / "x.xlsx", "xlsx")
