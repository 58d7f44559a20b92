"""Bad reviews (差评) and how they are handled: lawful unless a planting of ezhou-2020 says otherwise."""

from __future__ import annotations

import numpy as np

from mingcha.demo.arrows import flags, instants, pick
from mingcha.demo.days import shifted
from mingcha.demo.dice import Ints
from mingcha.demo.draft import Draft
from mingcha.demo.plot import Plot
from mingcha.law.instants import DAY, HOUR, MINUTE, MISSING

FINDINGS = ("confirmed", "mistaken", "malicious")
CONFIRMED = 0


def plant_bad_reviews(plot: Plot, finding: int | None = None, submitted: Ints | None = None) -> Draft:
    """Turn the ratings of the plot into bad ones; returns how they were handled, to be spoilt further.

    Each is an abnormal matter by zhengzhou-7.1. ``finding`` is the same for all, or else mixed;
    ``submitted`` says for each case when its rating was given, if not when it was.
    """
    rows, of = plot.rows("evaluations"), plot.owner("evaluations")
    if submitted is not None:
        rows.put(submitted_at=submitted[of], pushed_at=submitted[of] + HOUR)
    level = plot.pick("level", 1, 2)[of]
    rows.put(level=level.astype(object), satisfied=False, is_default=False, comment="等了很久,没有人解释原因")
    for place in range(len(rows)):
        rows["tags"][place] = ["115" if level[place] == 1 else "214"]
    plot.expect(
        rows["evaluation_no"], rule="zhengzhou-7.1", key=rows["case_no"], abnormal=rows["submitted_at"]
    )
    return _handled(plot, rows, of, finding)


def _handled(plot: Plot, rows: Draft, of: Ints, finding: int | None) -> Draft:
    """Assigned within two hours, signed the next working day, called back within 20 hours, settled within
    three working days; a confirmed one is put right and reported within ten days."""
    assigned = rows["submitted_at"] + plot.pick("assigned", 10, 120)[of] * MINUTE
    signed = plot.days.after(assigned // DAY, 1) * DAY + 9 * HOUR + 30 * MINUTE
    settled = plot.days.after(assigned // DAY, plot.pick("settled", 1, 3)[of]) * DAY + 15 * HOUR
    found = plot.pick("finding", 0, 2)[of] if finding is None else np.full(len(rows), finding)
    rectified = np.where(found == CONFIRMED, settled + plot.pick("rectified", 1, 9)[of] * DAY, MISSING)
    return plot.new(
        "review_handling",
        {
            "evaluation_no": pick(tuple(rows["evaluation_no"]), np.arange(len(rows))),
            "assigned_at": instants(assigned),
            "signed_at": instants(signed),
            "called_back_at": instants(assigned + plot.pick("called back", 60, 20 * 60)[of] * MINUTE),
            "finding": pick(FINDINGS, found),
            "confirmed_at": instants(settled),
            "difficult": flags(np.zeros(len(rows), dtype=bool)),
            "settled_at": instants(settled),
            "rectified_at": instants(rectified),
            "feedback_at": instants(shifted(rectified, HOUR)),
        },
    )
