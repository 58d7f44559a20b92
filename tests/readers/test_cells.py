"""Cells of every kind: what is read, what is refused, and the reason given."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from mingcha.facts.declare import Kind
from mingcha.facts.schema import TABLES
from mingcha.readers.causes import Cause
from mingcha.readers.cells import Cells, read_cells


def cells(table: str, column: str, *texts: str | None) -> Cells:
    return read_cells(TABLES[table].column(column), pa.array(texts, pa.string()))


def causes(found: Cells) -> list[tuple[int, Cause]]:
    return [(finding.place, finding.cause) for finding in found.findings]


def test_white_space_around_a_value_is_stripped_and_blank_is_missing() -> None:
    found = cells("cases", "case_no", " A1 ", "\u3000A2\u3000", "\t\u00a0", "", None)
    assert found.values.to_pylist() == ["A1", "A2", None, None, None]
    assert not found.findings


def test_texts_with_control_characters_are_refused_but_lines_and_tabs_are_not() -> None:
    found = cells("evaluations", "comment", "一行\n两行\t好", "坏\x00字", "\x07")
    assert found.values.to_pylist() == ["一行\n两行\t好", None, None]
    assert causes(found) == [(1, Cause.CONTROL), (2, Cause.CONTROL)]


def test_a_number_that_lost_its_digits_in_a_spreadsheet_is_refused() -> None:
    found = cells("cases", "case_no", "1.10105E+17", "4.1E+5", "A+1")
    assert causes(found) == [(0, Cause.LOST_DIGITS), (1, Cause.LOST_DIGITS)]
    assert found.values.to_pylist() == [None, None, "A+1"]


def test_codes_are_read_by_value_label_and_alias() -> None:
    found = cells("cases", "channel", "window", "窗口", "APP", "电话")
    assert found.values.to_pylist() == ["window", "window", "mobile", None]
    assert causes(found) == [(3, Cause.CODE)]
    assert "窗口" in found.findings[0].reason


def test_booleans() -> None:
    found = cells("halls", "video_connected", "1", "0", "true", "FALSE", "是", "否", "yes", "2")
    assert found.values.to_pylist() == [True, False, True, False, True, False, None, None]
    assert causes(found) == [(6, Cause.BOOL), (7, Cause.BOOL)]


def test_integers_are_digits_only_and_in_range() -> None:
    found = cells("evaluations", "level", "5", "+4", "0", "6", "3.0", "三", "1" * 30)
    assert found.values.to_pylist() == [5, 4, None, None, None, None, None]
    assert causes(found) == [
        (4, Cause.INTEGER),
        (5, Cause.INTEGER),
        (6, Cause.INTEGER),
        (2, Cause.RANGE),
        (3, Cause.RANGE),
    ]
    assert "1 至 5" in found.findings[-1].reason


def test_money_is_exact_with_at_most_two_decimals() -> None:
    found = cells("fees", "amount", "12", "12.5", "12.50", "0.07", "12.505", "1,200", "-1", "¥5", "1e3")
    assert found.values.to_pylist()[:4] == [
        Decimal("12.00"),
        Decimal("12.50"),
        Decimal("12.50"),
        Decimal("0.07"),
    ]
    assert found.values.to_pylist()[4:] == [None] * 5
    assert dict(causes(found)) == {
        4: Cause.MONEY,
        5: Cause.MONEY,
        6: Cause.RANGE,
        7: Cause.MONEY,
        8: Cause.MONEY,
    }


def test_lists_are_split_at_semicolons_of_either_width() -> None:
    found = cells("corrections", "material_codes", "a;b", "a\uff1b b ;", ";;", "a")
    assert found.values.to_pylist() == [["a", "b"], ["a", "b"], None, ["a"]]
    assert causes(found) == [(2, Cause.TYPE)]


def test_a_list_with_one_unknown_code_is_refused_and_the_code_is_named() -> None:
    found = cells("evaluations", "tags", "510;服务态度较好", "510;999")
    assert found.values.to_pylist() == [["510", "413"], None]
    assert "999" in found.findings[0].reason


@pytest.mark.parametrize("text", ["2026-03", "2026-3", "202603", "2026/3", "2026.03", "2026年3月"])
def test_months(text: str) -> None:
    assert cells("monthly_reports", "month", text).values.to_pylist() == ["2026-03"]


def test_other_months_are_refused() -> None:
    found = cells("monthly_reports", "month", "2026-13", "2026", "03-2026")
    assert [cause for _, cause in causes(found)] == [Cause.MONTH] * 3


def test_times_of_the_day() -> None:
    found = cells("hall_hours", "opens", "09:00", "9:05", "13:30:00", "24:00", "0.375", "24:01", "9:60", "9")
    assert found.values.to_pylist() == [540, 545, 810, 1440, 540, None, None, None]
    assert [cause for _, cause in causes(found)] == [Cause.TIME] * 3


def test_a_day_takes_no_time() -> None:
    found = cells("arrivals", "day", "2026-03-01", "2026-03-01 09:00", "2026-02-30", "x")
    assert found.values.to_pylist() == [date(2026, 3, 1), None, None, None]
    assert causes(found) == [(1, Cause.DAY_ONLY), (2, Cause.NO_SUCH_DAY), (3, Cause.DATE)]


def test_a_checked_code_that_fails_becomes_missing_and_a_noted_one_stays() -> None:
    good, old, bad = "12441500196720244T3442199806003", "1" * 24, "12441500196720244T34421"
    found = cells("cases", "item_code", good, old, bad)
    assert found.values.to_pylist() == [good, old, None]
    assert [(finding.place, finding.cause, finding.note) for finding in found.findings] == [
        (1, Cause.CHECK, True),
        (2, Cause.CHECK, False),
    ]


def test_every_kind_has_a_reader() -> None:
    for table in TABLES.values():
        for column in table.columns:
            assert read_cells(column, pa.array([None, ""], pa.string())).values.null_count == 2, column.kind
    assert {column.kind for table in TABLES.values() for column in table.columns} == set(Kind)
