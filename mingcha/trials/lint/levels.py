"""Pass: each level can begin: chains start somewhere, numbers are numbers, conditions suit the form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mingcha.rules.faults import Fault
from mingcha.rules.levels import COLOURS, Level
from mingcha.rules.model import JUDGED_FORMS, Pack, Rule, Rulebook

NOT_OF_CLOCKS = ("at once", "after level")


def levels(book: Rulebook, packs: Sequence[Pack]) -> Iterator[Fault]:
    """Levels that can never begin, or whose number is not one; settings that a rule overrides in vain."""
    for pack in packs:
        settings = book.settings_of(pack)
        for rule in pack.rules:
            for path, message, advice in _unknown_settings(rule, settings):
                yield Fault(str(rule.file), rule.line(*path), message, advice, rule.id)
            if rule.form not in JUDGED_FORMS:
                continue
            for level in rule.levels:
                for message, advice in _faults(rule, level, {**settings, **rule.settings}):
                    line = rule.line("levels", level.name)
                    yield Fault(str(rule.file), line, message, advice, rule.id)


def _unknown_settings(rule: Rule, settings: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str, str]]:
    for name in rule.settings:
        if name not in settings:
            yield (
                ("settings", name),
                f"规则包没有设置 {name}",
                "先在 pack.yaml 的 settings 中写明它的值和理由",
            )


def _faults(rule: Rule, level: Level, settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if level.kind not in NOT_OF_CLOCKS and rule.clock is None:
        yield f"等级 {level.name} 的条件要有时钟", "写 clock,或改用 at once"
    if level.kind == "at once" and rule.clock is not None:
        yield f"时钟的等级 {level.name} 不能用 at once", "写 overrun 或 left <= N"
    if level.kind == "due after" and rule.clock is not None and not rule.clock.against_unit:
        yield f"等级 {level.name} 要与另一个期限比较", "在 clock 中写 against: {limit: …, unit: …}"
    if isinstance(level.count, str):
        yield from _setting_faults(level, level.count.removeprefix("setting."), settings)
    if level.of:
        yield from _chain_faults(rule, level)


def _setting_faults(level: Level, name: str, settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if name not in settings:
        yield f"等级 {level.name} 所用的设置 {name} 不存在", "在 pack.yaml 的 settings 中写明它的值和理由"
    elif not isinstance(settings[name], int):
        yield f"等级 {level.name} 所用的设置 {name} 不是整数", "改成整数"


def _chain_faults(rule: Rule, level: Level) -> Iterator[tuple[str, str]]:
    chain = {x.name: x.of for x in rule.levels}
    passed = [level.name]
    while of := chain.get(passed[-1]):
        if of in passed:
            yield f"等级 {' → '.join([*passed, of])} 互为起点", "让最早的一级自己开始,如 at once 或 overrun"
            return
        passed.append(of)
    if level.name in COLOURS and level.of in COLOURS and COLOURS.index(level.name) < COLOURS.index(level.of):
        yield f"等级 {level.name} 低于它所起算的 {level.of}", "较高的等级自较低的等级起算"
