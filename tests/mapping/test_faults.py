"""A faulty mapping names every fault at once, each with its line and what to do."""

from pathlib import Path
from typing import Any

import pytest

from mingcha.readers.mapping.load import MappingError, find_mapping, read_mapping, shipped

HEAD = "id: test\ntitle: 试\norigin: 编的\nsources:\n  log: {files: [log.csv]}\ntables:\n"


def faults(path: Path, text: str) -> list[tuple[int, str]]:
    """(line, message) of the faults of a mapping."""
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MappingError) as error:
        read_mapping(path)
    assert all(fault.advice for fault in error.value.faults)
    return [(fault.line, fault.message) for fault in error.value.faults]


@pytest.fixture
def told(tmp_path: Path) -> Any:
    """Messages for the columns of `steps` that are given, beside lawful ones."""

    def told(columns: str, more: str = "") -> list[str]:
        base = "case_no: a, seq: {value: '1'}, name: b"
        text = HEAD + f"  steps:\n    from: log\n{more}    columns: {{{base}{columns}}}\n"
        return [message for _, message in faults(tmp_path / "m.yaml", text)]

    return told


def test_all_faults_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    text = HEAD + (
        "  steps:\n    from: lgo\n    columns:\n      case_no: a\n      nam: b\n"
        "      result: {column: c, first: d}\n  casse:\n    columns: {case_no: {value: x}}\n"
    )
    assert faults(tmp_path / "m.yaml", text) == [
        (8, "没有来源 lgo"),
        (9, "缺少必有的列 name(环节名称)"),
        (9, "缺少必有的列 seq(序号)"),
        (11, "没有steps 的列 nam"),
        (12, "first、last、count 只用于分组的表"),
        (12, "应恰好写明一个来处"),
        (13, "没有事实表 casse"),
    ]


def test_unknown_keys_and_words_are_told(tmp_path: Path) -> None:
    source = "{file: x, format: doc, encoding: utf-99}"
    text = f"id: a\ntitle: b\norigin: c\nsources:\n  log: {source}\ntables: {{}}\n"
    assert faults(tmp_path / "m.yaml", text) == [
        (5, "format 不能是“doc”"),
        (5, "不认识的键 file"),
        (5, "没有名为“utf-99”的编码"),
        (5, "缺少 files"),
    ]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (", result: {sql: 'a +'}", "看不懂的表达式“a +”"),
        (", result: {sql: 'select 1'}", "看不懂的表达式“select 1”"),
        (", result: {sql: 'a from b'}", "“a from b”不是一个表达式"),
        (", result: {sql: 'read_text(a)'}", "函数 read_text 不在可用的函数之内"),
        (", result: {sql: 'cast(a as date)'}", "函数 cast 不在可用的函数之内"),
        (", result: {sql: 'try_cast(a as double)'}", "只能转成整数:try_cast(… as bigint),不能转成 DOUBLE"),
        (", result: {sql: '(select max(b) from c)'}", "表达式里不能用“(SELECT MAX(b) FROM c)”"),
        (", result: {sql: 'x.y'}", "没有名为 x 的联查"),
        (", result: {column: a, where: 'b = 1'}", "where 只用于 first、last、count"),
        (", result: {column: a, match: '(a'}", "“(a”不是合格的正则表达式"),
        (", result: {column: a, match: '(?=a)'}", "“(?=a)”不是合格的正则表达式"),
        (", withdrawn: {column: a, map: {D: gone}}", "已撤回(withdrawn)没有“gone”这个值"),
        (", result: {column: a, scale: {worst: 1, best: 5}}", "scale 只用于五级评价"),
    ],
)
def test_a_faulty_column_is_told(told: Any, columns: str, message: str) -> None:
    assert told(columns) == [message]


def test_a_grouped_table_must_say_which_row_it_means(told: Any) -> None:
    assert told("", "    group: [a]\n") == ["分组后一组有多行,取哪一行没有说明"]


@pytest.mark.parametrize("order", ["j.at", "nth", "position"])
def test_rows_are_put_in_order_by_columns_of_the_files_only(tmp_path: Path, order: str) -> None:
    text = HEAD.replace("[log.csv]", "[log.csv], add: {nth: {number: a}}")
    text += f"  steps:\n    from: log\n    join: {{j: {{from: log, on: {{a: a}}}}}}\n    order: {order}\n"
    text += "    columns: {case_no: a, seq: {value: '1'}, name: b}\n"
    assert faults(tmp_path / "m.yaml", text) == [(10, f"不能按 {order} 排先后")]


def test_a_list_is_not_unfolded_and_grouped_at_once(told: Any) -> None:
    assert "each 与 group 不能同时写" in told("", "    each: x\n    group: [a, b]\n")


def test_codes_must_be_of_the_list(tmp_path: Path) -> None:
    text = HEAD + "  fees:\n    from: log\n    columns:\n      case_no: a\n      seq: b\n      amount: c\n"
    text += "      kind: {column: d, map: {x: fee, y: toll}, default: tax, otherwise: rent}\n"
    assert faults(tmp_path / "m.yaml", text) == [
        (13, "收费类别(kind)没有“rent”这个值"),
        (13, "收费类别(kind)没有“toll”这个值"),
    ]


@pytest.mark.parametrize("spec", ["x", "{column: x}", "{sql: x}"])
def test_a_rating_without_a_direction_is_refused(tmp_path: Path, spec: str) -> None:
    text = HEAD + "  evaluations:\n    from: log\n    columns:\n      evaluation_no: a\n"
    text += f"      submitted_at: b\n      level: {spec}\n"
    assert faults(tmp_path / "m.yaml", text) == [(12, "没有说明评价的分值方向")]


@pytest.mark.parametrize("form", ["yyyy-mm-dd", "%Q", "%Y-%m-%d %z"])
def test_a_date_format_that_nobody_reads_is_told(tmp_path: Path, form: str) -> None:
    text = HEAD.replace("[log.csv]", f"[log.csv], dates: {{at: '{form}'}}")
    assert faults(tmp_path / "m.yaml", text + "  {}\n") == [(5, f"“{form}”不是日期格式")]


def test_a_file_that_is_no_yaml_names_the_line(tmp_path: Path) -> None:
    ((line, message),) = faults(tmp_path / "m.yaml", "id: a\ntitle: [b\norigin: c\n")
    assert line == 3 and message.startswith("不是合法的 YAML")


def test_a_file_that_is_a_list_is_told(tmp_path: Path) -> None:
    assert faults(tmp_path / "m.yaml", "- a\n") == [(1, "文件的最外层应是“键: 值”")]


def test_a_pack_folder_must_be_there(tmp_path: Path) -> None:
    text = HEAD + "  {}\npacks: [./rules]\n"
    assert faults(tmp_path / "m.yaml", text) == [(8, "没有文件夹 ./rules")]


def test_a_mapping_nobody_has_is_told_with_those_that_ship() -> None:
    with pytest.raises(MappingError, match="没有这个映射.*up-pro"):
        find_mapping("nowhere")


@pytest.mark.parametrize("name", shipped())
def test_what_ships_is_without_fault_and_named_as_its_folder(name: str) -> None:
    assert read_mapping(shipped()[name]).id == name
