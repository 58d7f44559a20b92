"""Lint names every fault at once, at its line, with what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from mingcha.rules.faults import Fault
from mingcha.trials.lint import lint


@dataclass(frozen=True)
class Broken:
    """One change to one file of the sample pack, and the fault it must bring.

    ``at``: text of the line on which the fault stands (default: the changed text).
    """

    file: str
    old: str
    new: str
    told: str
    at: str = ""


BROKEN = (
    # What the file says: shapes.
    Broken("1.yaml", "id: sample-1", "id: sample-1\nid: other", "键“id”出现了两次", "id: other"),
    Broken("1.yaml", "levels:\n", "levels\n", "不是合法的 YAML", "  warning: left"),
    Broken("1.yaml", "class: TIME", "class: TIMELY", "class 不能是“TIMELY”"),
    Broken("1.yaml", "class: TIME\n", "", "缺少 class", "id: sample-1"),
    Broken("1.yaml", "needs: [items]", "need: [items]", "不认识的键 need。是不是想写 needs?"),
    Broken("1.yaml", "  unit: working_day", "  units: working_day", "不认识的键 units。是不是想写 unit?"),
    Broken("1.yaml", "  kind: {table:", "  kind: {tables:", "不认识的键 tables"),
    Broken("1.yaml", "cites: {law", "cites: {page: 3, law", "不认识的键 page"),
    Broken(
        "1.yaml",
        "  stop: earliest",
        "  early_stop: maybe\n  stop: earliest",
        "early_stop 不能是“maybe”",
        "maybe",
    ),
    Broken("1.yaml", "evidence: [channel]", "flags: [urgent]", "0 不能是“urgent”", "urgent"),
    Broken("1.yaml", "evidence: [channel]", "from: 三月一日", "from 写成了“三月一日”", "三月"),
    Broken(
        "1.yaml",
        "evidence: [channel]",
        "from: 2021-01-01\nto: 2020-01-01",
        "止日 2020-01-01 不晚于",
        "to: 2020",
    ),
    Broken("1.yaml", "evidence: [channel]", "for: a year", "看不懂期间“a year”", "for: a year"),
    Broken("1.yaml", "evidence: [channel]", "text_verified: maybe", "text_verified 写成了“maybe”", "maybe"),
    Broken("3.yaml", "  on: material_code\n", "", "缺少 on", "compare:"),
    Broken("3.yaml", "  fires: missing", "  fires: lacking", "对照不能以“lacking”触发"),
    Broken("3.yaml", "  on: material", "  empty: silent\n  on: material", "empty 不能是“silent”", "silent"),
    Broken("pack.yaml", "    note: 规定没有写天数", "    why: 规定没有写天数", "不认识的键 why", "why"),
    Broken("pack.yaml", "    note: 规定没有写天数\n", "", "缺少 note", "  days:"),
    Broken("pack.yaml", "from: 2020-01-01", "from: soon", "from 写成了“soon”"),
    Broken("pack.yaml", "    end: confirmed_at\n", "", "缺少 end", "  fixing:"),
    Broken("pack.yaml", 'regions: ["4199"]\n', "", "缺少 regions", "id: sample"),
    # Forms.
    Broken("2.yaml", "any:\n", "fires: visits > 1\nany:\n", "fires 与 any 只能写一个", "any:"),
    Broken(
        "2.yaml", "moment: ", "clock: {start: received_at, limit: 1}\nmoment: ", "不能写在一条规则里", "any:"
    ),
    Broken("2.yaml", "class: FLOW", "class: FLOW\nform: manual", "manual 形式的规则不能有 any", "any:"),
    Broken("2.yaml", "over: cases\n", "", "没有说明监察哪张表", "id: sample-2"),
    Broken("2.yaml", "reason: 缺少{items}\n", "", "没有理由句", "id: sample-2"),
    Broken("2.yaml", "levels: {note: at once}\n", "", "没有等级", "id: sample-2"),
    Broken("1.yaml", "  limit: setting.days\n", "", "时钟没有期限", "clock:"),
    # Levels.
    Broken("1.yaml", "warning: left <= 1", "warning: left < 1", "看不懂等级条件“left < 1”"),
    Broken(
        "1.yaml",
        "warning: left <= 1",
        "orange: overrun\n  warning: left <= 1",
        "没有“orange”这个等级",
        "orange",
    ),
    Broken("1.yaml", "after warning", "after yellow", "等级 red 从 yellow 起算,但没有这个等级"),
    Broken("1.yaml", "warning: left <= 1", "warning: 1 month after red", "互为起点", "1 month after red"),
    Broken("1.yaml", "warning: left <= 1", "warning: at once", "时钟的等级 warning 不能用 at once"),
    Broken("1.yaml", "warning: left <= 1", "warning: due after against", "要与另一个期限比较"),
    Broken("1.yaml", "warning: left <= 1", "warning: left <= setting.weeks", "所用的设置 weeks 不存在"),
    Broken("2.yaml", "note: at once", "note: overrun", "等级 note 的条件要有时钟"),
    Broken(
        "2.yaml", "note: at once", "warning: 1 month after red, red: at once", "低于它所起算的 red", "levels:"
    ),
    # Names.
    Broken("1.yaml", "needs: [items]", "needs: [itmes]", "没有事实表 itmes"),
    Broken("1.yaml", "over: cases", "over: case", "没有事实表 case"),
    Broken("1.yaml", "table: item_specials", "table: item_special", "没有事实表 item_special"),
    Broken("3.yaml", "reported: materials", "reported: material", "没有事实表 material"),
    Broken("3.yaml", "reported: materials", "reported: windows", "windows 不是办件的子表"),
    Broken("3.yaml", "guide: item_materials", "guide: items", "items 不是办事指南的表"),
    Broken("3.yaml", "on: material_code", "on: materials_code", "没有列 materials_code"),
    Broken("3.yaml", "fires: missing", "fires: matched", "不能用 matched"),
    Broken("2.yaml", "moment: ", "about: [people.code]\nmoment: ", "about 写成“people.code”", "people"),
    Broken(
        "2.yaml",
        "moment: ",
        "rows: select * from clock_rows('sample-2')\nmoment: ",
        "不是有时钟的规则",
        "rows:",
    ),
    Broken("2.yaml", "moment: ", "each: halls\nmoment: ", "halls 不是办件的子表", "each: halls"),
    Broken("1.yaml", "received_at\n", "recieved_at\n", "r 没有列 recieved_at"),
    Broken("1.yaml", "limit: setting.days", "limit: setting.dayz", "没有设置 dayz"),
    Broken("1.yaml", "earliest(accepted_at", "least(accepted_at", "函数 least 不在可用的函数之内"),
    Broken("1.yaml", "notice.notified_at)", "notcie.notified_at)", "没有名为 notcie 的表或联查"),
    Broken("1.yaml", "min(notified_at)", "median(notified_at)", "函数 median 不在可用的函数之内"),
    Broken("1.yaml", "min(notified_at)", "min(notifed_at)", "SELECT 中有不认识的表或列"),
    Broken(
        "1.yaml", "on: {case_no: case_no}", "on: {case_number: case_no}", "联查 notice 没有列 case_number"
    ),
    Broken("1.yaml", "  kind: {table", "  item: {table", "联查不能叫 item"),
    Broken("1.yaml", "pauses: [fixing]", "pauses: [fixings]", "没有停钟来源 fixings"),
    Broken("1.yaml", "evidence: [channel]", "evidence: [channel, chanel]", "没有列 chanel", "evidence:"),
    Broken(
        "1.yaml",
        "evidence: [channel]",
        "settings: {hours: 3}\nevidence: [channel]",
        "规则包没有设置 hours",
        "hours",
    ),
    Broken("3.yaml", "stands: received_at", "stands: c.received_at", "没有名为 c 的表或联查"),
    Broken("pack.yaml", "table: corrections", "table: correction", "没有事实表 correction"),
    Broken("pack.yaml", "where: needed_at", "where: wanted_at", "没有列 wanted_at"),
    # Kinds of values.
    Broken(
        "2.yaml",
        "when: accepted_at is not null",
        "when: accepted_at",
        "这里要一个是否,“accepted_at”给的是时刻",
    ),
    Broken("2.yaml", "moment: accepted_at", "moment: receipt_no", "这里要一个时刻,“receipt_no”给的是文本"),
    Broken("2.yaml", "receipt_no is null", "visits = '1'", "比较的是整数与文本", "visits"),
    Broken("2.yaml", "receipt_no is null", "receipt_no and visits > 1", "两边应是条件", "receipt_no and"),
    Broken("2.yaml", "receipt_no is null", "accepted_at - received_at > 1", "时刻不能加减", "- received"),
    Broken("2.yaml", "receipt_no is null", "accepted_at > 5", "时刻只能与时刻比较", "accepted_at > 5"),
    Broken("2.yaml", "receipt_no is null", "rows_of('halls') = 0", "rows_of 只能数办件的子表", "rows_of"),
    Broken("2.yaml", "receipt_no is null", "receipt_no is (null", "看不懂的表达式", "(null"),
    Broken("1.yaml", "limit: setting.days", "limit: channel", "这里要一个整数,“channel”给的是文本"),
    Broken("1.yaml", "('window', 'web')", "('window', 'wap')", "channel 没有代码“wap”"),
    Broken(
        "1.yaml", "min(notified_at) as", "min(case when opinion = 'yes' then notified_at end) as", "SELECT"
    ),
    # Sentences, citations, tests.
    Broken("1.yaml", "渠道{channel}", "渠道{chanel}", "理由句中的 {chanel} 没有东西可填"),
    Broken("1.yaml", "渠道{channel}", "已用{elapsed}{unit}", "把单位写了两遍"),
    Broken("2.yaml", "缺少{items}", "缺少{items},应于{due}前补上", "{due} 没有东西可填"),
    Broken("2.yaml", "缺少{items}", "缺少{items", "花括号不成对"),
    Broken("1.yaml", "cites: {law: 示例规定", "cites: {law: 别的规定", "引的是《别的规定》"),
    Broken("1.test.yaml", "name: 超过", "title: 超过", "缺少 name", "title"),
    Broken("1.test.yaml", "cases:", "case:", "没有事实表 case"),
    Broken("1.test.yaml", "{received_at: 2026", "{recieved_at: 2026", "不认识的键 recieved_at"),
    Broken("1.test.yaml", "2026-01-05 09:00}", "2026-02-30 09:00}", "不能是“2026-02-30 09:00”"),
    Broken("1.test.yaml", "level: warning", "level: orange", "level 不能是“orange”"),
    Broken("1.test.yaml", "level: warning", "levle: warning", "不认识的键 levle"),
    Broken("1.test.yaml", "level: warning", "level: warning, due_at: soon", "看不懂时间“soon”"),
    Broken("1.test.yaml", "2026-01-06 12:00", "next monday", "看不懂时间“next monday”"),
    Broken("1.test.yaml", "  given:", "  settings: {weeks: 2}\n  given:", "规则包没有设置 weeks", "weeks"),
    # Packs over packs.
    Broken("pack.yaml", "over: [henan-2019]", "over: [henan-2018]", "所覆盖的规则包 henan-2018 不存在"),
    Broken("pack.yaml", 'regions: ["4199"]', 'regions: ["42"]', "在 42 没有 henan-2019 可以覆盖", "over:"),
    Broken("pack.yaml", "from: 2020-01-01", "from: 2018-01-01\nto: 2019-01-01", "都不适用", "over:"),
    Broken("pack.yaml", "over: [henan-2019]", "over: [sample]", "规则包互相覆盖:sample → sample"),
    Broken(
        "2.yaml",
        "moment: ",
        "replaces: henan-8.77\nmoment: ",
        "replaces 所指的规则 henan-8.77 不存在",
        "replaces",
    ),
    Broken(
        "2.yaml",
        "moment: ",
        "replaces: zhengzhou-5.6\nmoment: ",
        "属于 zhengzhou-2021,本规则包没有覆盖它",
        "replaces",
    ),
    Broken("2.yaml", "moment: ", "quiet: [henan-8.1.yellow]\nmoment: ", "henan-8.1 没有等级 yellow", "quiet"),
    Broken("2.yaml", "id: sample-2", "id: sample-1", "规则号 sample-1 已在", "id: sample-1"),
    Broken("2.yaml", "id: sample-2", "id: henan-8.1", "规则号 henan-8.1 已在", "id: henan-8.1"),
)


def line_of(file: Path, text: str) -> int:
    """The first line that holds ``text``."""
    lines = file.read_text(encoding="utf-8").split("\n")
    return next(i for i, line in enumerate(lines, 1) if text in line)


def test_a_sound_pack_has_no_fault(sample: Callable[..., Path]) -> None:
    assert lint(sample()) == []


def test_the_shipped_packs_have_no_fault() -> None:
    assert lint() == []


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.told)
def test_a_fault_is_told_at_its_line(sample: Callable[..., Path], broken: Broken) -> None:
    folder = sample()
    file = folder / broken.file
    text = file.read_text(encoding="utf-8")
    assert broken.old in text, "the sample has changed"
    file.write_text(text.replace(broken.old, broken.new, 1), encoding="utf-8")
    faults = lint(folder)
    told = [fault for fault in faults if broken.told in f"{fault.message}。{fault.advice}"]
    assert told, "\n".join(map(str, faults))
    line = line_of(file, broken.at or broken.new.strip("\n"))
    assert (told[0].file, told[0].line) == (str(file), line), str(told[0])
    assert told[0].advice


def test_every_fault_of_every_file_is_told_in_one_go(sample: Callable[..., Path]) -> None:
    folder = sample()
    changes = {
        "pack.yaml": ("note: 规定没有写天数", "why: 规定没有写天数"),
        "1.yaml": ("when: channel in ('window', 'web')", "when: chanel in ('window', 'web')"),
        "2.yaml": ("moment: accepted_at", "moment: receipt_no"),
        "3.yaml": ("fires: missing", "fires: lacking"),
    }
    for name, (old, new) in changes.items():
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    assert {Path(fault.file).name for fault in lint(folder)} == changes.keys()


def test_two_faults_of_one_rule_are_both_told(sample: Callable[..., Path]) -> None:
    folder = sample()
    file = folder / "1.yaml"
    text = file.read_text(encoding="utf-8").replace("start: received_at", "start: recieved_at")
    file.write_text(text.replace("limit: setting.days", "limit: setting.dayz"), encoding="utf-8")
    assert [fault.line for fault in lint(folder)] == [line_of(file, "recieved_at"), line_of(file, "dayz")]


def test_a_rule_without_stories_is_told(sample: Callable[..., Path]) -> None:
    assert [fault.message for fault in lint(sample(**{"1_test_yaml": None}))] == ["规则没有测试"]


def test_stories_without_a_rule_are_told(sample: Callable[..., Path]) -> None:
    (fault,) = lint(sample(**{"9_test_yaml": "- name: 孤零零\n  at: {2026-01-06: []}\n"}))
    assert fault.message == "测试旁边没有规则"


def test_a_folder_without_packs_is_told(tmp_path: Path) -> None:
    (fault,) = lint(tmp_path)
    assert fault.message == "这里没有规则包"


def test_an_indicator_must_give_its_four_columns(sample: Callable[..., Path]) -> None:
    rule = (
        "id: sample-4\ntitle: 办件数\ncites: {article: 第四条}\ntext: 统计办件。\nclass: CONTENT\n"
        "over: cases\n"
        "measure:\n  select: select agency_code as key, 1 as numerator from cases group by agency_code\n"
    )
    story = "- name: 没有办件\n  at:\n    2026-01-12: []\n"
    (fault,) = lint(sample(**{"4_yaml": rule, "4_test_yaml": story}))
    assert fault.message == "指标的 SELECT 没有列 unit denominator"
    untold = lint(sample("untold", **{"4_yaml": rule}))
    assert "规则没有测试" in [fault.message for fault in untold]


def test_two_packs_that_replace_one_rule_in_one_place_are_told(
    sample: Callable[..., Path], texts: dict[str, str]
) -> None:
    only_find = {"1_yaml": None, "1_test_yaml": None, "3_yaml": None, "3_test_yaml": None}
    for name, region in (("city", "4199"), ("county", "419901")):
        pack = texts["pack.yaml"].replace("id: sample", f"id: {name}").replace('"4199"', f'"{region}"')
        find = texts["2.yaml"].replace("id: sample-2", f"id: {name}-2\nreplaces: henan-8.1")
        folder = sample(name, **{**only_find, "pack_yaml": pack, "2_yaml": find})
    (fault,) = lint(folder.parent)
    assert fault.message == "henan-8.1 在同一地方被 city-2 和 county-2 同时代替"
    assert fault.file == str(folder / "2.yaml")


def test_a_county_that_replaces_the_citys_rule_as_well_is_no_conflict(
    sample: Callable[..., Path], texts: dict[str, str]
) -> None:
    only_find = {"1_yaml": None, "1_test_yaml": None, "3_yaml": None, "3_test_yaml": None}
    replaced = {"city": "henan-8.1", "county": "[henan-8.1, city-2]"}
    for name, region in (("city", "4199"), ("county", "419901")):
        pack = texts["pack.yaml"].replace("id: sample", f"id: {name}").replace('"4199"', f'"{region}"')
        over = "[henan-2019]" if name == "city" else "[city, henan-2019]"
        find = texts["2.yaml"].replace("id: sample-2", f"id: {name}-2\nreplaces: {replaced[name]}")
        files = {"pack_yaml": pack.replace("[henan-2019]", over), "2_yaml": find}
        folder = sample(name, **{**only_find, **files})
    assert lint(folder.parent) == []


def test_faults_print_as_file_line_and_what_to_do() -> None:
    fault = Fault("a/1.yaml", 3, "没有列 x", "可用:y", "a-1")
    assert str(fault) == "a/1.yaml:3: [a-1] 没有列 x。可用:y"
