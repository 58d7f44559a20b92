"""Nothing personal in any answer to the public: every address, over a demo city in which people have written names into
every text they can write (test-plan D6; issue 4, figures)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker

from mingcha.accounts.acts import By
from mingcha.alerts import law
from mingcha.base import clock
from mingcha.casework.models import Matter
from mingcha.casework.moving import move
from mingcha.casework.proofs import keep
from mingcha.complaints.registering import Report, register
from mingcha.demo.city import make_city
from mingcha.disclosure import publishing, switches
from mingcha.evaluations import offers, taking, tokens, windows
from mingcha.evaluations.answers import read
from mingcha.evaluations.models import Offer, Rating
from mingcha.evaluations.opening import open_loops
from mingcha.evaluations.writing import write_taken
from mingcha.facts.schema import TABLES
from mingcha.intake import applying, personal
from mingcha.intake.fact_models import FACTS
from mingcha.intake.importing import import_folder
from mingcha.pages.public import lookup
from tests.server.accounts.addresses import pages
from tests.server.pages.conftest import forget
from tests.server.public.conftest import Citizen

pytestmark = pytest.mark.one_database

NOW = datetime(2026, 10, 20, 10)
CITY = "410100000000"
SUN = By("sun")
FIELDS = [
    "case_no",
    "digits",
    "no",
    "q",
    "page",
    "topic",
    "text",
    "receipt",
    "ticket",
    "puzzle",
    "answer",
    "total",
]
COMPLAINANT, COMPLAINANT_PHONE = "欧阳建国", "13955556666"
RATER, RATER_PHONE = "上官秀英", "13977778888"
LIAISON, OTHER = By("li"), By("wu")


def _present(table: str) -> Any:
    return FACTS[table].objects.filter(seen_to=None)


def _opened(case: Any) -> dict[str, str]:
    return personal.open_row(case.sealed, personal.about(TABLES["cases"], {"case_no": case.case_no}))


def _write_names_everywhere() -> None:
    """As careless offices do: who applied, their numbers, and an officer's name, in every free text of a case."""
    officers = dict(_present("officers").values_list("agency_code", "name"))
    begun = NOW.replace(day=8)
    rows: dict[str, list[dict[str, Any]]] = {"steps": [], "specials": []}
    for n, case in enumerate(_present("cases").order_by("case_no")):
        said = "".join([*_opened(case).values(), officers.get(case.agency_code, "")])
        same = {"case_no": case.case_no, "seq": 99, "started_at": begun}
        rows["steps"].append({**same, "name": f"审查{said}", "result": said, "opinion": said})
        if n % 3 == 0:
            rows["specials"].append({**same, "kind": "other", "kind_name": f"勘验{said}", "reason": said})
    applying.write(rows, "test")


def _file_complaints() -> list[str]:
    receipts = []
    for case in _present("cases").order_by("case_no")[:4]:
        text = f"找{_opened(case).get('applicant_name', '')}要钱,电话{COMPLAINANT_PHONE}"
        made = register(
            Report("web", "fees", text, case_no=case.case_no, name=COMPLAINANT, phone=COMPLAINANT_PHONE), SUN
        )
        receipts.append(made.receipt)
        who = " ".join(_opened(case).values())
        move(made.complaint.matter, "verify", SUN, reason=who)
        move(made.complaint.matter, "reject", SUN, reason=who)
        move(made.complaint.matter, "answer", SUN, reason=f"{COMPLAINANT}您好:{who},电话{COMPLAINANT_PHONE}")
    return receipts


def _publish_reviews() -> None:
    """Bad reviews of a completed case and of a visit at a window, with names in whatever anybody writes of them, dealt
    with and published; and one of a case that is offered and not rated."""
    names = dict(_present("officers").values_list("agency_code", "name"))
    cases = [each for each in _present("cases").exclude(completed_at=None) if each.agency_code in names]
    case, later = [each for each in cases if not offers.rated_before(each.case_no)][:2]
    window = _present("windows").filter(agency_code__in=names).first()
    now = clock.local_now()
    for subject, agency, people in (
        (taking.of_offer(offers.offer(case_no=case.case_no).offer), case.agency_code, _opened(case).values()),
        (windows.visit(tokens.new_number(now), window.code, now), window.agency_code, []),
    ):
        who = " ".join([*people, names[agency], RATER, RATER_PHONE])
        answer = read({"level": "1", "comment": f"差评:{who}", "name": RATER, "phone": RATER_PHONE})
        no = taking.take(subject, answer, channel="qr").no
        write_taken()
        open_loops()
        reached = {"fields": {"reached": "reached"}}
        for act, by, more in (
            ("sign", LIAISON, {}), ("call_back", LIAISON, reached), ("confirm", LIAISON, {}), ("settle", LIAISON, {}),
            ("rectify", LIAISON, {"evidence": [keep("证明.txt", [b"proof"], "li")]}), ("accept", OTHER, {}),
            ("publish", SUN, {}),
        ):  # fmt: skip
            move(Matter.objects.get(subject=no), act, by, reason=f"{act}:{who}", **more)
    offers.offer(case_no=later.case_no)


def _tokens(route: str) -> list[str]:
    """What opens the pages of rating: windows, terminals, visits, offers, ratings."""
    now, window = clock.local_now(), _present("windows").exclude(agency_code=None).first().code
    if route.startswith("rate/w/"):
        return [tokens.of_window(window)]
    if route.startswith("rate/v/"):
        return [tokens.of_visit(tokens.new_number(now), window, now)]
    if route.startswith("kiosk/"):
        return [tokens.of_terminal(window)]
    numbers = {*Offer.objects.values_list("no", flat=True), *Rating.objects.values_list("no", flat=True)}
    return [tokens.of_rating(no) for no in sorted(numbers)]


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[str]]:
    """A demo city in the store, once for the module; the receipts of its complaints."""
    folder: Path = tmp_path_factory.mktemp("city")
    make_city(folder, 300, 1, NOW.date(), "parquet", lambda *_: None)
    with django_db_blocker.unblock(), time_machine.travel(f"{NOW:%Y-%m-%dT%H:%M}:00+08:00", tick=True):
        forget()
        import_folder(folder, "city", history=True)
        _write_names_everywhere()
        for what in switches.What.values:
            switches.open_to_all(CITY, what, SUN)
        publishing.publish("2026-09")
        _publish_reviews()
        receipts = _file_complaints()
    yield receipts
    with django_db_blocker.unblock():
        call_command("flush", verbosity=0, interactive=False)
        law.forget()
        forget()


@pytest.fixture
def city(demo: list[str], db: None) -> Iterator[list[str]]:
    forget()
    with time_machine.travel(f"{NOW:%Y-%m-%dT%H:%M}:00+08:00", tick=True):
        yield demo


@pytest.fixture
def secrets(city: list[str]) -> re.Pattern[str]:
    """Whatever is personal in the city, as one pattern."""
    known = {
        COMPLAINANT,
        COMPLAINANT_PHONE,
        RATER,
        RATER_PHONE,
        *_present("officers").values_list("name", flat=True),
    }
    for case in _present("cases"):
        known |= set(_opened(case).values())
    assert len(known) > 300
    return re.compile("|".join(sorted(map(re.escape, known), key=len, reverse=True)))


def _filled() -> Iterator[str]:
    """Every address of the public under what is there: cases by ticket, guides, months."""
    cases = list(_present("cases").order_by("case_no").values_list("case_no", flat=True))
    tickets = [lookup.ticket(number) for number in cases[:: max(1, len(cases) // 40)]]
    items = list(_present("items").order_by("item_code").values_list("item_code", flat=True))[:40]
    places = {
        "ticket": tickets, "item_code": items, "month": ["2026-09", "2026-09.json"],
        "part": ["satisfaction", "red_cards", "rectifications"],
    }  # fmt: skip
    for page in pages():
        if not page.route.startswith(("public/", "rate/", "kiosk/")):
            continue
        routes = ["/" + page.route]
        for name, values in {**places, "token": _tokens(page.route)}.items():
            routes = [
                each.replace(f"<str:{name}>", value) if f"<str:{name}>" in each else each
                for each in routes
                for value in (values if f"<str:{name}>" in each else [""])
            ]
        assert not [each for each in routes if "<" in each], routes
        yield from routes


def test_no_address_of_the_public_tells_anything_personal(city, secrets):
    browser, told, seen = Client(), [], 0
    for n, path in enumerate(_filled()):
        for method in (browser.get, browser.post):
            answer = method(path, REMOTE_ADDR=f"10.6.{n // 200}.{n % 200 + 1}")
            assert answer.status_code < 500, path
            seen += answer.status_code == 200
            whole = f"{answer.content.decode()}{dict(answer.headers)}"
            told += [(path, found[0]) for found in secrets.finditer(whole)]
    assert told == [] and seen > 80


def test_published_reviews_of_cases_and_of_visits_name_nobody(city, secrets):
    page = Client().get("/public/open/answers/").content.decode()
    for said in ("差评:***", "settle:***", "rectify:***"):
        assert page.count(said) == 2, said
    assert not secrets.search(page)


def test_the_pattern_would_find_what_is_told(city, secrets):
    case = _present("cases").order_by("case_no").first()
    assert secrets.search(f"申请人{_opened(case)['applicant_name']}")
    assert "勘验***" in Client().get(f"/public/case/{lookup.ticket(case.case_no)}/").content.decode()


def test_what_one_is_told_of_ones_complaint_names_nobody(city, secrets):
    for receipt in city:
        page = Citizen().send("/public/complaint/", receipt=receipt)
        text = page.content.decode()
        assert page.status_code == 200 and "***" in text and not secrets.search(text)


def test_no_address_of_the_public_gives_a_cookie_or_asks_another_host(city):
    browser = Client()
    for path in list(_filled())[::3]:
        answer = browser.get(path)
        assert not answer.cookies and "Cookie" not in answer.get("Vary", ""), path
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        outside = re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]+', answer.content.decode())
        assert not [each for each in outside if "政务" not in each and "guide" not in path], path
        if answer.status_code not in (302, 405):
            assert answer["Cache-Control"] in ("no-store", "public, max-age=60")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(["case/", "guides/", "complain/", "complaint/", "open/", "open/answers/"]),
    fields=st.dictionaries(
        st.sampled_from(FIELDS),
        st.text(max_size=60),
        max_size=6,
    ),
)  # fmt: skip
def test_whatever_is_sent_is_answered_in_a_sentence(city, path, fields):
    browser = Client()
    for answer in (browser.get(f"/public/{path}", fields), browser.post(f"/public/{path}", fields)):
        assert answer.status_code in (200, 400, 404, 405, 429), (path, fields)
