"""docs/rules.md: the language of the rules, for jurists.

Keys and functions come from their declarations, examples are cut from shipped rules, the rest is language.md.
"""

from __future__ import annotations

from pathlib import Path

from mingcha.engine.record import CAUSE_LABELS
from mingcha.rules.documents import CLOCK, COMPARE, EACH, JOIN, MEASURE, PACK, PAUSE, RULE, SETTING
from mingcha.rules.functions import FUNCTIONS
from mingcha.rules.levels import LABELS
from mingcha.rules.load import RULEBOOK
from mingcha.rules.shapes import Record
from mingcha.rules.words import CLASS_LABELS, FORM_LABELS, UNIT_LABELS
from mingcha.rules.yaml_lines import read_yaml
from mingcha.trials.pages.markdown import code, inline, rows
from mingcha.trials.stories import STORY_KEYS

PLACEHOLDER_LABELS = {
    "start": "时钟的起点",
    "stop": "时钟的终点",
    "due": "应办结日(到期时刻)",
    "overrun": "超期自何时起",
    "limit": "期限",
    "unit": "期限的单位",
    "elapsed": "已用多少",
    "paused": "停钟多少",
    "items": "缺少、多出或成立的各项名称,用顿号隔开",
    "name": "同 items",
    "key": "对象的编号",
    "subject": "对象之下那一行的编号",
}
"""What a reason sentence may name besides the rule's evidence (engine.sentences.PLACEHOLDERS)."""

ALIASES = (
    ("(不带前缀)", "所判的那一行:`over` 那张表的列,或 `rows` 那个 SELECT 的列"),
    ("`c.`", "这一行所属的办件"),
    ("`item.`", "办件的事项,按受理时有效的版本;`item.found` 为是否查到"),
    ("`each.`", "`each` 写明的子表的一行"),
    ("`hall.` `agency.`", "所在的大厅、部门"),
    ("联查的别名", "`joins` 中那一行的列;`别名.found` 为是否查到,查不了(键为空、事项不明)时为空"),
    ("`setting.名称`", "规则包(或它所覆盖的规则包)的设置"),
)
RELATION_LABELS = (
    ("`months(month, first, last)`", "每个月,及其第一天、最后一天,自2007年1月至判定时的月份"),
    ("`workdays(day)`", "全国的每个工作日,至判定时"),
    ("`days(day, workdays_before)`", "已公布日历的每一天,及其前有多少个工作日:两日相减即其间的工作日数"),
    ("`today(day)`", "判定的那一天,一行"),
    (
        "`clock_rows('henan-8.1')`",
        "另一条规则的时钟中临近、恰在或超过期限的各行(起算当日就停止的不在其中):"
        "case_no agency_code region_code item_code start stop due",
    ),
)
LEVEL_LINES = (
    ("`at once`", "一经发现(查找、对照)"),
    ("`left <= 2`", "所剩的工作日不多于2天,不含当天"),
    ("`overrun`", "超过期限:到期日的次日零点;按小时、分钟计的即到期那一刻"),
    ("`overrun 1 working_day`", "到期之后再满1个工作日仍未完成"),
    ("`stopped within`", "在期限内即已结束(名单、线索)"),
    ("`stopped left <= 0`", "结束时所剩的工作日不多于0天(线索)"),
    ("`due after against`", "到期日晚于 `against` 的到期日"),
    ("`due differs promised_at`", "到期日与某一时刻不是同一天"),
    ("`3 working_day after warning`", "前一等级发出后再满3个工作日仍未改正"),
)


def cut(file: str, *keys: str) -> str:
    """The lines of some top-level keys (of a list: of some entries, from 0) of a rulebook file."""
    path = RULEBOOK / file
    data, lines = read_yaml(path)
    whole = path.read_text(encoding="utf-8").split("\n")
    tops = [(name,) for name in data] if isinstance(data, dict) else [(i,) for i in range(len(data))]
    starts = [lines[top] for top in tops]
    ends = [*starts[1:], len(whole) + 1]
    wanted = keys or tuple(str(top[0]) for top in tops)
    parts = [
        whole[a - 1 : b - 1] for top, a, b in zip(tops, starts, ends, strict=True) if str(top[0]) in wanted
    ]
    return "\n".join(line for part in parts for line in part).rstrip()


def keys(record: Record) -> str:
    """The keys of a record as a table; those that must be there are bold."""
    lines = [(f"**{inline(name)}**" if key.must else inline(name), key.label) for name, key in record.items()]
    return rows(("键", "说什么"), lines)


def language_page() -> str:
    """The whole page."""
    template = (Path(__file__).parent / "language.md").read_text(encoding="utf-8")
    for name, text in _parts().items():
        mark = f"<!-- {name} -->"
        assert template.count(mark) == 1, name
        template = template.replace(mark, text.rstrip("\n"))
    return template


def _parts() -> dict[str, str]:
    functions = [f for f in FUNCTIONS.values() if f.rules_may]
    return {
        "clock-example": code(cut("henan-2019/8.10.yaml")),
        "compare-example": code(cut("henan-2019/8.8a.yaml", "when", "compare", "moment", "levels", "reason")),
        "find-example": code(cut("henan-2019/8.7.yaml", "when", "any", "moment", "levels", "reason")),
        "select-example": code(
            cut("state-council/integrity-confirm.yaml", "over", "when", "clock", "levels")
        ),
        "indicator-example": code(cut("ezhou-2020/push.yaml", "over", "measure")),
        "settings-example": code(cut("zhengzhou-2021/pack.yaml", "id", "law", "regions", "from", "over")),
        "pauses-example": code(cut("henan-2019/pack.yaml", "pauses")),
        "story-example": code(cut("henan-2019/8.10.test.yaml", "0", "1")),
        "pack-keys": keys(PACK),
        "setting-keys": keys(SETTING),
        "pause-keys": keys(PAUSE),
        "rule-keys": keys(RULE),
        "clock-keys": keys(CLOCK),
        "compare-keys": keys(COMPARE),
        "measure-keys": keys(MEASURE),
        "each-keys": keys(EACH),
        "join-keys": keys(JOIN),
        "forms": rows(("形式", "名称"), [(inline(k), v) for k, v in FORM_LABELS.items()]),
        "classes": rows(("类别", "名称"), [(inline(k), v) for k, v in CLASS_LABELS.items()]),
        "units": rows(("单位", "名称"), [(inline(k), v) for k, v in UNIT_LABELS.items()]),
        "levels": rows(("等级", "名称"), [(inline(k), v) for k, v in LABELS.items()]),
        "conditions": rows(("写法", "何时开始"), LEVEL_LINES),
        "aliases": rows(("前缀", "指什么"), ALIASES),
        "functions": rows(
            ("函数", "得到", "说什么"), [(inline(f.name), _KINDS[f.gives], f.label) for f in functions]
        ),
        "relations": rows(("表", "有什么"), RELATION_LABELS),
        "causes": rows(("原因", "说什么"), [(inline(k), v) for k, v in CAUSE_LABELS.items()]),
        "placeholders": rows(("名称", "填什么"), [(f"`{{{k}}}`", v) for k, v in PLACEHOLDER_LABELS.items()]),
        "story-keys": rows(("键", "说什么"), [(inline(k), v) for k, v in STORY_KEYS.items()]),
    }


_KINDS = {"instant": "时刻", "boolean": "是否", "bigint": "整数", "text": "文本", "list": "清单"}
