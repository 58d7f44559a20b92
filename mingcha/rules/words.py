"""Levels, limits and places in words, as a jurist reads them: for `rules show`, the catalogue and reports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mingcha.law.units import Unit
from mingcha.rules.levels import LABELS, Level
from mingcha.rules.model import Pack, Rule

FORM_LABELS = {
    "clock": "时钟",
    "compare": "对照",
    "find": "查找",
    "indicator": "指标",
    "manual": "人工录入",
    "guard": "办理时拦截",
    "list": "名单",
}
CLASS_LABELS = {
    "TIME": "时效",
    "FLOW": "流程",
    "CONTENT": "内容",
    "DISCRETION": "裁量收费",
    "INTEGRITY": "廉政风险",
}
FLAG_LABELS = {"abnormal": "异常办件", "manual": "转人工监察", "lead": "线索"}
UNIT_LABELS = {unit.text: unit.label for unit in Unit}
_ACTS = {
    "note": "提醒",
    "warning": "预警",
    "yellow": "发黄牌",
    "red": "发红牌",
    "lead": "记线索",
    "abnormal": "记异常",
    "manual": "转人工监察",
}


def level_words(level: Level, settings: Mapping[str, Any]) -> str:
    """When a level begins: 所剩时限不多于2个工作日时预警. ``settings`` give the numbers that are settings."""
    return f"{_condition(level, settings)}{_ACTS[level.name]}"


def _condition(level: Level, settings: Mapping[str, Any]) -> str:
    span = f"{_number(level, settings)}{UNIT_LABELS[level.unit]}"
    if level.kind == "after level":
        return f"{LABELS[level.of]}发出后{span}内仍未改正,"
    if level.kind == "overrun":
        return "超过期限即" if level.count == 0 else f"超过期限{span}"
    if level.kind == "due differs":
        return f"应办结日与 {level.expression} 不一致即"
    return {
        "at once": "一经发现即",
        "left": f"所剩时限不多于{_number(level, settings)}个工作日时",
        "within": "在期限内达到即",
        "stopped left": f"结束时所剩时限不多于{_number(level, settings)}个工作日即",
        "due after": "到期日晚于对照的期限即",
    }[level.kind]


def _number(level: Level, settings: Mapping[str, Any]) -> str:
    if isinstance(level.count, int):
        return str(level.count)
    return str(settings.get(level.count.removeprefix("setting."), level.count))


def _number_of(setting: str, settings: Mapping[str, Any]) -> str:
    value = settings.get(setting)
    return str(value) if isinstance(value, int) else f"setting.{setting}"


def levels_words(rule: Rule, settings: Mapping[str, Any]) -> str:
    """All levels of a rule in one sentence; of a rule without levels, what becomes of what it finds."""
    parts = [level_words(level, settings) for level in rule.levels]
    parts += [FLAG_LABELS[flag] for flag in sorted(rule.flags)]
    if rule.lasts:
        parts.append(f"名单满{rule.lasts[0]}{UNIT_LABELS[rule.lasts[1]]}自动移出")
    if parts:
        return ";".join(parts)
    return {"indicator": "只统计,不发信号", "manual": "由录入人定级", "guard": "办理时即予拒绝"}.get(
        rule.form, ""
    )


def clock_words(rule: Rule, settings: Mapping[str, Any]) -> str:
    """A clock's start, stop and limit in one line; "" for a rule without one."""
    clock = rule.clock
    if clock is None:
        return ""
    unit = UNIT_LABELS.get(clock.unit.strip("'"), f" {clock.unit}")
    limit = re.sub(r"setting\.(\w+)", lambda m: _number_of(m[1], settings), clock.limit)
    parts = [f"自 {clock.start} 起", f"至 {clock.stop} 止" if clock.stop else "", f"期限 {limit}{unit}"]
    if not clock.limit:
        parts[2] = f"到期 {clock.due}"
    return ",".join(part for part in parts if part)


def place_words(pack: Pack, names: Mapping[str, str] | None = None) -> str:
    """Where and since when a pack holds: 41(河南省),自2019-03-21."""
    regions = "、".join(
        f"{code}({names[code]})" if names and code in names else code for code in pack.regions
    )
    until = f",至{pack.end_date}(不含)" if pack.end_date else ""
    return f"{regions or '只在被点名采用时适用'},自{pack.start_date}{until}"


def used_settings(rule: Rule) -> tuple[str, ...]:
    """Names of the settings that a rule's own text mentions, in order."""
    text = rule.file.read_text(encoding="utf-8") if rule.file.is_file() else ""
    return tuple(dict.fromkeys(re.findall(r"\bsetting\.(\w+)", text)))
