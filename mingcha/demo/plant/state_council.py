"""Plantings of state-council among cases."""

from __future__ import annotations

import numpy as np

from mingcha.demo.days import instant_texts, midnight_after
from mingcha.demo.dice import Ints
from mingcha.demo.follow import quarter_of, shares_on_due_day
from mingcha.demo.lives import DURING, TRANSFERRED
from mingcha.demo.plot import Mask, Plot, Registry
from mingcha.demo.traits import Traits
from mingcha.law.instants import DAY, HOUR, SECOND

STATE_COUNCIL = Registry()
BURST = 5


@STATE_COUNCIL("sc-time-step", lambda c: c.plain & ~c.untimed & (c.lives.used > c.step_limit))
def step_takes_too_long(plot: Plot) -> None:
    """The second step takes the whole time from acceptance to decision."""
    rows = plot.rows("steps")
    rows.put(rows["seq"] == 2, started_at=plot.lives.accepted, finished_at=plot.lives.completed)
    plot.expect("2", warning=plot.over(plot.lives.accepted, plot.traits.step_limit))


@STATE_COUNCIL(
    "sc-time-statutory", lambda c: c.plain & c.untimed & (c.limit >= 3) & (c.statutory >= c.limit), share=3
)
def decided_after_statutory_limit(plot: Plot) -> None:
    """Decided after the limit that the law itself sets; the promise is broken long before (henan-8.1,
    pds-34)."""
    plot.lives.used = plot.traits.statutory + plot.pick("late", 1, 3)
    plot.settle()
    plot.rows("cases").put(extension_days=None, extension_approved_by=None)
    plot.expect(red=plot.over(plot.lives.accepted, plot.traits.statutory))
    plot.follows("pds-34", warning=midnight_after(plot.lives.due))


@STATE_COUNCIL("sc-flow-reason", lambda c: c.granted & (c.publicity | c.other_special))
def paused_without_reason(plot: Plot) -> None:
    """A special procedure, and nobody wrote why."""
    plot.rows("specials").put(reason=None)
    plot.expect(warning=plot.lives.special_start)


@STATE_COUNCIL("sc-flow-outcome", lambda c: c.plain & ~c.transferable)
def passed_on_against_the_guide(plot: Plot) -> None:
    """Passed on to another authority, which the guide does not know for this item."""
    plot.lives.outcome[:] = TRANSFERRED
    plot.expect(warning=plot.lives.completed)


@STATE_COUNCIL("sc-content-promise", lambda c: c.plain)
def promise_miscalculated(plot: Plot) -> None:
    """The source told another due day than the promise gives."""
    told = plot.lives.due + plot.pick("off", 1, 4)
    plot.rows("cases").put(promised_at=told * DAY + 1)
    plot.expect(lead=plot.lives.accepted)


@STATE_COUNCIL("sc-content-holder", lambda c: c.certified)
def certificate_of_somebody_else(plot: Plot) -> None:
    """The certificate names somebody else than the applicant."""
    rows = plot.rows("certificates")
    rows.put(holder="赵测试持证")
    plot.expect("1", lead=rows["uploaded_at"])


@STATE_COUNCIL("sc-integrity-pause", lambda c: c.plain & c.untimed & (c.limit >= 4) & (c.limit <= 15))
def paused_on_the_last_day(plot: Plot) -> None:
    """On the last day of the promise a correction stops the clock; decided on the day it is supplied."""
    lives, days = plot.lives, plot.days
    lives.correction[:] = DURING
    lives.used = plot.traits.limit.copy()
    lives.notified = days.after(lives.accepted // DAY, plot.traits.limit) * DAY + 10 * HOUR
    lives.supplied = lives.notified + plot.pick("supplied", 1, 5) * DAY
    lives.confirmed = days.after(lives.supplied // DAY, 1) * DAY + 10 * HOUR
    lives.finish_time[:] = 15 * HOUR
    plot.settle()
    plot.rows("corrections").put(needed_at=None)
    plot.expect(instant_texts(lives.notified), lead=lives.notified, timed=False)


@STATE_COUNCIL("sc-integrity-backdate", lambda c: c.plain)
def accepted_on_paper_first(plot: Plot) -> None:
    """The acceptance was first reported six working days after it is said to have happened."""
    accepted = plot.lives.accepted
    plot.rows("cases").put(reported_at=plot.days.after(accepted // DAY, 6) * DAY + 17 * HOUR)
    plot.expect(lead=plot.over(accepted, 3))


@STATE_COUNCIL("sc-integrity-confirm", lambda c: c.corrected_during & c.granted)
def supplement_not_confirmed(plot: Plot) -> None:
    """What the applicant supplied is confirmed only after eight working days: the clock stands still
    meanwhile."""
    plot.lives.confirmed = plot.days.after(plot.lives.supplied // DAY, 8) * DAY + 10 * HOUR
    plot.settle()
    plot.expect(plot.rows("corrections")["notice_no"], lead=plot.over(plot.lives.supplied, 5))


@STATE_COUNCIL("sc-integrity-ratings", lambda c: c.rated & c.at_window)
def rated_in_a_burst(plot: Plot) -> None:
    """Five ratings on one terminal within two minutes of the decision."""
    rows = plot.rows("evaluations")
    rows.put(
        channel="terminal", is_default=False, comment=None, submitted_at=plot.lives.completed + 20 * SECOND
    )
    first = {column: values.copy() for column, values in rows.columns.items()}
    for number in range(2, BURST + 1):
        again = {**first, "submitted_at": first["submitted_at"] + number * 15 * SECOND}
        again["evaluation_no"] = np.array(
            [f"{code[:-1]}{number}" for code in first["evaluation_no"]], dtype=object
        )
        rows.add(len(plot), **again)
    windows = plot.look.window.take(plot.lives.window).to_pylist()
    last = slice((BURST - 1) * len(plot), None)
    plot.expect(rows["evaluation_no"][last], about="windows", key=windows, lead=rows["submitted_at"][last])


def _one_agency_in_one_quarter(traits: Traits, free: Mask) -> Ints:
    """The smallest agency and closed quarter whose free cases, all decided on their due day, stand out
    from the rest."""
    lives, world = traits.lives, traits.world
    mine = np.zeros(len(lives), dtype=bool)
    places = np.flatnonzero(free)
    due = lives.due[places]
    mine[places] = (quarter_of(due) == quarter_of(lives.done_day[places])) & (
        quarter_of(due) < quarter_of(np.array(world.last_day))
    )
    shares = shares_on_due_day(world, lives, mine)
    chosen = shares.smallest_that_stands_out()
    return np.flatnonzero(mine & (shares.group == chosen)) if chosen >= 0 else places[:0]


@STATE_COUNCIL(
    "sc-integrity-bunching", lambda c: c.unpaused_promise, share=0, grouped=_one_agency_in_one_quarter
)
def decided_on_the_last_day(plot: Plot) -> None:
    """An agency decides everything of one quarter on the due day; the lead itself is counted over all
    (follow.py)."""
    plot.lives.used = plot.traits.limit.copy()
    plot.settle()
