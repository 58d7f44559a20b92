"""The pages of casework: what waits for whom, what is offered to whom, and what happens when a button is pressed."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mingcha.accounts.models import Account, Role
from mingcha.alerts.doubt_models import Doubt
from mingcha.alerts.models import Alert
from mingcha.base import clock
from mingcha.base.models import AuditRow
from mingcha.casework import filing
from mingcha.casework.duty_models import Duty, LogEntry
from mingcha.casework.filing import explain_by
from mingcha.casework.models import Matter
from mingcha.casework.moving import Start, begin
from mingcha.casework.subjects import ALERT, subject_of, title_of
from mingcha.pages import lookups
from tests.server.casework.conftest import SUN
from tests.server.pages.conftest import HERE, OURS, PAYLOAD, THEIRS, THERE, city, enter, judged, quick_hashes

__all__ = ["city", "enter", "judged", "quick_hashes"]

CITY = "410100000000"
JPG = b"\xff\xd8\xff\xe0 a photo"


@pytest.fixture
def red(city: None) -> Alert:
    return Alert.objects.get(case_no="BJ2", rule="henan-8.1")


def _explanation(alert: Alert) -> Matter:
    subject = subject_of(alert)
    fact = {"alert": subject, "agency_code": alert.agency_code, "due_at": explain_by(alert.issued_at)}
    return begin(Start("explain", title_of(alert), ALERT, subject, alert=alert, fact=fact), "ask", SUN)


def _order(agency: str = OURS, region: str = HERE, title: str = "督办超期办件") -> Matter:
    start = Start("order", title, agency_code=agency, region_code=region, fact={"agency_code": agency})
    return begin(start, "issue", SUN, reason=f"限期整改{PAYLOAD}", fields={"due_at": date(2026, 3, 10)})


def _post(client: Client, matter: Matter, act: str, **given: object):
    given = {"act": act, "version": Matter.objects.get(pk=matter.pk).version, **given}
    return client.post(f"/casework/{matter.pk}/act/", given, follow=True)


def _told(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def test_an_alert_offers_each_role_what_it_may_begin(red, enter):
    supervisor = enter().get(f"/alerts/{red.pk}/").content.decode()
    for label in ("要求整改…", "发出督办单…", "提出问责…", "登记线索…"):
        assert label in supervisor
    assert "申诉…" not in supervisor
    liaison = enter(Role.LIAISON, HERE, OURS).get(f"/alerts/{red.pk}/").content.decode()
    assert "申诉…" in liaison and "发出督办单…" not in liaison
    assert "可以申诉一次" in liaison


def test_an_order_begun_on_an_alert_lies_in_the_inbox_of_the_agency_and_of_nobody_else(red, enter):
    given = {"kind": "order", "act": "issue", "why": "请说明并整改", "due_at": "2026-03-10"}
    page = enter().post(f"/casework/about/{red.pk}/", given, follow=True)
    order = Matter.objects.get(kind="order")
    assert page.redirect_chain[-1][0] == f"/casework/{order.pk}/"
    assert order.no in page.content.decode() and "时限" in page.content.decode()
    assert order.title[:10] in enter(Role.LIAISON, HERE, OURS).get("/inbox/").content.decode()
    assert "没有待您办理的事项" in enter(Role.LIAISON, THERE, THEIRS).get("/inbox/").content.decode()
    assert "没有待您办理的事项" in enter().get("/inbox/").content.decode()


def _begun(red: Alert, enter, kind: str, act: str, **given: str) -> Matter:
    begun = enter().post(
        f"/casework/about/{red.pk}/",
        {"kind": kind, "act": act, "why": "窗口人员吃拿卡要", **given},
        follow=True,
    )
    assert begun.status_code == 200
    return Matter.objects.get(kind=kind)


def _seen_by_the_agency(matter: Matter, enter) -> list[str]:
    """By whom of the agency the matter is found: its page, the list, messages."""
    seen = []
    for role in (Role.LIAISON, Role.OFFICER):
        browser = enter(role, HERE, OURS)
        pages = [browser.get(path).content.decode() for path in ("/casework/?state=all", "/messages/")]
        if browser.get(f"/casework/{matter.pk}/").status_code == 200 or any(
            matter.no in page for page in pages
        ):
            seen.append(role)
    return seen


def test_a_clue_is_read_by_who_looks_into_it_and_never_by_the_agency_suspected(red, enter):
    clue = _begun(red, enter, "clue", "register", behaviour="3")
    page = enter().get(f"/casework/{clue.pk}/").content.decode()
    assert "窗口人员吃拿卡要" in page and clue.title.startswith(lookups.trees().agency_name(OURS))
    assert not _seen_by_the_agency(clue, enter)
    _post(enter(), clue, "find", why="查了监控,属实")
    letter = SimpleUploadedFile("移交函.jpg", JPG)
    _post(
        enter(Role.LEADER),
        clue,
        "transfer",
        why="移交纪检",
        receiver="discipline",
        document_no="1号",
        files=letter,
    )
    assert Matter.objects.get(pk=clue.pk).state == "transferred"
    assert not _seen_by_the_agency(clue, enter)


def test_a_sanction_is_known_to_the_agency_from_when_it_is_decided(red, enter):
    matter = _begun(red, enter, "accountability", "propose", severity="serious", measure="criticism")
    assert not _seen_by_the_agency(matter, enter)
    _post(enter(Role.LEADER), matter, "decide", why="同意通报", measure="criticism")
    assert Matter.objects.get(pk=matter.pk).agency_code == OURS
    assert _seen_by_the_agency(matter, enter) == [Role.LIAISON, Role.OFFICER]


def test_a_sanction_that_was_not_decided_upon_stays_unknown(red, enter):
    matter = _begun(red, enter, "accountability", "propose", severity="serious", measure="criticism")
    _post(enter(Role.LEADER), matter, "drop", why="情节不足")
    assert Matter.objects.get(pk=matter.pk).state == "dropped" and not _seen_by_the_agency(matter, enter)


def test_who_reaches_no_further_than_the_agency_is_not_offered_what_would_be_hidden_from_them(red, enter):
    page = enter(Role.SUPERVISOR, HERE, OURS).get(f"/alerts/{red.pk}/").content.decode()
    assert "要求整改…" in page and "登记线索…" not in page and "提出问责…" not in page


def test_the_agency_answers_and_another_person_closes(city, enter):
    order = _order()
    answered = _post(enter(Role.LIAISON, HERE, OURS), order, "answer", why="已办结并约谈经办人")
    assert "已答复" in _told(answered)
    waiting = enter().get("/inbox/").content.decode()
    assert "督办超期办件" in waiting
    assert "已办结" in _told(_post(enter(), order, "close"))
    assert Matter.objects.get(pk=order.pk).state == "closed"


def test_a_matter_of_another_agency_is_not_there(city, enter):
    order = _order(THEIRS, THERE)
    liaison = enter(Role.LIAISON, HERE, OURS)
    assert liaison.get(f"/casework/{order.pk}/").status_code == 404
    assert _post(liaison, order, "answer", why="越权").status_code == 404
    assert Matter.objects.get(pk=order.pk).state == "issued"


def test_an_act_that_is_not_of_ones_role_is_forbidden(city, enter):
    order = _order()
    assert _post(enter(Role.LIAISON, HERE, OURS), order, "cancel", why="不想办").status_code == 403
    assert _post(enter(Role.LEADER), order, "answer", why="代答").status_code == 403
    assert _post(enter(), order, "explode").status_code == 403


def test_an_order_is_ended_by_the_office_that_issued_it_or_one_above_and_by_no_other(city, enter):
    """A county's supervisor reads the city's order to a bureau of the county, reminds, and ends only the county's."""
    above, county = enter(Role.SUPERVISOR, CITY), enter(Role.SUPERVISOR, HERE)
    given = {"agency": OURS, "title": "督办", "why": "限期整改", "due_at": "2026-03-10"}
    for client in (above, county):
        client.post("/casework/orders/new/", given)
    theirs, own = Matter.objects.filter(kind="order").order_by("pk")
    assert (theirs.issuer, own.issuer) == (CITY, HERE)
    page = county.get(f"/casework/{theirs.pk}/").content.decode()
    assert "催办…" in page and "撤销…" not in page and "延期…" not in page
    for act in ("cancel", "extend"):
        assert _post(county, theirs, act, why="县里的单位", due_at="2026-04-01").status_code == 403
    liaison = enter(Role.LIAISON, HERE, OURS)
    for order in (theirs, own):
        _post(liaison, order, "answer", why="已办")
    for act in ("close", "send_back", "cancel"):
        assert _post(county, theirs, act, why="看过", due_at="2026-04-01").status_code == 403
    listed = county.get("/inbox/").content.decode()
    assert f"/casework/{own.pk}/" in listed and f"/casework/{theirs.pk}/" not in listed
    _post(above, theirs, "close")
    _post(above, own, "send_back", why="没有办好", due_at="2026-04-01")
    assert [Matter.objects.get(pk=order.pk).state for order in (theirs, own)] == ["closed", "issued"]


def test_who_acts_on_what_has_changed_since_sees_it_first(city, enter):
    order = _order()
    liaison = enter(Role.LIAISON, HERE, OURS)
    _post(liaison, order, "answer", why="已办")
    late = liaison.post(
        f"/casework/{order.pk}/act/", {"act": "answer", "version": "1", "why": "再答"}, follow=True
    )
    assert "有了变动" in _told(late)
    assert order.transitions.count() == 2


def test_what_people_write_never_runs_as_script(city, enter):
    order = _order(title=f"督办{PAYLOAD}")
    _post(enter(Role.LIAISON, HERE, OURS), order, "answer", why=PAYLOAD)
    for path in (f"/casework/{order.pk}/", f"/casework/{order.pk}/paper/", "/inbox/", "/casework/?state=all"):
        page = enter().get(path)
        assert page.status_code == 200
        assert "<img src=x" not in page.content.decode() and "<script>window" not in page.content.decode()


def test_a_form_without_what_is_demanded_says_what_to_do_and_changes_nothing(red, enter):
    order = _order()
    told = _told(_post(enter(Role.LIAISON, HERE, OURS), order, "answer", why="  "))
    assert "没有答复" in told and "办理情况" in told
    given = {"kind": "rectify", "act": "order", "why": "限期整改", "due_at": "2026-13-45"}
    assert "2026-10-14" in _told(enter().post(f"/casework/about/{red.pk}/", given, follow=True))
    assert Matter.objects.count() == 1


def test_proof_is_kept_by_its_kind_handed_out_to_be_saved_and_the_look_recorded(red, enter):
    given = {"kind": "rectify", "act": "order", "why": "限期整改", "due_at": "2026-03-10"}
    enter().post(f"/casework/about/{red.pk}/", given)
    matter = Matter.objects.get(kind="rectify")
    liaison = enter(Role.LIAISON, HERE, OURS)
    refused = _post(liaison, matter, "submit", why="已整改", files=SimpleUploadedFile("a.svg", b"<svg/>"))
    assert "不收" in _told(refused)
    assert "证据" in _told(_post(liaison, matter, "submit", why="已整改"))
    file = SimpleUploadedFile("../../照\u202e片.jpg", JPG)
    assert "已提交整改结果" in _told(_post(liaison, matter, "submit", why="已整改", files=file))
    proof = matter.proofs.get()
    sent = enter().get(f"/casework/proofs/{proof.pk}/")
    assert b"".join(sent.streaming_content) == JPG
    assert sent["X-Content-Type-Options"] == "nosniff" and sent["Content-Disposition"].startswith(
        "attachment"
    )
    assert AuditRow.objects.filter(act="evidence.read", about=f"matter/{matter.no}").count() == 1
    assert enter(Role.LIAISON, THERE, THEIRS).get(f"/casework/proofs/{proof.pk}/").status_code == 404


def test_one_cause_explains_many_and_another_person_reviews_them(red, enter):
    other = Alert.objects.get(case_no="BJ1", rule="henan-8.10")
    both = [_explanation(red), _explanation(other)]
    liaison = enter(Role.LIAISON, HERE, OURS)
    keys = [str(matter.pk) for matter in both]
    given = {"act": "s", "key": keys, "why-s": "三月一日系统停机", "s-cause": "system"}
    assert "已提交 2 项" in _told(liaison.post("/inbox/batch/", given, follow=True))
    groups = set(Matter.objects.filter(pk__in=keys).values_list("group", "state"))
    assert len(groups) == 1 and groups.pop()[1] == "submitted"
    assert "已通过 2 项" in _told(enter().post("/inbox/batch/", {"act": "a", "key": keys}, follow=True))


def test_the_inbox_offers_the_keys_of_what_waits_in_it_and_asks_what_each_demands(red, enter):
    supervisor = enter()
    assert 'id="ask-' not in supervisor.get("/inbox/").content.decode(), "nothing waits"
    other = Alert.objects.get(case_no="BJ1", rule="henan-8.10")
    first, second = (filing.file(alert, "系统停机", SUN) for alert in (red, other))
    page = supervisor.get("/inbox/").content.decode()
    assert all(f'id="ask-{key}"' in page for key in "rw") and 'id="ask-s"' not in page
    assert "撤销信号… <kbd>r</kbd>" in page and "维持… <kbd>w</kbd>" in page
    without = supervisor.post("/inbox/batch/", {"act": "r", "key": [first.pk]}, follow=True)
    assert "没有撤销信号" in _told(without) and "核实情况与理由" in _told(without)
    given = {"act": "r", "key": [first.pk], "why-r": "停机属实"}
    assert "已撤销信号 1 项" in _told(supervisor.post("/inbox/batch/", given, follow=True))
    assert Alert.objects.get(pk=red.pk).state == "withdrawn"
    given = {"act": "w", "key": [second.pk], "why-w": "没有停机"}
    assert "已维持 1 项" in _told(supervisor.post("/inbox/batch/", given, follow=True))
    assert Matter.objects.get(pk=second.pk).state == "upheld"
    assert supervisor.post("/inbox/batch/", {"act": "€", "key": [second.pk]}).status_code == 403


def test_of_several_none_is_moved_where_one_cannot_be(red, enter):
    explanation, order = _explanation(red), _order()
    liaison = enter(Role.LIAISON, HERE, OURS)
    given = {"act": "s", "key": [explanation.pk, order.pk], "why-s": "已办", "s-cause": ""}
    assert "都没有办理" in _told(liaison.post("/inbox/batch/", given, follow=True))
    assert set(Matter.objects.values_list("state", flat=True)) == {"asked", "issued"}


def test_an_order_to_two_agencies_is_two_matters_of_one_batch_each_with_its_paper(city, enter):
    given = {"agency": [OURS, THEIRS], "title": "清理超期办件", "why": "逐件清理", "due_at": "2026-03-10"}
    page = enter().post("/casework/orders/new/", given, follow=True)
    orders = Matter.objects.filter(kind="order")
    assert {order.agency_code for order in orders} == {OURS, THEIRS} and len({o.group for o in orders}) == 1
    assert page.status_code == 200 and page.content.decode().count("清理超期办件") >= 2
    paper = enter().get(f"/casework/{orders[0].pk}/paper/").content.decode()
    assert "政务服务电子监察督办单" in paper and "逐件清理" in paper and orders[0].no in paper


def test_an_order_to_nobody_or_to_an_agency_elsewhere_is_refused_and_keeps_what_was_written(city, enter):
    given = {"title": "清理", "why": "逐件清理", "due_at": "2026-03-10"}
    page = enter().post("/casework/orders/new/", given)
    assert page.status_code == 422 and "逐件清理" in page.content.decode()
    county = enter(Role.SUPERVISOR, THERE)
    assert "管辖范围" in _told(county.post("/casework/orders/new/", {**given, "agency": [OURS]}))
    assert not Matter.objects.exists()


def test_the_list_narrows_sorts_and_exports_what_it_shows(city, enter):
    _order(), _order(title="另一件")
    supervisor = enter()
    found = supervisor.get("/casework/?kind=order&q=另一件").content.decode()
    assert "另一件" in found and "督办超期办件" not in found
    sheet = supervisor.get("/casework/?kind=order&format=csv").content.decode("utf-8-sig")
    assert sheet.count("督办单") == 2
    assert "没有符合条件的事项" in supervisor.get("/casework/?due=late").content.decode()


def test_who_keeps_watch_is_on_the_roster_and_what_was_seen_in_the_log(city, enter):
    supervisor = enter()
    account = Account.objects.latest("pk")
    given = {"account": account.pk, "day": "2026-03-05", "last": "2026-03-09"}
    assert "已排班" in _told(supervisor.post("/duty/set/", given, follow=True))
    assert sorted(Duty.objects.values_list("day", flat=True)) == [
        date(2026, 3, 5),
        date(2026, 3, 6),
        date(2026, 3, 9),
    ]
    assert account.name in supervisor.get("/duty/?month=2026-03").content.decode()
    duty = Duty.objects.get(day=date(2026, 3, 6))
    supervisor.post("/duty/end/", {"duty": duty.pk})
    assert Duty.objects.filter(ended_at=None).count() == 2
    supervisor.post("/duty/log/write/", {"day": "2026-03-05", "text": f"巡查无异常{PAYLOAD}"})
    assert "巡查无异常" in supervisor.get("/duty/log/?day=2026-03-05").content.decode()
    told = _told(supervisor.post("/duty/log/write/", {"day": "2026-03-06", "text": "预先写好"}, follow=True))
    assert "不能写以后的日志" in told and LogEntry.objects.count() == 1


def test_the_page_of_a_doubted_rule_says_that_people_confirm_first(city, enter):
    Doubt.objects.create(rule="henan-8.10", since=clock.now(), overturned=8, decided=12)
    assert "先由人工确认" in enter().get("/rules/henan-8.10/").content.decode()
    assert "先由人工确认" not in enter().get("/rules/henan-8.1/").content.decode()


@pytest.mark.parametrize("path", ["/inbox/", "/casework/", "/duty/", "/duty/log/", "/casework/orders/new/"])
def test_nonsense_in_the_address_is_never_a_fault_of_ours(city, enter, path):
    nonsense = "?month=2026-99&day=x&state=order.none&kind=nobody&due=y&page=999999&sort=-nothing&from=1"
    assert enter().get(path + nonsense).status_code == 200
