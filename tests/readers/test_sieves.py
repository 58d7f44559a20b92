"""The vectorised sieves agree with the checks, one by one."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from mingcha.facts.checks import (
    CHECKS,
    CREDIT_ALPHABET,
    NOTE,
    credit_check_character,
    id_check_character,
)
from mingcha.readers.sieves import noted_or_bad

credit = st.text(CREDIT_ALPHABET, min_size=17, max_size=17).map(lambda b: b + credit_check_character(b))
identity = st.tuples(st.sampled_from(["410105", "110105", "990105"]), st.dates(), st.integers(0, 999)).map(
    lambda t: f"{t[0]}{t[1].year:04d}{t[1]:%m%d}{t[2]:03d}"
)
good_ones = st.one_of(
    credit,
    identity.map(lambda b: b + id_check_character(b)),
    credit.map(lambda c: c + "3442199806003"),
    credit.map(lambda c: c + "344219980600301"),
    st.integers(0, 10**12 - 1).map(lambda n: f"{n:012d}"),
    st.integers(10**10, 10**11 - 1).map(str),
)


@st.composite
def nearly_good(draw: st.DrawFn) -> str:
    """A good value, or one with a character changed, cut off or added."""
    text = draw(good_ones)
    place = draw(st.integers(0, len(text) - 1))
    letter = draw(st.sampled_from("0123456789ABXIoz中 "))
    form = draw(st.sampled_from(["same", "changed", "cut", "longer"]))
    if form == "changed":
        return text[:place] + letter + text[place + 1 :]
    return {"same": text, "cut": text[:-1], "longer": text + letter}[form]


@given(
    st.sampled_from(sorted(CHECKS)),
    st.lists(st.none() | nearly_good() | st.text("0123456789AX中", max_size=34)),
)
def test_a_column_is_judged_as_each_of_its_texts_is(check: str, texts: list[str | None]) -> None:
    found = noted_or_bad(check, pa.array(texts, pa.string()))
    expected = []
    for place, text in enumerate(texts):
        reason = CHECKS[check](text) if text is not None else ""
        if reason:
            expected.append((place, reason.removeprefix(NOTE), reason.startswith(NOTE)))
    assert found == expected
