"""Pass: the reason sentence (理由句) names only what there is, and its braces are closed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mingcha.engine.sentences import PLACEHOLDERS, fields_of
from mingcha.rules.faults import Fault
from mingcha.rules.model import Pack, Rule, Rulebook

_OF_CLOCKS = frozenset({"start", "stop", "due", "overrun", "limit", "elapsed", "paused", "unit"})
_UNIT_TWICE = re.compile(r"\{(elapsed|paused)\}(?:\{unit\}|个?工作日|个?自然日|天|小时|分钟)")
_OF_LISTS = frozenset({"items", "name"})


def given(rule: Rule) -> frozenset[str]:
    """The placeholders that something gives in this rule."""
    found = PLACEHOLDERS | rule.evidence.keys()
    if rule.clock is None:
        found -= _OF_CLOCKS - rule.evidence.keys()
    if rule.compare is None and not rule.any:
        found -= _OF_LISTS - rule.evidence.keys()
    return frozenset(found)


def sentences(_: Rulebook, packs: Sequence[Pack]) -> Iterator[Fault]:
    """Placeholders that nothing gives."""
    for rule in (rule for pack in packs for rule in pack.rules):
        known = given(rule)
        for name in fields_of(rule.reason):
            if name not in known:
                message = f"理由句中的 {{{name}}} 没有东西可填"
                advice = f"可用:{' '.join(sorted(known))};或在 evidence 中给出它"
                yield Fault(str(rule.file), rule.line("reason"), message, advice, rule.id)
        if twice := _UNIT_TWICE.search(rule.reason):
            message = f"理由句中的“{twice[0]}”把单位写了两遍"
            yield Fault(
                str(rule.file), rule.line("reason"), message, f"{{{twice[1]}}} 自带单位,只写它", rule.id
            )
        braces = {rule.reason.count("{"), rule.reason.count("}"), len(fields_of(rule.reason))}
        if len(braces) > 1:
            message = "理由句的花括号不成对"
            yield Fault(str(rule.file), rule.line("reason"), message, "每个名称两边各一个花括号", rule.id)
