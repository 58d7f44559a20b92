"""Plantings of henan-2019, article 8 (what the system sees) and article 9 (what citizens say)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mingcha.demo.days import midnight_after
from mingcha.demo.draft import one_each
from mingcha.demo.lives import special_due
from mingcha.demo.plot import Plot, Registry
from mingcha.law.instants import DAY, HOUR, MINUTE, MISSING

HENAN = Registry()


# -- 第八条: inside the system ------------------------------------------------------------------------------


@HENAN("henan-8.1", lambda c: c.plain & c.untimed & (c.limit >= 4) & (c.statutory >= c.limit + 5), share=24)
def decided_late(plot: Plot) -> None:
    """Decided one to four working days after the promise, so handed over late too; one in four not decided
    at all."""
    never = plot.part(4)
    plot.lives.used = plot.traits.limit + plot.pick("late", 1, 4)
    plot.settle()
    plot.lives.completed[never] = MISSING
    plot.rows("cases").put(extension_days=None, extension_approved_by=None)
    plot.follows("pds-34", warning=midnight_after(plot.lives.due))
    overrun = plot.over(plot.lives.accepted, plot.traits.statutory)
    plot.follows("sc-time-statutory", where=never, red=overrun)


@HENAN("henan-8.2a", lambda c: c.plain & c.uncorrected)
def notice_never_sent(plot: Plot) -> None:
    """A correction was found necessary, yet no notice was ever sent: the applicant was told by word of
    mouth."""
    materials = plot.look.first_material[plot.lives.version]
    codes = [[code] for code in plot.look.material_code.take(materials).to_pylist()]
    found = plot.lives.accepted + 5 * MINUTE
    plot.rows("corrections").add(
        len(plot),
        case_no=plot.case_no,
        notice_no=_numbers(plot, "BZ"),
        needed_at=found,
        material_codes=one_each(codes),
        supplied_at=found + HOUR,
        confirmed_at=found + 2 * HOUR,
    )
    plot.expect(warning=plot.over(plot.lives.received, 5))


@HENAN(
    "henan-8.2b", lambda c: c.corrected_before & c.granted & (c.world.guide.required[c.lives.version] >= 3)
)
def second_notice_asks_for_more(plot: Plot) -> None:
    """A second notice names a material that the first one did not."""
    materials = plot.look.first_material[plot.lives.version] + 2
    codes = [[code] for code in plot.look.material_code.take(materials).to_pylist()]
    sent = plot.lives.notified + 60 * MINUTE
    plot.rows("corrections").add(
        len(plot),
        case_no=plot.case_no,
        notice_no=_numbers(plot, "BZ"),
        notified_at=sent,
        material_codes=one_each(codes),
        supplied_at=plot.lives.supplied,
        confirmed_at=plot.lives.confirmed,
    )
    plot.expect(_numbers(plot, "BZ"), warning=sent)


@HENAN("henan-8.3a", lambda c: c.publicity & c.granted)
def publicity_not_closed(plot: Plot) -> None:
    """Publicity goes on two working days too long (warned), or four (red)."""
    due = plot.lives.special_due
    late = np.where(plot.part(2), 2, 4)
    plot.lives.special_end = plot.days.after(due, late) * DAY + 10 * HOUR
    plot.settle()
    red = midnight_after(plot.days.after(due, 2))
    plot.expect("1", warning=midnight_after(plot.days.after(due, 1)), red=np.where(late > 2, red, MISSING))


@HENAN("henan-8.3b", lambda c: c.other_special & c.granted)
def special_procedure_overruns(plot: Plot) -> None:
    """A special procedure ends on its last day (warned), or three working days after it (red)."""
    due = special_due(plot.world, plot.lives.special, plot.lives.special_start // DAY)
    late = ~plot.part(2)
    plot.lives.special_end = np.where(late, plot.days.after(due, 3), due) * DAY + 10 * HOUR
    plot.settle()
    day_before = plot.days.nth[plot.days.count[due] - 2]
    plot.expect("1", warning=day_before * DAY, red=np.where(late, midnight_after(due), MISSING))


@HENAN("henan-8.4a", lambda c: c.plain & ~c.fee)
def fee_for_a_free_item(plot: Plot) -> None:
    """A fee is taken although the guide says that there is none."""
    paid = plot.lives.accepted + 5 * MINUTE
    plot.rows("fees").add(
        len(plot),
        case_no=plot.case_no,
        seq=1,
        kind="fee",
        fee_code="SF9999",
        name="资料费",
        amount=Decimal("50.00"),
        paid_at=paid,
    )
    plot.expect("1", red=paid)


@HENAN("henan-8.4a", lambda c: c.granted & c.fee)
def fee_without_a_standard(plot: Plot) -> None:
    """The fee taken is not among the fees of the guide."""
    plot.rows("fees").put(fee_code="SF9998", name="加急费")
    plot.expect("1", red=plot.lives.accepted + 5 * MINUTE)


@HENAN("henan-8.4b", lambda c: c.granted & c.fee)
def fee_above_the_range(plot: Plot) -> None:
    """More is taken than the standard allows."""
    high = plot.look.fee_high[plot.lives.version]
    amounts = [Decimal(int(cents)).scaleb(-2) for cents in high + 1000]
    plot.rows("fees").put(amount=np.array(amounts, dtype=object))
    plot.expect("1", red=plot.lives.accepted + 5 * MINUTE)


@HENAN("henan-8.4c", lambda c: c.granted & c.fee)
def fee_reduced_without_basis(plot: Plot) -> None:
    """A fee is reduced, and nobody says by what rule."""
    plot.rows("fees").put(reduced_amount=Decimal("1.00"), reduction_basis=None)
    plot.expect("1", red=plot.lives.accepted + 5 * MINUTE)


@HENAN("henan-8.5a", lambda c: c.certified, share=6)
def certificate_uploaded_late(plot: Plot) -> None:
    """A certificate is uploaded after five working days (warned), after ten, or never (red)."""
    done = plot.lives.completed // DAY
    uploaded = plot.days.after(done, np.where(plot.part(3), 5, 10)) * DAY + 11 * HOUR
    uploaded[plot.part(3, 2)] = MISSING
    plot.rows("certificates").put(uploaded_at=uploaded)
    warned = plot.over(plot.lives.completed, 3)
    plot.expect("1", warning=warned, red=plot.chained(warned, uploaded))


@HENAN("henan-8.5b", lambda c: c.by_ministry)
def ministry_certificate_uploaded_late(plot: Plot) -> None:
    """What a ministry settled is uploaded only five working days later."""
    rows = plot.rows("certificates")
    settled = rows["determined_at"]
    rows.put(uploaded_at=plot.days.after(settled // DAY, 5) * DAY + 11 * HOUR)
    plot.expect("1", red=plot.over(settled, 3))


@HENAN("henan-8.5c", lambda c: c.certified)
def certificate_incomplete(plot: Plot) -> None:
    """An uploaded certificate lacks its number, its type or its issuer."""
    rows = plot.rows("certificates")
    for place, column in enumerate(("certificate_no", "type_code", "issuer")):
        rows.put(plot.part(3, place), **{column: None})
    uploaded = rows["uploaded_at"]
    plot.expect("1", warning=uploaded, red=plot.chained(uploaded))


@HENAN("henan-8.6", lambda c: c.granted)
def step_under_another_name(plot: Plot) -> None:
    """A step bears a name that the guide does not know."""
    rows = plot.rows("steps")
    rows.put(rows["seq"] == 2, name="内部会商")
    plot.expect(warning=plot.lives.completed, red=plot.chained(plot.lives.completed))


@HENAN("henan-8.6", lambda c: c.granted)
def step_left_out(plot: Plot) -> None:
    """A step of the guide was not taken."""
    rows = plot.rows("steps")
    rows.drop(rows["seq"] == 2)
    plot.expect(warning=plot.lives.completed, red=plot.chained(plot.lives.completed))


@HENAN("henan-8.7", lambda c: c.granted)
def no_telephone(plot: Plot) -> None:
    """Nobody can call the applicant back."""
    plot.rows("cases").put(contact_phone=None)
    plot.expect(warning=plot.lives.completed, red=plot.chained(plot.lives.completed))


@HENAN("henan-8.7", lambda c: c.rejected)
def rejected_without_reason(plot: Plot) -> None:
    """Not accepted, and not told why."""
    plot.rows("cases").put(reject_reason=None)
    plot.expect(warning=plot.lives.opinion_at, red=plot.chained(plot.lives.opinion_at))


@HENAN("henan-8.7", lambda c: c.returned)
def returned_without_reason(plot: Plot) -> None:
    """Returned, and not told why: incomplete here, a flow without reason by the State Council's rules."""
    plot.rows("cases").put(abnormal_reason=None)
    plot.expect(warning=plot.lives.completed, red=plot.chained(plot.lives.completed))
    plot.follows("sc-flow-reason", warning=plot.lives.completed)


@HENAN("henan-8.8a", lambda c: c.granted)
def material_missing(plot: Plot) -> None:
    """A required material was never handed in."""
    rows = plot.rows("materials")
    rows.drop(rows["material_code"] == _first_codes(plot)[plot.owner("materials")])
    plot.expect(warning=plot.lives.completed, red=plot.chained(plot.lives.completed))


@HENAN("henan-8.8a", lambda c: c.granted)
def tolerated_material_never_supplied(plot: Plot) -> None:
    """A material was tolerated as missing (容缺), and its time passed four days after the decision."""
    rows = plot.rows("materials")
    owner = plot.owner("materials")
    first = rows["material_code"] == _first_codes(plot)[owner]
    until = plot.lives.completed // DAY + 4
    rows.put(first, waiver="tolerated", received_at=None, supplement_due=until[owner[first]] * DAY + 1)
    plot.expect(warning=midnight_after(until), red=plot.chained(midnight_after(until)))


@HENAN("henan-8.8b", lambda c: c.granted)
def material_beyond_the_list(plot: Plot) -> None:
    """A paper was taken that the guide does not ask for."""
    plot.rows("materials").add(
        len(plot),
        case_no=plot.case_no,
        material_code="CL999999",
        medium="paper",
        name="邻里意见书",
        received_at=plot.lives.received,
    )
    plot.expect(warning=plot.lives.completed, red=plot.chained(plot.lives.completed))


@HENAN("henan-8.9", lambda c: c.plain & (c.limit >= 6) & (c.lives.used >= 2))
def special_procedure_not_allowed(plot: Plot) -> None:
    """A site visit, or an auction that the item does not allow, is held as a special procedure."""
    site_visit = plot.part(2)
    begun = plot.lives.accepted + 30 * MINUTE
    plot.rows("specials").add(
        len(plot),
        case_no=plot.case_no,
        seq=1,
        kind=np.where(site_visit, "other", "auction").astype(object),
        kind_name=one_each(["现场踏勘" if visit else None for visit in site_visit]),
        started_at=begun,
        limit=5,
        unit="working_day",
        ended_at=begun + 60 * MINUTE,
        reason="经办人认为需要",
    )
    plot.expect("1", red=begun)


@HENAN("henan-8.10", lambda c: c.plain & c.by_web)
def opinion_given_late(plot: Plot) -> None:
    """On the web, pre-accepted in time but accepted on the fourth working day (warned) or the ninth (red)."""
    days = np.where(plot.part(2), 4, 9)
    opinion = plot.days.after(plot.lives.received // DAY, days) * DAY + 10 * HOUR
    plot.lives.opinion_at, plot.lives.accepted = opinion, opinion.copy()
    plot.settle()
    warned = plot.over(plot.lives.received, 2)
    plot.expect(warning=warned, red=plot.chained(warned, opinion))


# -- 第九条: seen from outside; 9.1 is replaced by zhengzhou-7.1 where both are adopted --------------------


@HENAN("henan-9.2", lambda c: c.rated)
def rated_extra_materials(plot: Plot) -> None:
    """The applicant says that more papers were asked for."""
    _rated(plot, extra_materials=True)


@HENAN("henan-9.3", lambda c: c.rated)
def rated_extra_fees(plot: Plot) -> None:
    """The applicant says that too much was charged."""
    _rated(plot, extra_fees=True)


@HENAN("henan-9.4", lambda c: c.rated & c.free_of_intermediaries)
def rated_forced_intermediary(plot: Plot) -> None:
    """The applicant says that an intermediary was forced on him, where the item allows none."""
    _rated(plot, intermediary_forced=True)


@HENAN("henan-9.5", lambda c: c.rated)
def rated_too_late(plot: Plot) -> None:
    """The applicant says that the promise was not kept."""
    _rated(plot, over_promised=True)


@HENAN("henan-9.6", lambda c: c.rated)
def rated_too_many_visits(plot: Plot) -> None:
    """The applicant came to the window more often than promised."""
    _rated(plot, actual_visits=3)


@HENAN("henan-9.7", lambda c: c.rated)
def rated_bad_attitude(plot: Plot) -> None:
    """The applicant says that he was treated badly, and how."""
    _rated(plot, attitude="bad", comment="工作人员答复生硬,一问三不知")


@HENAN("henan-9.8", lambda c: c.rated)
def rated_bad_environment(plot: Plot) -> None:
    """The applicant says that the hall is in a bad state, and how."""
    _rated(plot, environment="bad", comment="等候区没有座位")


@HENAN("henan-9.9", lambda c: c.rated)
def rated_other_issue(plot: Plot) -> None:
    """The applicant tells something else: a lead for a supervisor."""
    _rated(plot, "lead", other_issue="停车场指示牌有误")


def _rated(plot: Plot, level: str = "abnormal", **says: Any) -> None:
    """The rating was given over the portal and says so."""
    rows = plot.rows("evaluations")
    rows.put(channel="mobile", **says)
    levels: dict[str, Any] = {level: rows["submitted_at"]}
    plot.expect(rows["evaluation_no"], **levels)


def _numbers(plot: Plot, prefix: str) -> NDArray[np.object_]:
    """Numbers of further rows; their last digit 9 sets them apart from those that exist."""
    return np.array([f"{prefix}{no:08d}9" for no in plot.lives.no], dtype=object)


def _first_codes(plot: Plot) -> NDArray[np.object_]:
    """The first required material of each case's guide."""
    return np.array(
        plot.look.material_code.take(plot.look.first_material[plot.lives.version]).to_pylist(), dtype=object
    )
