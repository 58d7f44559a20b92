"""What casework does by itself, and how an appeal is decided: by the citizen's second rating, else by a supervisor."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from mingcha.accounts.acts import RefusedError
from mingcha.alerts import deciding, recalculating
from mingcha.alerts.doubt_models import Doubt
from mingcha.alerts.models import Alert
from mingcha.base import clock
from mingcha.casework import drafting, filing, overturned
from mingcha.casework.following import follow
from mingcha.casework.models import Matter
from mingcha.casework.moving import Start, begin, move
from mingcha.casework.tables import ORDER
from mingcha.intake import applying
from mingcha.intake.reading import row
from mingcha.notify.models import Message
from tests.server.alerts.conftest import at
from tests.server.alerts.test_law import calendar_with_a_day_off, published, work
from tests.server.casework.conftest import AGENCY, LI, RULE, SUN

BAD = {
    "evaluation_no": "PJ1", "channel": "mobile", "level": 1, "satisfied": False, "is_default": False,
    "comment": "态度生硬", "submitted_at": "2026-03-02 09:00",
}  # fmt: skip


def _follow() -> int:
    return follow(clock.now())


@pytest.fixture
def abnormal(town) -> Alert:
    """A case rated badly with a reason: abnormal under 第九条(一)."""
    from mingcha.alerts.adopting import adopt

    with at("2026-01-05T08:00:01"):
        adopt(["henan-2019", "zhengzhou-2021"], "领导小组", "试运行")
    with at("2026-03-02T08:00:00"):
        _follow()
    town.report("2026-03-02T09:01:00", cases=[{"received_at": "2026-02-27 10:00"}], evaluations=[BAD])
    return Alert.objects.get(abnormal=True, state="open")


def test_what_is_issued_as_abnormal_is_asked_to_be_explained_within_three_working_days(abnormal):
    with at("2026-03-02T09:05:00"):
        assert _follow() == 1
        assert _follow() == 0
    matter = Matter.objects.get(kind="explain")
    assert (matter.alert_id, matter.state, matter.due_at) == (abnormal.pk, "asked", date(2026, 3, 5))
    assert row("explanations", matter.no).values["due_at"] == date(2026, 3, 5)


def test_an_explanation_that_is_late_is_an_alert_against_the_agency(town, abnormal):
    with at("2026-03-02T09:05:00"):
        _follow()
    town.sweep("2026-03-06T00:00:05")
    late = Alert.objects.get(rule="zhengzhou-9")
    assert (late.about, late.key, late.level, str(late.warn_at)) == (
        "agencies",
        AGENCY,
        "warning",
        "2026-03-06 00:00:00",
    )


def test_an_alert_that_was_taken_back_is_explained_no_more(town, abnormal):
    with at("2026-03-02T09:05:00"):
        _follow()
        abnormal.refresh_from_db()
        deciding.withdraw(abnormal.pk, abnormal.version, "sun", "误报")
        assert _follow() == 1
    assert Matter.objects.get(kind="explain").state == "cancelled"


def test_an_alert_that_was_taken_back_and_raised_again_is_asked_for_anew(town, abnormal):
    with at("2026-03-02T09:05:00"):
        _follow()
    corrected = {**BAD, "satisfied": True, "level": 5, "comment": None}
    town.report("2026-03-03T09:00:00", evaluations=[corrected])
    with at("2026-03-03T09:05:00"):
        _follow()
    town.report("2026-03-03T10:00:00", evaluations=[BAD])
    with at("2026-03-03T10:05:00"):
        _follow()
    states = Matter.objects.filter(kind="explain").order_by("nth").values_list("nth", "state")
    assert list(states) == [(1, "cancelled"), (2, "asked")]


def test_what_was_issued_before_casework_began_is_not_asked_for(red):
    with at("2026-02-27T09:00:00"):
        assert _follow() == 0
    assert not Matter.objects.exists()


def test_an_appeal_is_filed_once_and_in_time(abnormal):
    with at("2026-03-16T23:59:59"):
        assert filing.last_day(abnormal) == date(2026, 3, 16)
        appeal = filing.file(abnormal, "服务过程有录像,态度正常", LI)
        with pytest.raises(RefusedError, match=f"已申诉过.*{appeal.no}"):
            filing.file(abnormal, "再申诉", LI)
    assert (appeal.state, appeal.case_no, appeal.due_at) == ("filed", "BJ1", date(2026, 4, 14))
    with at("2026-03-17T00:00:00"):
        assert (
            "期限已于 2026-03-16 届满" in filing.why_not(Alert.objects.get(pk=abnormal.pk))
            or Matter.objects.exists()
        )


def test_an_appeal_after_the_tenth_working_day_is_refused(abnormal):
    with at("2026-03-17T00:00:00"), pytest.raises(RefusedError, match="2026-03-16 届满"):
        filing.file(abnormal, "服务过程有录像", LI)


def test_a_good_second_rating_revokes_the_abnormal_state(abnormal):
    with at("2026-03-03T10:00:00"):
        appeal = filing.file(abnormal, "已当面道歉并补办", LI)
    with at("2026-03-10T10:00:00"):
        decided = filing.second_evaluation("BJ1", "PJ2", True, SUN, follows="PJ1")
    assert [matter.pk for matter in decided] == [appeal.pk]
    assert Alert.objects.get(pk=abnormal.pk).state == "withdrawn"
    fact = row("appeals", appeal.no).values
    assert (fact["decision"], fact["second_evaluation_no"]) == ("revoked", "PJ2")
    assert fact["decided_at"] == datetime(2026, 3, 10, 10)


def test_a_bad_second_rating_upholds_it(abnormal):
    with at("2026-03-03T10:00:00"):
        appeal = filing.file(abnormal, "已当面道歉", LI)
        filing.second_evaluation("BJ1", "PJ2", False, SUN)
    assert Matter.objects.get(pk=appeal.pk).state == "upheld"
    assert Alert.objects.get(pk=abnormal.pk).state == "open"


def test_without_a_second_rating_a_supervisor_decides_from_the_day_after_the_window(abnormal):
    with at("2026-03-03T10:00:00"):
        filing.file(abnormal, "已当面道歉", LI)
    with at("2026-03-17T23:59:59"):
        assert _follow() <= 1  # the explanation, not the appeal
        assert Matter.objects.get(kind="appeal").state == "filed"
    with at("2026-03-20T08:00:00"):  # the system was away for two days
        _follow()
        appeal = Matter.objects.get(kind="appeal")
        assert (appeal.state, appeal.holder) == ("investigating", "office")
        lapse = appeal.transitions.get(act="lapse")
        assert lapse.lawful_at == datetime(2026, 3, 18)
        assert filing.second_evaluation("BJ1", "PJ9", True, SUN) == []
        move(appeal, "revoke", SUN, reason="录像显示态度正常")
    assert Alert.objects.get(pk=abnormal.pk).state == "withdrawn"


def test_an_order_that_stays_unanswered_goes_to_the_superior_at_its_lawful_moment(town):
    with at("2026-03-02T10:00:00"):
        start = Start(
            ORDER.name, "督办", agency_code=AGENCY, region_code="410105000000", fact={"agency_code": AGENCY}
        )
        order = begin(start, "issue", SUN, reason="限期整改", fields={"due_at": date(2026, 3, 6)})
    with at("2026-03-11T23:59:59"):
        _follow()
        assert Matter.objects.get(pk=order.pk).state == "issued"
    with at("2026-03-13T09:00:00"):
        _follow()
    escalated = Matter.objects.get(pk=order.pk)
    assert (escalated.state, escalated.holder) == ("escalated", "agency")
    assert escalated.transitions.get(act="escalate").lawful_at == datetime(2026, 3, 12)
    roles = Message.objects.filter(kind="matter.order.escalate").values_list("roles", flat=True)
    assert ";leader;supervisor;" in roles


def test_who_has_to_answer_is_reminded_once_before_the_deadline_and_again_for_a_new_one(town):
    with at("2026-03-02T10:00:00"):
        start = Start(ORDER.name, "督办", agency_code=AGENCY, fact={"agency_code": AGENCY})
        order = begin(start, "issue", SUN, reason="限期整改", fields={"due_at": date(2026, 3, 9)})
        _follow()
    assert not Message.objects.filter(kind="matter.order.due").exists()
    with at("2026-03-06T10:00:00"):  # a Friday: due on Monday
        _follow()
        _follow()
        assert Message.objects.filter(kind="matter.order.due").count() == 1
        move(
            Matter.objects.get(pk=order.pk),
            "extend",
            SUN,
            reason="材料多",
            fields={"due_at": date(2026, 3, 11)},
        )
        _follow()
    with at("2026-03-11T10:00:00"):
        _follow()
    assert Message.objects.filter(kind="matter.order.due").count() == 2


def test_the_system_drafts_an_appeal_where_an_outage_clears_the_officer(town, red):
    assert drafting.text(red) == ""
    outage = {
        "outage_no": "GZ1", "scope": "政务网", "started_at": datetime(2026, 2, 13, 8),
        "ended_at": datetime(2026, 2, 14, 18),
    }  # fmt: skip
    with at("2026-02-27T10:00:00"):
        applying.write({"outages": [outage]}, "sun")
    assert "GZ1" in drafting.text(red) and "请据此撤销" in drafting.text(red)


def test_what_another_calendar_withdraws_does_not_speak_against_the_rule(town):
    cases = [{"case_no": f"BJ{n}", "received_at": "2026-02-12 10:00"} for n in range(1, 12)]
    town.report("2026-02-12T11:00:00", cases=cases)
    town.sweep("2026-02-15T00:00:05")
    with at("2026-02-15T09:00:00"):
        recalculating.accept(published("calendar", "2026", calendar_with_a_day_off()), "sun", "执行")
        work()
        assert Alert.objects.filter(rule=RULE, state="withdrawn").count() == 11
        assert overturned.reconsider(clock.now()) == []
        assert RULE not in overturned.tallies(clock.now())


def test_a_rule_that_is_overturned_too_often_waits_for_people_and_says_so(town):
    cases = [{"case_no": f"BJ{n}", "received_at": "2026-02-12 10:00"} for n in range(1, 12)]
    town.report("2026-02-12T11:00:00", cases=cases)
    town.sweep("2026-02-27T00:00:05")
    with at("2026-02-28T09:00:00"):
        for alert in Alert.objects.filter(rule=RULE).order_by("pk")[:10]:
            deciding.withdraw(alert.pk, alert.version, "sun", "系统停机")
        assert overturned.reconsider(clock.now()) == [RULE]
        assert overturned.reconsider(clock.now()) == []
    assert Message.objects.get(kind="rule.doubted").rule == RULE
    town.report("2026-03-02T11:00:00", cases=[{"case_no": "BJ20", "received_at": "2026-02-12 10:00"}])
    fresh = Alert.objects.get(rule=RULE, case_no="BJ20")
    assert (fresh.state, fresh.issued_at) == ("proposed", None)
    town.sweep("2026-03-03T11:00:00")
    assert Alert.objects.get(pk=fresh.pk).state == "proposed"
    with at("2026-09-01T09:00:00"):
        assert overturned.reconsider(clock.now()) == [RULE]
    assert Doubt.objects.get(rule=RULE).ended_at is not None


@pytest.mark.parametrize(
    ("packs", "said"),
    [([], "逾期不发信号"), (["henan-2019", "zhengzhou-2021"], "逾期由规则")],
)
def test_page_and_reminder_say_whether_being_late_is_an_alert_here(town, packs, said):
    from mingcha.alerts.adopting import adopt
    from mingcha.pages.casework.story import coming

    with at("2026-03-02T10:00:00"):
        if packs:  # else only the province's, as the town has it
            adopt(packs, "领导小组", "试运行")
        start = Start(ORDER.name, "督办", agency_code=AGENCY, fact={"agency_code": AGENCY})
        order = begin(start, "issue", SUN, reason="限期整改", fields={"due_at": date(2026, 3, 9)})
        (_, told), *_ = coming(order, clock.local_now())
        assert "zhengzhou-6.6" in told
        assert said in told
    with at("2026-03-06T10:00:00"):
        _follow()
    assert said in Message.objects.get(kind="matter.order.due").text
