"""What a citizen sees who rates: links, codes, terminals, the second rating, contesting."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from mingcha.base import clock
from mingcha.casework.models import Matter
from mingcha.evaluations import offers, recorded, tokens
from mingcha.evaluations.answers import read
from mingcha.evaluations.models import Offer, Rating
from mingcha.evaluations.opening import open_loops
from mingcha.evaluations.refused import NotTakenError
from mingcha.evaluations.writing import write_taken
from mingcha.pages.public import attempts
from tests.server.alerts.conftest import at
from tests.server.evaluations.asking import text
from tests.server.evaluations.conftest import AGENCY, NOW
from tests.server.evaluations.test_loop import AGREE, CALL, SIGN, doubt, go
from tests.server.public.conftest import Citizen, easy_puzzles, solve  # noqa: F401  a fixture


def test_a_citizen_rates_without_an_account(town):
    url = reverse("rate", args=[offers.offer(case_no="BJ1").token])
    form = text(Client().get(url))
    assert "非常不满意" in form and "多收了费用" in form, "Henan's items are asked in Henan"
    said = {
        "level": "2",
        "tags": ["214", "517"],
        "comment": "态度生硬",
        "extra_fees": "true",
        "actual_visits": "3",
    }
    sent = Client(enforce_csrf_checks=True).post(url, said)
    assert sent.status_code == 302 and "非常不满意" not in text(Client().get(sent["Location"]))
    assert "不满意" in text(Client().get(sent["Location"]))
    kept = Rating.objects.get().said
    assert (kept["level"], kept["tags"], kept["extra_fees"], kept["actual_visits"]) == (2, ["214"], True, 3)
    assert "评价已收到" in text(Client().get(url))
    assert not Client().get(url).cookies


def test_what_is_wrong_is_told_beside_what_was_entered(town):
    url = reverse("rate", args=[offers.offer(case_no="BJ1").token])
    page = text(Client().post(url, {"comment": "说了很久", "phone": "123"}), 422)
    assert "请选择一个满意度" in page and "同时填写姓名和电话" in page and "说了很久" in page
    assert not Rating.objects.exists()


def test_sending_twice_changes_nothing(town):
    url = reverse("rate", args=[offers.offer(case_no="BJ1").token])
    Client().post(url, {"level": "1"})
    assert Client().post(url, {"level": "5"}).status_code == 302
    assert Rating.objects.get().said["level"] == 1


def test_a_rating_that_another_system_reported_meanwhile_is_not_doubled(town):
    url = reverse("rate", args=[offers.offer(case_no="BJ1").token])
    row = {
        "evaluation_no": "PJ1",
        "case_no": "BJ1",
        "kind": "case",
        "level": 4,
        "submitted_at": "2026-03-05 09:50",
    }
    town.report(NOW, judged=False, evaluations=[row])
    assert Client().post(url, {"level": "5"}).status_code == 302
    assert not Rating.objects.exists()


@pytest.mark.parametrize("token", ["x", "PJ20260305-AAAAAAAAAA.forged", "评价"])
@pytest.mark.parametrize(
    "page", ["rate", "rate-window", "rate-visit", "kiosk", "kiosk-thanks", "kiosk-waiting"]
)
def test_an_address_that_was_made_up_is_told_so(db, page, token):
    assert "请重新扫码" in text(Client().get(reverse(page, args=[token])), 404)


@pytest.mark.usefixtures("easy_puzzles")
def test_a_windows_code_opens_one_visit_after_another(town):
    entry = reverse("rate-window", args=[tokens.of_window("C1")])
    assert "开始评价" in text(Client().get(entry))
    for _ in range(2):
        begun = Citizen().send(entry)
        assert begun.status_code == 302
        for level in "51":  # a visit is rated once
            sent = Client().post(begun["Location"], {"level": level}, follow=True)
            assert "评价已收到" in text(sent)
        assert "评价已收到" in text(Client().get(begun["Location"], follow=True)), "the way back"
    rows = [rating.said for rating in Rating.objects.order_by("id")]
    assert [(row["kind"], row["window_code"], row["channel"], row["level"]) for row in rows] == [
        ("visit", "C1", "qr", 5)
    ] * 2


@pytest.mark.usefixtures("easy_puzzles")
def test_no_visit_begins_without_the_puzzle_solved(town):
    entry, citizen = reverse("rate-window", args=[tokens.of_window("C1")]), Citizen()
    page = text(citizen.browser.post(entry), 400)
    assert "还没有完成验证" in page and "data-puzzle" in page
    puzzle, bits = citizen.puzzle(entry)
    solved = {"puzzle": puzzle, "answer": solve(puzzle, bits)}
    assert citizen.browser.post(entry, solved).status_code == 302
    assert "已经提交过一次" in text(citizen.browser.post(entry, solved), 400), "one puzzle, one visit"


@pytest.mark.usefixtures("easy_puzzles")
def test_one_device_begins_so_many_visits_a_day_at_one_window(town, monkeypatch):
    monkeypatch.setitem(attempts.MOST, "visit", 2)
    entry, citizen = reverse("rate-window", args=[tokens.of_window("C1")]), Citizen()
    assert [citizen.send(entry).status_code for _ in range(3)] == [302, 302, 429]
    assert Citizen().send(entry).status_code == 302, "another device may"


def test_a_terminal_takes_so_many_visits_a_day_and_whatever_was_asked_for(town, monkeypatch):
    monkeypatch.setitem(attempts.MOST, "terminal", 1)
    url = reverse("kiosk", args=[tokens.of_terminal("C1")])
    taken = []
    for _ in range(2):
        ticket = re.search(r'name="ticket" value="([^"]+)"', text(Client().get(url)))[1]
        taken.append(Client().post(url, {"ticket": ticket, "level": "5"}).status_code)
    assert taken == [302, 503] and Rating.objects.count() == 1
    asked = offers.offer(case_no="BJ1", way=Offer.Way.KIOSK, window_code="C1")
    assert Client().post(url, {"ticket": asked.token, "level": "5"}).status_code == 302
    assert Rating.objects.filter(once=asked.offer.once).exists()


def test_what_a_terminal_drew_is_rated_at_the_terminal_alone(town):
    url = reverse("kiosk", args=[tokens.of_terminal("C1")])
    ticket = re.search(r'name="ticket" value="([^"]+)"', text(Client().get(url)))[1]
    assert Client().post(reverse("rate-visit", args=[ticket]), {"level": "5"}).status_code == 404
    assert not Rating.objects.exists()


@pytest.mark.usefixtures("easy_puzzles")
def test_who_rated_at_a_window_sees_what_becomes_of_it_and_contests(town):
    begun = Citizen().send(reverse("rate-window", args=[tokens.of_window("C1")]))
    sent = Client().post(begun["Location"], {"level": "1"})
    no = Rating.objects.get().no
    own = reverse("rate", args=[tokens.of_rating(no)])
    assert (sent.status_code, sent["Location"]) == (302, own)
    write_taken()
    open_loops()
    with at("2026-03-05T12:00:00"):  # long after the quarter of an hour
        assert "已交办理单位处理" in text(Client().get(own))
        go(no, SIGN, CALL, doubt(), AGREE)
        assert "不同意这个认定" in text(Client().get(own))
        objected = Client().post(
            reverse("rate-contest", args=[tokens.of_rating(no)]), {"reason": "就是这个窗口"}
        )
        assert (objected.status_code, objected["Location"]) == (302, own)
    assert Matter.objects.get(subject=no).state == "contested"


def test_what_staff_recorded_is_not_theirs_to_follow_as_the_citizen(town):
    no = tokens.new_number(clock.local_now())
    subject = recorded.subject(tokens.of_rating(no), "comprehensive", AGENCY)
    recorded.take(subject, read({"level": "1"}), channel="phone", by="u0")
    text(Client().get(reverse("rate", args=[tokens.of_rating(no)])), 404)
    contest = reverse("rate-contest", args=[tokens.of_rating(no)])
    text(Client().post(contest, {"reason": "我有异议"}, follow=True), 404)


def test_a_printed_code_of_a_case_runs_out_after_three_days(town):
    token = offers.offer(case_no="BJ1", way=Offer.Way.QR).token
    with at("2026-03-08T09:59:00"):
        assert "请您评价" in text(Client().get(reverse("rate", args=[token])))
    with at("2026-03-08T10:01:00"):
        text(Client().get(reverse("rate", args=[token])), 410)


def test_a_terminal_rates_the_case_that_waits_there_and_else_the_visit(town):
    url = reverse("kiosk", args=[tokens.of_terminal("C1")])
    ticket = re.search(r'name="ticket" value="([^"]+)"', text(Client().get(url)))[1]
    assert Client().post(url, {"ticket": ticket, "level": "5"})["Location"].endswith("/thanks/")
    offer = offers.offer(case_no="BJ1", way=Offer.Way.KIOSK, window_code="C1").offer
    assert Client().get(reverse("kiosk-waiting", args=[tokens.of_terminal("C1")])).json() == {
        "offer": offer.no
    }
    ticket = re.search(r'name="ticket" value="([^"]+)"', text(Client().get(url)))[1]
    Client().post(url, {"ticket": ticket, "level": "4"})
    Client().post(url, {"ticket": ticket, "level": "1"})
    assert [rating.said["kind"] for rating in Rating.objects.order_by("id")] == ["visit", "case"]
    assert Rating.objects.get(once=offer.once).said["level"] == 4
    assert Client().get(reverse("kiosk-waiting", args=[tokens.of_terminal("C1")])).json() == {"offer": ""}


@pytest.mark.parametrize("page", ["kiosk", "kiosk-waiting", "kiosk-thanks"])
def test_the_code_on_the_wall_does_not_open_the_windows_terminal(town, page):
    offer = offers.offer(case_no="BJ1", way=Offer.Way.KIOSK, window_code="C1").offer
    scanned = tokens.of_window("C1")
    answer = Client().get(reverse(page, args=[scanned]))
    assert answer.status_code == 404
    assert offer.no not in answer.content.decode() and "BJ1" not in answer.content.decode()
    assert Client().post(reverse("kiosk", args=[scanned]), {"level": "5"}).status_code == 404
    assert Client().get(reverse("rate-window", args=[tokens.of_terminal("C1")])).status_code == 404
    assert not Rating.objects.exists()


def test_a_ticket_of_one_window_is_none_of_another(town):
    from datetime import datetime

    ticket = tokens.of_visit("PJ1", "C2", datetime.fromisoformat(NOW), terminal=True)
    url = reverse("kiosk", args=[tokens.of_terminal("C1")])
    for wrong in ({"ticket": ticket, "level": "5"}, {"ticket": "x", "level": "5"}, {}):
        assert Client().post(url, wrong)["Location"] == url, "back to the faces"
    assert not Rating.objects.exists()


def test_a_second_rating_follows_the_first_and_is_given_once(town):
    first = rated_by_page("BJ1", "1")
    write_taken()
    second = reverse("rate", args=[offers.offer(case_no="BJ1", follows=first).token])
    Client().post(second, {"level": "5"})
    Client().post(second, {"level": "1"})
    kept = Rating.objects.exclude(no=first).get().said
    assert (kept["follows"], kept["level"]) == (first, 5)
    assert write_taken() == 1 and open_loops() == 2


def test_a_visit_is_rated_a_second_time_while_the_case_goes_on(town):
    first = offers.offer(case_no="BJ3", service_seq=1)
    Client().post(reverse("rate", args=[first.token]), {"level": "1"})
    write_taken()
    given = Rating.objects.get(once=first.offer.once).no
    second = offers.offer(case_no="BJ3", follows=given)
    assert second.offer.kind == "visit" and second.offer.service_seq == 1
    Client().post(reverse("rate", args=[second.token]), {"level": "4"})
    kept = Rating.objects.get(once=second.offer.once).said
    assert (kept["follows"], kept["kind"], kept["level"]) == (given, "visit", 4)
    with pytest.raises(NotTakenError, match="没有编号为 PJ9 的评价"):
        offers.offer(case_no="BJ3", follows="PJ9")


def rated_by_page(case_no, level):
    offered = offers.offer(case_no=case_no)
    Client().post(reverse("rate", args=[offered.token]), {"level": level})
    return Rating.objects.get(once=offered.offer.once).no


def test_who_asked_for_a_rating_learns_that_it_was_given_and_no_more(town):
    offered = offers.offer(case_no="BJ1")
    page, contest = (reverse(name, args=[offered.token]) for name in ("rate", "rate-contest"))
    followed = Client().post(page, {"level": "1", "comment": "等了两个小时"})["Location"]
    no = Rating.objects.get(once=offered.offer.once).no
    assert no != offered.offer.no and followed != page
    write_taken()
    open_loops()
    go(no, SIGN, CALL, doubt(), AGREE)
    known = text(Client().get(page))
    assert "评价已收到" in known and no not in known
    for result in ("非常不满意", "核实", "签收", "异议", "等了两个小时"):
        assert result not in known
    Client().post(contest, {"reason": "冒名的异议"})
    assert Matter.objects.get(subject=no).state == "not_adopted"
    shown = text(Client().get(followed))
    assert "非常不满意" in shown and no in shown and "不同意这个认定" in shown


def test_a_rating_that_is_sent_again_changes_nothing_and_is_told_as_received(town):
    page = reverse("rate", args=[offers.offer(case_no="BJ1").token])
    first = Client().post(page, {"level": "1"})["Location"]
    again = Client().post(page, {"level": "5"})
    assert again["Location"] == page != first
    assert [rating.said["level"] for rating in Rating.objects.all()] == [1]


def test_a_form_that_is_sent_twice_leads_both_times_to_its_rating_and_no_other_form_does(town):
    page = reverse("rate", args=[offers.offer(case_no="BJ1").token])
    other = reverse("rate", args=[offers.offer(case_no="BJ3", service_seq=1).token])
    mine, theirs, elsewhere = (
        re.search(r'name="form" value="([^"]+)"', text(Client().get(each)))[1] for each in (page, page, other)
    )
    sent = [Client().post(page, {"level": "1", "form": mine})["Location"] for _ in range(2)]
    assert sent[0] == sent[1] != page and "非常不满意" in text(Client().get(sent[0]))
    for form in (theirs, elsewhere, "x", ""):
        assert Client().post(page, {"level": "1", "form": form})["Location"] == page
    assert Rating.objects.count() == 1


def test_a_hotline_keeps_its_own_number_for_a_case_that_was_asked_for(town):
    offers.offer(case_no="BJ1")
    subject = recorded.of_sender("12345", "R1", "case", AGENCY, "BJ1")
    for again in (False, True):
        taken = recorded.take(subject, read({"level": "4"}), channel="hotline", by="12345")
        assert (taken.no, taken.again) == ("12345-R1", again)


def test_the_citizen_contests_on_the_page_where_it_was_rated(town):
    no = rated_by_page("BJ1", "1")
    write_taken()
    open_loops()
    go(no, SIGN, CALL, doubt(), AGREE)
    url = reverse("rate", args=[tokens.of_rating(no)])
    assert "不同意这个认定" in text(Client().get(url))
    assert (
        Client()
        .post(reverse("rate-contest", args=[tokens.of_rating(no)]), {"reason": "就是这个窗口"})
        .status_code
        == 302
    )
    assert Matter.objects.get(subject=no).state == "contested"
    assert "没有提交" in text(
        Client().post(reverse("rate-contest", args=[tokens.of_rating(no)]), {"reason": "再说"}), 409
    )
