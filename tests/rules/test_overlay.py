"""Packs over packs: where each holds, and what takes whose place."""

from __future__ import annotations

from datetime import date

from mingcha.rules.load import shipped_rulebook
from mingcha.rules.overlay import Extent, conflicts, extent, quieting, replacing

HENAN = Extent(("41",), date(2019, 3, 21), None)
ZHENGZHOU = Extent(("4101",), date(2021, 7, 1), None)
EZHOU = Extent(("4207",), date(2020, 6, 30), None)


def test_a_city_meets_its_province() -> None:
    assert ZHENGZHOU.meets(HENAN)
    assert HENAN.meets(ZHENGZHOU)


def test_a_city_of_another_province_does_not() -> None:
    assert not EZHOU.meets(HENAN)


def test_nothing_meets_where_one_ends_on_the_day_the_other_begins() -> None:
    ended = Extent(("41",), date(2019, 3, 21), date(2021, 7, 1))
    assert not ZHENGZHOU.meets(ended)
    assert ZHENGZHOU.meets(Extent(("41",), date(2019, 3, 21), date(2021, 7, 2)))


def test_a_pack_without_regions_meets_nothing_by_itself() -> None:
    assert not Extent((), date.min, None).meets(HENAN)


def test_regions_outside_are_named() -> None:
    assert Extent(("4101", "4207"), date.min, None).outside(HENAN) == ("4207",)


def test_the_shipped_packs_do_not_contradict_each_other() -> None:
    assert list(conflicts(shipped_rulebook())) == []


def test_zhengzhou_takes_the_place_of_the_provinces_bad_review() -> None:
    ((pack, rule),) = replacing(shipped_rulebook(), "henan-9.1")
    assert (pack.id, rule.id) == ("zhengzhou-2021", "zhengzhou-7.1")


def test_pingdingshan_quiets_the_provinces_warning_of_web_applications() -> None:
    ((pack, rule, level),) = quieting(shipped_rulebook(), "henan-8.10")
    assert (pack.id, rule.id, level) == ("pingdingshan-2022", "pds-26", "warning")


def test_the_extent_of_a_pack_is_its_own() -> None:
    assert extent(shipped_rulebook().pack("zhengzhou-2021")) == ZHENGZHOU
