"""Check digits and formats of codes and numbers (D6)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha.facts.checks import (
    CREDIT_ALPHABET,
    NOTE,
    credit_check_character,
    credit_code,
    id_card,
    id_check_character,
    item_code,
    phone,
    region_code,
)

credit_bodies = st.text(CREDIT_ALPHABET, min_size=17, max_size=17)
births = st.dates(date(1900, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize("text", ["12441500196720244T", "11310000MB2F30661Y", "11440000006939756B"])
def test_credit_codes_of_real_agencies_pass(text: str) -> None:
    assert credit_code(text) == ""


@given(credit_bodies, st.integers(0, 16), st.sampled_from(CREDIT_ALPHABET))
def test_changing_one_character_of_a_credit_code_is_noticed(body: str, place: int, letter: str) -> None:
    good = body + credit_check_character(body)
    assert credit_code(good) == ""
    changed = good[:place] + letter + good[place + 1 :]
    assert (credit_code(changed) == "") == (changed == good)


@pytest.mark.parametrize(
    ("text", "says"),
    [("1244150019672024", "18 位"), ("12441500196720244I", "I"), ("12441500196720244A", "校验位")],
)
def test_a_bad_credit_code_is_told_why(text: str, says: str) -> None:
    assert says in credit_code(text)


def test_the_standard_example_of_an_identity_number_passes() -> None:
    assert id_card("11010519491231002X") == ""


@given(births, st.integers(0, 999), st.integers(0, 16), st.sampled_from("0123456789"))
def test_changing_one_digit_of_an_identity_number_is_noticed(
    birth: date, serial: int, place: int, digit: str
) -> None:
    body = f"410105{birth:%Y%m%d}{serial:03d}"
    good = body + id_check_character(body)
    assert id_card(good) == ""
    changed = good[:place] + digit + good[place + 1 :]
    assert (id_card(changed) == "") == (changed == good)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("110105194912310020", "校验位"),
        ("99010519491231002X", "省级"),
        ("11010519490231002X", "不存在"),
        ("11010517991231002X", "不可能"),
        ("11010519491231002x", "大写"),
        ("1101051949123100", "17 位"),
    ],
)
def test_a_bad_identity_number_is_told_why(text: str, says: str) -> None:
    assert says in id_card(text)


def test_an_identity_number_of_15_digits_is_only_noted() -> None:
    assert id_card("110105491231002").startswith(NOTE)
    assert "不存在" in id_card("110105490231002")


def test_item_codes_have_31_or_33_characters_and_24_is_only_noted() -> None:
    code = "12441500196720244T3442199806003"
    assert item_code(code) == ""
    assert item_code(code + "01") == ""
    assert item_code(code[:24]).startswith(NOTE)
    assert "31 位" in item_code(code[:30])
    assert "大写" in item_code(code.lower())


def test_an_item_code_with_a_bad_agency_or_level_is_only_noted() -> None:
    assert "校验位" in item_code("12441500196720244A3442199806003")
    assert item_code("12441500196720244A3442199806003").startswith(NOTE)
    assert item_code("12441500196720244T9442199806003").startswith(NOTE)


@pytest.mark.parametrize("text", ["410000000000", "410105001002", "000000000000"])
def test_region_codes_of_12_digits_pass(text: str) -> None:
    assert region_code(text) == ""


@pytest.mark.parametrize("text", ["410105", "990000000000", "41010500100a", "4101050010021"])
def test_other_region_codes_do_not(text: str) -> None:
    assert region_code(text) != ""


@pytest.mark.parametrize(
    "text",
    [
        "13800000000",
        "+86 138 0000 0000",
        "8613800000000",
        "0371-62345678",
        "(0371)62345678",
        "0371-62345678转801",
        "62345678",
        "12345",
        "400-800-1234",
        "95588",
    ],
)
def test_numbers_people_can_be_called_at_pass(text: str) -> None:
    assert phone(text) == ""


@pytest.mark.parametrize(
    "text", ["138****1234", "无", "1", "12800000000", "0371", "1380000000", "abc13800000000"]
)
def test_numbers_that_nobody_answers_do_not(text: str) -> None:
    assert phone(text) != ""
