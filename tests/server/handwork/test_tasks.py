"""人工监察: who sees which task, what each may do to it, that it is told and recorded, and that one of two wins."""

from __future__ import annotations

import threading
from datetime import date, datetime

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from mingcha.accounts.models import Account, Role
from mingcha.alerts import tasks as tasks_of
from mingcha.alerts.conflict import ConflictError
from mingcha.alerts.law import law_in_force, setting
from mingcha.alerts.models import Alert, Task, TaskStep
from mingcha.base.models import AuditRow
from mingcha.intake.fact_models import FACTS
from mingcha.notify.models import Message
from tests.server.alerts.conftest import SHANGHAI
from tests.server.handwork.conftest import LEAD
from tests.server.pages.conftest import OURS, PAYLOAD, THERE


def text_of(answer, status=200) -> str:
    assert answer.status_code == status, answer
    return answer.content.decode()


def do(browser, task, act, status=200, **more) -> str:
    """What the page says after an act on the task as it is now."""
    version = Task.objects.get(pk=task.pk).version
    told = {"version": version, "act": act, **more}
    return text_of(browser.post(f"/tasks/{task.pk}/act/", told, follow=True), status)


def keys(browser, query="") -> list[str]:
    return [line.key for line in browser.get(f"/tasks/{query}").context["list"].lines]


def test_a_signal_that_asks_for_people_stands_in_the_list_with_the_time_left(task, enter):
    answer = enter().get("/tasks/?q=BJ6")
    (line,) = answer.context["list"].lines
    assert line.href == f"/tasks/{task.pk}/"
    assert "剩 10 个工作日" in line.cells[0].html and "待交办" in line.cells[1].html
    assert "人工监察" in text_of(enter().get("/overview/"))


def test_the_time_left_is_in_working_days_and_never_grows(city):
    calendar = law_in_force()[1]
    due = date(2026, 3, 19)  # Thursday
    left = [tasks_of.days_left(due, date(2026, 3, day), calendar) for day in range(13, 25)]
    assert left == [4, 4, 4, 3, 2, 1, 0, -1, -1, -1, -2, -3]
    assert tasks_of.days_left(None, due, calendar) is None


def test_how_long_a_task_may_last_is_a_setting_of_the_pack_of_its_rule(task, monkeypatch):
    assert setting("task_days", "henan-2019") == 10
    said = {("task_days", "henan-2019"): 3}
    monkeypatch.setattr(tasks_of, "setting", lambda name, pack, default: said.get((name, pack), default))
    alert = task.alert
    for pack, due in (("henan-2019", date(2026, 3, 10)), ("zhengzhou-2021", date(2026, 3, 19))):
        TaskStep.objects.all().delete()
        Task.objects.all().delete()
        alert.pack = pack
        tasks_of.follow([alert], "test")
        assert Task.objects.get(alert=alert).due_at == due, pack


def test_another_district_does_not_see_it(task, enter):
    theirs = enter(region=THERE)
    assert str(task.pk) not in keys(theirs)
    assert theirs.get(f"/tasks/{task.pk}/").status_code == 404
    assert theirs.post(f"/tasks/{task.pk}/act/", {"act": "take", "version": 1}).status_code == 404


@pytest.mark.parametrize("role", [Role.LIAISON, Role.OFFICER, Role.ASSESSOR])
def test_who_is_investigated_does_not_see_what_is_found(task, enter, role):
    assert enter(role, agency=OURS).get("/tasks/").status_code == 403
    assert enter(role, agency=OURS).get(f"/tasks/{task.pk}/").status_code == 403


def test_a_leader_reads_and_decides_nothing(task, enter):
    leader = enter(Role.LEADER)
    text = text_of(leader.get(f"/tasks/{task.pk}/"))
    assert "依据什么核查" in text and "ask-take" not in text
    assert leader.post(f"/tasks/{task.pk}/act/", {"act": "take", "version": 1}).status_code == 403


def test_a_task_shows_its_article_its_facts_its_clock_and_its_past(task, enter):
    text = text_of(enter().get(f"/tasks/{task.pk}/"))
    assert "第八条(二)" in text and "未及时发出一次性补正告知通知书的" in text
    assert '<figure class="sheet"><svg' in text and "应核查完" in text and "2026-03-19" in text
    assert "/cases/of/BJ6/" in text and f"/alerts/{task.alert_id}/" in text


def test_the_signal_leads_to_its_task_for_who_may_read_it(task, enter):
    address = f"/alerts/{task.alert_id}/"
    assert f"/tasks/{task.pk}/" in text_of(enter().get(address))
    assert f"/tasks/{task.pk}/" not in text_of(enter(Role.LIAISON, agency=OURS).get(address))


def test_who_takes_it_over_investigates_and_finds_it_so_issues_the_signal(task, enter):
    browser = enter()
    do(browser, task, "take")
    do(browser, task, "begin")
    file = SimpleUploadedFile("现场.pdf", b"%PDF-1.7 photo")
    text = do(browser, task, "record", why=f"到窗口核对{PAYLOAD}", files=[file], note="登记簿")
    assert "到窗口核对&lt;img" in text and "<img src=x" not in text and "现场.pdf" in text
    assert "已认定属实" in do(browser, task, "found", why="登记簿证实至今没有告知")
    assert Alert.objects.get(pk=task.alert_id).state == "open"
    assert FACTS["issued"]._default_manager.filter(rule=LEAD, key="BJ6", seen_to=None).count() == 1
    states = list(TaskStep.objects.filter(task=task).order_by("no").values_list("state", flat=True))
    assert states == ["waiting", "assigned", "investigating", "investigating", "found"]
    acts = list(AuditRow.objects.filter(about=f"task/{task.pk}").order_by("id").values_list("act", flat=True))
    assert acts == ["task.assigned", "task.investigating", "task.recorded", "task.found"]


def test_an_unfounded_one_takes_the_signal_back(task, enter):
    browser = enter()
    do(browser, task, "take")
    text = do(browser, task, "unfounded", why="当面告知过,系统漏报")
    assert "不属实" in text and "当面告知过,系统漏报" in text
    assert Alert.objects.get(pk=task.alert_id).state == "withdrawn"


def test_who_is_handed_a_task_is_told_and_finds_it_among_his_own(task, enter, colleague):
    browser = enter()
    assert "已交办" in do(browser, task, "assign", to="liu", why="请去现场")
    told = Message.objects.get(kind="task.assigned")
    assert (told.account_id, told.link) == (colleague.pk, f"/tasks/{task.pk}/")
    assert keys(browser, "?whose=own") == [] and str(task.pk) in keys(browser, "?whose=office")
    browser.force_login(colleague, "django.contrib.auth.backends.ModelBackend")
    assert keys(browser, "?whose=own") == [str(task.pk)]


def test_whoever_loses_a_task_to_another_is_told(task, enter, colleague):
    do(enter(), task, "assign", to="liu")
    Message.objects.all().delete()
    do(enter(), task, "take")
    assert list(Message.objects.values_list("account_id", flat=True)) == [colleague.pk]


def test_a_task_is_handed_only_to_a_supervisor_whose_office_reaches_over_it(task, enter):
    browser = enter()
    for stranger in (enter(region=THERE), enter(Role.LIAISON, agency=OURS)):
        name = Account.objects.get(pk=stranger.session["_auth_user_id"]).username
        assert "请从列表中选一位" in do(browser, task, "assign", to=name)
    assert "请从列表中选一位" in do(browser, task, "assign", to="nobody")
    assert Task.objects.get(pk=task.pk).state == "waiting"


@pytest.mark.parametrize("act", ["begin", "record", "found", "unfounded"])
def test_only_whoever_holds_a_task_works_on_it(task, enter, colleague, act):
    browser = enter()
    do(browser, task, "assign", to="liu")
    do(browser, task, act, why="我来认定")
    assert Task.objects.get(pk=task.pk).state == "assigned"
    assert Alert.objects.get(pk=task.alert_id).state == "proposed"


def test_a_conclusion_without_reasons_is_refused(task, enter):
    browser = enter()
    do(browser, task, "take")
    for why in ("", " ", "x", "长" * 2001):
        assert "没有属实" in do(browser, task, "found", why=why)
    assert Task.objects.get(pk=task.pk).state == "assigned"


def test_what_was_written_is_not_lost_when_a_file_is_refused(task, enter):
    browser = enter()
    do(browser, task, "take")
    do(browser, task, "begin")
    text = do(
        browser, task, "record", 422, why="写了很久的情况", files=[SimpleUploadedFile("x.svg", b"<svg/>")]
    )
    assert "不收“x.svg”" in text and "写了很久的情况</textarea>" in text
    assert TaskStep.objects.filter(task=task).count() == 3, "neither the note nor the file was taken"


def test_who_is_overtaken_is_told_by_whom_and_what(task, enter, colleague):
    seen = task.version
    do(enter(), task, "assign", to="liu", why="转给刘强")
    told = {"act": "take", "version": seen}
    text = text_of(enter().post(f"/tasks/{task.pk}/act/", told, follow=True))
    assert "这项人工监察已由 u" in text and "已交办" in text and "交 liu 承办:转给刘强" in text
    assert Task.objects.get(pk=task.pk).assigned_to == "liu"


def test_an_act_that_does_not_exist_is_refused(task, enter):
    assert enter().post(f"/tasks/{task.pk}/act/", {"act": "drop", "version": 1}).status_code == 403
    assert enter().post("/tasks/batch/", {"act": "found", "key": task.pk}).status_code == 403


def test_several_are_taken_over_at_once(city, enter):
    browser = enter()
    chosen = list(Task.objects.values_list("pk", flat=True))
    assert len(chosen) == 2
    text = text_of(
        browser.post("/tasks/batch/", {"key": chosen, "act": "take", "query": "?state=open"}, follow=True)
    )
    assert "已接办 2 项" in text and len(keys(browser, "?whose=own")) == 2
    text = text_of(browser.post("/tasks/batch/", {"key": chosen, "act": "take"}, follow=True))
    assert "已由您承办" in text


def test_what_is_late_due_today_or_due_soon_is_found_so(task, enter):
    for moment, due in (("2026-03-17", "soon"), ("2026-03-19", "today"), ("2026-03-20", "late")):
        with time_machine.travel(datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI), tick=False):
            assert str(task.pk) in keys(enter(), f"?due={due}"), (moment, due)
    with time_machine.travel(datetime(2026, 3, 20, 9, tzinfo=SHANGHAI), tick=False):
        browser = enter()
        assert "逾期 1 个工作日" in text_of(browser.get("/tasks/"))
        assert keys(browser, "?due=soon") == []


def test_whoever_lets_a_task_run_late_is_told_once(task, enter, colleague):
    tasks_of.assign(Task.objects.get(pk=task.pk), "liu", "sun")
    Message.objects.all().delete()
    for moment, told in (("2026-03-19T23:59:59", 0), ("2026-03-20T00:00:01", 2), ("2026-03-21T00:00:01", 0)):
        assert tasks_of.tell_of_late(datetime.fromisoformat(moment)) == told, moment
    late = {message.account_id: message for message in Message.objects.filter(kind="task.late")}
    assert set(late) == {colleague.pk, None}
    assert late[None].roles == ";supervisor;" and "已过期限(2026-03-19)" in late[colleague.pk].title


def test_counts_above_the_list_are_the_lengths_of_the_lists(task, enter):
    browser = enter()
    do(browser, task, "take")
    for option in browser.get("/tasks/").context["list"].facet:
        assert len(keys(browser, f"?whose={option.value}")) == option.count, option


@pytest.mark.parametrize(
    "query", ["whose=nobody", "due=x", "state=x", "sort=alert__key", "q=" + "x" * 999, "page=-3"]
)
def test_what_an_address_says_wrongly_is_told_and_left_out(city, enter, query):
    assert keys(enter(), f"?{query}") or "q=x" in query


def test_a_file_of_the_list_holds_what_is_shown(task, enter):
    answer = enter().get("/tasks/?format=csv")
    assert "剩 10 个工作日" in answer.content.decode("utf-8-sig")
    assert AuditRow.objects.get(act="export").about == "list/tasks"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_conclude_at_once_one_wins_and_the_other_is_told(served_city):
    """test-plan R7."""
    task = Task.objects.get(alert__case_no="BJ6")
    tasks_of.assign(task, "liu", "liu")
    results: list[str] = []
    ready = threading.Barrier(2)

    def conclude(state: str) -> None:
        try:
            held = Task.objects.get(pk=task.pk)
            ready.wait()
            tasks_of.conclude(held, state == "found", "有理由", state)
            results.append("won")
        except ConflictError as error:
            results.append(str(error))
        finally:
            connection.close()

    both = [threading.Thread(target=conclude, args=(state,)) for state in ("found", "unfounded")]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert results.count("won") == 1
    lost = next(result for result in results if result != "won")
    assert "这项人工监察已由" in lost and "请看过再定" in lost
    assert TaskStep.objects.filter(task=task, state__in=["found", "unfounded"]).count() == 1
