"""Masks of personal data, and looking at it for a purpose (test-plan D6)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha.accounts import masking
from mingcha.accounts.acts import RefusedError
from mingcha.base.models import AuditRow
from mingcha.facts.schema import TABLES
from tests.server.accounts.conftest import WHO

IDS = st.from_regex(r"[1-6]\d{16}[\dX]", fullmatch=True)
PHONES = st.from_regex(r"1[3-9]\d{9}", fullmatch=True)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("张三", "张*"),
        ("张三丰", "张**"),
        ("阿卜杜热西提·买买提", "阿**"),
        ("张", "*"),
        ("", ""),
        (" 张三 ", "张*"),
    ],
)
def test_of_a_name_the_first_character_is_shown(value: str, shown: str) -> None:
    assert masking.name(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [("13812345678", "138****5678"), ("0371-66881234", "037******1234"), ("12345", "***45"), ("110", "***")],
)
def test_of_a_phone_number_the_middle_is_hidden(value: str, shown: str) -> None:
    assert masking.phone(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [("410105199001011234", "4101**********1234"), ("E12345678", "E*******8"), ("123", "***")],
)
def test_of_an_id_the_ends_are_shown(value: str, shown: str) -> None:
    assert masking.number(value) == shown


@given(st.text(max_size=40))
def test_a_mask_never_shows_the_whole(value: str) -> None:
    plain = value.strip()
    for mask in (masking.name, masking.phone, masking.number):
        shown = mask(value)
        assert len(shown) <= len(plain)
        assert not plain or shown != plain or set(plain) == {"*"}


@given(IDS, PHONES, st.sampled_from(["", "身份证", ",", " ", "号:"]))
def test_ids_and_phones_in_free_text_are_masked(number: str, phone: str, between: str) -> None:
    shown = masking.text(f"来电{between}{phone},证件{between}{number}。")
    assert number not in shown and phone not in shown
    assert phone[:3] in shown and number[-4:] in shown


def test_numbers_that_are_neither_stay_as_they_are() -> None:
    told = "办件 20260301000012345678901 已用 12 个工作日,金额 13812345678901 分"
    assert masking.text(told) == told


def test_every_personal_column_has_a_mask() -> None:
    for table in TABLES:
        row = {column.name: "13812345678" for column in masking.personal_columns(table)}
        assert all(value != "13812345678" for value in masking.hidden(table, row).values()), table


def test_what_is_not_personal_is_left_alone() -> None:
    shown = masking.hidden(
        "cases", {"case_no": "13812345678", "applicant_name": "张三", "contact_phone": None}
    )
    assert shown == {"case_no": "13812345678", "applicant_name": "张*", "contact_phone": None}


@pytest.mark.django_db
def test_a_look_is_recorded_with_its_purpose_and_without_the_data() -> None:
    masking.look("cases", "B-1", " 核实超期办件 ", WHO)
    row = AuditRow.objects.get(act="personal.look")
    assert (row.actor, row.about, row.purpose) == ("test", "cases/B-1", "核实超期办件")
    assert "申请人证件号码" in row.detail["columns"]


@pytest.mark.django_db
@pytest.mark.parametrize("purpose", ["", "   ", "看看", "a b"])
def test_a_look_without_a_purpose_is_refused_and_not_recorded(purpose: str) -> None:
    with pytest.raises(RefusedError, match="事由"):
        masking.look("cases", "B-1", purpose, WHO)
    assert not AuditRow.objects.exists()
