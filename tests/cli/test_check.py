"""`mingcha check`: what it prints where, its exit codes, its formats."""

import csv
import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from cast_folders import case, done, materials, mingcha, steps, write_folder

from mingcha.engine.record import FINDING

AS_OF = ("--as-of", "2026-03-04")
UNKNOWN_ITEM = case()["item_code"].replace("18001", "18999")
"""Not in the catalogue, so that it leads to no agency."""


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def told(found: list[dict]) -> list[tuple]:
    return [(f["rule"], f["key"], f["level"], f["since"], f["due_at"]) for f in found]


def test_findings_go_to_standard_output_and_everything_else_to_standard_error(city: Path) -> None:
    ran = mingcha("check", city, *AS_OF, "--format", "jsonl")
    assert told(lines(ran.stdout)) == [
        ("henan-8.1", "LATE", "red", "2026-02-15T00:00:00", "2026-02-14"),
        ("henan-8.1", "SOON", "warning", "2026-03-03T00:00:00", "2026-03-05"),
        ("henan-8.8a", "LACKS", "warning", "2026-03-02T10:00:00", None),
    ]
    assert "判定时点 2026-03-04 周三 23:59:59" in ran.stderr
    assert "办件 4 件,判定 3 条  ■ 红牌 1  ▲ 预警 2" in ran.stderr
    assert ran.returncode == 1


def test_jsonl_prints_exactly_the_names_of_the_record(city: Path) -> None:
    for finding in lines(mingcha("check", city, *AS_OF, "--format", "jsonl").stdout):
        assert list(finding) == FINDING.names
        assert isinstance(finding["evidence"], dict)
        assert finding["as_of"] == "2026-03-04T23:59:59"


def test_nothing_red_is_exit_code_0(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "f", cases=[case("SOON")])
    ran = mingcha("check", folder, *AS_OF)
    assert (ran.returncode, "▲ 预警" in ran.stdout) == (0, True)


def test_silence_is_said_in_words(tmp_path: Path) -> None:
    papers = materials("BJ1", "CL1", "CL2")
    folder = write_folder(tmp_path / "f", cases=[done()], materials=papers, steps=steps("BJ1"))
    ran = mingcha("check", folder, *AS_OF)
    assert (ran.returncode, ran.stdout) == (0, "")
    assert "办件 1 件,判定 0 条:没有发现问题" in ran.stderr


def test_the_table_names_rule_case_agency_and_reason(city: Path) -> None:
    shown = mingcha("check", city, *AS_OF).stdout
    assert "henan-8.1 业务办理时限监察  《河南省政务服务电子监察工作规则(试行)》第八条(一)  共 2 条" in shown
    assert re.search(r"■ 红牌 +LATE  金水区示例局  自 2026-02-15 起  应于 2026-02-14 前\n +自2026-02", shown)


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet", "html", "table"])
def test_out_takes_the_findings_and_leaves_stdout_empty(city: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / f"findings.{form}"
    ran = mingcha("check", city, *AS_OF, "--format", form, "--out", out)
    assert (ran.stdout, ran.returncode) == ("", 1)
    assert out.stat().st_size > 0 and f"结果已写入 {out}" in ran.stderr
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []


def test_parquet_keeps_the_types_of_the_record(city: Path, tmp_path: Path) -> None:
    mingcha("check", city, *AS_OF, "--format", "parquet", "--out", tmp_path / "f.parquet")
    read = pq.read_table(tmp_path / "f.parquet")
    assert read.schema.equals(FINDING)
    assert read["due_at"].to_pylist()[0] == datetime(2026, 2, 14, microsecond=1)


def test_csv_guards_texts_that_a_spreadsheet_would_run(tmp_path: Path) -> None:
    for start in ("=", "+", "-", "@", "\t", "＝"):
        number = f"{start}HYPERLINK(0)"
        folder = write_folder(tmp_path / "f", cases=[case(f"'{number}")])
        ran = mingcha("check", folder, *AS_OF, "--format", "csv")
        row = next(csv.DictReader(ran.stdout.lstrip("\ufeff").splitlines()))
        assert row["key"].startswith("'") or row["key"][0] not in "=+-@\t＝"


def test_rule_and_case_narrow_what_is_judged(city: Path) -> None:
    only = mingcha("check", city, *AS_OF, "--format", "jsonl", "--rule", "henan-8.1", "--case", "SOON")
    assert [(f["rule"], f["key"]) for f in lines(only.stdout)] == [("henan-8.1", "SOON")]
    assert only.returncode == 0


def test_pending_lists_what_is_still_running(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "f", cases=[case()])
    asked = ("--as-of", "2026-02-24", "--pending", "--rule", "henan-8.1")
    ran = mingcha("check", folder, *asked, "--format", "jsonl")
    assert [(f["level"], f["next_at"]) for f in lines(ran.stdout)] == [("none", "2026-03-03T00:00:00")]


def test_as_of_is_now_unless_given_and_printed(city: Path) -> None:
    shown = mingcha("check", city).stderr
    printed = re.search(r"判定时点 (\d{4}-\d\d-\d\d) 周. (\d\d:\d\d:\d\d)\(现在\)", shown)
    assert printed is not None
    said = datetime.fromisoformat(f"{printed[1]}T{printed[2]}+08:00")
    assert abs((datetime.now(UTC) - said).total_seconds()) < 300


def test_a_time_is_kept_to_the_second(city: Path) -> None:
    ran = mingcha("check", city, "--as-of", "2026-03-04 09:30", "--format", "jsonl")
    assert lines(ran.stdout)[0]["as_of"] == "2026-03-04T09:30:00"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--as-of", "yesterday"], "看不懂时间“yesterday”"),
        (["--packs", "nowhere-1999"], "没有规则包 nowhere-1999。现有:ezhou-2020"),
        (["--packs", "./nothing-here"], "里没有规则包"),
        (["--rule", "henan-99"], "没有规则 henan-99"),
        (["--case", "NOBODY"], "没有办件 NOBODY"),
        (["--out", "nowhere/at/all.csv"], "不存在;请先建立"),
        (["--format", "docx"], "没有“docx”;可用的是 'table'"),
        (["--nope"], "没有选项 --nope"),
        (["--as-of"], "选项 --as-of 后面要有值"),
        (["more"], "多出的参数:more"),
        (["--out", "."], "是文件夹,应为文件"),
    ],
)
def test_wrong_usage_is_exit_code_2_with_what_to_do(city: Path, more: list[str], said: str) -> None:
    ran = mingcha("check", city, *more)
    assert (ran.returncode, said in ran.stderr, "Traceback" in ran.stderr) == (2, True, False)


def test_a_folder_that_is_not_there_is_exit_code_2(tmp_path: Path) -> None:
    ran = mingcha("check", tmp_path / "nothing")
    assert (ran.returncode, "不是文件夹" in ran.stderr) == (2, True)


def test_a_broken_file_is_exit_code_2(city: Path) -> None:
    (city / "cases.csv").write_bytes(b"\xff\xfe\x00")
    ran = mingcha("check", city)
    assert (ran.returncode, "Traceback" in ran.stderr) == (2, False)


@pytest.mark.parametrize(
    "words", [["check"], ["nosuch"], ["rules", "lint", "/nowhere"], ["explain", "A"], ["--help"]]
)
def test_what_the_library_says_is_chinese(words: list[str]) -> None:
    ran = mingcha(*words)
    said = ran.stdout + ran.stderr
    assert "用法:" in said
    for english in ("Usage", "Error", "Missing", "Options", "Show", "No such", "does not", "Invalid", "Try"):
        assert english not in said


@pytest.mark.parametrize("more", [[], ["--packs", "henan-2019"]])
def test_cases_that_are_all_refused_are_never_green(city: Path, more: list[str]) -> None:
    (city / "cases.csv").write_text("办件编号,实施编码,部门代码,区划代码,收件时间\nA1,x,y,z,2026-13-45\n")
    ran = mingcha("check", city, *AS_OF, *more, "--errors", city.parent / "book")
    assert ran.returncode == 2
    assert "读 1 行,全部拒收" in ran.stderr and "没有这一天" in ran.stderr and "错误簿" in ran.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["check", "{city}"],
        ["explain", "SOON", "--in", "{city}"],
        ["clock", "2026-09-18", "10"],
        ["calendar", "show", "2026"],
    ],
)
def test_a_calendar_of_ones_own_that_is_not_there_is_never_passed_over(city: Path, words: list[str]) -> None:
    gone = str(city / "日历")
    ran = mingcha(*(word.format(city=city) for word in words), env={"MINGCHA_CALENDARS": gone})
    assert (ran.returncode, ran.stdout) == (2, "")
    assert f"{gone}: 没有这个日历文件夹" in ran.stderr


def test_the_truth_of_a_demo_city_is_no_unknown_file(city: Path) -> None:
    (city / "truth.jsonl").write_text("{}")
    (city / "other.txt").write_text("")
    said = mingcha("check", city, *AS_OF).stderr
    assert "truth" not in said and "不认识的文件,未读:other.txt" in said


def test_data_of_a_place_without_rules_is_never_green(tmp_path: Path) -> None:
    elsewhere = [{**case(), "region_code": "110101000000"}]
    folder = write_folder(tmp_path / "f", cases=elsewhere, agencies=None, halls=None, regions=None)
    ran = mingcha("check", folder, *AS_OF)
    assert (ran.returncode, "什么都没有判定" in ran.stderr) == (2, True)


def in_no_pack(tmp_path: Path) -> Path:
    """One case in order, one without any region, one of a region without rules."""
    nameless = {
        **done("NOWHERE"),
        "region_code": None,
        "hall_code": None,
        "agency_code": None,
        "item_code": UNKNOWN_ITEM,
    }
    elsewhere = {**done("ELSEWHERE"), "region_code": "110101000000"}
    papers = materials("FINE", "CL1", "CL2")
    return write_folder(
        tmp_path / "f", cases=[done("FINE"), nameless, elsewhere], materials=papers, steps=steps("FINE")
    )


def test_cases_that_no_pack_holds_for_are_counted_and_never_green(tmp_path: Path) -> None:
    ran = mingcha("check", in_no_pack(tmp_path), *AS_OF)
    assert (ran.returncode, ran.stdout) == (0, "")
    assert (
        "未判定:2 件办件没有适用的规则包(没有行政区划 1 件,不在任何规则包的地区 1 件);"
        "补上 region_code,或用 --packs 指定规则包" in ran.stderr.replace("\n", "")
    )
    assert "办件 3 件,判定 0 条,未判定 2 件" in ran.stderr and "没有发现问题" not in ran.stderr


def test_packs_named_leave_no_case_without_one(tmp_path: Path) -> None:
    ran = mingcha("check", in_no_pack(tmp_path), *AS_OF, "--packs", "henan-2019")
    assert "没有适用的规则包" not in ran.stderr


def test_a_case_asked_for_alone_is_told_alone(tmp_path: Path) -> None:
    folder = in_no_pack(tmp_path)
    assert "办件 1 件,判定 0 条:没有发现问题" in mingcha("check", folder, *AS_OF, "--case", "FINE").stderr
    assert "办件 1 件,判定 0 条,未判定 1 件" in mingcha("check", folder, *AS_OF, "--case", "NOWHERE").stderr


def test_our_own_fault_is_exit_code_3_with_a_log_and_without_a_traceback(city: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import mingcha.law.load as load\n"
        "def broken(*a): raise ZeroDivisionError('seeded')\n"
        "load.load_calendar = broken\n"
    )
    ran = mingcha("check", city, env={"PYTHONPATH": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")})
    assert (ran.returncode, "Traceback" in ran.stderr) == (3, False)
    logged = re.search(r"详情已记入 (\S+?\.log)", ran.stderr)
    assert logged is not None
    assert "ZeroDivisionError: seeded" in Path(logged[1]).read_text()


def test_packs_named_are_adopted_everywhere_and_the_summary_says_so(city: Path) -> None:
    ran = mingcha("check", city, *AS_OF, "--packs", "henan-2019,pingdingshan-2022", "--format", "jsonl")
    assert "pingdingshan-2022 进一步规范" not in ran.stdout
    assert re.search(r"规则包 +pingdingshan-2022 .*命令指定", ran.stderr)
    assert "zhengzhou-2021" not in ran.stderr


def test_the_folder_may_name_packs_and_moment_and_the_command_line_goes_before_it(city: Path) -> None:
    (city / "mingcha.yaml").write_text("packs: [henan-2019]\nas_of: 2026-03-04\n")
    by_file = mingcha("check", city, "--format", "jsonl")
    assert re.search(r"henan-2019 .*mingcha.yaml 指定", by_file.stderr) and "zhengzhou" not in by_file.stderr
    assert lines(by_file.stdout)[0]["as_of"] == "2026-03-04T23:59:59"
    assert "未读:mingcha.yaml" not in by_file.stderr
    by_hand = mingcha("check", city, "--as-of", "2026-02-24", "--packs", "zhengzhou-2021")
    assert "判定时点 2026-02-24" in by_hand.stderr and "mingcha.yaml 指定" not in by_hand.stderr


def test_faults_of_the_folders_own_choices_are_told_at_once_with_their_lines(city: Path) -> None:
    (city / "mingcha.yaml").write_text("pakcs: [henan-2019]\nas_of: someday\n")
    ran = mingcha("check", city)
    assert ran.returncode == 2
    assert "mingcha.yaml:1: 不认识的键 pakcs" in ran.stderr
    assert "mingcha.yaml:2: 看不懂时间“someday”" in ran.stderr


def test_data_faults_are_counted_by_cause_and_go_to_error_books(city: Path, tmp_path: Path) -> None:
    path = city / "cases.csv"
    path.write_text(path.read_text().replace("2026-02-02 10:00", "2026-02-30 10:00", 1))
    ran = mingcha("check", city, *AS_OF, "--errors", tmp_path / "books")
    assert "没有这一天或这一时刻 1" in ran.stderr
    assert (tmp_path / "books" / "cases.errors.csv").exists() and "错误簿" in ran.stderr


def test_rules_not_judged_are_named_with_what_was_not_reported(city: Path) -> None:
    ran = mingcha("check", city, *AS_OF)
    assert re.search(r"未判定 +没有报送证照\(certificates\):henan-8.5a、henan-8.5b、henan-8.5c", ran.stderr)


def test_a_reader_that_has_seen_enough_changes_neither_summary_nor_exit_code(city: Path) -> None:
    command = [sys.executable, "-c", "from mingcha.cli import main; main()", "check", str(city), *AS_OF]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as ran:
        assert ran.stdout is not None and ran.stderr is not None
        ran.stdout.close()
        told_then = ran.stderr.read()
    assert (ran.returncode, "办件 4 件" in told_then, "Traceback" in told_then) == (1, True, False)
