"""Plantings of pingdingshan-2022 among cases; reservations and consultations are in
`mingcha.demo.plant.duty`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingcha.demo.days import midnight_after
from mingcha.demo.plot import Plot, Registry
from mingcha.law.instants import DAY, HOUR, MINUTE

PINGDINGSHAN = Registry()


@PINGDINGSHAN("pds-21", lambda c: c.granted & c.at_window)
def accepted_without_receipt(plot: Plot) -> None:
    """Accepted at a window, and no receipt given."""
    plot.rows("cases").put(receipt_no=None)
    plot.expect(note=plot.lives.accepted)


@PINGDINGSHAN("pds-22", lambda c: c.plain & c.at_window)
def not_accepted_on_the_spot(plot: Plot) -> None:
    """Complete at the window, and accepted only the next working day."""
    accepted = plot.days.after(plot.lives.received // DAY, 1) * DAY + 9 * HOUR + 30 * MINUTE
    plot.lives.opinion_at, plot.lives.accepted = accepted, accepted.copy()
    plot.settle()
    plot.expect(warning=midnight_after(plot.lives.received // DAY))


@PINGDINGSHAN("pds-26", lambda c: c.plain & c.by_web)
def applicant_never_told(plot: Plot) -> None:
    """Accepted on the web in time, and the applicant told nothing: no pre-acceptance, no opinion."""
    plot.rows("cases").put(opinion=None, opinion_at=None, preaccepted_at=None)
    plot.expect(warning=plot.over(plot.lives.received, 2))


@PINGDINGSHAN("pds-29", lambda c: c.granted & c.by_web)
def paper_asked_for_again(plot: Plot) -> None:
    """A material that is there as a file is asked for on paper."""
    _on_paper_too(plot)


@PINGDINGSHAN("pds-29b", lambda c: c.granted & c.at_window)
def paper_asked_for_though_shared(plot: Plot) -> None:
    """A window takes on paper what another office shares."""
    plot.rows("materials").put(_first_materials(plot), medium="shared", waiver=None, supplement_due=None)
    _on_paper_too(plot)


def _first_materials(plot: Plot) -> NDArray[np.int64]:
    """The place of the first material of each case."""
    first = {case: place for place, case in reversed(list(enumerate(plot.rows("materials")["case_no"])))}
    return np.array([first[case] for case in plot.case_no])


def _on_paper_too(plot: Plot) -> None:
    rows, places = plot.rows("materials"), _first_materials(plot)
    rows.add(
        len(plot),
        case_no=plot.case_no,
        material_code=rows["material_code"][places],
        medium="paper",
        name=rows["name"][places],
        received_at=plot.lives.received,
    )
    plot.expect(warning=plot.lives.received)


@PINGDINGSHAN("pds-34", lambda c: c.plain & (c.limit >= 3) & (c.limit <= 8))
def handed_over_late(plot: Plot) -> None:
    """Decided in time, but handed to the issuing counter only after the promise."""
    handed = plot.days.after(plot.lives.due, 1) * DAY + 10 * HOUR
    plot.rows("deliveries").put(
        handed_over_at=handed, notified_at=handed + 5 * MINUTE, delivered_at=handed + HOUR
    )
    plot.expect(warning=midnight_after(plot.lives.due))


@PINGDINGSHAN("pds-36", lambda c: c.granted)
def delivered_without_record(plot: Plot) -> None:
    """Mailed without a tracking number, or picked up and not signed for."""
    rows = plot.rows("deliveries")
    rows.put(tracking_no=None, receiver=None)
    plot.expect(note=rows["delivered_at"])
