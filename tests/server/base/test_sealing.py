"""Personal values are sealed, and found by tokens."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.base import keys, sealing
from mingcha.base.models import KeyMark

PERSON = {"applicant_name": "张三", "applicant_id": "41040219900101123X", "contact_phone": "13800138000"}
ABOUT = sealing.about_row("cases", "4104022026000001")
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@settings(deadline=None)
@given(st.dictionaries(TEXTS.filter(bool), TEXTS, max_size=5))
def test_what_is_sealed_opens_to_the_same(values):
    assert sealing.open_sealed(sealing.seal(values, ABOUT), ABOUT) == values


def test_a_value_that_is_not_there_is_left_out():
    assert sealing.open_sealed(sealing.seal({"a": None, "b": ""}, ABOUT), ABOUT) == {"b": ""}


def test_nul_is_dropped():
    assert sealing.open_sealed(sealing.seal({"a": "x\0y", "b": "z"}, ABOUT), ABOUT) == {"a": "xy", "b": "z"}


def test_a_blob_shows_nothing_and_is_different_each_time():
    one, two = sealing.seal(PERSON, ABOUT), sealing.seal(PERSON, ABOUT)
    assert one != two
    assert "张三".encode() not in one


@settings(deadline=None)
@given(st.integers(min_value=0), st.integers(1, 255))
def test_a_blob_with_any_byte_changed_does_not_open(place, change):
    blob = bytearray(sealing.seal(PERSON, ABOUT))
    blob[place % len(blob)] ^= change
    with pytest.raises(sealing.SealError):
        sealing.open_sealed(bytes(blob), ABOUT)


def test_a_blob_does_not_open_in_another_row():
    with pytest.raises(sealing.SealError, match="换了位置"):
        sealing.open_sealed(sealing.seal(PERSON, ABOUT), sealing.about_row("cases", "4104022026000002"))


@pytest.mark.parametrize("blob", [b"", b"\1", b"\2" * 60])
def test_what_is_no_blob_is_told_so(blob):
    with pytest.raises(sealing.SealError, match="不是密封的数据"):
        sealing.open_bytes(blob, ABOUT)


def test_rows_are_sealed_together_and_one_without_values_is_none():
    blobs = sealing.seal_rows([PERSON, {"applicant_name": None}], [ABOUT, "x"])
    assert sealing.open_sealed(blobs[0], ABOUT) == PERSON
    assert blobs[1] is None


def test_a_new_key_writes_and_the_old_one_still_reads(own_home):
    old = sealing.seal(PERSON, ABOUT)
    assert keys.new_seal_key() == 2
    new = sealing.seal(PERSON, ABOUT)
    assert (sealing.key_number(old), sealing.key_number(new)) == (1, 2)
    assert sealing.open_sealed(old, ABOUT) == sealing.open_sealed(new, ABOUT) == PERSON


def test_a_missing_key_is_named(own_home):
    blob = sealing.seal(PERSON, ABOUT)
    (own_home / "secrets" / "seal-1").unlink()
    sealing._algorithms.clear()
    with pytest.raises(sealing.SealError, match="seal-1"):
        sealing.open_sealed(blob, ABOUT)


def test_key_files_are_private(own_home):
    sealing.seal(PERSON, ABOUT)
    assert (own_home / "secrets" / "seal-1").stat().st_mode & 0o077 == 0
    assert (own_home / "secrets").stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_keys_are_marked_once_and_fit_afterwards(own_home):
    keys.check()
    keys.new_seal_key()
    keys.check()
    keys.check()
    assert set(KeyMark.objects.values_list("name", flat=True)) == {"search", "audit", "seal-1", "seal-2"}


@pytest.mark.django_db
def test_a_key_that_is_missing_is_told_and_not_made_anew(own_home):
    keys.check()
    (own_home / "secrets" / "search").unlink()
    with pytest.raises(keys.KeysError, match="缺少密钥文件"):
        keys.check()
    assert not (own_home / "secrets" / "search").exists()


@pytest.mark.django_db
def test_a_key_that_is_another_is_told(own_home):
    keys.check()
    (own_home / "secrets" / "audit").write_text("ab" * 32)
    with pytest.raises(keys.KeysError, match="不符"):
        keys.check()


@pytest.mark.parametrize(
    ("domain", "one", "other"),
    [
        ("name", "张三", " 张　三 "),
        ("name", "阿依古丽•买买提", "阿依古丽·买买提"),
        ("name", "Smith John", "ｓmith john"),
        ("id", "41040219900101123x", "４１０４０２１９９００１０１１２３Ｘ"),
        ("id", "91410400MA3X0000XX", "91410400ma3x0000xx "),
        ("phone", "13800138000", "+86 138-0013-8000"),
        ("phone", "0375-2662345", "(0375)2662345"),
    ],
)
def test_values_that_mean_the_same_have_one_token(domain, one, other):
    assert sealing.token(domain, one) == sealing.token(domain, other)


def test_values_that_differ_and_domains_have_other_tokens():
    made = {
        sealing.token(domain, value)
        for domain in ("name", "id", "phone")
        for value in ("13800138000", "13800138001")
    }
    assert len(made) == 6
    assert all(len(each) == 22 for each in made)


def test_a_phone_without_digits_keeps_its_text():
    assert sealing.token("phone", "无") != sealing.token("phone", "保密")


def test_whether_there_is_a_value_is_no_secret():
    assert [sealing.token("name", value) for value in (None, "", "  ")] == [None, "", ""]


def test_an_unknown_domain_is_an_error():
    with pytest.raises(KeyError):
        sealing.token("address", "x")


def test_the_tokens_of_a_column_are_those_of_its_values():
    column = ["张三", None, "张三", ""]
    assert sealing.tokens("name", column) == [sealing.token("name", value) for value in column]


def test_tokens_differ_between_installations(own_home):
    here = sealing.token("name", "张三")
    (own_home / "secrets" / "search").unlink()
    sealing.tokens.__globals__["_keyed"].cache_clear()
    assert sealing.token("name", "张三") != here


def test_bytes_are_sealed_whole():
    data = json.dumps(PERSON).encode() * 1000
    assert sealing.open_bytes(sealing.seal_bytes(data, "payload"), "payload") == data
