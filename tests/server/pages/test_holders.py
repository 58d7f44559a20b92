"""Every minute of a case belongs to one holder, and the parts add up to the whole."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mingcha.pages.cases.holders import Holder, Stretch, attribute, between, spoken, totals

DAY0 = datetime(2026, 3, 2, 9)
MOMENTS = st.integers(-3_000, 30_000).map(lambda minutes: DAY0 + timedelta(minutes=minutes))
STRETCHES = st.lists(
    st.builds(
        lambda start, length, label: Stretch(start, None if length is None else start + length, label),
        MOMENTS,
        st.none() | st.integers(0, 9_000).map(lambda minutes: timedelta(minutes=minutes)),
        st.sampled_from(["", "受理", "审查"]),
    ),
    max_size=6,
)


def at(hours: float) -> datetime:
    return DAY0 + timedelta(hours=hours)


@given(MOMENTS, MOMENTS, STRETCHES, STRETCHES, STRETCHES)
def test_parts_add_up_to_the_whole_without_gap_or_overlap(start, end, corrections, specials, steps):
    spans = attribute(start, end, corrections, specials, steps)
    if end <= start:
        assert spans == []
        return
    assert sum(totals(spans).values(), timedelta()) == end - start
    assert spans[0].start == start and spans[-1].end == end
    assert all(left.end == right.start for left, right in pairwise(spans))
    assert all(span.length > timedelta() for span in spans)
    assert all((a.holder, a.label) != (b.holder, b.label) for a, b in pairwise(spans))


@given(MOMENTS, STRETCHES, STRETCHES, STRETCHES)
def test_a_minute_belongs_to_the_first_holder_that_has_it(minute, corrections, specials, steps):
    span = attribute(minute, minute + timedelta(minutes=1), corrections, specials, steps)[0]

    def held(stretches):
        return any(s.start <= span.start and (s.end is None or s.end > span.start) for s in stretches)

    if held(corrections):
        assert span.holder is Holder.APPLICANT
    elif held(specials):
        assert span.holder is Holder.SPECIAL
    elif held(steps) or not held(between(steps)):
        assert span.holder is Holder.AGENCY
    else:
        assert span.holder is Holder.HANDOVER


def test_a_correction_takes_the_time_from_the_step_it_lies_in():
    spans = attribute(at(0), at(10), [Stretch(at(2), at(5), "BZ1")], (), [Stretch(at(0), at(9), "审查")])
    assert [(span.holder, span.label, span.start, span.end) for span in spans] == [
        (Holder.AGENCY, "审查", at(0), at(2)),
        (Holder.APPLICANT, "BZ1", at(2), at(5)),
        (Holder.AGENCY, "审查", at(5), at(9)),
        (Holder.AGENCY, "", at(9), at(10)),
    ]


def test_between_two_steps_the_case_is_being_handed_over():
    spans = attribute(at(0), at(10), (), (), [Stretch(at(0), at(3), "受理"), Stretch(at(4), None, "审查")])
    assert [(span.holder, span.label) for span in spans] == [
        (Holder.AGENCY, "受理"),
        (Holder.HANDOVER, "受理 → 审查"),
        (Holder.AGENCY, "审查"),
    ]


def test_a_step_that_lasts_leaves_no_gap_after_it():
    assert between([Stretch(at(0), None, "审查"), Stretch(at(5), at(6), "决定")]) == []


def test_lengths_are_said_in_days_hours_and_minutes():
    assert spoken(timedelta(days=3, hours=4, minutes=5)) == "3天4小时5分"
    assert spoken(timedelta(seconds=30)) == "不足1分"
    assert spoken(timedelta()) == "0分"
