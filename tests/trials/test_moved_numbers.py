"""Numbers moved by one: which are found, and that weak stories are found out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mingcha.rules.load import folders_over_shipped, load_rulebook
from mingcha.rules.model import Rule, Rulebook
from mingcha.trials.numbers import moved, unnoticed
from mingcha.trials.stories import stories_beside

Write = Callable[..., Path]

STRONG = """\
- name: 第三个工作日预警,预警后两个工作日红牌
  given:
    cases: [{received_at: 2026-01-05 09:00}]
  at:
    2026-01-06 23:59: []
    2026-01-07 00:00:
      - {level: warning, warn_at: 2026-01-07 00:00, red_at: 2026-01-10 00:00, due_at: 2026-01-08}
"""


def book_with(folder: Path) -> Rulebook:
    return load_rulebook(folders_over_shipped(folder))


def texts_of(rule: Rule, book: Rulebook) -> list[str]:
    return [str(mutant) for mutant in moved(rule, book.settings_of(book.pack(rule.pack)))]


def test_each_number_is_moved_up_and_down(sample: Write) -> None:
    book = book_with(sample())
    assert texts_of(book.rule("sample-1"), book) == [
        "sample-1 levels.warning: 1 → 2",
        "sample-1 levels.warning: 1 → 0",
        "sample-1 levels.red: 2 → 3",
        "sample-1 levels.red: 2 → 1",
        "sample-1 settings.days: 3 → 4",
        "sample-1 settings.days: 3 → 2",
    ]


@pytest.mark.parametrize(
    ("condition", "numbers"),
    [
        ("visits > 1", ["1 → 2", "1 → 0"]),
        ("received_at > at(received_at, '17:00')", ["17:00 → 17:01", "17:00 → 16:59"]),
        ("applicant_id_type = '111'", []),
        ("window_code = 'C1'", []),
    ],
)
def test_numbers_of_expressions_are_not_those_of_words(
    sample: Write, texts: dict[str, str], condition: str, numbers: list[str]
) -> None:
    rule = texts["2.yaml"].replace("receipt_no is null", condition)
    book = book_with(sample(**{"2_yaml": rule}))
    told = texts_of(book.rule("sample-2"), book)
    assert told == [f"sample-2 any.没有凭证: {number}" for number in numbers]


def test_stories_that_assert_the_boundaries_notice_every_number(sample: Write) -> None:
    folder = sample(**{"1_test_yaml": STRONG})
    rule = book_with(folder).rule("sample-1")
    assert unnoticed(book_with(folder), rule, stories_beside(rule.file)) == []


def test_stories_that_look_too_late_are_found_out(sample: Write) -> None:
    given = "{cases: [{received_at: 2026-01-05 09:00}]}"
    weak = f"- name: 很久以后\n  given: {given}\n  at: {{2026-03-31: [{{level: red}}]}}\n"
    folder = sample(**{"1_test_yaml": weak})
    rule = book_with(folder).rule("sample-1")
    survivors = unnoticed(book_with(folder), rule, stories_beside(rule.file))
    assert {mutant.where for mutant in survivors} == {"levels.warning", "levels.red", "settings.days"}
    assert len(survivors) == 6
