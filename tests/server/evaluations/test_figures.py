from datetime import date

import pytest

from mingcha.accounts.policy import EVERYTHING
from mingcha.alerts.law import law_in_force
from mingcha.evaluations import figures, published, stages
from mingcha.evaluations.figures import Group, Period
from mingcha.evaluations.published import too_small
from mingcha.intake import reading
from mingcha.intake.fact_models import FACTS
from tests.server.evaluations.conftest import AGENCY, NOW

DAYS = Period(date(2026, 3, 1), date(2026, 3, 5))


def review(no, **said):
    return {
        "evaluation_no": no,
        "case_no": "BJ1",
        "level": None,
        "satisfied": None,
        "submitted_at": "2026-03-05 09:50",
        **said,
    }


REVIEWS = [
    review("PJ1", level=5),
    review("PJ2", level=3),
    review("PJ3", level=1, real_name=True),
    review("PJ4", satisfied=False),
    review("PJ5", satisfied=True, is_default=True),
    review("PJ6"),
    review("PJ7", level=2),
    review("PJ8", level=4, submitted_at="2026-03-06 00:00"),
    review("PJ9", level=4, submitted_at="2026-02-28 23:59:59"),
]
HANDLED = [
    {
        "evaluation_no": "PJ3",
        "called_back_at": "2026-03-05 09:55",
        "confirmed_at": "2026-03-05 09:56",
        "finding": "confirmed",
    },
    {"evaluation_no": "PJ7", "finding": "malicious", "confirmed_at": "2026-03-05 09:56"},
]


@pytest.fixture
def rated(town):
    town.report(NOW, judged=False, evaluations=REVIEWS, review_handling=HANDLED)
    return town


def test_a_default_and_an_empty_rating_are_not_rated_and_one_not_adopted_does_not_count(rated):
    (whole,) = figures.satisfaction(EVERYTHING, DAYS)
    assert (whole.rated, whole.content, whole.defaults, whole.two_grades) == (4, 2, 1, 1)
    assert whole.graded == {5: 1, 4: 0, 3: 1, 2: 0, 1: 1}
    assert whole.bad == 1 and whole.share == 0.5


def test_by_agency_and_by_item_come_to_the_same(rated):
    by = {name: figures.satisfaction(EVERYTHING, DAYS, name) for name in ("agency", "item")}
    assert [sum(group.rated for group in groups) for groups in by.values()] == [4, 4]
    assert by["agency"][0].key == AGENCY


def test_the_shares_are_those_of_the_rules(rated, town):
    """The same numbers as the indicators of the rulebook give of everything."""
    again = [
        review("PK3", level=2, real_name=True, follows="PJ3"),
        review("PK7", level=5, real_name=True, follows="PJ7"),
    ]
    town.report(NOW, judged=False, evaluations=again)
    book, calendar = law_in_force()
    everything = Period(date(2020, 1, 1), date(2027, 1, 1))
    pairs = {
        "ezhou-offered": figures.offered,
        "ezhou-push": figures.pushed,
        "ezhou-real-name": figures.put_right,
    }
    from mingcha.engine.measure import measure

    for rule, share in pairs.items():
        rows = measure(reading.facts(), book, calendar, date(2026, 3, 7), only=[rule]).to_pylist()
        told = [row for row in rows if row["key"] == AGENCY]
        mine = [found for found in share(EVERYTHING, everything, by_agency=True) if found.key == AGENCY]
        assert [(row["numerator"], row["denominator"]) for row in told] == [
            (s.numerator, s.denominator) for s in mine
        ], rule


def test_a_second_rating_takes_the_place_of_the_first(rated):
    """Whether it is better or worse; not where it rates nothing, stands by default, or was not adopted."""
    again = [
        review("PK1", level=1, real_name=False, follows="PJ1"),
        review("PK3", level=5, real_name=True, follows="PJ3"),
        review("PK4", satisfied=True, follows="PJ4", submitted_at="2026-03-06 08:00"),
        review("PK2", follows="PJ2"),
        review("PK5", level=1, real_name=False, is_default=True, follows="PJ2"),
        review("PK6", level=2, real_name=True, follows="PJ2"),
    ]
    refused = [{"evaluation_no": "PK6", "finding": "mistaken", "confirmed_at": "2026-03-05 09:56"}]
    rated.report(NOW, judged=False, evaluations=again, review_handling=refused)
    (whole,) = figures.satisfaction(EVERYTHING, DAYS)
    assert whole.graded == {5: 1, 4: 0, 3: 1, 2: 0, 1: 1}, "PK3, PJ2, PK1"
    assert (whole.rated, whole.content, whole.two_grades) == (3, 2, 0), "PK4 counts in its own month"
    (right,) = figures.put_right(EVERYTHING, DAYS)
    assert (right.numerator, right.denominator) == (0, 0), "PJ3 is no bad review any more"
    (month,) = [g for g in figures.satisfaction(EVERYTHING, Period(date(2026, 3, 6), date(2026, 3, 6)))]
    assert (month.rated, month.content) == (2, 2), "PJ8 and PK4"


def test_small_groups_are_hidden_and_never_one_alone():
    groups = [Group(key, rated, rated, 0) for key, rated in (("a", 50), ("b", 7), ("c", 3), ("d", 0))]
    assert too_small(groups) == {"b", "c"}
    assert too_small([Group("a", 9, 9, 0)]) == frozenset()
    assert too_small([Group("a", 3, 3, 0), Group("b", 4, 4, 0), Group("c", 6, 1, 0)]) == {"a", "b"}


def test_the_public_sees_no_small_group(rated):
    assert [told.group for told in published.satisfaction(DAYS)] == [None]
    assert published.overall(DAYS) is None


def test_every_stage_is_found_by_its_condition_as_by_its_row(rated):
    rows = FACTS["evaluations"]._default_manager.filter(seen_to=None, level__lte=2)
    handling = {
        h["evaluation_no"]: h for h in FACTS["review_handling"]._default_manager.filter(seen_to=None).values()
    }
    for name in stages.LABELS:
        found = set(stages.at(rows, name).values_list("evaluation_no", flat=True))
        assert found == {
            r.evaluation_no for r in rows if stages.stage_of(handling.get(r.evaluation_no)) == name
        }
    assert {n: c for n, c in stages.counts(rows).items() if c} == {"found": 1, "refused": 1}
