from datetime import UTC, date, datetime

import pytest

from mingcha.base.models import Job
from mingcha.facts.store import Facts
from mingcha.intake import reading, touching
from mingcha.intake.applying import apply_next, write
from mingcha.intake.incoming import taken_in
from mingcha.intake.models import Batch
from mingcha.intake.receiving import receive
from mingcha.intake.store_models import Touched
from tests.server.intake.store.sending import ITEM, case, send, source

pytestmark = pytest.mark.django_db

AGENCY = "11410105MB0000019A"


def _visits(facts: Facts) -> dict[str, int | None]:
    rows = facts["cases"].read(["case_no", "visits"]).to_pylist()
    return {row["case_no"]: row["visits"] for row in rows}


def _touched(no: int) -> set[tuple[str, str]]:
    return set(Touched.objects.filter(no=no).values_list("unit", "key"))


def test_every_earlier_batch_can_be_read_as_it_was_known():
    first = send({"cases": [case(visits=1)]})
    second = send({"cases": [case(visits=2), case("BJ2", visits=7)]})
    third = send({"cases": [case(withdrawn=True, visits=2)]})
    assert _visits(reading.facts(known_at=first.no)) == {"BJ1": 1}
    assert _visits(reading.facts(known_at=second.no)) == {"BJ1": 2, "BJ2": 7}
    assert _visits(reading.facts(known_at=third.no)) == {"BJ2": 7}
    both = {("case", "BJ1"), ("case", "BJ2")}
    assert _visits(reading.facts(known_at=first.no, units=both)) == {"BJ1": 1}
    assert _visits(reading.facts(known_at=second.no, units=both)) == {"BJ1": 2, "BJ2": 7}
    assert _visits(reading.facts(units=both)) == {"BJ2": 7}


def test_a_table_is_there_from_the_batch_on_that_first_reported_it():
    first = send({"cases": [case()]})
    second = send({"steps": [{"case_no": "BJ1", "seq": 1, "name": "受理"}]})
    assert set(reading.facts(known_at=first.no)) == {"cases"} == reading.reported(first.no)
    assert set(reading.facts()) == {"cases", "steps"} == reading.reported(second.no)
    assert reading.facts(known_at=0, units=set()) == {}


def test_known_on_a_day_is_the_last_batch_of_which_all_before_are_applied_by_its_end():
    numbers = [send({"cases": [case(visits=n)]}).no for n in (1, 2, 3)]
    for no, when in zip(
        numbers, ["2026-03-02T15:59:59", "2026-03-04T16:00:00", "2026-03-03T10:00:00"], strict=True
    ):
        Batch.objects.filter(no=no).update(applied_at=datetime.fromisoformat(when).replace(tzinfo=UTC))
    assert reading.known_on(date(2026, 3, 1)) == numbers[0] - 1
    assert reading.known_on(date(2026, 3, 2)) == numbers[0]
    assert (
        reading.known_on(date(2026, 3, 4)) == numbers[0]
    )  # the second came at 24:00 in Shanghai: the next day
    assert reading.known_on(date(2026, 3, 5)) == numbers[2]


def test_a_batch_under_way_is_not_known_nor_is_what_came_after_it():
    first = send({"cases": [case(visits=1)]})
    second = send({"cases": [case(visits=2)]})
    third = send({"cases": [case("BJ2")]})
    Batch.objects.filter(no=second.no).update(state=Batch.State.APPLYING, applied_at=None)
    assert reading.last_batch() == first.no
    assert _visits(reading.facts()) == {"BJ1": 1}
    assert _visits(reading.facts(units={("case", "BJ1"), ("case", "BJ2")})) == {"BJ1": 1}
    Batch.objects.filter(no=second.no).update(state=Batch.State.APPLIED)
    assert reading.last_batch() == third.no


def test_a_cut_is_what_the_judge_would_cut_from_the_whole():
    send(
        {
            "cases": [case(f"BJ{n}") for n in range(9)],
            "steps": [{"case_no": f"BJ{n % 9}", "seq": n, "name": "审查"} for n in range(30)],
            "evaluations": [
                {"evaluation_no": f"PJ{n}", "case_no": f"BJ{n}", "submitted_at": "2026-03-09"}
                for n in range(9)
            ],
            "halls": [{"code": "DT1", "name": "大厅", "region_code": "410105000000"}],
        }
    )
    write(
        {"issued": [{"rule": "r", "about": a, "key": "BJ3", "episode": 1} for a in ("cases", "halls")]},
        "test",
    )
    cut, whole = reading.facts(units={("case", "BJ3"), ("case", "BJ4")}), reading.facts()
    wanted = dict(whole.of_cases({"BJ3", "BJ4"}))
    assert set(cut) == set(wanted)
    for name, whole_table in wanted.items():
        rows = whole_table.read().to_pylist()
        if name == "issued":
            rows = [row for row in rows if row["about"] == "cases"]
        got = cut[name].read(sorted(whole_table.columns)).to_pylist()
        assert sorted(got, key=repr) == sorted(rows, key=repr), name


def test_other_units_are_given_everything():
    send({"cases": [case("BJ1"), case("BJ2")]})
    assert reading.facts(units={("item", ITEM)})["cases"].rows == 2


def test_only_what_will_be_read_is_fetched():
    send({"cases": [case(visits=1)], "steps": [{"case_no": "BJ1", "seq": 1, "name": "受理"}]})
    found = reading.facts(units={("case", "BJ1")}, reads={"cases": {"visits"}})
    assert set(found) == {"cases"}
    assert found["cases"].columns == {"case_no", "visits"}


def test_tables_without_cases_are_the_same_source_until_a_batch_changes_them():
    hall = {"code": "DT1", "name": "大厅", "region_code": "410105000000"}
    send({"halls": [hall], "cases": [case()]})
    one = {("case", "BJ1")}
    before = reading.facts(units=one)["halls"]
    send({"cases": [case("BJ2")], "halls": [hall]})
    assert reading.facts(units=one)["halls"] is before
    send({"halls": [{**hall, "name": "新大厅"}]})
    after = reading.facts(units=one)["halls"]
    assert after is not before
    assert after.read(["name"])["name"].to_pylist() == ["新大厅"]


def test_a_batch_tells_the_units_that_its_rows_name_before_and_after():
    send({"cases": [case(agency_code=AGENCY, officer_code="R1")]})
    batch = send({"cases": [case(agency_code=AGENCY, officer_code="R2")]})
    assert _touched(batch.no) == {
        ("case", "BJ1"),
        ("item", ITEM),
        ("agency", AGENCY),
        ("officer", "R1"),
        ("officer", "R2"),
    }
    assert _touched(send({"cases": [case(officer_code="R2")]}).no) == set()
    reading.settle_touched([batch.no])
    assert _touched(batch.no) == set()


def test_the_handling_of_a_review_touches_the_case_that_was_reviewed():
    send({"evaluations": [{"evaluation_no": "PJ1", "case_no": "BJ1", "submitted_at": "2026-03-09"}]})
    batch = send({"review_handling": [{"evaluation_no": "PJ1", "assigned_at": "2026-03-10"}]})
    assert _touched(batch.no) == {("*", "*"), ("case", "BJ1")}


def test_a_rating_that_names_no_agency_touches_that_of_its_case():
    send({"cases": [case(agency_code=AGENCY)]})
    rated = send({"evaluations": [{"evaluation_no": "PJ1", "case_no": "BJ1", "submitted_at": "2026-03-09"}]})
    assert _touched(rated.no) >= {("case", "BJ1"), ("agency", AGENCY)}
    handled = send({"review_handling": [{"evaluation_no": "PJ1", "assigned_at": "2026-03-10"}]})
    assert _touched(handled.no) >= {("case", "BJ1"), ("agency", AGENCY)}


def test_a_complaint_that_names_no_region_touches_that_of_its_agency():
    region = "410105000000"
    send({"agencies": [{"code": AGENCY, "name": "局", "region_code": region}]})
    complaint = {"complaint_no": "TS1", "source": "phone", "agency_code": AGENCY, "received_at": "2026-03-09"}
    assert _touched(send({"complaints": [complaint]}).no) >= {("agency", AGENCY), ("region", region)}


def test_a_signal_touches_the_unit_that_it_is_about():
    no = write({"issued": [{"rule": "r", "about": "halls", "key": "DT1", "episode": 1}]}, "test")
    assert _touched(no) == {("hall", "DT1")}


def test_a_large_batch_touches_everything(monkeypatch):
    send({"cases": [case()]})
    monkeypatch.setattr(touching, "MOST", 1)
    assert _touched(send({"cases": [case("BJ2"), case("BJ3")]}).no) == {("*", "*")}


def test_the_first_batch_with_a_table_touches_everything_beside_what_it_names():
    first, second = send({"cases": [case()]}), send({"cases": [case("BJ2")]})
    assert {("*", "*"), ("case", "BJ1")} <= _touched(first.no)
    assert ("*", "*") not in _touched(second.no)
    with taken_in([b"case_no,seq,name\n"]) as sent:
        none = receive(source(), sent, "csv", table="steps")
    apply_next()
    none.refresh_from_db()
    assert _touched(none.no) == {("*", "*")}
    assert Job.objects.filter(kind="judge", key=str(none.no)).exists()


def test_the_cases_of_an_item_are_found():
    send({"cases": [case("BJ1"), case("BJ2"), case("BJ3", withdrawn=True)]})
    assert reading.cases_of("item", [ITEM]) == {"BJ1", "BJ2"}


def test_what_a_batch_changed_is_put_up_for_judging_and_what_it_did_not_is_not():
    changed = send({"cases": [case()]})
    unchanged = send({"cases": [case()]})
    waiting = set(Job.objects.filter(kind="judge").values_list("key", flat=True))
    assert str(changed.no) in waiting
    assert str(unchanged.no) not in waiting


def test_a_version_tells_where_it_is_from():
    batch = send({"cases": [case("BJ0"), case(applicant_name="张三")]})
    found = reading.row("cases", "BJ1")
    assert (found.batch, found.source.code, found.row) == (batch, "platform", 2)
    assert found.open_personal() == {"applicant_name": "张三"}
    assert found.values["applicant_name"] != "张三"
    assert found.values["received_at"] == datetime(2026, 3, 2, 9)
    assert reading.row("cases", "BJ9") is None
    assert reading.history("device_states", ("SB1", date(2026, 3, 1))) == []
