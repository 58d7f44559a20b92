"""Levels in words, as a jurist reads them."""

from __future__ import annotations

import pytest

from mingcha.rules.levels import parse_level
from mingcha.rules.load import shipped_rulebook
from mingcha.rules.words import clock_words, level_words, levels_words, place_words, used_settings


@pytest.mark.parametrize(
    ("name", "condition", "words"),
    [
        ("red", "at once", "一经发现即发红牌"),
        ("warning", "left <= 2", "所剩时限不多于2个工作日时预警"),
        ("warning", "left <= setting.n", "所剩时限不多于7个工作日时预警"),
        ("red", "overrun", "超过期限即发红牌"),
        ("warning", "overrun 1 working_day", "超过期限1个工作日预警"),
        ("red", "3 working_day after warning", "预警发出后3个工作日内仍未改正,发红牌"),
        ("note", "stopped within", "在期限内达到即提醒"),
        ("warning", "due after against", "到期日晚于对照的期限即预警"),
        ("lead", "due differs promised_at", "应办结日与 promised_at 不一致即记线索"),
        ("abnormal", "at once", "一经发现即记异常"),
    ],
)
def test_a_level_in_words(name: str, condition: str, words: str) -> None:
    level = parse_level(name, condition)
    assert level is not None
    assert level_words(level, {"n": 7}) == words


@pytest.mark.parametrize(
    "condition", ["left < 2", "overrun 1", "overrun 1 week", "3 days after warning", "soon", ""]
)
def test_what_is_not_a_condition_is_none(condition: str) -> None:
    assert parse_level("red", condition) is None


def settings(rule_id: str) -> dict[str, object]:
    book = shipped_rulebook()
    return book.settings_of(book.pack(book.rule(rule_id).pack))


def test_all_levels_and_flags_of_a_rule_stand_in_one_sentence() -> None:
    rule = shipped_rulebook().rule("henan-8.2b")
    assert levels_words(rule, {}) == "一经发现即预警;转人工监察"


def test_a_list_says_when_it_lets_go() -> None:
    rule = shipped_rulebook().rule("pds-7")
    assert levels_words(rule, {}).endswith("名单满12个月自动移出")


def test_rules_that_raise_nothing_say_so() -> None:
    book = shipped_rulebook()
    assert levels_words(book.rule("ezhou-push"), {}) == "只统计,不发信号"
    assert levels_words(book.rule("zhengzhou-16"), {}) == "由录入人定级"


def test_a_clock_in_words_fills_in_its_settings() -> None:
    rule = shipped_rulebook().rule("henan-8.2a")
    assert clock_words(rule, settings(rule.id)).endswith("期限 5个工作日")


def test_a_pack_without_regions_is_said_to_hold_only_by_name() -> None:
    assert place_words(shipped_rulebook().pack("state-council")).startswith("只在被点名采用时适用")


def test_the_settings_a_rule_uses_are_found_in_its_text() -> None:
    assert used_settings(shipped_rulebook().rule("henan-8.2a")) == ("timely_days",)
