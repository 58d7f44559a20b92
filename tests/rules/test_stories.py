"""The stories beside the shipped rules end as they say."""

from __future__ import annotations

import pytest

from mingcha.rules.load import shipped_rulebook
from mingcha.rules.model import TESTED_FORMS
from mingcha.trials.stories import stories_beside
from mingcha.trials.testing import run_rule

TESTED = [rule.id for rule in shipped_rulebook().rules if rule.form in TESTED_FORMS]


@pytest.mark.parametrize("rule_id", TESTED)
def test_the_stories_of_a_rule_end_as_they_say(rule_id: str) -> None:
    book = shipped_rulebook()
    rule = book.rule(rule_id)
    results = list(run_rule(book, rule, stories_beside(rule.file)))
    assert results, "a rule without stories"
    assert [str(failure) for failure in results if failure] == []
