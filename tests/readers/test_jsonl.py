"""JSON lines, and hostile ones (test-plan D4)."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha.readers.causes import Cause
from mingcha.readers.errors import UnusableError
from mingcha.readers.jsonl_source import MAX_LINE, parse_line

FEE = '{"case_no": "A1", "seq": 1, "amount": 12.50}'


def test_numbers_never_pass_through_a_binary_float(read) -> None:
    text = FEE + '\n{"case_no": "A2", "seq": 1, "amount": 90071992547409.93}\n'
    amounts = read({"fees.jsonl": text}).facts["fees"].read()["amount"].to_pylist()
    assert amounts == [Decimal("12.50"), Decimal("90071992547409.93")]


def test_labels_lists_booleans_and_nulls(read) -> None:
    lines = [
        {"评价编号": "E1", "评价时间": "2026-03-01T09:30:00+08:00", "评价标签": ["510", "413"], "实名": True},
        {"评价编号": "E2", "评价时间": "2026-03-01", "评价标签": None, "实名": 0, "文字评价": "好"},
    ]
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    rows = read({"evaluations.jsonl": text}).facts["evaluations"].read().to_pylist()
    assert [row["tags"] for row in rows] == [["510", "413"], None]
    assert [row["real_name"] for row in rows] == [True, False]
    assert [row["comment"] for row in rows] == [None, "好"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"a": 1, "a": 2}', "出现两次"),
        ('{"a": NaN}', "NaN"),
        ('{"a": -Infinity}', "Infinity"),
        ("[1, 2]", "不是 JSON 对象"),
        ('"text"', "不是 JSON 对象"),
        ("1" * 10_000, "不是 JSON 对象"),
        ("{'a': 1}", "不是 JSON"),
        ('{"a": 1', "不是 JSON"),
        ("[", "数组"),
        ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "嵌套太深"),
        ('{"a": ' * 10_000 + "1" + "}" * 10_000, "嵌套太深"),
    ],
)
def test_lines_that_are_no_sound_object_are_refused_with_a_reason(line: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_line(line)


def test_a_bad_line_is_refused_by_number_and_the_others_are_read(read) -> None:
    text = FEE + '\n{"case_no": NaN}\n\n{"case_no": "A3", "seq": 2, "amount": "3"}\n'
    reading = read({"fees.jsonl": text})
    assert reading.facts["fees"].rows == 2
    ((kind, count),) = reading.faults
    assert (kind.cause, count) == (Cause.SHAPE, 1)
    assert reading.faults.samples[kind][0].row == 2


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        ('{"x": 1}', Cause.TYPE),
        ("[1]", Cause.TYPE),
        ("true", Cause.TYPE),
        ('"\\ud800"', Cause.TYPE),
        ("1e400", Cause.MONEY),
        ("1" * 5_000, Cause.MONEY),
        ("12.505", Cause.MONEY),
        ('"x"', Cause.MONEY),
        ("null", Cause.BLANK),
    ],
)
def test_values_of_a_wrong_type_are_faults_of_their_cell(read, value: str, cause: Cause) -> None:
    reading = read({"fees.jsonl": FEE + '\n{"case_no": "A2", "seq": 1, "amount": ' + value + "}\n"})
    assert reading.facts["fees"].rows == 1
    ((kind, count),) = reading.faults
    assert (kind.column, kind.cause, count) == ("amount", cause, 1)


def test_a_number_is_no_date_and_a_list_element_holds_no_semicolon(read) -> None:
    lines = [
        '{"case_no": "A1", "notice_no": "1", "notified_at": 20260301}',
        '{"case_no": "A1", "notice_no": 2, "material_codes": ["a;b"]}',
        '{"case_no": "A1", "notice_no": 3, "material_codes": [true]}',
        '{"case_no": "A1", "notice_no": 4, "material_codes": [7, "a"]}',
    ]
    reading = read({"corrections.jsonl": "\n".join(lines)})
    lists = reading.facts["corrections"].read()["material_codes"].to_pylist()
    assert lists == [None, None, None, ["7", "a"]]
    assert sorted((kind.column, count) for kind, count in reading.faults) == [
        ("material_codes", 2),
        ("notified_at", 1),
    ]


def test_a_line_of_many_megabytes_is_refused_in_bounded_memory(read) -> None:
    text = FEE + '\n{"case_no": "' + "x" * (3 * MAX_LINE) + '"}\n{"case_no": "A3", "seq": 2, "amount": 1}\n'
    reading = read({"fees.jsonl": text})
    assert reading.facts["fees"].rows == 2
    ((kind, _),) = reading.faults
    assert kind.cause is Cause.LONG_LINE


def test_a_file_that_is_one_array_is_told_to_write_lines(read) -> None:
    with pytest.raises(UnusableError, match="每行写一个对象"):
        read({"fees.jsonl": "[1]\n"})


@given(st.text(max_size=200))
def test_no_text_whatever_gives_anything_but_an_object_or_a_reason(text: str) -> None:
    try:
        assert isinstance(parse_line(text), dict)
    except ValueError as error:
        assert str(error)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
columns = st.sampled_from(["case_no", "seq", "amount", "paid_at", "kind", "withdrawn", "colour", "序号"])


@given(st.lists(st.dictionaries(columns, values, max_size=5), min_size=1, max_size=5))
def test_any_json_gives_rows_that_reconcile_or_one_plain_refusal(tmp_path_factory, objects) -> None:
    from mingcha.readers.folder import read_folder

    folder = tmp_path_factory.mktemp("json")
    (folder / "fees.jsonl").write_text("\n".join(json.dumps(one) for one in objects), encoding="utf-8")
    try:
        with read_folder(folder) as reading:
            totals = reading.faults.totals["fees"]
            assert totals.kept == reading.facts["fees"].rows
            assert totals.read <= len(objects)
    except UnusableError as error:
        assert error.problems
