"""CSV as people send it (test-plan D1)."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingcha.readers.causes import Cause
from mingcha.readers.csv_source import MAX_LINES, MAX_RECORD, CsvSource
from mingcha.readers.csv_survey import survey
from mingcha.readers.errors import FileError, UnusableError

HEADER = "case_no,seq,name\n"
ROWS = HEADER + "A1,1,受理\nA1,2,审查\n"
Row = tuple[int, tuple[str, ...]]


def read_all(path: Path, work: Path) -> tuple[CsvSource, list[Row], list[tuple[int, Cause]]]:
    source = CsvSource(path, work)
    rows: list[Row] = []
    bad: list[tuple[int, Cause]] = []
    for batch in source.batches():
        columns = [column.to_pylist() for column in batch.columns]
        rows += zip(batch.numbers.tolist(), zip(*columns, strict=True), strict=True)
        bad += [(row.number, row.cause) for row in batch.bad_rows]
    return source, rows, bad


def given_text(tmp_path: Path, text: str | bytes) -> tuple[CsvSource, list[Row], list[tuple[int, Cause]]]:
    path = tmp_path / "steps.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_all(path, tmp_path)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_encodings_with_a_mark_and_utf8_and_gb18030_without(tmp_path: Path, encoding: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    _, rows, bad = given_text(tmp_path, mark + ROWS.encode(encoding))
    assert rows == [(2, ("A1", "1", "受理")), (3, ("A1", "2", "审查"))]
    assert not bad


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_kind(tmp_path: Path, newline: str) -> None:
    _, rows, _ = given_text(tmp_path, ROWS.replace("\n", newline))
    assert rows == [(2, ("A1", "1", "受理")), (3, ("A1", "2", "审查"))]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (ROWS.encode() + b"A1,3,\xff\xfe\xff\n", "约第 4 行"),
        ((HEADER + "A1,1," + "受理" * 20 + "\n").encode() + b"A1,2,\xc4\xe3\n", "第 3 行有不是 UTF-8"),
        (b"\xef\xbb\xbf" + HEADER.encode() + b"A1,1,\xc4\xe3\n", "第 2 行有不是 UTF-8"),
        (ROWS.encode("utf-32"), "UTF-32"),
        (ROWS.encode("utf-16")[:-1], "UTF-16"),
        (b"", "空文件"),
    ],
)
def test_what_is_in_no_accepted_encoding_is_refused_with_its_line(
    tmp_path: Path, data: bytes, says: str
) -> None:
    with pytest.raises(FileError, match=says):
        given_text(tmp_path, data)


def test_a_letter_split_between_two_blocks_is_no_bad_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mingcha.readers.encodings.BLOCK", 7)
    _, rows, _ = given_text(tmp_path, ROWS)
    assert [row[1][2] for row in rows] == ["受理", "审查"]


def test_quotes_commas_and_line_ends_inside_a_field(tmp_path: Path) -> None:
    source, rows, bad = given_text(tmp_path, HEADER + 'A1,1,"一,二\n""三"""\nA1,2,x\n')
    assert source.fast
    assert rows == [(2, ("A1", "1", '一,二\n"三"')), (3, ("A1", "2", "x"))]
    assert not bad


@pytest.mark.parametrize("tail", ["", 'A9,9,"x"y\n'])
def test_ragged_rows_are_refused_by_number_in_both_readers(tmp_path: Path, tail: str) -> None:
    source, rows, bad = given_text(tmp_path, HEADER + "A1,1,a\nA1,2\n\nA1,3,c,d\nA1,4,e\n" + tail)
    assert source.fast == (not tail)
    numbers = [number for number, cells in rows if any(cells)]
    assert numbers == [2, 6]
    assert [row for row in bad if row[1] is Cause.RAGGED] == [(3, Cause.RAGGED), (5, Cause.RAGGED)]


def test_a_quote_that_never_closes_costs_one_row_and_not_the_rest(tmp_path: Path) -> None:
    text = HEADER + 'A1,1,"open\n' + "A1,2,b\n" * (MAX_LINES + 5)
    source, rows, bad = given_text(tmp_path, text)
    assert not source.fast
    assert bad == [(2, Cause.QUOTES)]
    assert len(rows) == MAX_LINES + 5
    assert rows[0][0] == 3


def test_two_open_quotes_do_not_swallow_the_rows_between_them(tmp_path: Path) -> None:
    _, rows, bad = given_text(tmp_path, HEADER + 'A1,1,"open\nA1,2,b\nA1,3,"c"\nA1,4,"again\n')
    assert bad == [(2, Cause.QUOTES), (5, Cause.QUOTES)]
    assert [row[0] for row in rows] == [3, 4]


def test_letters_after_a_closing_quote_are_refused_but_not_a_quote_in_a_word(
    tmp_path: Path,
) -> None:
    _, rows, bad = given_text(tmp_path, HEADER + 'A1,1,"a"b\nA1,2,5" pipe\n')
    assert bad == [(2, Cause.QUOTES)]
    assert rows == [(3, ("A1", "2", '5" pipe'))]


def test_a_line_beyond_the_limit_is_refused_and_the_next_one_read(tmp_path: Path) -> None:
    _, rows, bad = given_text(tmp_path, HEADER + "A1,1," + "x" * (3 * MAX_RECORD) + "\nA1,2,b\n")
    assert bad == [(2, Cause.LONG_LINE)]
    assert rows == [(3, ("A1", "2", "b"))]


def test_nul_bytes_are_a_fault_of_their_cell(read) -> None:
    reading = read({"steps.csv": HEADER + "A1,1,a\x00b\nA1,2,c\n"})
    assert reading.facts["steps"].rows == 1
    (kind, count), *_ = reading.faults
    assert (kind.column, kind.cause, count) == ("name", Cause.CONTROL, 1)


def test_a_header_may_hold_quotes_stars_labels_and_the_columns_of_an_error_book(read) -> None:
    reading = read({"steps.csv": '"办件编号*",序号,环节名称,行号,列,原值,原因,怎么办\nA1,1,受理,2,,,,\n'})
    assert reading.facts["steps"].read().to_pylist() == [{"case_no": "A1", "seq": 1, "name": "受理"}]
    assert not reading.notes


def test_unknown_columns_are_named_and_left_out(read) -> None:
    reading = read({"steps.csv": "case_no,seq,name,colour\nA1,1,受理,red\n"})
    assert reading.facts["steps"].columns == {"case_no", "seq", "name"}
    assert any("colour" in note for note in reading.notes)


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("case_no,办件编号,seq,name", "同一列"),
        ("case_no,name", "序号"),
        ("case_no\tseq\tname", "分隔符应为逗号"),
        ("a,b,c", "第一行应为表头"),
        ('case_no,"seq,name', "引号"),
    ],
)
def test_a_header_that_cannot_be_used_stops_the_folder_with_advice(read, header: str, says: str) -> None:
    with pytest.raises(UnusableError, match=says):
        read({"steps.csv": header + "\nA1,1,x\n"})


def test_a_file_with_a_header_only_is_a_table_without_rows(read) -> None:
    for text in (HEADER, HEADER.strip()):
        reading = read({"steps.csv": text})
        assert reading.facts["steps"].rows == 0


def test_blank_rows_are_no_rows(read) -> None:
    reading = read({"steps.csv": HEADER + "A1,1,x\n,,\n\n \u3000, ,\n ,3,\nA1,2,y\n"})
    totals = reading.faults.totals["steps"]
    assert (totals.read, totals.refused, totals.kept) == (3, 1, 2)


cells = st.text("ab,\"\n\r 中\x00'", max_size=5)
tables = st.lists(st.lists(cells, min_size=3, max_size=3), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables, st.sampled_from(["\n", "\r\n"]))
def test_whatever_the_csv_module_writes_is_read_back(
    tmp_path: Path, table: list[list[str]], newline: str
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=newline, quoting=csv.QUOTE_ALL)
    writer.writerows([["case_no", "seq", "name"], *table])
    source, rows, bad = given_text(tmp_path, out.getvalue())
    assert source.fast
    assert [list(row) for _, row in rows] == table
    assert not bad


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text('a,"\n\r', max_size=60), st.integers(1, 9))
def test_the_survey_does_not_depend_on_where_blocks_end(tmp_path: Path, text: str, size: int) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, newline="")
    whole = survey(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mingcha.readers.csv_survey.BLOCK", size)
        parts = survey(path)
    assert parts.well_formed == whole.well_formed
    if whole.well_formed:
        assert parts == whole


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text('a1,"\n中', max_size=80))
def test_the_fast_and_the_careful_reader_agree_on_well_formed_files(tmp_path: Path, text: str) -> None:
    path = tmp_path / "steps.csv"
    path.write_text(HEADER + text, newline="")
    source, rows, bad = read_all(path, tmp_path)
    if source.fast:
        source.fast = False
        slow_rows, slow_bad = [], []
        for batch in source.batches():
            columns = [column.to_pylist() for column in batch.columns]
            slow_rows += zip(batch.numbers.tolist(), zip(*columns, strict=True), strict=True)
            slow_bad += [(row.number, row.cause) for row in batch.bad_rows]
        assert [row for row in rows if any(row[1])] == [row for row in slow_rows if any(row[1])]
        assert bad == slow_bad


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_no_bytes_whatever_break_the_reading(tmp_path: Path, data: bytes) -> None:
    try:
        given_text(tmp_path, HEADER.encode() + data)
    except FileError as error:
        assert "行" in str(error)
