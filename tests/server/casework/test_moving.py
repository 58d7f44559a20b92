"""One function moves matters: what the table allows, once, with its fact row, its trail and its effect, or nothing."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connection

from mingcha.accounts.acts import RefusedError
from mingcha.alerts.models import Alert
from mingcha.base.models import AuditRow
from mingcha.casework.models import Matter, Transition
from mingcha.casework.moving import ConflictError, Start, begin, move
from mingcha.casework.subjects import ALERT, subject_of
from mingcha.intake.fact_models import FACTS
from mingcha.intake.reading import row
from mingcha.notify.models import Message
from tests.server.alerts.conftest import at
from tests.server.casework.conftest import AGENCY, LI, MA, SUN, ZHOU

WHEN = "2026-03-02T10:00:00"


def _order(agency: str = AGENCY, due: date = date(2026, 3, 6)) -> Matter:
    start = Start("order", "督办超期办件", agency_code=agency, region_code="410105000000")
    return begin(start, "issue", SUN, reason="请说明超期原因并整改", fields={"due_at": due})


def _explanation(alert: Alert) -> Matter:
    start = Start(
        "explain", "超期说明", ALERT, subject_of(alert), alert=alert,
        fact={"alert": subject_of(alert), "agency_code": alert.agency_code, "due_at": date(2026, 3, 5)},
    )  # fmt: skip
    return begin(start, "ask", SUN)


def test_an_order_is_a_matter_with_a_transition_a_fact_row_a_message_and_an_audit_row(town):
    with at(WHEN):
        matter = _order()
    assert (matter.state, matter.holder, matter.due_at) == ("issued", "agency", date(2026, 3, 6))
    made = matter.transitions.get()
    assert (made.act, made.before, made.after, made.actor) == ("issue", "", "issued", "sun")
    fact = row("orders", matter.no)
    assert fact is not None and fact.values["due_at"] == date(2026, 3, 6)
    assert Message.objects.get(subject=f"matter/{matter.pk}").roles == ";liaison;officer;"
    assert AuditRow.objects.get(about=f"matter/{matter.no}").act == "matter.order.issue"


def test_the_rulebook_warns_of_an_order_that_is_not_answered_in_time_and_is_quiet_once_it_is(town):
    town.report("2026-03-01T09:00:00", cases=[{"received_at": "2026-02-12 10:00"}])
    with at(WHEN):
        late, answered = _order(), _order()
    with at("2026-03-05T10:00:00"):
        move(answered, "answer", LI, reason="已办结")
    town.sweep("2026-03-09T00:00:05")
    assert [(subject, level) for (_, subject, _), (level, _) in town.alerts("zhengzhou-6.6").items()] in (
        [], [(late.no, "warning")],
    )  # fmt: skip


def test_the_due_moment_of_a_matter_is_what_the_rule_says(red):
    """2026-02-14 is a Saturday on which people work; 02-15 begins the Spring Festival."""
    with at("2026-02-09T10:00:00"):
        assert _order(due=date(2026, 2, 14)).due_at == date(2026, 2, 14)
        moved = _order(due=date(2026, 2, 15))
    assert moved.due_at == date(2026, 2, 24)
    assert moved.due_rule == "zhengzhou-6.6"


def test_an_explanation_that_was_sent_back_runs_again_and_its_fact_row_says_so(red):
    with at(WHEN):
        matter = _explanation(red)
        move(matter, "submit", LI, reason="系统切换", fields={"cause": "system"})
        move(matter, "send_back", SUN, reason="没有说明改正措施", fields={"due_at": "2026-03-10"})
    fact = row("explanations", matter.no)
    assert fact is not None
    assert (fact.values["submitted_at"], fact.values["due_at"]) == (None, date(2026, 3, 10))
    assert (matter.state, matter.due_at) == ("asked", date(2026, 3, 10))


def test_an_accepted_explanation_that_clears_the_officer_takes_the_alert_back(red):
    with at(WHEN):
        matter = _explanation(red)
        move(matter, "submit", LI, reason="当日系统停机", fields={"cause": "system"})
        move(matter, "clear", SUN, reason="停机属实")
    assert Alert.objects.get(pk=red.pk).state == "withdrawn"
    assert matter.closed_at is not None and matter.holder == ""


def test_what_one_has_handed_in_another_has_to_review(red):
    with at(WHEN):
        matter = _explanation(red)
        move(matter, "submit", SUN, reason="系统停机,统一说明", fields={"cause": "system"})
        with pytest.raises(RefusedError, match="另一人"):
            move(matter, "accept", SUN)
        move(Matter.objects.get(pk=matter.pk), "accept", ZHOU)
    assert Matter.objects.get(pk=matter.pk).state == "accepted"


def test_an_act_that_the_state_does_not_allow_is_refused_and_says_what_the_state_is(town):
    with at(WHEN):
        matter = _order()
        with pytest.raises(ConflictError, match="待答复.*办结"):
            move(matter, "close", SUN)
    assert matter.transitions.count() == 1


def test_without_reason_evidence_or_entries_nothing_is_done(town, proof):
    with at(WHEN):
        matter = _order()
        with pytest.raises(RefusedError, match="办理情况"):
            move(matter, "answer", LI, reason=" ")
        with pytest.raises(RefusedError, match="答复期限"):
            move(matter, "extend", SUN, reason="材料多")
        start = Start("accountability", "红牌", agency_code=AGENCY)
        card = begin(
            start, "propose", SUN, reason="三次超期", fields={"severity": "light", "measure": "talk"}
        )
        move(card, "decide", MA, reason="同意", fields={"measure": "criticism"})
        with pytest.raises(RefusedError, match="证据"):
            move(card, "done", SUN, reason="已通报")
        move(card, "done", SUN, reason="已通报", evidence=[proof])
    assert card.proofs.get().digest == proof.digest
    assert card.transitions.order_by("-no").first().evidence == [proof.digest]


def test_a_second_matter_about_the_same_thing_is_refused_and_names_the_first(red):
    with at(WHEN):
        first = _explanation(red)
        with pytest.raises(ConflictError, match=first.no):
            _explanation(red)
    assert Matter.objects.count() == Transition.objects.count() == 1


def test_of_two_who_act_at_once_one_wins_and_the_other_is_told_what_happened(town):
    """test-plan R7: answer against cancel, each having read the same version."""
    with at(WHEN):
        order = _order()
    results: list[str] = []
    ready = threading.Barrier(2)

    def act(name: str, by) -> None:
        try:
            matter = Matter.objects.get(pk=order.pk)
            ready.wait()
            move(matter, name, by, reason="有理由")
            results.append("won")
        except ConflictError as error:
            results.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=pair) for pair in (("answer", LI), ("cancel", SUN))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count("won") == 1
    told = next(result for result in results if result != "won")
    assert "刚才已由" in told and "请刷新" in told
    assert order.transitions.count() == 2


def test_what_fails_on_the_way_writes_nothing(red, monkeypatch):
    with at(WHEN):
        matter = _explanation(red)
        move(matter, "submit", LI, reason="系统停机", fields={"cause": "system"})
        before = (Transition.objects.count(), AuditRow.objects.count(), Message.objects.count())
        facts = FACTS["explanations"]._default_manager.count()
        monkeypatch.setattr("mingcha.casework.telling.audit", _broken)
        with pytest.raises(RuntimeError):
            move(matter, "clear", SUN, reason="停机属实")
    assert (Transition.objects.count(), AuditRow.objects.count(), Message.objects.count()) == before
    assert FACTS["explanations"]._default_manager.count() == facts
    assert Alert.objects.get(pk=red.pk).state == "open"
    assert Matter.objects.get(pk=matter.pk).state == "submitted"


def _broken(*given: object) -> None:
    raise RuntimeError("the disk is full")
