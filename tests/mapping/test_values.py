"""How one column comes about."""

from collections.abc import Callable
from typing import Any

import pytest

Column = Callable[..., list[Any]]


def test_a_bare_name_is_a_column(column: Column) -> None:
    assert column("window_code", "x", ["A1", " A2 ", ""]) == ["A1", "A2", None]


def test_values_are_mapped_and_an_empty_target_is_missing(column: Column) -> None:
    spec = '{column: x, map: {"1": window, "2": web, "9": ~}}'
    assert column("channel", spec, ["1", "2", "9", ""]) == ["window", "web", None, None]


def test_a_value_outside_the_map_is_refused_and_stands_in_the_error_book(column: Column, bench: Any) -> None:
    assert column("channel", '{column: x, map: {"1": window}}', ["1", "web"]) == ["window", None]
    book = bench.done.books["cases"].read_text("utf-8-sig")
    assert "log.csv:3" in book and "“web”怎么转,映射没有说" in book
    assert bench.done.faults.total == 1


@pytest.mark.parametrize(
    ("otherwise", "expected"),
    [("keep", "审核"), ("missing", None), ("其余", "其余")],
)
def test_the_rest_of_a_map_goes_as_said(column: Column, otherwise: str, expected: str | None) -> None:
    spec = f"{{column: x, map: {{a: 受理}}, otherwise: {otherwise}}}"
    assert column("receipt_no", spec, ["a", "审核", ""]) == ["受理", expected, None]


def test_the_rest_of_a_map_never_fills_what_was_not_entered(column: Column) -> None:
    assert column("receipt_no", "{column: x, map: {a: b}, otherwise: c, default: d}", ["", "z"]) == ["d", "c"]


def test_the_first_column_that_is_not_blank_counts(column: Column) -> None:
    assert column("window_code", "{column: [x, no]}", ["A", ""]) == ["A", "1"]


def test_a_pattern_keeps_its_first_group_and_refuses_what_it_does_not_fit(column: Column, bench: Any) -> None:
    assert column("visits", '{column: x, match: "^([0-9]+)次$"}', ["3次", "很多", ""]) == ["3", None, None]
    assert bench.done.faults.total == 1


def test_a_pattern_without_a_group_keeps_what_fits(column: Column) -> None:
    assert column("window_code", '{column: x, match: "[A-Z][(]?[0-9]+"}', ["窗口A(12)"]) == ["A(12"]


def test_an_expression_works_on_texts(column: Column) -> None:
    assert column("receipt_no", "{sql: \"upper(x) || '-' || lpad(no, 3, '0')\"}", ["a"]) == ["A-000"]


def test_a_boolean_target_is_read_as_one(column: Column) -> None:
    spec = "{column: x, map: {D: true}, otherwise: 'false'}"
    assert column("withdrawn", spec, ["I", "D", "U"]) == ["否", "否"]  # the withdrawn row is gone


def test_texts_that_mean_nothing_was_entered_are_blank(column: Column) -> None:
    source = "log: {files: [log.csv], blanks: ['NULL', 无]}"
    assert column("receipt_no", "{column: x, default: 缺}", ["NULL", "无", "1"], source) == ["缺", "缺", "1"]


@pytest.mark.parametrize(
    ("form", "sent", "read"),
    [
        ("%d/%m/%Y", "03/04/2026", "2026-04-03"),
        ("%d/%m/%Y %H:%M", "03/04/2026 9:05", "2026-04-03 09:05:00"),
        ("%m-%d-%Y", "04-03-2026", "2026-04-03"),
    ],
)
def test_a_declared_format_reads_dates_and_marks_a_date_alone(
    column: Column, form: str, sent: str, read: str
) -> None:
    source = f'log: {{files: [log.csv], dates: {{x: "{form}"}}}}'
    assert column("accepted_at", "x", [sent], source) == [read]


def test_a_date_that_does_not_fit_its_format_is_a_fault(column: Column, bench: Any) -> None:
    source = 'log: {files: [log.csv], dates: {x: "%d/%m/%Y"}}'
    assert column("accepted_at", "x", ["31/02/2026", "03/04/2026"], source) == [None, "2026-04-03"]
    assert bench.done.faults.total == 1


def test_a_substitute_code_is_well_formed_and_the_same_for_the_same_name(column: Column, bench: Any) -> None:
    made = column("agency_code", "{column: x, coin: agency}", ["City Police", "Parks", "City Police", ""])
    assert made[0] == made[2] != made[1]
    assert made[0].startswith("Y1000000") and made[3] is None
    assert bench.done.faults.total == 0
    assert "cases.agency_code:3 行没有合格的编码,用了代用码" in bench.done.notes


def test_a_real_code_is_never_replaced(column: Column) -> None:
    code = "11410000005184500K"
    assert column("agency_code", "{column: x, coin: agency}", [code]) == [code]


@pytest.mark.parametrize(
    ("scale", "sent", "read"),
    [
        ("{worst: 5, best: 1}", ["1", "5", "2"], ["5", "1", "4"]),
        ("{worst: 1, best: 5}", ["1", "5", "2"], ["1", "5", "2"]),
        ("{worst: 0, best: 4}", ["0", "4", "1"], ["1", "5", "2"]),
        ("{worst: 5, best: 1}", ["0", "好", ""], [None, None, None]),
    ],
)
def test_ratings_come_out_with_five_as_the_best(
    bench: Any, scale: str, sent: list[str], read: list[Any]
) -> None:
    tables = "  evaluations:\n    from: log\n    columns:\n      evaluation_no: no\n"
    tables += f"      submitted_at: {{value: 2026-03-02}}\n      level: {{column: x, scale: {scale}}}"
    lines = "\n".join(f"{i},{value}" for i, value in enumerate(sent))
    bench.convert(bench.mapping(tables), {"log.csv": f"no,x\n{lines}\n"})
    assert [row.get("level") for row in bench.rows("evaluations")] == read


def test_a_list_is_split_at_the_senders_mark(bench: Any) -> None:
    tables = "  corrections:\n    from: log\n    columns:\n      case_no: no\n      notice_no: {value: '1'}\n"
    tables += "      material_codes: {column: x, split: '|'}"
    bench.convert(bench.mapping(tables), {"log.csv": "no,x\nA,CL1| CL2 |CL3\n"})
    assert bench.rows("corrections") == [{"case_no": "A", "notice_no": "1", "material_codes": "CL1;CL2;CL3"}]
