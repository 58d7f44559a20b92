"""People, places and items of the demo city: valid in form, plainly invented."""

from __future__ import annotations

from collections import Counter

from mingcha.demo.catalogue import Version, read_catalogue
from mingcha.demo.catalogue_text import ITEMS
from mingcha.demo.people import firm_code, id_number, invent_people, person_name
from mingcha.demo.places import REGIONS, agencies, halls
from mingcha.facts.checks import credit_code, id_card, item_code, phone, region_code

AGENCIES = agencies()
VERSIONS = read_catalogue(AGENCIES)


def test_identity_numbers_are_valid_and_bear_the_sequence_that_is_never_given_out() -> None:
    numbers = [id_number(k) for k in range(0, 70_000, 37)]
    assert {id_card(number) for number in numbers} == {""}
    assert {number[14:17] for number in numbers} == {"000"}
    assert len(set(numbers)) == len(numbers)


def test_firms_bear_valid_codes_of_a_region_that_does_not_exist() -> None:
    codes = [firm_code(k) for k in range(500)]
    assert {credit_code(code) for code in codes} == {""}
    assert {code[2:8] for code in codes} == {"410199"}


def test_names_say_that_they_are_invented() -> None:
    people = invent_people(1000)
    assert person_name(0) == "张测试甲子"
    assert all("测试" in name or "示例" in name for name in people.name.to_pylist())
    assert {phone(number) for number in people.phone.to_pylist()} == {""}
    assert all(number.startswith("1380000") for number in people.phone.to_pylist())


def test_regions_of_four_levels_hang_together_below_the_city() -> None:
    codes = {code for code, *_ in REGIONS}
    assert {level for _, _, level, _ in REGIONS} == {"province", "city", "county", "township", "village"}
    assert {region_code(code) for code in codes} == {""}
    assert all(parent in codes for *_, parent in REGIONS if parent)


def test_agencies_have_codes_of_their_own_windows_and_officers() -> None:
    assert {credit_code(agency.code) for agency in AGENCIES} == {""}
    assert len({agency.code for agency in AGENCIES}) == len(AGENCIES)
    windows = [window for agency in AGENCIES for window in agency.windows]
    assert len(set(windows)) == len(windows)
    assert {agency.hall for agency in AGENCIES} == {hall.code for hall in halls()}


def test_some_departments_are_good_and_some_are_bad() -> None:
    badness = Counter(agency.badness for agency in AGENCIES)
    assert badness[1] > len(AGENCIES) // 2
    assert 0 < badness[8] < len(AGENCIES) // 5


def test_the_catalogue_holds_120_items_of_every_level() -> None:
    assert len(ITEMS.splitlines()) == 120
    assert len({version.name for version in VERSIONS}) == 120
    assert {item_code(version.item_code) for version in VERSIONS} == {""}
    assert {version.agency.region.level for version in VERSIONS} == {"city", "county", "township", "village"}


def test_every_line_of_the_catalogue_is_offered_by_some_agency() -> None:
    assert {version.serial for version in VERSIONS} == set(range(1, 121))


def versions_of(code: str) -> list[Version]:
    return [version for version in VERSIONS if version.item_code == code]


def test_reformed_items_have_two_versions_that_follow_each_other() -> None:
    twice = [code for code, count in Counter(v.item_code for v in VERSIONS).items() if count == 2]
    assert len(twice) > 20
    for code in twice:
        old, new = versions_of(code)
        assert (old.version, new.version, old.last_day) == (1, 2, new.first_day)
        assert old.limit > new.limit
        assert len(old.materials) == len(new.materials) + 1


def test_items_ask_for_at_most_one_optional_material_and_list_it_last() -> None:
    for version in VERSIONS:
        required = [material.required for material in version.materials]
        assert required == sorted(required, reverse=True)
        assert required.count(False) == 1


def test_steps_with_limits_have_time_for_the_whole_promise() -> None:
    for version in VERSIONS:
        if version.step_limit is not None:
            assert version.step_limit * len(version.steps) >= version.limit


def test_promises_keep_to_the_law_but_for_two_items_nobody_applies_for() -> None:
    beyond = {
        version.name
        for version in VERSIONS
        if version.unit == version.statutory_unit and version.limit > version.statutory_limit
    }
    assert beyond == {"临时构筑物搭建审批"}
    assert {v.weight for v in VERSIONS if v.name in beyond | {"涉路施工活动许可"}} == {0}
