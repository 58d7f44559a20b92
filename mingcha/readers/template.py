"""Empty templates with Chinese headings: drop-downs for codes, formats for dates, text cells so that long
numbers keep their digits."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, Literal

from mingcha.facts.declare import Column, Kind, Table
from mingcha.facts.kinds import KIND_LABELS, explanation
from mingcha.facts.schema import COMMON

NOTES_SHEET = "填写说明"
CODES_SHEET = "代码"
NOTES_HEADER = ("列", "英文名", "必填", "类型", "怎么填", "可填的值", "依据")
LAST_ROW = 1_048_575

_FORMATS: dict[Kind, str] = {
    Kind.INTEGER: "0",
    Kind.MONEY: "0.00",
    Kind.INSTANT: "yyyy-mm-dd hh:mm:ss",
    Kind.DAY: "yyyy-mm-dd",
    Kind.TIME: "hh:mm",
}
_TEXT = "@"


def template_columns(table: Table) -> list[Column]:
    """The columns that people fill in: all but those that intake keeps."""
    return [column for column in table.columns if column not in COMMON]


def heading(column: Column) -> str:
    """Chinese label, with a star where a row is refused without it."""
    return column.label + ("*" if column.must and column.default is None else "")


def write_template(table: Table, folder: Path, form: Literal["xlsx", "csv"]) -> Path:
    """Write the template of one table; an existing file is never overwritten (FileExistsError)."""
    path = folder / f"{table.name}.{form}"
    if path.exists():
        raise FileExistsError(f"{path} 已存在;请换一个文件夹,或先移走这份文件")
    folder.mkdir(parents=True, exist_ok=True)
    if form == "csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerow([heading(column) for column in template_columns(table)])
    else:
        _write_workbook(table, path)
    return path


def _write_workbook(table: Table, path: Path) -> None:
    import xlsxwriter

    columns = template_columns(table)
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(_sheet_name(table))
        notes = book.add_worksheet(NOTES_SHEET)
        codes = book.add_worksheet(CODES_SHEET)
        codes.hide()
        must = book.add_format({"bold": True, "bg_color": "#FFF2CC", "border": 1})
        may = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
        for place, column in enumerate(columns):
            width = max(12, 2 * len(column.label) + 4)
            cells = book.add_format({"num_format": _FORMATS.get(column.kind, _TEXT)})
            sheet.set_column(place, place, max(width, 20 if column.kind is Kind.INSTANT else 0), cells)
            sheet.write_string(0, place, heading(column), must if column.must else may)
            sheet.write_comment(0, place, f"{KIND_LABELS[column.kind]};{explanation(column)}".rstrip(";"))
            _offer(sheet, codes, place, column)
        sheet.freeze_panes(1, 0)
        _write_notes(notes, columns, must)


def _sheet_name(table: Table) -> str:
    return table.label.replace("(", "").replace(")", "")


def _offer(sheet: Any, codes: Any, place: int, column: Column) -> None:
    """A drop-down of the code list, or of yes and no; the values stand on the hidden sheet, where length does
    not matter."""
    if column.kind is Kind.BOOL:
        values = ["是", "否"]
    elif column.kind is Kind.CODE and column.codes:
        values = list(column.codes.values.values())
    else:
        return
    codes.write_string(0, place, column.label)
    for line, value in enumerate(values, start=1):
        codes.write_string(line, place, value)
    letter = _column_letter(place)
    open_list = bool(column.codes and column.codes.extension)
    sheet.data_validation(
        1,
        place,
        LAST_ROW,
        place,
        {
            "validate": "list",
            "source": f"={CODES_SHEET}!${letter}$2:${letter}${len(values) + 1}",
            "error_type": "warning" if open_list else "stop",
            "error_title": "不在代码表内",
            "error_message": "请从下拉列表中选一个值",
        },
    )


def _column_letter(place: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(place))


def _write_notes(sheet: Any, columns: list[Column], bold: Any) -> None:
    for place, title in enumerate(NOTES_HEADER):
        sheet.write_string(0, place, title, bold)
    for line, column in enumerate(columns, start=1):
        values = (
            "、".join(f"{label}({value})" for value, label in column.codes.values.items())
            if column.codes
            else ""
        )
        must = "必填" if column.must and column.default is None else ""
        cells = (
            column.label,
            column.name,
            must,
            KIND_LABELS[column.kind],
            explanation(column),
            values,
            column.source,
        )
        for place, cell in enumerate(cells):
            sheet.write_string(line, place, cell)
    for place, width in enumerate((20, 22, 6, 10, 50, 60, 30)):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 0)
