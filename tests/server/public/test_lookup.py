"""Looking up one's case: by number and four digits, one answer for whatever is wrong, and only so often."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from mingcha.base import clock, sealing
from mingcha.base.models import AuditRow
from mingcha.intake.fact_models import FACTS
from mingcha.pages.public import attempts, lookup
from tests.server.public.conftest import DIGITS, ID_NUMBER, NAME, PHONE, Citizen


def found(citizen: Citizen, case_no: str = "BJ2") -> str:
    """The page of the case."""
    answer = citizen.look_up(case_no)
    assert answer.status_code == 302, answer.content.decode()
    page = citizen.browser.get(answer["Location"])
    assert page.status_code == 200
    return page.content.decode()


def told(answer: object) -> str:
    """What a refused look-up says, without the puzzle, which is another each time, and what was entered."""
    text = answer.content.decode()  # type: ignore[attr-defined]
    text = re.sub(
        r'data-puzzle="[^"]*"|value="[^"]*"|[二三四五六七八九十]加[二三四五六七八九十]等于几', "", text
    )
    return re.sub(r"\d\d:\d\d 打印", "", text)


def test_one_sees_where_ones_case_is_who_holds_it_and_until_when(citizen):
    text = found(citizen)
    assert "BJ2" in text and "正在办理:审查" in text
    assert "金水区示例局" in text and "从 2026-02-03 周二 09:00 起" not in text
    assert "最晚什么时候办完" in text and "<svg" in text
    assert "收到申请" in text and "通知补交材料" in text


def test_nothing_personal_is_shown(citizen):
    text = found(citizen)
    assert not [each for each in (NAME, ID_NUMBER, PHONE, "138****8000", "officer") if each in text]


def test_wrong_number_wrong_digits_and_no_phone_have_one_answer(citizen):
    answers = [citizen.look_up("BJ2", "1234"), citizen.look_up("BJ999"), citizen.look_up("BJ1")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({told(answer) for answer in answers}) == 1


def test_wrong_number_wrong_digits_and_no_phone_cost_the_same(citizen, monkeypatch):
    opened: list[str] = []
    true = sealing.open_sealed
    monkeypatch.setattr(sealing, "open_sealed", lambda blob, about: opened.append(about) or true(blob, about))
    asked = []
    for case_no, digits in (("BJ2", "1234"), ("BJ999", DIGITS), ("BJ1", DIGITS)):
        opened.clear()
        with (
            CaptureQueriesContext(
                connection,
            ) as queries,
            pytest.raises(lookup.NotFoundError),
        ):
            lookup.find(lookup.Asked(case_no, digits), "10.7.0.1")
        asked.append((len(opened), len(queries)))
    assert len(set(asked)) == 1 and asked[0][0] == 1


def test_full_width_figures_and_blanks_are_read_as_meant(citizen):
    assert citizen.look_up(" BJ2 ", " 80 00").status_code == 302


@pytest.mark.parametrize("digits", ["", "800", "80000", "abcd", "八零零零"])
def test_what_are_not_four_figures_is_said_before_anything_is_tried(citizen, digits):
    answer = citizen.look_up("BJ2", digits)
    assert answer.status_code == 400 and "四位" in answer.content.decode()
    assert attempts.Attempt.objects.count() == 0


def test_after_ten_wrong_tries_even_the_right_digits_are_refused_that_day(citizen):
    for n in range(attempts.MOST["case"]):
        assert Citizen().look_up("BJ2", f"{n:04}").status_code == 404
    late = Citizen().look_up("BJ2")
    wrong = Citizen().look_up("BJ2", "1234")
    assert late.status_code == wrong.status_code == 429 and told(late) == told(wrong)
    with time_machine.travel(clock.now() + timedelta(days=1)):
        assert Citizen().look_up("BJ2").status_code == 302


def test_a_number_that_is_no_case_is_shut_like_one_that_is(citizen):
    for n in range(attempts.MOST["case"]):
        Citizen().look_up("BJ999", f"{n:04}")
    assert Citizen().look_up("BJ999").status_code == 429


def test_one_address_tries_only_so_many_cases(citizen, monkeypatch):
    monkeypatch.setitem(attempts.MOST, "address", 3)
    for n in range(3):
        assert citizen.look_up(f"BJ{n}0").status_code == 404
    assert citizen.look_up("BJ2").status_code == 429
    assert Citizen().look_up("BJ2").status_code == 302


def test_right_look_ups_do_not_count(citizen):
    for _ in range(attempts.MOST["case"] + 2):
        assert citizen.look_up("BJ2").status_code == 302


def test_a_look_up_without_a_solved_puzzle_tells_nothing(citizen):
    for more in ({}, {"puzzle": "made.up", "answer": "1"}):
        answer = citizen.browser.post("/public/case/", {"case_no": "BJ2", "digits": DIGITS, **more})
        assert answer.status_code == 400 and "验证" in answer.content.decode()


def test_a_look_up_from_another_site_is_refused(citizen):
    text, bits = citizen.puzzle("/public/case/")
    fields = {"case_no": "BJ2", "digits": DIGITS, "puzzle": text, "answer": "1"}
    answer = citizen.browser.post("/public/case/", fields, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_a_look_up_is_in_the_audit_chain_without_a_name(citizen):
    citizen.look_up("BJ2")
    row = AuditRow.objects.get(act="public.lookup")
    assert (row.actor, row.about) == ("公众", "case/BJ2") and row.address.startswith("10.9.")


def test_the_address_of_the_page_tells_nothing_and_runs_out(citizen):
    place = citizen.look_up("BJ2")["Location"]
    assert "BJ2" not in place
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        gone = citizen.browser.get(place)
    assert gone.status_code == 404 and "重新查询" in gone.content.decode()


@pytest.mark.parametrize("ticket", ["x", "AAAA", "%E5%8A%9E", "A" * 3000, "a.b"])
def test_a_made_up_ticket_opens_nothing(citizen, ticket):
    assert citizen.browser.get(f"/public/case/{ticket}/").status_code == 404


def test_a_case_that_was_taken_back_is_gone(citizen):
    place = citizen.look_up("BJ2")["Location"]
    FACTS["cases"].objects.filter(case_no="BJ2").update(withdrawn=True)
    assert citizen.browser.get(place).status_code == 404
    assert citizen.look_up("BJ2").status_code == 404


def test_a_page_of_a_case_is_kept_by_nobody_and_gives_no_cookie(citizen):
    answer = citizen.look_up("BJ2")
    page = citizen.browser.get(answer["Location"])
    for each in (answer, page):
        assert not each.cookies
    assert page["Cache-Control"] == "no-store" and page["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page["X-Robots-Tag"]


@pytest.mark.django_db(transaction=True)
def test_a_hundred_tries_at_once_are_a_hundred():
    def tries(_: int) -> bool:
        try:
            return attempts.tried("case", "BJ7")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        over = list(pool.map(tries, range(100)))
    assert over.count(False) == attempts.MOST["case"] and attempts.count("case", "BJ7") == 100
