"""The documents of a pack, key by key: `RULE` for a rule file, `PACK` for pack.yaml.

The labels are the reference of the language (docs/rules.md is made from them).
"""

from __future__ import annotations

from typing import Any

from mingcha.rules import model
from mingcha.rules.levels import UNITS
from mingcha.rules.shapes import (
    LEFT_OUT,
    Key,
    Path,
    Tell,
    boolean,
    choice,
    day,
    expression,
    lines,
    many,
    named,
    record,
    scalar,
    short_or_record,
    text,
)


def _unit(value: Any, path: Path, tell: Tell) -> Any:
    """An expression, or the name of a unit written plainly."""
    found = expression(value, path, tell)
    return f"'{found}'" if found in UNITS else found


def _lasts(value: Any, path: Path, tell: Tell) -> Any:
    count, _, unit = str(value).partition(" ")
    if count.isdigit() and unit in UNITS:
        return int(count), unit
    tell(path, f"看不懂期间“{value}”", "写成 for: 12 month")
    return LEFT_OUT


def _selection(value: Any, path: Path, tell: Tell) -> Any:
    found = text(value, path, tell)
    if found is LEFT_OUT:
        return found
    table, _, where = found.partition(" where ")
    return model.Selection(table.strip(), where.strip())


_FIRES = ("missing", "foreign", "matched")


def _compare_fires(value: Any, path: Path, tell: Tell) -> Any:
    """A kind alone, or kinds with a further condition each."""
    given = value if isinstance(value, dict) else {str(value): True}
    found = {}
    for kind, condition in given.items():
        place = (*path, kind) if isinstance(value, dict) else path
        if kind not in _FIRES:
            tell(place, f"对照不能以“{kind}”触发", f"取 {' '.join(_FIRES)}")
        elif (kept := expression(condition, place, tell)) is not LEFT_OUT:
            found[kind] = kept
    return found


def _evidence(value: Any, path: Path, tell: Tell) -> Any:
    """``name`` or ``{标签: expression}``, in a list or as one mapping; gives label -> expression."""
    if isinstance(value, dict):
        return named(expression)(value, path, tell)
    found: dict[str, str] = {}
    for i, entry in enumerate(value if isinstance(value, list) else [value]):
        if isinstance(entry, dict):
            found.update(named(expression)(entry, (*path, i), tell))
        elif (kept := expression(entry, (*path, i), tell)) is not LEFT_OUT:
            found[kept.split(".")[-1]] = kept
    return found


JOIN = {
    "table": Key(text, "查哪张事实表"),
    "select": Key(lines, "或者查这个 SELECT 的结果"),
    "on": Key(named(expression), "怎样对上:那边的列 → 这边的表达式", must=True),
    "empty": Key(choice("false", "unknown"), "办事指南整个没有登记时:false 视为没有,unknown 视为不知道"),
}

EACH = {
    "table": Key(text, "办件的哪张子表", must=True),
    "where": Key(expression, "只要这些行"),
}

CLOCK = {
    "start": Key(expression, "起点(时刻)", must=True),
    "stop": Key(expression, "终点(时刻);没有即还在走"),
    "limit": Key(expression, "期限,整数"),
    "unit": Key(_unit, f"期限的单位:{' '.join(UNITS)},或取值为其一的列;不写为 working_day"),
    "due": Key(expression, "直接给出的到期时刻;有则代替 start+limit"),
    "extension": Key(
        record(
            {
                "filed": Key(expression, "何时提出延期", must=True),
                "to": Key(expression, "延到何时", must=True),
            }
        ),
        "延期:按期提出的,到期日改为 to",
    ),
    "pauses": Key(many(text), "停钟来源,名称见规则包的 pauses"),
    "ends": Key(expression, "为真时,未完的停钟随终点一并结束"),
    "early_stop": Key(choice("undetermined", "in_time"), "终点早于起点:不可判定,或算按时"),
    "overrun": Key(choice("date", "working_days"), "超期按日期算,或按用去的工作日数算"),
    "grain": Key(choice("day", "worktime"), "到期日过完为止,或到下班为止"),
    "count_today": Key(boolean, "所剩时限是否含当天"),
    "due_day_off": Key(choice("moves", "stays"), "到期日是休息日:顺延,或不顺延"),
    "calendar": Key(choice("hall", "every_day", "weekdays"), "日历:大厅(及其地区)的、每天、周一至周五"),
    "short_promise": Key(choice("at_once", "silent"), "期限不长于预警线的:起点即预警,或不预警"),
    "hours": Key(choice("hall"), "按小时、分钟计的工作时间:该行所在大厅的办公时间"),
    "against": Key(
        record({"limit": Key(expression, "期限", must=True), "unit": Key(_unit, "单位")}),
        "同一起点的另一个期限,供 due after against 比较",
    ),
}

COMPARE = {
    "guide": Key(_selection, "办事指南的表,可带 where;或上报表自身的一部分(用于 matched)", must=True),
    "reported": Key(_selection, "上报的子表,可带 where", must=True),
    "stands": Key(expression, "这一行算不算数"),
    "lapses": Key(expression, "到这一刻那天过完,这一行不再算数"),
    "on": Key(text, "按哪一列对(去掉首尾空白)", must=True),
    "fires": Key(_compare_fires, "missing 缺少、foreign 多出、matched 两边都有;可各带条件", must=True),
    "empty": Key(choice("undetermined", "compliant"), "指南对该事项没有登记时:不可判定,或合规"),
}

MEASURE = {
    "select": Key(lines, "给出 unit、key、numerator、denominator 四列的 SELECT", must=True),
    "unit": Key(text, "指标的单位"),
}

RULE = {
    "id": Key(text, "规则号", must=True),
    "title": Key(text, "名称", must=True),
    "cites": Key(
        record({"law": Key(text, "规定名称"), "article": Key(text, "条款", must=True)}), "出处", must=True
    ),
    "text": Key(text, "条文原话,一字不改", must=True),
    "text_verified": Key(boolean, "原话已校核;来源有残缺的写 false"),
    "class": Key(choice(*model.CLASSES), "五类之一:时效、流程、内容、裁量收费、廉政风险", must=True),
    "from": Key(day, "自何日起适用(比规则包窄时)"),
    "to": Key(day, "到何日止(不含)"),
    "form": Key(choice(*model.FORMS), "形式;有 clock、compare、fires、any、measure 之一的可以不写"),
    "over": Key(text, "监察哪张表;表达式里不带前缀的列就是它的列"),
    "each": Key(short_or_record("table", EACH), "每件办件的每一条子表行各判一次"),
    "rows": Key(lines, "改为逐行判定这个 SELECT 的结果"),
    "about": Key(many(text), "判定说的是谁:表.列,取第一个不空的"),
    "subject": Key(expression, "同一对象之下的哪一行"),
    "when": Key(expression, "适用于哪些行"),
    "needs": Key(many(text), "没有这些表就不判"),
    "joins": Key(named(record(JOIN)), "联查:别名 → 至多一行"),
    "clock": Key(record(CLOCK), "时钟"),
    "compare": Key(record(COMPARE), "对照"),
    "fires": Key(expression, "查找:为真即触发"),
    "any": Key(named(expression), "查找:几个有名称的条件,任一为真即触发"),
    "measure": Key(record(MEASURE), "指标"),
    "flags": Key(many(choice("abnormal", "manual", "lead")), "标记:异常办件、人工监察、线索"),
    "moment": Key(expression, "查找与对照自何时起算"),
    "levels": Key(named(text), "等级 → 何时开始"),
    "reason": Key(text, "理由句,花括号里放名称"),
    "evidence": Key(_evidence, "另存为依据的列或表达式"),
    "replaces": Key(many(text), "代替哪些规则"),
    "quiet": Key(many(text), "哪些规则的哪个等级不再另行通知"),
    "for": Key(_lasts, "名单的期间"),
    "notes": Key(many(text), "规定没有写的,取什么、为什么"),
    "settings": Key(named(scalar), "本规则另取的设置值"),
}

SETTING = {
    "value": Key(scalar, "取值", must=True),
    "unit": Key(text, "单位"),
    "note": Key(text, "规定没有写什么,为什么取这个值", must=True),
}

PAUSE = {
    "table": Key(text, "办件的哪张子表", must=True),
    "start": Key(expression, "停钟自何时", must=True),
    "end": Key(expression, "到何时", must=True),
    "where": Key(expression, "只要这些行"),
    "joins": Key(named(record(JOIN)), "联查"),
    "name": Key(text, "名称,写在计时单上"),
    "cap": Key(choice("none"), "停钟的上限;现在只有 none"),
}

PACK = {
    "id": Key(text, "规则包名", must=True),
    "title": Key(text, "名称", must=True),
    "law": Key(
        record(
            {
                "name": Key(text, "规定名称", must=True),
                "number": Key(text, "文号"),
                "issued": Key(day, "印发日期"),
            }
        ),
        "规定",
        must=True,
    ),
    "regions": Key(many(text), "适用地区:区划代码的前几位;空清单为只在被点名时适用", must=True),
    "from": Key(day, "自何日起施行", must=True),
    "to": Key(day, "到何日止(不含)"),
    "over": Key(many(text), "覆盖在哪些规则包之上"),
    "settings": Key(named(record(SETTING)), "设置:规定没有写明之处的取法"),
    "pauses": Key(named(record(PAUSE)), "停钟来源"),
    "notes": Key(many(text), "说明"),
}
