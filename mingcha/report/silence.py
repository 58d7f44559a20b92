"""Why a rule has nothing to say about a case, in words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from mingcha.facts.schema import TABLES
from mingcha.report.summary import lacking
from mingcha.rules.model import Rule, Rulebook
from mingcha.rules.overlay import replacing


class Why(Enum):
    """The kinds of silence; the value is the word for it."""

    COMPLIANT = "合规"
    UNSETTLED = "尚不能定"
    NOT_APPLICABLE = "不适用"
    NO_ROWS = "没有可判的记录"
    REPLACED = "已被代替"
    NOT_JUDGED = "未判定"


@dataclass(frozen=True)
class Silence:
    """A rule without a finding, the kind of its silence, and the reason."""

    rule: Rule
    why: Why
    said: str


def silence_of(
    rule: Rule, book: Rulebook, probes: Sequence[dict[str, Any]], missing: tuple[str, ...], region: str
) -> Silence:
    """``probes``: findings of the rule's probe (probe.py); ``missing``: tables that were not reported."""
    if missing:
        return Silence(rule, Why.NOT_JUDGED, f"没有报送{lacking(missing)}")
    if instead := _replaced(rule, book, region):
        return Silence(rule, Why.REPLACED, f"这一地区由 {instead} 代替")
    if not probes:
        what = TABLES[rule.each or rule.over].label
        return Silence(rule, Why.NO_ROWS, f"没有{what}的记录,或规则在当时、当地还不适用")
    facts = [json.loads(row["evidence"])["facts"] for row in probes]
    if any(each["applies"] for each in facts):
        return Silence(rule, Why.COMPLIANT, "已核对,没有发现问题")
    if any(each["applies"] is None for each in facts):
        return Silence(rule, Why.UNSETTLED, _values(rule, [f for f in facts if f["applies"] is None]))
    return Silence(rule, Why.NOT_APPLICABLE, _values(rule, facts))


def _replaced(rule: Rule, book: Rulebook, region: str) -> str:
    """The rule that takes this one's place in the region; empty if none does."""
    for pack, other in replacing(book, rule.id):
        here = pack.id in book.adopted if book.adopted else any(region.startswith(p) for p in pack.regions)
        if here:
            return other.id
    return ""


def _values(rule: Rule, facts: Sequence[dict[str, Any]]) -> str:
    """The values that the population hangs on: “办结时间 空,受理意见 受理”."""
    said: list[str] = []
    for each in facts[:1]:
        for name, value in each.items():
            if name != "applies":
                said.append(f"{_label(rule, name)} {_plain(rule, name, value)}")
    return ",".join(said) or "不在规则的适用范围内"


def _label(rule: Rule, name: str) -> str:
    alias, _, column = name.rpartition(".")
    table = {"item": "items", "each": rule.each, "c": "cases", "": rule.over}.get(alias, "")
    declared = TABLES[table].by_name.get(column) if table in TABLES else None
    return declared.label if declared else _any_label(column)


def _any_label(column: str) -> str:
    """The label of a column of a joined table, whichever has one of that name."""
    return next((t.by_name[column].label for t in TABLES.values() if column in t.by_name), column)


def _plain(rule: Rule, name: str, value: Any) -> str:
    if value is None:
        return "空"
    if isinstance(value, bool):
        return "是" if value else "否"
    column = name.rpartition(".")[2]
    for table in (rule.over, rule.each, "cases", "items"):
        declared = TABLES[table].by_name.get(column) if table in TABLES else None
        if declared is not None and declared.codes is not None:
            return dict(declared.codes.values).get(str(value), str(value))
    return str(value).replace("T", " ")
