"""Plantings of zhengzhou-2021 among cases; halls, posts, reports and sources are in
`mingcha.demo.plant.duty`."""

from __future__ import annotations

import numpy as np

from mingcha.demo.arrows import coded, instants, one, pick
from mingcha.demo.duty_tables import COMPLAINT_DAYS
from mingcha.demo.plant.reviews import plant_bad_reviews
from mingcha.demo.plot import Plot, Registry
from mingcha.law.instants import DAY, HOUR, MINUTE

ZHENGZHOU = Registry()


@ZHENGZHOU("zhengzhou-5.5a", lambda c: c.ticketed & c.granted)
def waited_too_long(plot: Plot) -> None:
    """The ticket was called 32 to 50 minutes after it was drawn."""
    rows = plot.rows("tickets")
    taken = rows["called_at"] - plot.pick("waited", 32, 50) * MINUTE
    rows.put(taken_at=taken)
    plot.expect(rows["ticket_no"], warning=taken + 30 * MINUTE)


@ZHENGZHOU("zhengzhou-5.5b", lambda c: c.granted)
def too_many_visits(plot: Plot) -> None:
    """One visit more than promised."""
    visits = plot.world.guide.visits[plot.lives.version] + 1
    plot.rows("cases").put(visits=visits.astype(object))
    plot.expect(warning=plot.lives.received, timed=False)


@ZHENGZHOU("zhengzhou-6.1", lambda c: c.rejected)
def item_in_no_catalogue(plot: Plot) -> None:
    """An application, rejected, for an item that no catalogue has."""
    rows = plot.rows("cases")
    rows.put(
        item_code=np.array([code[:-4] + "9999" for code in rows["item_code"]], dtype=object),
        item_version=None,
    )
    plot.expect(warning=plot.lives.received)


@ZHENGZHOU("zhengzhou-6.2", lambda c: c.granted)
def result_never_delivered(plot: Plot) -> None:
    """The result lies at the counter; nobody is known to have received it."""
    plot.rows("deliveries").put(delivered_at=None, receiver=None, tracking_no=None)
    plot.expect(warning=plot.over(plot.lives.completed, 10))


@ZHENGZHOU("zhengzhou-7.1", lambda c: c.rated, share=24)
def rated_badly(plot: Plot) -> None:
    """A bad rating, handled as it should be."""
    plant_bad_reviews(plot)


@ZHENGZHOU("zhengzhou-7.2", lambda c: c.granted & c.at_window)
def attitude_seen_to_be_bad(plot: Plot) -> None:
    """Camera or inspector saw the applicant treated badly."""
    lives, count = plot.lives, len(plot)
    seen = plot.new(
        "hall_checks",
        {
            "check_no": coded("JC9", (lives.no, 8)),
            "hall_code": pick(plot.look.hall_code, lives.version),
            "window_code": pick(plot.look.window, lives.window),
            "officer_code": pick(plot.look.acceptor, lives.window),
            "case_no": pick(tuple(plot.case_no), np.arange(count)),
            "kind": one("attitude", count),
            "result": one("bad", count),
            "source": pick(("camera", "person"), lives.no % 2),
            "checked_at": instants(lives.accepted),
            "note": one("受理时语气生硬", count),
        },
    )
    plot.expect(seen["check_no"], abnormal=lives.accepted)


@ZHENGZHOU("zhengzhou-7.3", lambda c: c.granted)
def complaint_proved(plot: Plot) -> None:
    """A citizen complained, and was right."""
    lives, count = plot.lives, len(plot)
    verified = (
        plot.days.after(lives.completed // DAY, plot.pick("verified", 1, COMPLAINT_DAYS)) * DAY + 10 * HOUR
    )
    proved = plot.new(
        "complaints",
        {
            "complaint_no": coded("TS9", (lives.no, 8)),
            "source": pick(("phone", "web", "hotline"), lives.no % 3),
            "case_no": pick(tuple(plot.case_no), np.arange(count)),
            "agency_code": pick(plot.look.agency_code, lives.version),
            "region_code": pick(plot.look.region_code, lives.version),
            "about": one("反映办理过程推诿", count),
            "received_at": instants(lives.completed + 90 * MINUTE),
            "verified": one("yes", count),
            "verified_at": instants(verified),
        },
    )
    plot.expect(proved["complaint_no"], abnormal=verified)
