"""Plantings of ezhou-2020: bad reviews whose closed loop breaks. Each is an abnormal matter by
zhengzhou-7.1 too."""

from __future__ import annotations

import numpy as np

from mingcha.demo.days import midnight_after
from mingcha.demo.dice import Ints
from mingcha.demo.plant.reviews import CONFIRMED, plant_bad_reviews
from mingcha.demo.plot import Mask, Plot, Registry
from mingcha.demo.traits import Traits
from mingcha.law.instants import DAY, HOUR, MISSING

EZHOU = Registry()
REPEATED = 3


@EZHOU("ezhou-sign", lambda c: c.rated)
def signed_late(plot: Plot) -> None:
    """Signed for on the third working day."""
    handled = plant_bad_reviews(plot)
    assigned = handled["assigned_at"]
    handled.put(signed_at=plot.days.after(assigned // DAY, 3) * DAY + 9 * HOUR)
    plot.expect(handled["evaluation_no"], warning=plot.over(assigned, 1))


@EZHOU("ezhou-callback", lambda c: c.rated)
def called_back_late(plot: Plot) -> None:
    """Called back a day and some hours later, or never."""
    handled = plant_bad_reviews(plot)
    assigned = handled["assigned_at"]
    handled.put(called_back_at=np.where(plot.part(2), assigned + plot.pick("hours", 25, 60) * HOUR, MISSING))
    plot.expect(handled["evaluation_no"], warning=assigned + 24 * HOUR)


@EZHOU("ezhou-settle", lambda c: c.rated)
def settled_late(plot: Plot) -> None:
    """Settled on the last day (warned), or on the eighth working day (red)."""
    handled = plant_bad_reviews(plot)
    day = handled["assigned_at"] // DAY
    late = ~plot.part(2)
    settled = plot.days.after(day, np.where(late, 8, 5)) * DAY + 15 * HOUR
    handled.put(settled_at=settled)
    red = np.where(late, plot.over(handled["assigned_at"], 5), MISSING)
    plot.expect(handled["evaluation_no"], warning=plot.days.after(day, 4) * DAY, red=red)


@EZHOU("ezhou-rectify", lambda c: c.rated)
def rectified_late(plot: Plot) -> None:
    """Confirmed, and reported as put right only three weeks later, or never."""
    handled = plant_bad_reviews(plot, CONFIRMED)
    due = plot.days.on_or_after(handled["confirmed_at"] // DAY + 15)
    late = (due + 6) * DAY + 11 * HOUR
    handled.put(rectified_at=late - HOUR, feedback_at=np.where(plot.part(2), late, MISSING))
    plot.expect(handled["evaluation_no"], red=midnight_after(due))


def _three_of_one_officer(traits: Traits, free: Mask) -> Ints:
    """Cases in threes: of one window, decided in the first two months of one quarter."""
    places = np.flatnonzero(free)
    month = (
        (traits.lives.completed[places] // DAY)
        .astype("datetime64[D]")
        .astype("datetime64[M]")
        .astype(np.int64)
    )
    places, month = places[month % 3 < 2], month[month % 3 < 2]
    group = traits.lives.window[places] * 10_000 + month // 3
    order = np.argsort(group, kind="stable")
    _, first, count = np.unique(group[order], return_index=True, return_counts=True)
    starts = first[count >= REPEATED]
    starts = starts[traits.world.dice.order("repeated", starts)]
    return np.asarray(places[order[(starts[:, None] + np.arange(REPEATED)).ravel()]])


@EZHOU("ezhou-repeat", lambda c: c.rated, grouped=_three_of_one_officer)
def rated_badly_again_and_again(plot: Plot) -> None:
    """Three confirmed bad reviews of one officer in a quarter; the lead itself is counted over all of them
    (follow.py)."""
    plant_bad_reviews(plot, CONFIRMED, plot.lives.completed + 2 * HOUR)
