"""The registry of plantings, and the drafts that plantings edit."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from mingcha.demo.draft import Draft
from mingcha.demo.plant.duty import DUTIES
from mingcha.demo.plant.henan import HENAN
from mingcha.demo.plant.pingdingshan import PINGDINGSHAN
from mingcha.demo.planter import PLANTINGS
from mingcha.demo.truth import FOLLOWS, PLANTED, Truth
from mingcha.facts.arrow import arrow_schema
from mingcha.facts.schema import TABLES
from mingcha.law.instants import MISSING

if TYPE_CHECKING:
    from tests.demo.conftest import Made


def test_every_planting_says_in_a_line_what_it_breaks() -> None:
    for do in [*(planting.do for planting in PLANTINGS), *(entry[-1] for entry in DUTIES)]:
        assert do.__doc__ and len(do.__doc__) > 20, do.__name__


def test_the_plantings_of_a_pack_are_of_its_rules() -> None:
    assert all(planting.rule.startswith("henan-") for planting in HENAN.plantings)
    assert all(planting.rule.startswith("pds-") for planting in PINGDINGSHAN.plantings)


def test_names_of_plantings_are_unique() -> None:
    names = [planting.name for planting in PLANTINGS]
    assert len(set(names)) == len(names)


def test_no_case_is_planted_twice(large: Made) -> None:
    numbers = np.concatenate(list(large.city.planted.numbers.values()))
    assert len(set(numbers.tolist())) == len(numbers)
    assert not set(numbers.tolist()) & set(large.city.planted.lawful.tolist())


def test_a_group_is_planted_whole(large: Made) -> None:
    grouped = [planting for planting in PLANTINGS if planting.each > 1]
    assert {planting.rule for planting in grouped} == {"ezhou-repeat", "ezhou-begged", "ezhou-retaliation"}
    for planting in grouped:
        count = len(large.city.planted.cases_of(planting.rule))
        assert count > 0 and count % planting.each == 0


def test_who_is_refused_after_a_bad_review_gave_it_to_the_same_agency(large: Made) -> None:
    lives, guide = large.city.planted.lives, large.city.world.guide
    reviewed, refused = large.city.planted.cases_of("ezhou-retaliation").reshape(-1, 2).T
    assert (lives.person[reviewed] == lives.person[refused]).all()
    assert (guide.agency[lives.version[reviewed]] == guide.agency[lives.version[refused]]).all()


FEES = pa.Table.from_pylist(
    [
        {"case_no": "A", "seq": 1, "name": "工本费", "amount": Decimal("10.00"), "paid_at": None},
        {"case_no": "B", "seq": 1, "name": "工本费", "amount": Decimal("20.00"), "paid_at": 1_000_000},
    ],
    arrow_schema(TABLES["fees"], ["case_no", "seq", "name", "amount", "paid_at"]),
)


def test_a_draft_gives_back_what_it_was_made_of() -> None:
    assert Draft(FEES, "fees").table().equals(FEES)


def test_a_draft_sets_values_in_the_rows_meant() -> None:
    draft = Draft(FEES, "fees")
    draft.put(draft["case_no"] == "B", name=None, paid_at=None)
    assert draft.table()["name"].to_pylist() == ["工本费", None]
    assert draft.table()["paid_at"].null_count == 2


def test_a_draft_drops_and_adds_rows() -> None:
    draft = Draft(FEES, "fees")
    draft.drop(draft["case_no"] == "A")
    draft.add(1, case_no="C", seq=2, amount=Decimal("1.00"))
    rows = draft.table().to_pylist()
    assert [row["case_no"] for row in rows] == ["B", "C"]
    assert rows[1]["name"] is None and rows[1]["paid_at"] is None


def test_the_truth_tells_the_level_of_each_moment() -> None:
    truth = Truth()
    truth.add("r", "cases", ["A", "B"], warning=np.array([10, 20]), red=np.array([30, MISSING]))
    levels = {at: truth.table(at).to_pydict()["level"] for at in (5, 10, 25, 30)}
    assert levels == {5: [], 10: ["warning"], 25: ["warning", "warning"], 30: ["red", "warning"]}


def test_what_is_expected_twice_is_found_once_at_its_highest() -> None:
    truth = Truth()
    truth.add("r", "cases", ["A"], kind=FOLLOWS, warning=10)
    truth.add("r", "cases", ["A"], kind=PLANTED, red=20)
    assert truth.table(30).to_pydict()["level"] == ["red"]
    assert truth.table(30).to_pydict()["kind"] == [PLANTED]


def test_a_flag_alone_has_no_colour() -> None:
    truth = Truth()
    truth.add("r", "cases", ["A"], lead=10)
    assert truth.table(10).to_pydict()["level"] == ["none"]


def test_a_level_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match="yellow"):
        Truth().add("r", "cases", ["A"], yellow=10)
