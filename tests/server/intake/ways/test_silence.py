from datetime import date, datetime

import pytest

from mingcha.intake import quality, reviewing, silence, workdays
from mingcha.intake.applying import apply_next
from mingcha.intake.fact_models import FACTS
from mingcha.intake.models import Batch
from mingcha.intake.silence import Arrival, answers
from mingcha.intake.way_models import BatchQuality
from mingcha.law.instants import moment

from .conftest import CASES, ITEM

pytestmark = pytest.mark.django_db  # the calendar in force is asked of the database
MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 18)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-16 17:00:00", MONDAY),
        ("2026-11-16 17:00:01", TUESDAY),
        ("2026-11-13 17:01:00", MONDAY),  # a Friday
        ("2026-11-15 09:00:00", MONDAY),  # a Sunday
        ("2026-10-10 09:00:00", date(2026, 10, 10)),  # a make-up Saturday
        ("2026-09-30 18:00:00", date(2026, 10, 8)),  # before the holiday week
    ],
)
def test_what_arises_belongs_to_the_next_deadline_on_a_working_day(moment, day):
    assert workdays.reporting_day(datetime.fromisoformat(moment)) == day


def arrivals(*moments, **named):
    return [Arrival(datetime.fromisoformat(moment), 5, **named) for moment in moments]


def told(rows):
    return [(row["day"], row["arrived_at"] and f"{row['arrived_at']:%d %H:%M}") for row in rows]


NOON = datetime(2026, 11, 18, 12)


@pytest.mark.parametrize(
    ("moments", "expected"),
    [
        ((), [(MONDAY, None), (TUESDAY, None)]),
        (("2026-11-16 17:00",), [(MONDAY, "16 17:00"), (TUESDAY, None)]),
        (("2026-11-16 18:00",), [(MONDAY, "16 18:00"), (TUESDAY, "16 18:00")]),
        (("2026-11-15 10:00",), [(MONDAY, "15 10:00"), (TUESDAY, None)]),
        (("2026-11-17 16:30",), [(MONDAY, "17 16:30"), (TUESDAY, "17 16:30")]),
        (
            ("2026-11-18 09:00",),
            [(MONDAY, "18 09:00"), (TUESDAY, "18 09:00"), (WEDNESDAY, "18 09:00")],
        ),
        (("2026-11-13 16:59",), [(MONDAY, None), (TUESDAY, None)]),
    ],
)
def test_a_day_is_answered_by_the_first_report_after_the_deadline_before_it(moments, expected):
    assert told(answers([MONDAY, TUESDAY, WEDNESDAY], arrivals(*moments), NOON)) == expected


def test_before_its_deadline_a_day_is_not_yet_silent_and_a_second_after_it_is():
    at = datetime(2026, 11, 16, 17)
    assert answers([MONDAY], [], at) == []
    assert told(answers([MONDAY], [], at.replace(second=1))) == [(MONDAY, None)]


def test_a_report_of_nothing_is_one_unless_rows_came_too():
    nil = Arrival(datetime(2026, 11, 16, 9), 0, nil=True)
    assert answers([MONDAY], [nil], NOON)[0]["nil"] is True
    both = answers([MONDAY], [nil, *arrivals("2026-11-16 10:00")], NOON)[0]
    assert (both["nil"], both["rows"]) == (False, 5)


@pytest.fixture
def at(monkeypatch):
    """Set the local time."""
    import time_machine

    machine = None

    def set_to(text):
        nonlocal machine
        if machine:
            machine.stop()
        machine = time_machine.travel(text + "+08:00", tick=False)
        machine.start()
        return datetime.fromisoformat(text)

    yield set_to
    if machine:
        machine.stop()


@pytest.fixture
def daily(source):
    source.schedule = {"daily": True, "since": "2026-11-16"}
    source.save()
    return source


def stored():
    rows = FACTS["arrivals"]._default_manager.filter(seen_to=None).order_by("day")
    return [
        (date.fromordinal(719163 + row.day), row.rows, row.nil, row.arrived_at is not None) for row in rows
    ]


def test_silence_is_a_fact_after_the_deadline_and_a_late_report_corrects_it(daily, send, at):
    assert silence.supervise(at("2026-11-16T16:59:00")) == 0
    assert silence.supervise(at("2026-11-16T17:00:01")) == 1
    assert stored() == [(MONDAY, 0, False, False)]
    assert silence.supervise(at("2026-11-16T17:01:00")) == 0, "what is known is not written again"
    at("2026-11-16T18:30:00")
    send(CASES, table="cases")
    apply_next()
    silence.supervise(at("2026-11-16T18:31:00"))
    assert stored() == [(MONDAY, None, False, True), (TUESDAY, None, False, True)]
    quality.measure()
    assert silence.supervise(at("2026-11-17T16:00:00")) == 0, "rows are counted once the day is over"
    assert silence.supervise(at("2026-11-17T17:00:01")) == 2
    assert stored() == [(MONDAY, 1, False, True), (TUESDAY, 1, False, True)]
    assert silence.supervise(at("2026-11-19T09:00:00")) == 1, "Wednesday was silent; what is settled stays"


def test_a_batch_that_waits_for_review_has_not_been_reported(daily, send, at):
    at("2026-11-16T10:00:00")
    batch = send(CASES, table="cases", review=True, sent_by="甲")
    silence.supervise(at("2026-11-16T17:30:00"))
    assert stored() == [(MONDAY, 0, False, False)]
    reviewing.admit(batch, "乙")
    apply_next()
    silence.supervise(at("2026-11-16T17:40:00"))
    assert stored()[0] == (MONDAY, None, False, True)
    row = FACTS["arrivals"]._default_manager.filter(seen_to=None).order_by("day").first()
    assert row.reviewed_by == "乙"


def test_nothing_to_report_is_written_as_such(daily, at):
    at("2026-11-16T15:00:00")
    silence.report_nil(daily, "张三")
    silence.supervise(at("2026-11-16T15:01:00"))
    assert stored() == [(MONDAY, 0, True, True)]


def judged(now):
    """What the rule about reporting finds over the arrivals of the store: (source, day, agency, region)."""
    from mingcha.engine.judge import judge
    from mingcha.facts.store import Facts
    from mingcha.law.load import load_calendar
    from mingcha.rules.load import load_rulebook

    columns = ("source", "day", "rows", "nil", "arrived_at", "exempt", "agency_code", "region_code")
    held = FACTS["arrivals"]._default_manager.filter(seen_to=None).values(*columns)
    rows = [{**row, "day": date.fromordinal(719163 + row["day"])} for row in held]
    rows = [{**row, "arrived_at": moment(row["arrived_at"]) if row["arrived_at"] else None} for row in rows]
    agency = {"code": "11410105MB0000019A", "name": "示例局", "region_code": "410105000000"}
    facts = Facts.from_rows({"arrivals": rows, "cases": [], "agencies": [agency]})
    found = judge(facts, load_rulebook(), load_calendar(), now, None).findings.to_pylist()
    return [
        (finding["key"], finding["subject"], finding["agency_code"], finding["region_code"])
        for finding in found
        if finding["rule"] == "zhengzhou-12"
    ]


@pytest.mark.parametrize("agency", ["11410105MB0000019A", ""])
def test_the_rule_about_reporting_fires_for_every_source_with_a_duty_whatever_its_code(daily, at, agency):
    daily.code, daily.agency_code = "某业务系统", agency
    daily.save()
    now = at("2026-11-16T17:05:00")
    silence.supervise(now)
    assert judged(now) == [("某业务系统", "2026-11-16", agency or None, "410105000000")]


@pytest.mark.parametrize("change", [{"active": False}, {"schedule": {}}])
def test_a_source_that_is_switched_off_owes_what_was_due_before_and_nothing_since(daily, at, change):
    silence.supervise(at("2026-11-16T17:05:00"))
    for name, value in change.items():
        setattr(daily, name, value)
    daily.save()
    assert silence.supervise(at("2026-11-16T18:00:00")) == 1, "Tuesday is excused"
    assert silence.supervise(at("2026-11-17T09:00:00")) == 0
    assert silence.supervise(at("2026-11-20T18:00:00")) == 4, (
        "Wednesday to Friday and Monday, after an outage"
    )
    assert [day for _, day, *_ in judged(at("2026-11-23T18:00:00"))] == ["2026-11-16"]


def test_a_source_that_is_switched_on_again_owes_from_then_on_and_not_for_the_days_between(daily, at):
    daily.active = False
    daily.save()
    assert silence.supervise(at("2026-11-16T12:00:00")) == 0, "it never had to report anything"
    daily.active = True
    daily.save()
    silence.supervise(at("2026-11-16T17:05:00"))
    daily.active = False
    daily.save()
    silence.supervise(at("2026-11-17T12:00:00"))
    silence.supervise(at("2026-11-18T12:00:00"))
    daily.active = True
    daily.save()
    now = at("2026-11-19T17:05:00")
    silence.supervise(now)
    assert [day for _, day, *_ in judged(now)] == ["2026-11-16", "2026-11-19"]


def test_a_batch_is_measured_by_the_four_words(source, send, at):
    at("2026-11-17T10:00:00")  # in time is what happened after Monday 17:00
    head = "case_no,item_code,received_at,applicant_name,contact_phone,channel,completed_at,outcome,accepted_at\n"
    rows = [
        f"B1,{ITEM},2026-11-17 09:00,张三,13800000000,web,,,",
        f"B2,{ITEM},2026-11-10 09:00,李四,13800000001,web,,,",
        f"B3,{ITEM},2026-11-17 09:00,,,nowhere,,,",
        ",,,,,,,,2026-11-01",
        f"B4,{ITEM},2026-11-01 09:00,王五,13800000002,web,2026-11-16 17:30,granted,2026-11-02 10:00",
        f"B5,{ITEM},2026-11-01 09:00,王五,13800000002,web,2026-11-17,,2026-11-02 10:00",
    ]
    send(head + "\n".join(rows) + "\n", table="cases")
    apply_next()
    assert Batch.objects.get().state == "applied"
    assert quality.measure() == 1
    assert quality.measure() == 0
    one = BatchQuality.objects.get()
    assert (one.rows, one.compliant) == (6, 5)
    assert (one.accurate_of, one.accurate) == (5, 4)
    assert (one.complete_of, one.complete) == (5, 3)
    assert (one.timely_of, one.timely) == (5, 4)
    (day,) = quality.by_day([source.pk], TUESDAY, TUESDAY)
    assert (day.day, day.batches, day.timely.share) == (TUESDAY, 1, 0.8)


def test_each_batch_is_measured_by_its_own_rows_alone(source, send, at):
    at("2026-11-17T10:00:00")
    for number in range(3):
        send(CASES.replace("BJ1", f"BJ{number}"), table="cases")
        apply_next()
    quality.measure()
    send(CASES.replace("BJ1", "BJ9"), table="cases")
    apply_next()
    quality.measure()
    assert list(BatchQuality.objects.values_list("complete_of", "timely_of")) == [(1, 1)] * 4


@pytest.mark.parametrize("decide", ["admit", "send_back"])
def test_a_review_is_by_another_person_once_and_on_record(send, decide):
    from mingcha.base.models import AuditRow

    batch = send(CASES, table="cases", review=True, sent_by="甲")
    act = (lambda who: reviewing.admit(batch, who)) if decide == "admit" else (
        lambda who: reviewing.send_back(batch, who, "缺少材料表"))  # fmt: skip
    with pytest.raises(reviewing.ReviewError, match="不能审核自己"):
        act("甲")
    act("乙")
    assert batch.reviewed_by == "乙"
    assert batch.state == ("received" if decide == "admit" else "refused")
    with pytest.raises(reviewing.ReviewError, match="乙 已审核过"):
        act("丙")
    assert AuditRow.objects.filter(actor="乙", act__startswith="batch.").count() == 1
    assert (apply_next() is not None) == (decide == "admit")


def test_the_error_book_gives_faulty_rows_back_in_the_senders_layout(send):
    from mingcha.intake.error_books import error_book

    text = f"办件编号,我的列,实施编码,收件时间\nB1,甲,{ITEM},2026-11-20\nB2,乙,{ITEM},昨天\n"
    batch = send(text, table="cases")
    assert error_book(batch) is None, "nothing is known before it was applied"
    apply_next()
    batch.refresh_from_db()
    book = error_book(batch)
    lines = book.file.read().decode("utf-8-sig").splitlines()
    assert lines[0] == "办件编号,我的列,实施编码,收件时间,行号,列,原值,原因,怎么办"
    assert lines[1].startswith(f"B2,乙,{ITEM},昨天,3,收件时间,昨天")
    assert len(lines) == 2


def test_a_case_that_another_source_holds_is_listed_as_a_conflict(send):
    from mingcha.intake import sources
    from mingcha.intake.error_books import error_book

    send(CASES, table="cases")
    other = sources.register(
        {"code": "另一系统", "name": "另一系统", "way": "file", "best_rating": 5}, "李四", "", actor="管理员"
    )
    second = send(CASES.replace("09:30", "10:30"), table="cases", source=other)
    apply_next(), apply_next()
    second.refresh_from_db()
    assert second.counts["cases"]["conflict"] == 1
    text = error_book(second).file.read().decode("utf-8-sig")
    assert "BJ1,示例业务系统,同一办件编号来自另一来源" in text
