"""Files as they come: formats, encodings, packing, broken rows, hostile XML."""

import gzip
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mingcha.readers.errors import UnusableError

SEQ = "seq: {number: case, order: at}"
STEPS = f"  steps:\n    from: log\n    columns: {{case_no: case, {SEQ}, name: what, started_at: at}}"
CSV = "case,what,at\nA,受理,2026-03-02 09:00:00\nA,办结,2026-03-05\n"
ROWS = [
    {"case_no": "A", "seq": "1", "name": "受理", "started_at": "2026-03-02 09:00:00"},
    {"case_no": "A", "seq": "2", "name": "办结", "started_at": "2026-03-05"},
]
XES = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <global scope="event"><string key="concept:name" value="?"/></global>
  <trace>
    <string key="concept:name" value="A"/>
    <event>
      <string key="concept:name" value="受理"/>
      <date key="time:timestamp" value="2026-03-02T09:00:00+08:00"/>
    </event>
    <event>
      <string key="concept:name" value="办结"/>
      <date key="time:timestamp" value="2026-03-05T02:00:00Z"/>
    </event>
  </trace>
  <trace><string key="concept:name" value="B"/></trace>
</log>
"""
XES_STEPS = """  steps:
    from: log
    columns:
      case_no: case:concept:name
      seq: {number: "case:concept:name", order: "time:timestamp"}
      name: concept:name
      started_at: time:timestamp"""


@pytest.mark.parametrize(
    ("source", "content"),
    [
        ("log: {files: [log.csv]}", CSV.encode()),
        ("log: {files: [log.csv]}", CSV.encode("gb18030")),
        ("log: {files: [log.csv], encoding: big5}", CSV.replace("办结", "辦結").encode("big5")),
        ("log: {files: [log.csv], delimiter: ';'}", CSV.replace(",", ";").encode()),
        ('log: {files: [log.csv], delimiter: "\\t"}', CSV.replace(",", "\t").encode()),
    ],
)
def test_csv_of_any_mark_and_encoding(bench: Any, source: str, content: bytes) -> None:
    bench.convert(bench.mapping(STEPS, source), {"log.csv": content})
    names = [row["name"].replace("辦結", "办结") for row in bench.rows("steps")]
    assert names == ["受理", "办结"]
    assert [row["started_at"] for row in bench.rows("steps")] == ["2026-03-02 09:00:00", "2026-03-05"]


def test_a_gzipped_file_is_read_as_it_is(bench: Any) -> None:
    bench.convert(bench.mapping(STEPS), {"log.csv.gz": gzip.compress(CSV.encode())})
    assert bench.rows("steps") == ROWS


def test_a_broken_gzip_is_named(bench: Any) -> None:
    with pytest.raises(UnusableError, match="log.csv.gz: 不是完好的 gzip"):
        bench.convert(bench.mapping(STEPS), {"log.csv.gz": gzip.compress(CSV.encode())[:-9]})


def test_several_files_of_one_source_are_read_one_after_another(bench: Any) -> None:
    head, first, second = CSV.splitlines()
    files = {"log-1.csv": f"{head}\n{first}\n", "log-2.csv": "at,case,what\n2026-03-05,A,办结\n"}
    bench.convert(bench.mapping(STEPS, "log: {files: ['log-*.csv']}"), files)
    assert bench.rows("steps") == ROWS


def test_json_lines_with_lists(bench: Any) -> None:
    columns = "{case_no: case, material_code: position, name: element}"
    tables = f"  materials:\n    from: log\n    each: list\n    columns: {columns}"
    lines = '{"case": "A", "n": {"x": 1}, "list": ["身份证", "照片;正面"]}\n'
    lines += '{"case": "B", "list": []}\n{"case": "C"}\n'
    bench.convert(bench.mapping(tables, "log: {files: [log.jsonl]}"), {"log.jsonl": lines})
    found = [(row["case_no"], row["material_code"], row["name"]) for row in bench.rows("materials")]
    assert found == [("A", "1", "身份证"), ("A", "2", "照片;正面")]


def test_a_line_that_is_no_json_is_refused_and_the_rest_goes_on(bench: Any) -> None:
    tables = "  steps:\n    from: log\n    columns: {case_no: case, seq: {value: '1'}, name: what}"
    lines = '{"case": "A", "what": "受理"}\n{"case": "B", \n[1]\n'
    done = bench.convert(bench.mapping(tables, "log: {files: [log.jsonl]}"), {"log.jsonl": lines})
    assert [row["case_no"] for row in bench.rows("steps")] == ["A"]
    assert (done.faults.of("log").read, done.faults.of("log").refused) == (3, 2)


def test_a_ragged_row_goes_back_in_the_senders_own_layout(bench: Any) -> None:
    done = bench.convert(bench.mapping(STEPS), {"log.csv": CSV + "A,多,2026-03-06,一列\n"})
    assert bench.rows("steps") == ROWS
    assert "A,多,2026-03-06,4" in done.books["log.csv"].read_text("utf-8-sig").replace(",一列", "")


def test_foreign_parquet_with_zones_and_lists(bench: Any) -> None:
    stamps = pa.array([1_772_413_200, 1_772_672_400], pa.timestamp("s", "UTC"))
    table = pa.table({"case": ["A", "A"], "what": ["受理", "办结"], "at": stamps, "n": [1.0, 2.0]})
    pq.write_table(table, bench.sources / "log.parquet")
    bench.convert(bench.mapping(STEPS, "log: {files: [log.parquet]}"), {})
    times = [row["started_at"] for row in bench.rows("steps")]
    assert times == ["2026-03-02 09:00:00", "2026-03-05 09:00:00"]


def test_workbooks_are_read_too(bench: Any) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(bench.sources / "log.xlsx") as book:
        for name, rows in (("说明", [["无"]]), ("流水", [line.split(",") for line in CSV.splitlines()])):
            sheet = book.add_worksheet(name)
            for place, cells in enumerate(rows):
                sheet.write_row(place, 0, cells)
    bench.convert(bench.mapping(STEPS, "log: {files: [log.xlsx], sheet: 流水}"), {})
    assert bench.rows("steps") == ROWS


def test_xes_events_carry_the_attributes_of_their_trace(bench: Any) -> None:
    bench.convert(bench.mapping(XES_STEPS, "log: {files: ['*.xes']}"), {"log.xes": XES})
    assert bench.rows("steps") == [ROWS[0], {**ROWS[1], "started_at": "2026-03-05 10:00:00"}]


@pytest.mark.parametrize(
    "doctype",
    ['<!DOCTYPE log SYSTEM "http://127.0.0.1/x.dtd">', '<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa">]>'],
)
def test_xes_with_a_document_type_is_refused(bench: Any, doctype: str) -> None:
    hostile = XES.replace("?>\n<log", f"?>\n{doctype}\n<log", 1)
    assert doctype in hostile
    with pytest.raises(UnusableError, match="DOCTYPE"):
        bench.convert(bench.mapping(XES_STEPS, "log: {files: ['*.xes']}"), {"log.xes": hostile})


def test_xes_that_breaks_off_is_named_with_its_line(bench: Any) -> None:
    with pytest.raises(UnusableError, match="第 [0-9]+ 行起不是完好的 XML"):
        bench.convert(bench.mapping(XES_STEPS, "log: {files: ['*.xes']}"), {"log.xes": XES[:400]})


def test_a_source_without_files_is_named(bench: Any) -> None:
    sources = "log: {files: [log.csv]}\n  other: {files: ['other*.csv']}"
    with pytest.raises(UnusableError, match="缺少来源 other 的文件:应有 other\\*.csv"):
        bench.convert(bench.mapping(STEPS, sources), {"log.csv": CSV})


def test_nothing_that_belongs_to_the_mapping_is_unusable(bench: Any) -> None:
    with pytest.raises(UnusableError, match="没有一份文件属于映射 test"):
        bench.convert(bench.mapping(STEPS, "log: {files: [log.csv], optional: true}"), {"other.csv": CSV})


def test_a_column_that_no_file_has_is_named_with_the_line_of_the_mapping(bench: Any) -> None:
    path = bench.mapping(STEPS.replace("name: what", "name: activity"))
    with pytest.raises(UnusableError) as error:
        bench.convert(path, {"log.csv": CSV})
    line = next(i for i, text in enumerate(path.read_text().splitlines(), 1) if "activity" in text)
    assert error.value.problems == [
        f"{path}:{line}: 来源 log 的文件里没有列 activity(有:at、case、what);核对映射里的列名"
    ]
    assert not bench.to.exists()


def test_a_partial_source_may_lack_columns_which_are_then_not_reported(bench: Any) -> None:
    tables = STEPS.replace("name: what", "name: what, opinion: words")
    done = bench.convert(bench.mapping(tables, "log: {files: [log.csv], partial: true}"), {"log.csv": CSV})
    assert bench.rows("steps") == ROWS
    assert "opinion" not in done.facts["steps"].columns
    assert done.notes == ["来源 log 没有列 words,未转"]


def test_a_partial_source_may_not_lack_what_decides_the_rows(bench: Any) -> None:
    tables = STEPS + "\n    where: kind = '1'"
    with pytest.raises(UnusableError, match="没有列 kind"):
        bench.convert(bench.mapping(tables, "log: {files: [log.csv], partial: true}"), {"log.csv": CSV})


def test_an_optional_source_without_files_leaves_its_table_unreported(bench: Any) -> None:
    sources = "log: {files: [log.csv]}\n  fee: {files: [fee.csv], optional: true}"
    columns = "{case_no: case, seq: {value: '1'}, amount: money}"
    tables = f"{STEPS}\n  fees:\n    from: fee\n    columns: {columns}"
    done = bench.convert(bench.mapping(tables, sources), {"log.csv": CSV})
    assert list(done.facts) == ["steps"]


def test_a_folder_with_something_in_it_is_left_alone(bench: Any) -> None:
    bench.to.mkdir()
    (bench.to / "cases.csv").write_text("x")
    with pytest.raises(UnusableError, match="已有内容"):
        bench.convert(bench.mapping(STEPS), {"log.csv": CSV})
    assert [path.name for path in bench.to.iterdir()] == ["cases.csv"]


def test_a_failing_conversion_leaves_an_empty_folder_empty(bench: Any) -> None:
    bench.to.mkdir()
    text = "case,what\nA,受理\n"
    mapping = bench.mapping(
        "  steps:\n    from: log\n    columns: {case_no: case, seq: {value: '1'}, name: x}"
    )
    with pytest.raises(UnusableError, match="没有列 x"):
        bench.convert(mapping, {"log.csv": text})
    assert list(bench.to.iterdir()) == []


def test_what_is_written_is_canonical_and_read_in_place(bench: Any) -> None:
    from mingcha.readers.folder import read_folder

    bench.convert(bench.mapping(STEPS), {"log.csv": CSV})
    with read_folder(bench.to) as reading:
        assert reading.facts["steps"].paths == (bench.to / "steps.parquet",)
        assert reading.facts["steps"].rows == 2


def test_many_rows_stream_through_a_parquet_file(bench: Any) -> None:
    lines = "".join(f"A{i},受理,2026-03-02\n" for i in range(60_000))
    done = bench.convert(bench.mapping(STEPS), {"log.csv": "case,what,at\n" + lines + lines[:20]})
    assert done.facts["steps"].rows == 60_001
    assert (bench.to / "steps.parquet").is_file()
