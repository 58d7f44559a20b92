"""Plantings of ezhou-2020: bad reviews whose closed loop breaks, each an abnormal matter by zhengzhou-7.1
too; praise that was asked for; and reviewers who are refused afterwards."""

from __future__ import annotations

from typing import Any

import numpy as np

from mingcha.demo.arrows import pick
from mingcha.demo.days import midnight_after
from mingcha.demo.dice import Ints
from mingcha.demo.follow_ratings import BEGGED, REPEATED, RETALIATION_DAYS
from mingcha.demo.plant.reviews import CONFIRMED, plant_bad_reviews
from mingcha.demo.plot import Mask, Plot, Registry
from mingcha.demo.traits import Traits
from mingcha.law.instants import DAY, HOUR, MISSING, SECOND

EZHOU = Registry()


def _of_agency(plot: Plot, evaluations: Any, **levels: Any) -> None:
    """Expect findings about the agency, which do not say whose case was rated."""
    agencies = pick(plot.look.agency_code, plot.lives.version).to_pylist()
    plot.expect(evaluations, about="agencies", key=agencies, **levels)


@EZHOU("ezhou-sign", lambda c: c.rated)
def signed_late(plot: Plot) -> None:
    """Signed for on the third working day."""
    handled = plant_bad_reviews(plot)
    assigned = handled["assigned_at"]
    handled.put(signed_at=plot.days.after(assigned // DAY, 3) * DAY + 9 * HOUR)
    _of_agency(plot, handled["evaluation_no"], warning=plot.over(assigned, 1))


@EZHOU("ezhou-callback", lambda c: c.rated)
def called_back_late(plot: Plot) -> None:
    """Called back a day and some hours later, or never."""
    handled = plant_bad_reviews(plot)
    assigned = handled["assigned_at"]
    handled.put(called_back_at=np.where(plot.part(2), assigned + plot.pick("hours", 25, 60) * HOUR, MISSING))
    _of_agency(plot, handled["evaluation_no"], warning=assigned + 24 * HOUR)


@EZHOU("ezhou-settle", lambda c: c.rated)
def settled_late(plot: Plot) -> None:
    """Settled on the last day (warned), or on the eighth working day (red)."""
    handled = plant_bad_reviews(plot)
    day = handled["assigned_at"] // DAY
    late = ~plot.part(2)
    settled = plot.days.after(day, np.where(late, 8, 5)) * DAY + 15 * HOUR
    handled.put(settled_at=settled)
    red = np.where(late, plot.over(handled["assigned_at"], 5), MISSING)
    _of_agency(plot, handled["evaluation_no"], warning=plot.days.after(day, 4) * DAY, red=red)


@EZHOU("ezhou-rectify", lambda c: c.rated)
def rectified_late(plot: Plot) -> None:
    """Confirmed, and reported as put right only three weeks later, or never."""
    handled = plant_bad_reviews(plot, CONFIRMED)
    due = plot.days.on_or_after(handled["confirmed_at"] // DAY + 15)
    late = (due + 6) * DAY + 11 * HOUR
    handled.put(rectified_at=late - HOUR, feedback_at=np.where(plot.part(2), late, MISSING))
    _of_agency(plot, handled["evaluation_no"], red=midnight_after(due))


def _months(traits: Traits, places: Ints) -> Ints:
    """Months since 1970 in which cases were decided."""
    days = traits.lives.done_day[places].astype("datetime64[D]")
    return days.astype("datetime64[M]").astype(np.int64)


def _of_one_officer(traits: Traits, places: Ints, period: Ints, each: int) -> Ints:
    """Groups of so many cases of one window in one period, in random order."""
    group = traits.lives.window[places] * 10_000 + period
    order = np.argsort(group, kind="stable")
    _, first, count = np.unique(group[order], return_index=True, return_counts=True)
    starts = first[count >= each]
    starts = starts[traits.world.dice.order("repeated", starts)]
    return np.asarray(places[order[(starts[:, None] + np.arange(each)).ravel()]])


def _three_of_one_officer(traits: Traits, free: Mask) -> Ints:
    """Cases in threes: of one window, decided in the first two months of one quarter."""
    places = np.flatnonzero(free)
    month = _months(traits, places)
    early = month % 3 < 2
    return _of_one_officer(traits, places[early], month[early] // 3, REPEATED)


@EZHOU("ezhou-repeat", lambda c: c.rated, grouped=_three_of_one_officer, each=REPEATED)
def rated_badly_again_and_again(plot: Plot) -> None:
    """Three confirmed bad reviews of one officer in a quarter; the lead itself is counted over all of them
    (follow_ratings.py)."""
    plant_bad_reviews(plot, CONFIRMED, plot.lives.completed + 2 * HOUR)


def _five_of_one_officer(traits: Traits, free: Mask) -> Ints:
    """Cases in fives: of one window, decided in one month."""
    places = np.flatnonzero(free)
    return _of_one_officer(traits, places, _months(traits, places), BEGGED)


@EZHOU("ezhou-begged", lambda c: c.rated, grouped=_five_of_one_officer, each=BEGGED)
def praised_five_times_in_a_row(plot: Plot) -> None:
    """Five best ratings of one officer from telephones within five minutes, the working day after the last
    of the cases was decided; the lead itself is counted over all ratings (follow_ratings.py)."""
    decided = plot.lives.done_day.reshape(-1, BEGGED).max(axis=1)
    pace = plot.pick("pace", 15, 75).reshape(-1, BEGGED)[:, :1]
    asked = plot.days.after(decided, 1) * DAY + 10 * HOUR
    submitted = (asked[:, None] + pace * SECOND * np.arange(BEGGED)).ravel()
    plot.rows("evaluations").put(
        channel=np.where(plot.part(2), "qr", "mobile").astype(object),
        level=5,
        is_default=False,
        comment="非常满意",
        submitted_at=submitted,
        pushed_at=submitted + HOUR,
    )


def _rated_then_refused(traits: Traits, free: Mask) -> Ints:
    """Cases in pairs, of one agency and both of persons or both of firms: one rated, and one refused in the
    half-year after it was decided."""
    lives, dice, places = traits.lives, traits.world.dice, np.flatnonzero(free)
    kind = traits.world.guide.agency[lives.version] * 2 + traits.legal
    rated, refused = places[traits.rated[places]], places[~traits.rated[places]]
    if len(rated) == 0:
        return rated
    when = kind[rated] * 100_000 + lives.done_day[rated]
    order = np.argsort(when, kind="stable")
    rated, when = rated[order], when[order]
    later = kind[refused] * 100_000 + traits.refused_at[refused] // DAY
    wait = dice.between("retaliated", refused, 5, RETALIATION_DAYS)
    before = np.searchsorted(when, later - wait, side="right") - 1
    fits = (before >= 0) & (later - when[before] <= RETALIATION_DAYS)
    before, chosen = np.unique(before[fits], return_index=True)
    pairs = np.stack([rated[before], refused[fits][chosen]], axis=1)
    return np.asarray(pairs[dice.order("retaliation", before)].ravel())


@EZHOU(
    "ezhou-retaliation",
    lambda c: c.rated | (c.unrated & (c.refused_at != MISSING)),
    grouped=_rated_then_refused,
    each=2,
)
def refused_after_a_bad_review(plot: Plot) -> None:
    """Who gave a bad review is refused by the same agency within half a year; the lead itself is counted
    over all of them (follow_ratings.py)."""
    reviewed, refused = plot.part(2), plot.part(2, 1)
    plot.lives.person[refused] = plot.lives.person[reviewed]
    plant_bad_reviews(plot, submitted=plot.lives.completed + 2 * HOUR)
