"""The calendar: what the files say, whose notice it is, how sure it is, which layer holds."""

import pickle
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest

from mingcha.law.calendar import BEYOND, STRIDE, Calendar, DayInfo, DayKind
from mingcha.law.calendar_files import SAMPLES, CalendarError
from mingcha.law.instants import day_number
from mingcha.law.load import load_calendar

CALENDAR = load_calendar()


def on(day: str, calendar: Calendar = CALENDAR, layer: int = 0) -> DayInfo:
    return calendar.day(layer, day_number(date.fromisoformat(day)))


def every_day(first: int, last: int) -> list[date]:
    start = date(first, 1, 1)
    return [start + timedelta(days=n) for n in range((date(last, 12, 31) - start).days + 1)]


def test_every_working_day_from_2007_to_2026_is_one_for_chinesecalendar_too() -> None:
    ours = {day: on(str(day)).kind.works for day in every_day(2007, 2026)}
    assert ours == {day: chinese_calendar.is_workday(day) for day in ours}


def test_every_working_day_from_2007_to_2026_is_one_for_holidays_too() -> None:
    theirs = holidays.country_holidays("CN", years=range(2007, 2027))
    ours = {day: on(str(day)).kind.works for day in every_day(2007, 2026)}
    assert ours == {day: theirs.is_working_day(day) for day in ours}


def test_the_statutory_days_of_years_to_come_are_those_of_holidays() -> None:
    """holidays knows the lunar days; of the make-up days to come nobody knows."""
    theirs = holidays.country_holidays("CN", years=range(2027, 2037), observed=False)
    ours = {day for day in every_day(2027, 2036) if on(str(day)).name}
    assert ours == {day for day in theirs if 2027 <= day.year <= 2036}


def test_every_day_off_and_every_make_up_day_cites_a_notice() -> None:
    named = [on(str(day)) for day in every_day(2007, 2026) if on(str(day)).name]
    numbers = {notice.number for notice in CALENDAR.notices}
    assert len(named) == 676
    assert {info.notice for info in named} <= numbers
    assert all(
        info.kind in (DayKind.OFF, DayKind.MAKEUP) or info.day == date(2020, 2, 3) for info in named
    ), "2020-02-03 is named only because work began again"


@pytest.mark.parametrize(
    ("day", "kind", "name", "notice"),
    [
        ("2018-12-29", DayKind.MAKEUP, "元旦", "国办发明电〔2018〕15号"),
        ("2015-09-03", DayKind.OFF, "抗日战争暨世界反法西斯战争胜利70周年纪念日", "国发明电〔2015〕1号"),
        ("2019-05-03", DayKind.OFF, "劳动节", "国办发明电〔2019〕3号"),
        ("2019-10-01", DayKind.OFF, "国庆节", "国办发明电〔2018〕15号"),
        ("2020-01-31", DayKind.OFF, "春节", "国办发明电〔2020〕1号"),
        ("2020-01-30", DayKind.OFF, "春节", "国办发明电〔2019〕16号"),
        ("2026-02-14", DayKind.MAKEUP, "春节", "国办发明电〔2025〕7号"),
        ("2026-02-13", DayKind.WORKING, "", ""),
        ("2026-03-07", DayKind.WEEKEND, "", ""),
    ],
)
def test_a_day_names_its_own_notice(day: str, kind: DayKind, name: str, notice: str) -> None:
    info = on(day)
    assert (info.kind, info.name, info.notice, info.provisional) == (kind, name, notice, False)


@pytest.mark.parametrize(
    ("day", "kind", "provisional"),
    [
        ("2006-12-29", DayKind.UNKNOWN, False),
        ("2007-01-04", DayKind.WORKING, False),
        ("2026-12-24", DayKind.WORKING, False),
        ("2026-12-25", DayKind.WORKING, True),
        ("2026-12-31", DayKind.WORKING, True),
        ("2027-01-01", DayKind.OFF, True),
        ("2027-02-09", DayKind.WORKING, True),
        ("2036-12-31", DayKind.WORKING, True),
        ("2037-01-01", DayKind.UNKNOWN, False),
        ("1969-12-31", DayKind.UNKNOWN, False),
        ("2100-01-01", DayKind.UNKNOWN, False),
    ],
)
def test_years_without_a_notice_are_provisional_and_beyond_them_is_nothing(
    day: str, kind: DayKind, provisional: bool
) -> None:
    assert (on(day).kind, on(day).provisional) == (kind, provisional)


def test_the_tables_say_what_the_days_say() -> None:
    tables = CALENDAR.tables
    for index, layer in enumerate(CALENDAR.layers):
        base, count, unknown, provisional = index * STRIDE, 0, 0, 0
        for day in range(0, BEYOND, 1):
            works = layer.kinds[day] in (DayKind.WORKING, DayKind.MAKEUP)
            count, unknown = count + works, unknown + (layer.kinds[day] == DayKind.UNKNOWN)
            provisional += layer.provisional[day]
            held = (tables.count[base + day], tables.unknown[base + day], tables.provisional[base + day])
            assert held == (count, unknown, provisional)
            if works:
                assert tables.nth[base + count] == day
                assert tables.next_working[base + day] == day
            else:
                assert tables.next_working[base + day] == tables.next_working[base + day + 1]
        assert tables.nth[base + count + 1] == BEYOND
        assert tables.unknown[base + BEYOND] == unknown + 1


def test_every_day_and_weekdays_know_all_days() -> None:
    every, weekdays = CALENDAR.layer("every_day"), CALENDAR.layer("weekdays")
    assert on("2000-01-01", layer=every).kind.works
    assert on("2099-10-01", layer=every).kind.works
    assert on("2011-07-04", layer=weekdays).kind == DayKind.WORKING
    assert on("2011-07-03", layer=weekdays).kind == DayKind.WEEKEND
    with pytest.raises(KeyError, match="没有日历层“mars”"):
        CALENDAR.layer("mars")


def test_a_calendar_is_the_same_when_loaded_again_and_can_be_sent_to_workers() -> None:
    again = load_calendar()
    sent = pickle.loads(pickle.dumps(CALENDAR))
    assert again.version == CALENDAR.version == sent.version
    assert CALENDAR.version.startswith("2007-2026+")
    assert (sent.tables.count == CALENDAR.tables.count).all()


# -- local layers


def local(folder: Path, code: str, days: str, more: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{code}.yaml").write_text(
        f"layer: '{code}'\nname: 某地\n{more}days:\n{days}", encoding="utf-8"
    )
    return folder


def test_a_local_layer_changes_its_days_and_nothing_else(tmp_path: Path) -> None:
    days = "  - {date: 2026-11-02, name: 火把节, off: true, source: 某政办〔2026〕1号}\n"
    days += "  - {date: 2026-11-07, name: 火把节, off: false, source: 某政办〔2026〕1号}\n"
    calendar = load_calendar(local=local(tmp_path, "41", days))
    layer = calendar.layer_for(None, "410102000000")
    assert on("2026-11-02", calendar, layer) == DayInfo(
        date(2026, 11, 2), DayKind.OFF, "火把节", "某政办〔2026〕1号", False
    )
    assert on("2026-11-07", calendar, layer).kind == DayKind.MAKEUP
    same = [day for day in every_day(2025, 2026) if on(str(day)) == on(str(day), calendar, layer)]
    assert len(same) == 730 - 2
    assert on("2026-11-02", calendar).kind == DayKind.WORKING
    assert calendar.version != CALENDAR.version


def test_the_hall_s_layer_comes_first_then_the_region_upward(tmp_path: Path) -> None:
    day = "  - {{date: {}, name: 某节, off: true, source: 某文}}\n"
    for code, when in (("41", "2026-11-02"), ("4101", "2026-11-03"), ("H7", "2026-11-04")):
        local(tmp_path, code, day.format(when), "over: '4101'\n" if code == "H7" else "")
    calendar = load_calendar(local=tmp_path)
    code_of = {index: layer.code for index, layer in enumerate(calendar.layers)}
    asked = [("H7", "410102000000"), (None, "410102000000"), ("H8", "410102000000"), ("", "410500000000")]
    assert [code_of[calendar.layer_for(*each)] for each in asked] == ["H7", "4101", "4101", "41"]
    assert [calendar.layer_for(None, region) for region in ("420700000000", "", None, "4")] == [0, 0, 0, 0]
    hall = calendar.layer("H7")
    off = [on(day, calendar, hall).kind for day in ("2026-11-02", "2026-11-03", "2026-11-04")]
    assert off == [DayKind.OFF] * 3, "a city lies over its province, a hall over what it names"


def test_a_day_that_a_place_decided_itself_is_not_provisional(tmp_path: Path) -> None:
    days = "  - {date: 2027-03-03, name: 某节, off: true, source: 某文}\n"
    calendar = load_calendar(local=local(tmp_path, "41", days))
    layer = calendar.layer("41")
    assert (on("2027-03-03", calendar, layer).provisional, on("2027-03-04", calendar, layer).provisional) == (
        False,
        True,
    )


def test_layers_that_lie_over_each_other_or_over_nothing_are_faults(tmp_path: Path) -> None:
    day = "  - {date: 2026-11-02, name: 某节, off: true, source: 某文}\n"
    local(tmp_path, "A", day, "over: B\n")
    local(tmp_path, "B", day, "over: A\n")
    local(tmp_path, "C", day, "over: nowhere\n")
    with pytest.raises(CalendarError) as error:
        load_calendar(local=tmp_path)
    assert [fault.path.stem for fault in error.value.faults] == ["A", "B", "C"]


def test_a_year_file_of_one_s_own_replaces_the_built_in_one(tmp_path: Path) -> None:
    (tmp_path / "2026.yaml").write_text(
        "year: 2026\nname: 试\nnotice: {number: 试1号, title: 试, issued: 2025-11-04}\n"
        "days:\n  - {date: 2026-03-03, name: 试, off: true}\n",
        encoding="utf-8",
    )
    calendar = load_calendar(tmp_path)
    assert on("2026-03-03", calendar).notice == "试1号"
    assert on("2026-10-01", calendar).kind == DayKind.WORKING


def test_a_notice_for_the_next_year_makes_the_days_before_it_sure(tmp_path: Path) -> None:
    (tmp_path / "2027.yaml").write_text(
        "year: 2027\nname: 试\nnotice: {number: 试2号, title: 试, issued: 2026-11-04}\n"
        "days:\n  - {date: 2026-12-26, name: 元旦, off: false}\n"
        "  - {date: 2027-01-01, name: 元旦, off: true}\n",
        encoding="utf-8",
    )
    calendar = load_calendar(tmp_path)
    assert on("2026-12-26", calendar) == DayInfo(date(2026, 12, 26), DayKind.MAKEUP, "元旦", "试2号", False)
    provisional = [
        on(day, calendar).provisional for day in ("2026-12-31", "2027-12-24", "2027-12-25", "2028-01-03")
    ]
    assert provisional == [False, False, True, True]


# -- faults


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("year: [", 2, "YAML"),
        ("- 1\n", 1, "应为“键: 值”"),
        ("year: 2030\nnotice: {number: a, title: b}\ndays: []\n", 1, "年份却写成“2030”"),
        ("year: 2026\nnotice: {number: a, title: b}\ndays: 3\n", 3, "应为列表"),
        ("year: 2026\ndays: []\n", 1, "notice(放假通知)应为“键: 值”"),
        ("year: 2026\nnotice: {title: b}\ndays: []\n", 2, "缺“number”"),
        ("year: 2026\nnotice: {number: a, title: b, when: c}\ndays: []\n", 2, "没有“when”这一项"),
        ("year: 2026\nyear: 2026\nnotice: {number: a, title: b}\ndays: []\n", 2, "写了两次"),
        ("year: 2026\nnotice: {number: a, title: b, issued: 明天}\ndays: []\n", 2, "不是日期"),
        (
            "year: 2026\nnotice: {number: a, title: b}\ndays:\n  - {date: 2026-02-30, name: c, off: true}\n",
            4,
            "不是日期",
        ),
        ("year: 2026\nnotice: {number: a, title: b}\ndays:\n  - {date: 2026-02-03, name: c}\n", 4, "缺“off”"),
        (
            "year: 2026\nnotice: {number: a, title: b}\ndays:\n  - {date: 2026-02-03, name: c, off: 休}\n",
            4,
            "true 或 false",
        ),
        (
            "year: 2026\nnotice: {number: a, title: b}\ndays:\n  - {date: 2026-02-03, off: true}\n",
            4,
            "缺“name”",
        ),
        (
            "year: 2026\nnotice: {number: a, title: b}\ndays:\n  - {date: 2024-02-05, name: c, off: true}\n",
            4,
            "不在 2026 年",
        ),
        (
            "year: 2026\nnotice: {number: a, title: b}\ndays:\n"
            "  - {date: 2026-02-03, name: c, off: true, notice: d}\n",
            4,
            "没有文号“d”的通知",
        ),
    ],
)
def test_a_fault_of_a_year_file_is_named_with_its_line(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    (tmp_path / "2026.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CalendarError) as error:
        load_calendar(tmp_path)
    assert [fault.line for fault in error.value.faults if said in fault.message] == [line]
    assert f"2026.yaml:{line}: " in str(error.value)


def test_all_faults_of_all_files_are_named_at_once(tmp_path: Path) -> None:
    head = "notice: {number: a, title: b}\ndays:\n"
    twice = "  - {date: 2026-02-03, name: c, off: true}\n" * 2
    (tmp_path / "2026.yaml").write_text(f"year: 2026\n{head}{twice}", encoding="utf-8")
    (tmp_path / "2025.yaml").write_text(
        f"year: 2025\n{head}  - {{date: 昨天, name: c, off: 也许}}\n", encoding="utf-8"
    )
    local(tmp_path / "local", "41", "  - {date: 2026-11-02, name: 某节, off: true}\n")
    with pytest.raises(CalendarError) as error:
        load_calendar(tmp_path)
    places = [(fault.path.name, fault.line) for fault in error.value.faults]
    assert places == [("2025.yaml", 4), ("2025.yaml", 4), ("2026.yaml", 5), ("41.yaml", 4)]


def test_a_folder_that_is_not_there_is_a_fault_and_not_the_built_in_calendar(tmp_path: Path) -> None:
    with pytest.raises(CalendarError) as error:
        load_calendar(tmp_path / "nowhere")
    told = (
        f"{tmp_path / 'nowhere'}: 没有这个日历文件夹;核对 --calendars 或环境变量 MINGCHA_CALENDARS 所写的路径"
    )
    assert [str(fault) for fault in error.value.faults] == [told]


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b"year: 2027\nx: [\n", 3, "不是合法的 YAML:did not find expected node content;检查这一行"),
        (b"year: \x07\n", 1, "不是合法的 YAML:"),
        ("year: 2027\nname: 年历\n".encode("gb18030"), 1, "不是 UTF-8 编码,请另存为 UTF-8"),
    ],
)
def test_a_file_that_is_no_yaml_says_so_and_where_to_see_how_one_looks(
    tmp_path: Path, content: bytes, line: int, said: str
) -> None:
    (tmp_path / "2027.yaml").write_bytes(content)
    with pytest.raises(CalendarError) as error:
        load_calendar(tmp_path)
    (fault,) = error.value.faults
    assert (fault.line, said in fault.message, "\n" in fault.message) == (line, True, False)
    assert "YAML" not in said or f"样子见 {SAMPLES}" in fault.message


def test_the_files_that_show_how_a_calendar_looks_are_there() -> None:
    assert list((Path(__file__).parents[2] / SAMPLES).glob("20*.yaml"))
