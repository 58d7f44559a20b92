import json
from pathlib import Path

import pytest

from mingcha.base import clock
from mingcha.base.sealed_files import DamagedError
from mingcha.intake import payloads, reading
from mingcha.intake.applying import apply_next
from mingcha.intake.fact_models import FACTS
from mingcha.intake.incoming import taken_in
from mingcha.intake.models import Batch, Source
from mingcha.intake.receiving import receive
from mingcha.intake.store_models import Conflict
from tests.server.intake.store.sending import case, present, send, source

pytestmark = pytest.mark.django_db


def _counts(batch: Batch, table: str = "cases") -> dict[str, int]:
    return {name: number for name, number in batch.counts[table].items() if number and name != "waiting"}


def test_a_new_row_is_open_from_its_batch_on():
    batch = send({"cases": [case()]})
    (row,) = FACTS["cases"].objects.all()
    assert (row.seen_from, row.seen_to, row.origin_id, row.batch_row) == (batch.no, None, batch.source_id, 1)
    assert _counts(batch) == {"received": 1, "new": 1}


def test_the_same_package_under_another_key_changes_nothing():
    rows = {"cases": [case(), case("BJ2", applicant_name="张三")]}
    send(rows)
    again = send(rows)
    assert _counts(again) == {"received": 2, "unchanged": 2}
    assert FACTS["cases"].objects.count() == 2


def test_a_correction_closes_the_old_version_and_opens_its_own():
    first = send({"cases": [case(completed_at="2026-03-05 10:00")]})
    second = send({"cases": [case(completed_at="2026-03-06 10:00")]})
    assert _counts(second) == {"received": 1, "corrected": 1}
    old, new = reading.history("cases", "BJ1")
    assert (old.seen_from, old.seen_to) == (first.no, second.no)
    assert (new.seen_from, new.seen_to) == (second.no, None)
    assert str(old.values["completed_at"]) == "2026-03-05 10:00:00"
    assert str(new.values["completed_at"]) == "2026-03-06 10:00:00"


def test_a_column_that_is_not_sent_stays_and_one_sent_blank_is_cleared():
    send({"cases": [case(visits=2, receipt_no="SJ1")]})
    send({"cases": [case(receipt_no="")]})
    assert present("cases", "visits", "receipt_no") == [(2, None)]


def test_a_default_that_was_not_sent_does_not_overwrite():
    special = {"case_no": "BJ1", "seq": 1, "kind": "hearing", "started_at": "2026-03-03"}
    send({"cases": [case()], "specials": [{**special, "unit": "natural_day"}]})
    batch = send({"specials": [special]})
    assert _counts(batch, "specials") == {"received": 1, "unchanged": 1}
    assert present("specials", "unit") == [("natural_day",)]
    send({"specials": [{**special, "seq": 2}]})
    assert present("specials", "seq", "unit") == [(1, "natural_day"), (2, "working_day")]


def test_a_lower_version_is_left_out_and_an_equal_one_counts():
    send({"cases": [case(source_version=5, visits=1)]})
    assert _counts(send({"cases": [case(source_version=4, visits=2)]})) == {"received": 1, "older": 1}
    assert present("cases", "visits") == [(1,)]
    send({"cases": [case(source_version=5, visits=3)]})
    assert present("cases", "visits") == [(3,)]


def test_a_withdrawn_row_is_gone_and_no_older_version_brings_it_back():
    send({"cases": [case(source_version=1)]})
    send({"cases": [case(source_version=3, withdrawn=True)]})
    send({"cases": [case(source_version=2, withdrawn=False, visits=9)]})
    assert present("cases", "case_no") == []
    assert "cases" in reading.facts() and reading.facts()["cases"].rows == 0
    send({"cases": [case(source_version=4, withdrawn=False)]})
    assert present("cases", "case_no") == [("BJ1",)]


def test_a_row_that_comes_withdrawn_first_stays_withdrawn_for_lower_versions():
    send({"cases": [case(source_version=3, withdrawn=True)]})
    send({"cases": [case(source_version=2, withdrawn=False)]})
    assert present("cases", "case_no") == []


def test_the_same_key_twice_in_one_batch_is_settled_by_version_then_by_row():
    rows = [
        case(source_version=2, visits=1),
        case(source_version=3, visits=2),
        case(source_version=3, visits=3),
    ]
    batch = send({"cases": rows})
    assert _counts(batch) == {"received": 3, "new": 1, "settled": 2}
    assert present("cases", "visits", "batch_row") == [(3, 3)]


def test_a_case_of_another_source_is_reported_and_nothing_is_overwritten():
    send({"cases": [case(visits=1)], "steps": [{"case_no": "BJ1", "seq": 1, "name": "受理"}]}, source("a"))
    steps = [{"case_no": "BJ1", "seq": n, "name": "审查"} for n in (1, 2)]
    batch = send({"cases": [case(visits=2), case("BJ2")], "steps": steps}, source("b"))
    assert _counts(batch) == {"received": 2, "new": 1, "conflict": 1}
    assert _counts(batch, "steps") == {"received": 2, "conflict": 2}
    assert present("cases", "case_no", "visits") == [("BJ1", 1), ("BJ2", None)]
    assert present("steps", "seq", "name") == [(1, "受理")]
    found = (
        Conflict.objects.filter(batch=batch)
        .order_by("table", "row")
        .values_list("table", "row", "key", "holder__code")
    )
    assert list(found) == [("cases", 1, "BJ1", "a"), ("steps", 1, "BJ1/1", "a"), ("steps", 2, "BJ1/2", "a")]


def test_a_key_of_another_source_is_a_conflict_in_any_table():
    send({"halls": [{"code": "DT1", "name": "大厅", "region_code": "410105000000"}]}, source("a"))
    batch = send({"halls": [{"code": "DT1", "name": "别的", "region_code": "410105000000"}]}, source("b"))
    assert _counts(batch, "halls") == {"received": 1, "conflict": 1}
    assert present("halls", "name") == [("大厅",)]


def test_two_systems_of_one_source_that_claim_one_case_number_are_in_conflict():
    send({"cases": [case(source_system="甲", visits=1)]})
    batch = send({"cases": [case(source_system="乙", visits=2)]})
    assert _counts(batch) == {"received": 1, "conflict": 1}
    both = send({"cases": [case("BJ2", source_system="甲"), case("BJ2", source_system="乙")]})
    assert _counts(both) == {"received": 2, "new": 1, "conflict": 1}
    assert present("cases", "case_no", "source_system") == [("BJ1", "甲"), ("BJ2", "甲")]
    assert Conflict.objects.filter(batch=both).get().row == 2


def test_a_form_corrects_on_behalf_of_the_source_the_row_is_from():
    send({"cases": [case(visits=1)]}, source("a"))
    batch = send({"cases": [case(visits=2)]}, source("form", way=Source.Way.FORM))
    assert _counts(batch) == {"received": 1, "corrected": 1}
    assert reading.row("cases", "BJ1").source.code == "a"
    send({"cases": [case(visits=3)]}, source("a"))
    assert present("cases", "visits") == [(3,)]


BUREAU, ANOTHER = "11410105MB0000019A", "11410102MB0000027R"


def _form(agency: str = BUREAU) -> Source:
    return source(f"form-{agency}", way=Source.Way.FORM, agency_code=agency)


def test_a_form_corrects_no_case_of_another_agency_nor_what_hangs_on_it():
    step = {"case_no": "BJ1", "seq": 1, "name": "受理"}
    send({"cases": [case(agency_code=ANOTHER, visits=1)], "steps": [step]}, source("a"))
    rows = {
        "cases": [case(agency_code=BUREAU, visits=9)],
        "steps": [{**step, "name": "改"}, {**step, "seq": 2}],
    }
    batch = send(rows, _form())
    assert _counts(batch) == {"received": 1, "conflict": 1}
    assert _counts(batch, "steps") == {"received": 2, "conflict": 2}
    assert present("cases", "agency_code", "visits") == [(ANOTHER, 1)]
    assert present("steps", "seq", "name") == [(1, "受理")]
    told = Conflict.objects.filter(batch=batch).values_list("table", "key", "holder__code")
    assert sorted(told) == [("cases", "BJ1", "a"), ("steps", "BJ1/1", "a"), ("steps", "BJ1/2", "a")]


def test_a_form_corrects_the_cases_of_its_agency_and_what_hangs_on_them():
    step = {"case_no": "BJ1", "seq": 1, "name": "受理"}
    send({"cases": [case(agency_code=BUREAU, visits=1), case("BJ2", agency_code=ANOTHER)], "steps": [step]})
    rows = {"cases": [case(agency_code=BUREAU, visits=2), case("BJ2", agency_code=BUREAU)],
            "steps": [{**step, "name": "改"}, {**step, "case_no": "BJ2"}]}  # fmt: skip
    batch = send(rows, _form())
    assert _counts(batch) == {"received": 2, "corrected": 1, "conflict": 1}
    assert _counts(batch, "steps") == {"received": 2, "corrected": 1, "conflict": 1}
    assert present("cases", "case_no", "agency_code", "visits") == [
        ("BJ1", BUREAU, 2),
        ("BJ2", ANOTHER, None),
    ]
    assert present("steps", "case_no", "name") == [("BJ1", "改")]


def test_a_form_overwrites_nothing_that_hangs_on_no_case():
    send({"agencies": [{"code": ANOTHER, "name": "别的局", "region_code": "410102000000"}]}, source("a"))
    send({"steps": [{"case_no": "BJ9", "seq": 1, "name": "受理"}]}, source("a"))
    taken = [{"code": ANOTHER, "name": "我们的", "region_code": "410102000000", "parent_code": BUREAU}]
    batch = send({"agencies": taken, "steps": [{"case_no": "BJ9", "seq": 1, "name": "改"}]}, _form())
    assert _counts(batch, "agencies") == {"received": 1, "conflict": 1}
    assert _counts(batch, "steps") == {"received": 1, "conflict": 1}
    assert present("agencies", "name", "parent_code") == [("别的局", None)]
    assert present("steps", "name") == [("受理",)]


def test_what_a_source_for_forms_sends_otherwise_is_merged_as_its_own():
    send({"cases": [case(agency_code=BUREAU, visits=1)]}, source("a"))
    with taken_in([json.dumps({"cases": [case(agency_code=BUREAU, visits=2)]}).encode()]) as sent:
        batch = receive(_form(), sent, "json", key="by-file")
    Batch.objects.filter(pk=batch.pk).update(way=Source.Way.FILE)  # received before such were refused
    apply_next()
    batch.refresh_from_db()
    assert _counts(batch) == {"received": 1, "conflict": 1}
    assert present("cases", "visits") == [(1,)]


def test_children_without_case_and_cases_without_item_are_accepted_and_counted_as_waiting():
    batch = send({"cases": [case()], "steps": [{"case_no": "BJ9", "seq": 1, "name": "受理"}]})
    assert batch.counts["cases"]["waiting"] == 1
    assert batch.counts["steps"]["waiting"] == 1
    assert present("steps", "case_no") == [("BJ9",)]


def test_arrival_is_filled_by_the_store_and_is_no_change():
    batch = send({"cases": [case(reported_at="2020-01-01")]})
    assert reading.row("cases", "BJ1").values["reported_at"] == clock.local(batch.received_at)
    assert _counts(send({"cases": [case()]})) == {"received": 1, "unchanged": 1}


def test_refused_rows_and_the_others_reconcile():
    bad = case("BJ3", received_at="2026-02-30")
    batch = send({"cases": [case(), case(), bad]})
    counts = batch.counts["cases"]
    parts = ("new", "corrected", "unchanged", "older", "conflict", "refused", "settled")
    assert counts["received"] == 3 == sum(counts[name] for name in parts)
    assert counts["refused"] == 1
    assert batch.faults[0]["table"] == "cases"


def test_what_cannot_be_read_at_all_is_refused_with_the_reason():
    batch = send({"cases": [{"case_no": "BJ1"}]})
    assert batch.state == Batch.State.REFUSED
    assert "缺少必有的列" in batch.why
    assert batch.no is None


def test_a_payload_that_was_damaged_does_not_hold_up_the_batches_behind_it(monkeypatch):
    def damaged(batch: Batch, target: Path) -> None:
        if batch.source.code == "damaged":
            raise DamagedError("残缺")
        write_to(batch, target)

    write_to = payloads.write_to
    monkeypatch.setattr(payloads, "write_to", damaged)
    broken = send({"cases": [case()]}, source("damaged"))
    assert (broken.state, broken.why) == (Batch.State.REFUSED, "残缺")
    assert send({"cases": [case()]}).state == Batch.State.APPLIED


def test_ratings_of_a_source_that_counts_downwards_are_turned():
    row = {"evaluation_no": "PJ1", "level": 1, "submitted_at": "2026-03-02"}
    send({"evaluations": [row]}, source("down", best_rating=1))
    assert present("evaluations", "level") == [(5,)]
