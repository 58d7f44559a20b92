"""Truth that is counted over all ratings: officers rated badly again, praise that was asked for, and those
who are refused after a bad review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mingcha.demo.arrows import coded
from mingcha.demo.dice import Ints
from mingcha.demo.follow import quarter_of, quarter_text
from mingcha.demo.result_tables import RATED_BY, ratings
from mingcha.demo.tables import Cases
from mingcha.demo.traits import Traits
from mingcha.demo.truth import FOLLOWS, PLANTED, Truth
from mingcha.law.instants import DAY, MINUTE, MISSING

if TYPE_CHECKING:
    from mingcha.demo.planter import Planted

REPEATED: Final = 3
BEGGED: Final = 5
BEGGED_WITHIN: Final = 5 * MINUTE
OWN_DEVICES: Final = ("qr", "mobile", "pc", "sms")
RETALIATION_DAYS: Final = 180


def expect_repeated(truth: Truth, evaluations: pa.Table, handling: pa.Table) -> None:
    """ezhou-repeat: the third confirmed bad review of an officer in a quarter, by the day it was given."""
    found: dict[tuple[str, str], list[tuple[int, str]]] = {}
    confirmed = _confirmed(handling)
    columns = [evaluations[name].to_pylist() for name in ("evaluation_no", "officer_code")]
    given = evaluations["submitted_at"].cast(pa.int64()).to_numpy()
    quarters = quarter_text(quarter_of(given // DAY))
    for number, officer, quarter in zip(*columns, quarters, strict=True):
        if number in confirmed:
            found.setdefault((officer, quarter), []).append((confirmed[number], number))
    for (officer, quarter), reviews in sorted(found.items()):
        if len(reviews) >= REPEATED:
            third = sorted(reviews)[REPEATED - 1][0]
            truth.add("ezhou-repeat", "officers", [officer], [quarter], lead=third)


def _confirmed(handling: pa.Table) -> dict[str, int]:
    numbers: list[Any] = handling["evaluation_no"].to_pylist()
    moments = handling["confirmed_at"].cast(pa.int64()).to_pylist()
    return {
        n: at
        for n, at, f in zip(numbers, moments, handling["finding"].to_pylist(), strict=True)
        if f == "confirmed"
    }


def expect_begged(truth: Truth, told: Cases, planted: Planted) -> None:
    """ezhou-begged: each fifth of five best ratings of one officer within five minutes. Now and then five
    come by chance."""
    officer, number, submitted = _praise(told, planted)
    order = np.lexsort((number, submitted, officer))
    first, fifth = order[: 1 - BEGGED], order[BEGGED - 1 :]
    soon = (officer[first] == officer[fifth]) & (submitted[fifth] - submitted[first] <= BEGGED_WITHIN)
    found = fifth[soon]
    codes = told.look.acceptor.take(pa.array(officer[found])).to_pylist()
    subjects = coded("PJ", (number[found], 9)).to_pylist()
    is_planted = np.isin(number[found] // 10, planted.cases_of("ezhou-begged"))
    for kind, where in ((PLANTED, is_planted), (FOLLOWS, ~is_planted)):
        truth.add("ezhou-begged", "officers", codes, subjects, kind=kind, where=where, lead=submitted[found])


def _praise(told: Cases, planted: Planted) -> tuple[Ints, Ints, Ints]:
    """The best ratings given on the raters' own devices: window of the officer, number, and moment."""
    rated = planted.lawful[told.counts("evaluations")[planted.lawful] > 0]
    said = ratings(told.world, told.lives, rated)
    own = np.isin(said.channel, [RATED_BY.index(channel) for channel in OWN_DEVICES])
    best = own & (said.level == 5) & ~said.default
    rows = pa.concat_tables(planted.rows["evaluations"])
    own_rows = pc.is_in(rows["channel"], pa.array(OWN_DEVICES))
    rows = rows.filter(pc.and_(own_rows, pc.and_(pc.equal(rows["level"], 5), pc.invert(rows["is_default"]))))
    window = {code: place for place, code in enumerate(told.look.acceptor.to_pylist())}
    officer = np.array([window[code] for code in rows["officer_code"].to_pylist()], dtype=np.int64)
    return (
        np.concatenate([told.lives.window[rated[best]], officer]),
        np.concatenate([told.lives.no[rated[best]] * 10 + 1, _numbers(rows)]),
        np.concatenate([said.submitted[best], _moments(rows)]),
    )


def expect_retaliation(truth: Truth, told: Cases, planted: Planted) -> None:
    """ezhou-retaliation: who gave a bad review is refused by that agency in another case within half a year,
    counted from the last review before; also where nothing but chance brought the two together."""
    world, lives = told.world, told.lives
    rows = pa.concat_tables(planted.rows["evaluations"])
    rows = rows.filter(pc.less_equal(rows["level"], 2))
    meeting = lives.person * len(world.agencies) + world.guide.agency[lives.version]
    reviews: dict[int, list[tuple[int, int]]] = {}
    for case, at in zip((_numbers(rows) // 10).tolist(), _moments(rows).tolist(), strict=True):
        reviews.setdefault(int(meeting[case]), []).append((at, case))
    refused_at = Traits(world, lives).refused_at
    refused = np.flatnonzero(refused_at != MISSING)
    refused = refused[np.isin(meeting[refused], list(reviews))]
    is_planted = np.isin(refused, planted.cases_of("ezhou-retaliation"))
    for case, mine in zip(refused.tolist(), is_planted.tolist(), strict=True):
        moment = int(refused_at[case])
        before = [at for at, of in reviews[int(meeting[case])] if of != case and at < moment]
        if before and moment // DAY - max(before) // DAY <= RETALIATION_DAYS:
            applicant = world.people.id_number[int(lives.person[case])].as_py()
            subject = told.case_no[case].as_py()
            kind = PLANTED if mine else FOLLOWS
            truth.add("ezhou-retaliation", "applicants", [applicant], [subject], kind=kind, lead=moment)


def _numbers(rows: pa.Table) -> Ints:
    """Evaluation numbers without their letters: the case's number, and one more digit."""
    return np.array([int(number[2:]) for number in rows["evaluation_no"].to_pylist()], dtype=np.int64)


def _moments(rows: pa.Table) -> Ints:
    """When they were submitted."""
    return np.asarray(rows["submitted_at"].cast(pa.int64()).to_numpy())
