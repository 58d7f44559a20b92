"""Totals reconcile, whatever is sent: every row is read once, and is good or refused."""

import csv
import io

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingcha.readers.causes import Cause
from mingcha.readers.faults import Effect

ITEM = "12441500196720244T3442199806003"
HEADER = ["case_no", "seq", "amount", "paid_at", "kind", "source_version", "withdrawn"]
row = st.tuples(
    st.sampled_from(["A1", "A2", "A3", "", " "]),
    st.sampled_from(["1", "2", "x", ""]),
    st.sampled_from(["5", "5.25", "5.255", "", "-3"]),
    st.sampled_from(["2026-03-01", "2026-02-30", "", "昨天"]),
    st.sampled_from(["费", "tax", "?", ""]),
    st.sampled_from(["", "1", "2", "v3"]),
    st.sampled_from(["", "是", "0", "maybe"]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(row, max_size=30))
def test_read_is_good_plus_refused_and_good_is_kept_plus_what_was_settled_away(read, rows) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([HEADER, *rows])
    reading = read({"fees.csv": out.getvalue()})
    totals = reading.faults.totals["fees"]
    sent = [cells for cells in rows if any(cell.strip() for cell in cells)]
    good = [
        cells for cells in sent if cells[0].strip() and cells[1] in ("1", "2") and cells[2] in ("5", "5.25")
    ]
    assert totals.read == len(sent)
    assert totals.good == len(good)
    assert totals.kept == reading.facts["fees"].rows
    keys = {(cells[0], cells[1]) for cells in good}
    assert totals.kept + totals.withdrawn == len(keys)
    refused = {
        fault.row
        for samples in reading.faults.samples.values()
        for fault in samples
        if fault.effect is Effect.REFUSED
    }
    assert len(refused) <= totals.refused
    assert (totals.refused > 0) == bool(refused)


def test_each_fault_is_counted_under_its_column_cause_and_effect(read) -> None:
    text = "case_no,seq,amount,paid_at\nA1,1,x,2026-03-01\n,2,5,\nA1,3,5,2026-02-30\nA1,4,5,\n"
    reading = read({"fees.csv": text})
    counted = {(k.column, k.cause, k.effect): n for k, n in reading.faults}
    assert counted == {
        ("amount", Cause.MONEY, Effect.REFUSED): 1,
        ("case_no", Cause.BLANK, Effect.REFUSED): 1,
        ("paid_at", Cause.NO_SUCH_DAY, Effect.CLEARED): 1,
    }
    assert reading.facts["fees"].rows == 2
    (sample,) = next(v for k, v in reading.faults.samples.items() if k.column == "paid_at")
    assert (sample.row, sample.raw) == (4, "2026-02-30")


def test_samples_are_bounded_and_counts_are_not(read) -> None:
    reading = read({"steps.csv": "case_no,seq,name\n" + "A1,x,y\n" * 1000})
    ((_, count),) = reading.faults
    assert count == 1000
    assert all(len(samples) == 5 for samples in reading.faults.samples.values())


def test_a_default_is_filled_where_a_cell_is_blank_but_not_where_it_is_bad(read) -> None:
    text = "case_no,seq,kind,started_at,limit,unit\nA1,1,听证,2026-03-01,5,\nA1,2,听证,2026-03-01,5,日子\n"
    reading = read({"specials.csv": text})
    assert reading.facts["specials"].read()["unit"].to_pylist() == ["working_day", None]


def test_a_default_key_is_filled_where_the_column_was_not_sent(read) -> None:
    reading = read({"materials.csv": "case_no,material_code\nA1,M1\n"})
    assert reading.facts["materials"].read()["medium"].to_pylist() == ["paper"]


def test_an_applicants_number_is_checked_by_the_kind_of_document(read) -> None:
    good_person, good_agency = "11010519491231002X", "12441500196720244T"
    lines = [
        f"C1,{ITEM},2026-03-01,111,{good_person}",
        f"C2,{ITEM},2026-03-01,111,{good_agency}",
        f"C3,{ITEM},2026-03-01,001,{good_agency}",
        f"C4,{ITEM},2026-03-01,414,E1234",
        f"C5,{ITEM},2026-03-01,,E1234",
        f"C6,{ITEM},2026-03-01,身份证,110105491231002",
    ]
    header = "case_no,item_code,received_at,applicant_id_type,applicant_id\n"
    reading = read({"cases.csv": header + "\n".join(lines)})
    numbers = reading.facts["cases"].read()["applicant_id"].to_pylist()
    assert numbers == [good_person, None, good_agency, "E1234", "E1234", "110105491231002"]
    effects = {kind.effect: count for kind, count in reading.faults}
    assert effects == {Effect.CLEARED: 1, Effect.NOTED: 1}

    shown = {fault.raw for samples in reading.faults.samples.values() for fault in samples}
    assert shown == {"1***"}
    assert good_agency in reading.books["cases"].read_text(encoding="utf-8-sig")


def test_a_row_that_cannot_be_split_shows_no_personal_data_in_the_samples(read) -> None:
    header = "case_no,item_code,received_at,applicant_name\n"
    reading = read({"cases.csv": header + f"C1,{ITEM},2026-03-01,张三,x\n"})
    ((_, (sample,)),) = reading.faults.samples.items()
    assert "张三" not in sample.raw + sample.reason
    assert "张三" in reading.books["cases"].read_text(encoding="utf-8-sig")
