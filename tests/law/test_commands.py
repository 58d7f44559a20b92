"""`mingcha clock` and `mingcha calendar`, as typed."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mingcha.cli.calendar import calendar_group
from mingcha.cli.clock import clock_command
from mingcha.law.calendar import DayKind
from mingcha.law.instants import day_number
from mingcha.law.load import load_calendar

NOTICE = """日期,名称,班休
2026-12-26,元旦,班
2027-01-01,元旦,休
2027-02-05,春节,休
2027-02-06,春节,休
2027-02-08,春节,休
2027-02-09,春节,休
2027-02-13,春节,班
2027-04-05,清明节,休
2027-05-01,劳动节,休
2027-06-09,端午节,休
2027-09-15,中秋节,休
2027-10-01,国庆节,休
"""


def run(*typed: str) -> Result:
    return CliRunner().invoke(clock_command, typed, env={"COLUMNS": "120", "MINGCHA_CALENDARS": None})


def calendar(*typed: object) -> Result:
    arguments = [str(each) for each in typed]
    return CliRunner().invoke(calendar_group, arguments, env={"COLUMNS": "120", "MINGCHA_CALENDARS": None})


# -- clock


def test_the_example_of_the_readme_prints_its_sheet() -> None:
    result = run("2026-09-18", "10", "--pause", "2026-09-22:2026-09-29:补正", "--as-of", "2026-10-09")
    assert result.exit_code == 0, result.output
    for said in (
        "第10日",
        "暂停:补正,不计入",
        "▲预警(所剩≤2个工作日)",
        "┃应办结",
        "■超期",
        "◆截至",
        "国庆节放假",
    ):
        assert said in result.output
    assert "应于2026-10-14 周三(含当日)前办结。" in result.output
    assert "日历 2007-2026+" in result.output


def test_without_as_of_it_is_now_and_the_sheet_still_ends_a_little_after_due() -> None:
    result = run("2026-02-13", "5")
    assert "2026-03-02 周一" in result.output
    assert "2026-03-03" not in result.output


def test_a_long_sheet_folds_its_quiet_weeks() -> None:
    result = run("2026-03-02", "90", "--unit", "natural_day", "--as-of", "2026-04-09")
    assert "2026-03-09 至 2026-03-29" in result.output
    assert "共计21个自然日" in result.output


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("2026-09-18", "10", "--unit", "week"), "没有时限单位“week”"),
        (("18.9.2026", "10"), "看不懂时间“18.9.2026”"),
        (("2026-09-18", "10", "--pause", "2026-09-22"), "看不懂暂停“2026-09-22”"),
        (("2026-09-18", "10", "--pause", "2026-02-30:2026-03-01"), "看不懂时间“2026-02-30”"),
        (("2026-09-18", "10", "--as-of", "2026-09-20T10:00+08:00"), "带有时区"),
        (
            ("2026-09-18", "10", "--pause", "2026-09-29:2026-09-22"),
            "--pause 2026-09-29:2026-09-22 的止早于起",
        ),
        (("2026-09-18", "10", "--pause", "2026-09-22T10:00:2026-09-22T09:00"), "的止早于起;请写成 起:止"),
        (("2026-09-18", "10", "--stop", "2026-09-17"), "--stop 2026-09-17 早于起算时间 2026-09-18"),
        (("2026-09-18T09:00", "10", "--stop", "2026-09-18T08:59"), "请核对 --stop 与 START"),
        (("2026-09-18", "10", "--stop", "2026-09-20T10:00+08:00"), "带有时区"),
        (("9999-12-30", "10"), "算到了万年之后;请核对 START"),
        (("2026-09-18", "99999999999999999999"), "算到了万年之后;请核对 START"),
    ],
)
def test_what_cannot_be_understood_is_said_with_what_to_do(typed: tuple[str, ...], said: str) -> None:
    result = run(*typed)
    assert result.exit_code == 2
    assert said in result.output


def test_an_open_pause_and_a_stop_with_their_times() -> None:
    result = run("2026-09-18T09:00", "10", "--pause", "2026-09-22T10:00:", "--stop", "2026-09-24T17:30")
    assert "暂停未结束,应办结日待定,不可判定:结束时还有暂停没有结束" in result.output


@pytest.mark.parametrize(
    "typed",
    [
        ("2026-09-18T09:00", "10", "--stop", "2026-09-18"),
        ("2026-09-18", "10", "--stop", "2026-09-18T08:00"),
        ("2026-09-18", "10", "--pause", "2026-09-22T10:00:2026-09-22"),
    ],
)
def test_a_day_alone_is_not_before_a_time_of_the_same_day(typed: tuple[str, ...]) -> None:
    assert run(*typed).exit_code == 0


def test_a_region_with_a_calendar_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "local").mkdir()
    text = "layer: '41'\nname: 河南\ndays:\n  - {date: 2026-11-03, name: 某节, off: true, source: 某文}\n"
    (tmp_path / "local" / "41.yaml").write_text(text, encoding="utf-8")
    typed = ("2026-11-02", "1", "--as-of", "2026-11-02", "--calendars", str(tmp_path))
    assert "应于2026-11-03" in run(*typed).output
    there = run(*typed, "--region", "410100000000").output
    assert "应于2026-11-04" in there
    assert "层 河南" in there


# -- calendar


def test_a_year_is_shown_with_its_notices_and_working_days() -> None:
    result = calendar("show", 2019)
    assert "全国 2019 年工作日 250 天" in result.output
    assert (
        "国办发明电〔2019〕3号《国务院办公厅关于调整2019年劳动节假期安排的通知》2019-03-22" in result.output
    )
    assert "文号未核实" in calendar("show", 2008).output


def test_a_year_to_come_says_that_it_is_provisional_and_one_beyond_that_it_is_unknown() -> None:
    assert "有 365 天是暂定的" in calendar("show", 2027).output
    assert "有 365 天没有数据" in calendar("show", 2037).output


def test_importing_a_notice_prints_the_difference_day_by_day(tmp_path: Path) -> None:
    file, folder = tmp_path / "通知.csv", tmp_path / "calendars"
    file.write_text(NOTICE, encoding="gb18030")
    result = calendar(
        "import", file, "--to", folder, "--number", "国办发明电〔2026〕0号", "--issued", "2026-11-04"
    )
    assert result.exit_code == 0, result.output
    changed = [line.split() for line in result.output.splitlines() if " → " in line and line.startswith("  ")]
    assert changed == [
        ["2026-12-26", "周六", "周末[暂定]", "→", "调休上班(元旦)"],
        ["2027-02-09", "周二", "上班[暂定]", "→", "放假(春节)"],
        ["2027-02-13", "周六", "周末[暂定]", "→", "调休上班(春节)"],
    ]
    assert "3 天改变,365 天由暂定转为确定" in result.output
    after = load_calendar(folder)
    info = after.day(0, day_number(date(2027, 2, 9)))
    assert (info.kind, info.notice, info.provisional) == (DayKind.OFF, "国办发明电〔2026〕0号", False)
    assert after.version.startswith("2007-2027+")


def test_a_notice_in_the_shape_of_holiday_cn_keeps_its_address(tmp_path: Path) -> None:
    rows = [line.split(",") for line in NOTICE.splitlines()[1:]]
    days = [{"date": day, "name": name, "isOffDay": off == "休"} for day, name, off in rows]
    file = tmp_path / "2027.json"
    file.write_text(
        json.dumps({"year": 2027, "papers": ["https://example.org/n"], "days": days}), encoding="utf-8"
    )
    assert calendar("import", file, "--to", tmp_path / "c").exit_code == 0
    notice = load_calendar(tmp_path / "c").notice("文号待补")
    assert (notice.url, notice.verified, notice.issued) == ("https://example.org/n", False, None)


def test_a_year_that_is_there_is_not_overwritten_unasked(tmp_path: Path) -> None:
    file = tmp_path / "n.csv"
    file.write_text(NOTICE, encoding="utf-8")
    assert calendar("import", file, "--to", tmp_path).exit_code == 0
    again = calendar("import", file, "--to", tmp_path)
    assert (again.exit_code, "要替换请加 --replace" in again.output) == (2, True)
    replaced = calendar("import", file, "--to", tmp_path, "--replace", "--number", "试1号")
    assert "0 天改变,0 天由暂定转为确定" in replaced.output


def test_an_import_without_a_folder_asks_for_one(tmp_path: Path) -> None:
    file = tmp_path / "n.csv"
    file.write_text(NOTICE, encoding="utf-8")
    result = calendar("import", file)
    assert (result.exit_code, "--to" in result.output) == (2, True)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("2027-02-30,元旦,休\n", 1, "不是日期"),
        ("2027-01-01,元旦,也许\n", 1, "请写 休 或 班"),
        ("2027-01-01,,休\n", 1, "没有写是什么节日"),
        ("2027-01-01,元旦\n", 1, "不足三列"),
        ("日期,节日\n2027-01-01,元旦\n", 1, "表头缺 off"),
        (NOTICE + "2027-10-01,国庆节,休\n", 14, "写了两次(另见第 13 行)"),
        (NOTICE + "2027-03-03,春节,班\n", 14, "是周三,本来就上班"),
        (NOTICE + "2026-11-28,元旦,班\n", 14, "不在 2027 年"),
        (NOTICE.replace("2027-06-09,端午节,休\n", ""), 1, "没有 端午 的放假日"),
        ("", 1, "一天也没有"),
        ("{", 1, "不是 holiday-cn 的样子"),
        ('{"days": [\n{"date": "2027-01-01"}]}', 1, "不是 holiday-cn 的样子"),
        ('{"days": [\n{"date": "2027-01-32", "name": "元旦", "isOffDay": true}]}', 2, "不是日期"),
    ],
)
def test_a_fault_of_a_notice_is_named_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    file = tmp_path / "n.csv"
    file.write_text(text, encoding="utf-8")
    result = calendar("import", file, "--to", tmp_path / "c")
    assert result.exit_code == 2
    assert f"n.csv:{line}: " in result.output
    assert said in result.output
    assert not (tmp_path / "c").exists()


def test_all_faults_of_a_notice_are_named_at_once(tmp_path: Path) -> None:
    file = tmp_path / "n.csv"
    file.write_text(NOTICE + "2027-02-30,元旦,休\n2027-01-02,元旦,?\n", encoding="utf-8")
    result = calendar("import", file, "--to", tmp_path / "c")
    assert [f"n.csv:{line}: " in result.output for line in (14, 15)] == [True, True]


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "n.csv"
    file.write_bytes(b"\xff\xff\x00\x81")
    assert "既不是 UTF-8 也不是 GB18030" in calendar("import", file, "--to", tmp_path / "c").output
