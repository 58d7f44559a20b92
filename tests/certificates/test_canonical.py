"""What is sealed: one way of writing a value, and its digest by SM3."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha.certificates.canonical import NotCanonicalError, canonical, parse
from mingcha.certificates.seal import sm3


def test_sm3_gives_the_digest_of_the_standard() -> None:
    # GB/T 32905-2016, example 1
    assert sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_the_canonical_form_of_a_value_reads_back_as_it(value: Any) -> None:
    try:
        data = canonical(value)
    except UnicodeEncodeError:
        return  # lone surrogates have no UTF-8
    assert parse(data) == value and canonical(parse(data)) == data


@pytest.mark.parametrize(
    "text", ["1.5", "[1, 2]", '{"b":1,"a":2}', '{"a":1,"a":1}', "NaN", '"\\u0041"', "[", "1 "]
)
def test_what_is_not_in_canonical_form_is_refused(text: str) -> None:
    with pytest.raises(NotCanonicalError):
        parse(text.encode())
