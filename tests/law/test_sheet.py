"""The sheet: each day counted or why not, in words, in the terminal and as a picture."""

# ruff: noqa: DTZ001 local wall time is naive by decision

from datetime import date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from mingcha.law.calendar import DayKind
from mingcha.law.clock import Cause, ClockSettings
from mingcha.law.load import load_calendar
from mingcha.law.sheet import Mark, Pause, Sheet, State, clock
from mingcha.law.sheet_view import Fold, amount, folded, happenings, kind_of, sentence, when, why
from mingcha.law.units import Unit
from mingcha.report.sheet_svg import sheet_svg

CALENDAR = load_calendar()
CORRECTION = Pause(date(2026, 9, 22), date(2026, 9, 29), "补正")


def ask(start: date, limit: int | None, unit: str | None = "working_day", **more: Any) -> Sheet:
    return clock(start, limit, unit, calendar=CALENDAR, **({"as_of": date(2026, 10, 9)} | more))


def corrected(as_of: date = date(2026, 10, 9), stop: datetime | None = None) -> Sheet:
    return clock(date(2026, 9, 18), 10, pauses=[CORRECTION], as_of=as_of, stop=stop, calendar=CALENDAR)


def long(limit: int = 90) -> Sheet:
    return clock(date(2026, 3, 2), limit, "natural_day", as_of=date(2026, 4, 9), calendar=CALENDAR)


def line(sheet: Sheet, day: str) -> str:
    found = next(each for each in sheet.days if str(each.day) == day)
    events = " ".join(words for _, words in happenings(sheet, found.day, found.marks))
    return " ".join([kind_of(found), why(sheet, found), events]).strip()


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-09-18", "工作日 起算日,不计入"),
        ("2026-09-19", "周末 不计入"),
        ("2026-09-20", "调休上班(国庆节) 第1日"),
        ("2026-09-22", "工作日 第3日"),
        ("2026-09-23", "工作日 暂停:补正,不计入"),
        ("2026-09-26", "中秋节放假 暂停:补正,不计入"),
        ("2026-09-29", "工作日 暂停:补正,不计入"),
        ("2026-09-30", "工作日 第4日"),
        ("2026-10-01", "国庆节放假 不计入"),
        ("2026-10-09", "工作日 第6日 截至"),
        ("2026-10-12", "工作日 第8日 预警(所剩≤2个工作日)"),
        ("2026-10-14", "工作日 第10日 应办结"),
        ("2026-10-15", "工作日 第11日 超期"),
    ],
)
def test_each_day_is_counted_or_says_why_not(day: str, said: str) -> None:
    assert line(corrected(), day) == said


def test_only_a_day_that_the_calendar_lacks_is_said_to_be_missing_from_it() -> None:
    reversed_pause = Pause(date(2026, 9, 29), date(2026, 9, 22), "补正")
    told = ask(date(2026, 9, 18), 10, pauses=[reversed_pause])
    unknown = [each for each in told.days if each.state is State.UNKNOWN]
    assert unknown and {(each.info.kind == DayKind.UNKNOWN, why(told, each)) for each in unknown} == {
        (False, "不可判定")
    }
    beyond = ask(date(2099, 12, 30), 10, as_of=date(2099, 12, 30))
    assert line(beyond, "2100-01-01") == "无数据 日历没有这一天"


def test_the_days_run_from_the_start_to_a_little_after_overrun() -> None:
    sheet = corrected()
    assert (sheet.days[0].day, sheet.days[-1].day) == (date(2026, 9, 18), date(2026, 10, 17))
    assert [each.day for each in sheet.days] == [date(2026, 9, 18) + timedelta(days=n) for n in range(30)]
    assert sum(each.used for each in sheet.days if each.day <= date(2026, 10, 14)) == 10


def test_after_the_stop_nothing_is_counted() -> None:
    sheet = corrected(as_of=date(2026, 10, 12), stop=datetime(2026, 10, 10, 9, 30))
    states = {each.day: each.state for each in sheet.days}
    assert (states[date(2026, 10, 10)], states[date(2026, 10, 12)]) == (State.COUNTED, State.STOPPED)
    assert (sheet.elapsed, sheet.paused) == (7, 4)
    assert next(each for each in sheet.days if Mark.STOP in each.marks).day == date(2026, 10, 10)


def test_left_counts_working_days_after_a_day_with_the_pauses_as_they_stood_on_it() -> None:
    sheet = corrected()
    left = {
        day: sheet.left(date(2026, 9, 18) + timedelta(days=day)) for day in (0, 3, 4, 6, 11, 12, 24, 26, 27)
    }
    assert left == {0: 10, 3: 8, 4: 7, 6: 7, 11: 7, 12: 6, 24: 2, 26: 0, 27: 0}


def test_left_is_limit_less_elapsed_on_every_day_of_a_limit_in_working_days() -> None:
    sheet = corrected()
    for each in sheet.days:
        if each.day <= date(2026, 10, 14):
            assert each.total is not None
            assert sheet.left(each.day) == 10 - each.total


def test_left_of_an_open_pause_is_as_if_it_ended_on_the_day() -> None:
    opened = Pause(date(2026, 9, 22), None, "检验")
    sheet = clock(date(2026, 9, 18), 10, pauses=[opened], as_of=date(2026, 10, 9), calendar=CALENDAR)
    assert (sheet.due, sheet.left(date(2026, 10, 8))) == (None, 7)
    assert line(sheet, "2026-10-08") == "工作日 暂停:检验,不计入"


def test_hours_are_told_by_the_minutes_of_each_day() -> None:
    pause = Pause(datetime(2026, 9, 21, 10), datetime(2026, 9, 21, 11, 30), "补正")
    sheet = clock(
        datetime(2026, 9, 18, 16, 30),
        9,
        "working_hour",
        pauses=[pause],
        as_of=date(2026, 9, 22),
        calendar=CALENDAR,
    )
    assert [each.used for each in sheet.days] == [30, 0, 420, 330, 420, 420]
    assert line(sheet, "2026-09-18") == "工作日 计30分钟 预警(所剩≤2个工作日)"
    assert line(sheet, "2026-09-19") == "周末 不在办公时间"
    assert line(sheet, "2026-09-21") == "工作日 计5小时30分 应办结 超期"
    assert sheet.left(date(2026, 9, 18)) == 2


def test_a_capped_pause_and_one_that_ends_with_the_stop_cover_no_day_behind_their_end() -> None:
    capped = ask(date(2026, 9, 18), 10, pauses=[Pause(date(2026, 9, 22), None, "检验", cap=2)])
    assert [each.day.day for each in capped.days if each.pause] == [23, 24]
    opened = [Pause(date(2026, 9, 22))]
    stopped = ask(date(2026, 9, 18), 10, pauses=opened, stop=date(2026, 9, 24), ends_with_stop=True)
    assert [each.day.day for each in stopped.days if each.pause] == [23, 24]


def test_a_day_without_data_is_shown_as_such() -> None:
    sheet = clock(date(2036, 12, 26), 9, as_of=date(2037, 1, 5), calendar=CALENDAR)
    assert (sheet.cause, sheet.due, sheet.left(date(2036, 12, 26))) == (Cause.NO_CALENDAR, None, None)
    assert line(sheet, "2037-01-02") == "无数据 日历没有这一天"


def test_a_clock_without_limit_still_shows_its_days() -> None:
    sheet = clock(date(2026, 9, 18), None, None, as_of=date(2026, 9, 21), calendar=CALENDAR)
    assert [each.used for each in sheet.days] == [0, 0, 1, 1, 1, 1]
    assert sentence(sheet) == "自2026-09-18 周五起,不可判定:没有时限"


OPEN = [(date(2026, 9, 22), None, "检验")]
FRIDAY = date(2026, 9, 18)


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        (
            corrected(),
            "自2026-09-18 周五起,时限10个工作日,已用6个工作日,暂停4个工作日,"
            "应于2026-10-14 周三(含当日)前办结",
        ),
        (
            ask(datetime(2026, 9, 18, 16, 30), 9, "hour", as_of=datetime(2026, 9, 18, 18)),
            "自2026-09-18 周五 16:30起,时限9小时,已用1小时30分,应于2026-09-19 周六 01:30前办结",
        ),
        (
            ask(FRIDAY, 10, pauses=OPEN, as_of=date(2026, 9, 23)),
            "自2026-09-18 周五起,时限10个工作日,已用3个工作日,暂停1个工作日,暂停未结束,应办结日待定",
        ),
        (
            ask(date(2026, 12, 21), 8, as_of=date(2026, 12, 21)),
            "自2026-12-21 周一起,时限8个工作日,已用0个工作日,应于2026-12-31 周四(含当日)前办结"
            "(暂定:放假通知尚未发布)",
        ),
        (
            ask(FRIDAY, None, None, due=date(2026, 9, 25), as_of=FRIDAY),
            "自2026-09-18 周五起,给定办结时间2026-09-25 周五,已用0个工作日,应于2026-09-28 周一(含当日)前办结",
        ),
        (
            ask(FRIDAY, 10, pauses=OPEN, as_of=date(2026, 9, 30), stop=date(2026, 9, 24)),
            "自2026-09-18 周五起,时限10个工作日,已用3个工作日,暂停2个工作日,暂停未结束,应办结日待定,"
            "不可判定:结束时还有暂停没有结束",
        ),
    ],
)
def test_the_sentence_beneath_says_it_in_one_line(sheet: Sheet, said: str) -> None:
    assert sentence(sheet) == said


def test_amounts_and_moments_in_words() -> None:
    words = [amount(4, Unit.WORKING_DAY), amount(4, Unit.MONTH), amount(59, Unit.HOUR), amount(None, None)]
    assert words == ["4个工作日", "4个自然日", "59分钟", "未知"]
    assert [when(datetime(2026, 9, 18, 9, 30, 5)), when(None)] == ["2026-09-18 周五 09:30:05", "未知"]


# -- folding


def test_long_sheets_fold_quiet_weeks_and_nothing_else() -> None:
    lines = folded(long())
    folds = [each for each in lines if isinstance(each, Fold)]
    assert [(fold.days[0].day, len(fold.days), fold.used) for fold in folds] == [
        (date(2026, 3, 9), 21, 21),
        (date(2026, 4, 13), 14, 14),
        (date(2026, 5, 11), 14, 14),
    ]
    shown = {each.day for each in lines if not isinstance(each, Fold)}
    assert {each.day for each in long().days if each.marks or each.info.kind == DayKind.MAKEUP} <= shown
    unfolded = [day for each in lines for day in (each.days if isinstance(each, Fold) else [each])]
    assert tuple(unfolded) == long().days


def test_short_sheets_are_shown_in_full() -> None:
    assert folded(corrected()) == list(corrected().days)


def test_a_long_pause_folds_under_its_name() -> None:
    pause = Pause(date(2026, 4, 10), date(2026, 6, 20), "专家评审")
    sheet = clock(
        date(2026, 3, 2), 90, "natural_day", pauses=[pause], as_of=date(2026, 4, 9), calendar=CALENDAR
    )
    assert [fold.days[0].pause for fold in folded(sheet) if isinstance(fold, Fold)][1] == "专家评审"


# -- the picture


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: str) -> list[str]:
    return [node.text or "" for node in parsed(svg).iter(f"{SVG}text")]


def test_the_picture_has_one_cell_a_day_and_its_text_equivalent() -> None:
    root = parsed(sheet_svg(corrected()))
    title, described = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and described is not None and described.text
    assert len(list(root.iter(f"{SVG}g"))) == len(corrected().days)
    assert title.text == sentence(corrected()) + "。"
    for part in (
        "起算 2026-09-18",
        "暂停(补正) 2026-09-22 周二 至 2026-09-29",
        "应办结 2026-10-14",
        "超期 自 2026-10-15",
    ):
        assert part in described.text
    assert root.get("aria-labelledby", "").split() == [title.get("id"), described.get("id")]


def test_every_colour_has_a_word_or_a_shape_beside_it() -> None:
    said = set(texts(sheet_svg(corrected())))
    marks = {"┃ 应办结 10-14", "■ 超期 10-15", "▲ 预警(所剩≤2个工作日) 10-12", "◆ 截至 10-09"}
    assert {"班", "休", "起", "暂停:补正", *marks} <= said


def test_days_to_come_are_not_filled_and_overrun_days_only_once_they_have_come() -> None:
    before, after = sheet_svg(corrected(date(2026, 10, 9))), sheet_svg(corrected(date(2026, 10, 16)))
    assert before.count('fill="#c3d4ec"') == 6
    assert before.count('r)" stroke') == 0
    assert after.count('fill="#c3d4ec"') == 10
    assert after.count('r)" stroke') == 2


def test_pictures_on_one_page_do_not_share_ids() -> None:
    pictures = [parsed(sheet_svg(sheet)) for sheet in (corrected(), long())]
    ids = [node.get("id") for picture in pictures for node in picture.iter() if node.get("id")]
    assert len(ids) == len(set(ids)) == 8


def test_a_long_clock_wraps_and_folds_within_its_width() -> None:
    root = parsed(sheet_svg(long(), width=480))
    ends = [float(rect.get("x", 0)) + float(rect.get("width", 0)) for rect in root.iter(f"{SVG}rect")]
    assert max(ends) <= 480
    assert "⋯ +21 ⋯" in texts(sheet_svg(long()))


def placed(svg: str) -> list[tuple[str, float, float]]:
    """The texts with where they begin and end, roughly."""
    found = []
    for node in parsed(svg).iter(f"{SVG}text"):
        wide = sum(1 if ord(each) > 0x2E7F else 0.55 for each in node.text or "") * float(
            node.get("font-size", 0)
        )
        x = float(node.get("x", 0)) - {"middle": wide / 2, "end": wide}.get(node.get("text-anchor", ""), 0)
        found.append((node.text or "", x, x + wide))
    return found


def test_a_month_that_begins_a_day_after_the_first_cell_does_not_cover_its_name() -> None:
    sheet = clock(date(2025, 10, 31), 2, "working_day", as_of=date(2025, 11, 3), calendar=CALENDAR)
    assert {"10月", "2025年11月"} <= set(texts(sheet_svg(sheet)))
    months = [each for each in placed(sheet_svg(sheet)) if each[0].endswith("月")]
    assert all(a[2] <= b[1] for a, b in zip(months, months[1:], strict=False))


def test_a_short_pause_at_the_edge_keeps_its_name_within_the_picture() -> None:
    start = datetime(2026, 6, 16, 9)
    pauses = [
        Pause(date(2026, 6, 16), date(2026, 6, 18), "补正补正补正"),
        Pause(date(2026, 6, 19), date(2026, 6, 22), "听证"),
    ]
    svg = sheet_svg(clock(start, 5, pauses=pauses, as_of=date(2026, 6, 30), calendar=CALENDAR), width=260)
    names = [each for each in placed(svg) if "补正" in each[0] or "听证" in each[0]]
    assert names and all(begin >= 0 and end <= 260 for _, begin, end in names)


def test_the_first_day_is_not_shown_as_paused_where_the_pause_ends_on_it() -> None:
    pause = Pause(date(2026, 9, 16), date(2026, 9, 18), "补正")
    sheet = clock(date(2026, 9, 18), 3, pauses=[pause], as_of=date(2026, 9, 25), calendar=CALENDAR)
    assert "暂停:补正" not in texts(sheet_svg(sheet))


def test_a_clock_that_stopped_in_time_shows_no_overrun() -> None:
    in_time, late = (
        corrected(stop=datetime(2026, 10, 9, 10)),
        corrected(date(2026, 10, 20), datetime(2026, 10, 16, 10)),
    )
    assert not any("超期" in text for text in texts(sheet_svg(in_time)))
    assert "超期" not in sheet_svg(in_time)
    assert "■ 超期 10-15" in texts(sheet_svg(late))


def test_names_are_escaped_and_a_caption_may_be_given() -> None:
    pause = Pause(date(2026, 9, 22), date(2026, 9, 29), "<b>&补正")
    sheet = clock(date(2026, 9, 18), 10, pauses=[pause], as_of=date(2026, 10, 9), calendar=CALENDAR)
    svg = sheet_svg(sheet, caption="自<受理>起")
    assert "<b>" not in svg
    assert "暂停:<b>&补正" in texts(svg)
    assert texts(svg)[-1] == "自<受理>起"


@pytest.mark.parametrize("limit", [0, 1, 9, 60])
@pytest.mark.parametrize("unit", list(Unit))
def test_a_picture_can_be_drawn_of_every_unit(unit: Unit, limit: int) -> None:
    settings = ClockSettings(left=(2,), late=((1, Unit.WORKING_DAY),))
    sheet = clock(
        datetime(2026, 9, 18, 9, 30), limit, unit, pauses=[CORRECTION], as_of=date(2026, 10, 9),
        calendar=CALENDAR, settings=settings,
    )  # fmt: skip
    assert parsed(sheet_svg(sheet)).tag == f"{SVG}svg"
