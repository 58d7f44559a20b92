"""Every number in every rule, moved by one, is noticed by the rule's own stories."""

from __future__ import annotations

import pytest

from mingcha.rules.load import shipped_rulebook
from mingcha.rules.model import TESTED_FORMS, Rule
from mingcha.trials.numbers import moved, unnoticed
from mingcha.trials.stories import stories_beside


def numbered() -> list[str]:
    """Ids of the rules that judge or count and hold a number."""
    return [rule.id for rule in shipped_rulebook().rules if rule.form in TESTED_FORMS and any(_moved(rule))]


def _moved(rule: Rule) -> list[str]:
    book = shipped_rulebook()
    return [str(mutant) for mutant in moved(rule, book.settings_of(book.pack(rule.pack)))]


@pytest.mark.parametrize("rule_id", numbered())
def test_the_stories_of_a_rule_notice_each_of_its_numbers(rule_id: str) -> None:
    book = shipped_rulebook()
    rule = book.rule(rule_id)
    assert [str(mutant) for mutant in unnoticed(book, rule, stories_beside(rule.file))] == []


def test_numbers_are_found_in_levels_limits_settings_selects_and_spans() -> None:
    book = shipped_rulebook()
    assert "henan-8.1 levels.warning: 2 → 3" in _moved(book.rule("henan-8.1"))
    assert "henan-8.10 clock.limit: 2 → 1" in _moved(book.rule("henan-8.10"))
    assert "henan-8.2a settings.timely_days: 5 → 4" in _moved(book.rule("henan-8.2a"))
    assert "zhengzhou-12 settings.manual_deadline: 17:00 → 16:59" in _moved(book.rule("zhengzhou-12"))
    assert "pds-7 rows: 2 → 3" in _moved(book.rule("pds-7"))
    assert "pds-7 for: 12 → 11" in _moved(book.rule("pds-7"))


def test_most_rules_hold_a_number() -> None:
    assert len(numbered()) > 35
