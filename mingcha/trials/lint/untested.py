"""Pass: every rule that judges or counts has stories beside it, every story can be told, and none stands alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mingcha.rules.faults import Fault, Faults
from mingcha.rules.model import TESTED_FORMS, Pack, Rulebook
from mingcha.trials.stories import read_stories, story_file


def untested(book: Rulebook, packs: Sequence[Pack]) -> Iterator[Fault]:
    """Rules without a test, tests without a rule, and whatever is wrong in the tests themselves."""
    for pack in packs:
        beside = {story_file(rule.file): rule for rule in pack.rules}
        settings = book.settings_of(pack)
        for file, rule in beside.items():
            if not file.exists():
                if rule.form in TESTED_FORMS:
                    advice = f"写 {file.name}:触发、不触发、期限前后各一天、不可判定"
                    yield Fault(str(rule.file), 1, "规则没有测试", advice, rule.id)
                continue
            found = Faults()
            read_stories(file, found, settings)
            yield from found.found
        for file in sorted(pack.file.parent.glob("*.test.yaml")):
            if file not in beside:
                advice = f"改名为规则的文件名,如 8.1.test.yaml;规则文件 {file.name.replace('.test', '')} 不在"
                yield Fault(str(file), 1, "测试旁边没有规则", advice)
