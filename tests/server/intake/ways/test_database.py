from datetime import datetime, timedelta

import psycopg
import pyarrow.parquet as pq
import pytest

from mingcha.base.config import config
from mingcha.intake import sources
from mingcha.intake.applying import apply_next
from mingcha.intake.fact_models import FACTS
from mingcha.intake.models import Batch
from mingcha.intake.receiving import payload
from mingcha.intake.way_models import FeedMark, Refusal
from mingcha.intake.ways import database

from .conftest import ITEM

NINE = datetime(2026, 11, 20, 9)


@pytest.fixture
def table(foreign):
    """An empty table of cases over there; call it to insert rows (case number, minutes after nine)."""
    with psycopg.connect(foreign, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS feed_cases")
        connection.execute(
            "CREATE TABLE feed_cases (case_no text, item_code text, received_at timestamp, visits int, "
            "cd_time timestamp)"
        )

        def insert(*rows):
            for number, minutes in rows:
                connection.execute(
                    "INSERT INTO feed_cases VALUES (%s, %s, %s, 1, %s)",
                    [number, ITEM, NINE, NINE + timedelta(minutes=minutes)],
                )

        insert.execute = connection.execute
        yield insert


@pytest.fixture
def exchange(db, foreign):
    path = config().home / "secrets" / "feed-qianzhi"
    path.parent.mkdir(exist_ok=True)
    path.write_text(foreign)
    feed = {"database": "qianzhi", "table": "public.feed_cases", "mark": "cd_time", "as": "cases"}
    yield sources.register(
        {"code": "qzk", "name": "前置库", "way": "exchange", "best_rating": 5, "schedule": {"feeds": [feed]}},
        "张三", "", actor="管理员",
    )  # fmt: skip
    path.unlink(missing_ok=True)


def numbers(batch):
    with payload(batch) as files:
        return pq.read_table(files[0])["case_no"].to_pylist()


def known():
    return set(FACTS["cases"]._default_manager.filter(seen_to=None).values_list("case_no", flat=True))


def test_rows_of_another_database_become_facts_and_the_mark_moves_on(exchange, table):
    table(("B1", 0), ("B2", 1))
    assert database.read_all() == 1
    while apply_next():
        pass
    assert known() == {"B1", "B2"}
    row = FACTS["cases"]._default_manager.get(case_no="B1")
    assert (row.item_code, row.visits, row.received_at) == (
        ITEM,
        1,
        int(NINE.timestamp() - datetime(1970, 1, 1).timestamp()) * 1_000_000,
    )
    assert FeedMark.objects.get().mark == "t2026-11-20T09:01:00"
    assert Batch.objects.get().way == "exchange"


def test_what_is_new_is_read_once_with_what_may_have_committed_late(exchange, table):
    table(("B1", 0), ("B2", 20))
    database.read_all()
    table(("late", 17), ("B3", 30))
    database.read_all()
    assert numbers(Batch.objects.order_by("-id").first()) == ["late", "B2", "B3"]
    before = Batch.objects.count()
    database.read_all()
    database.read_all()
    assert Batch.objects.count() <= before + 1, "what was read already gets the receipt it had"


def test_a_long_table_comes_in_several_batches_without_tearing_a_mark_apart(exchange, table, monkeypatch):
    monkeypatch.setattr(database, "MOST_ROWS", 3)
    table(*((f"A{n}", 0) for n in range(5)), *((f"B{n}", n) for n in range(1, 8)))
    assert database.read_all() == 4
    found = [set(numbers(batch)) for batch in Batch.objects.order_by("id")]
    assert [len(part) for part in found] == [5, 3, 3, 1]
    assert len(set().union(*found)) == 12


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"table": "nothing"}, "读不了"),
        ({"mark": "no_such_column"}, "读不了"),
        ({"database": "unknown"}, "没有 unknown 的地址"),
        ({"table": "x; drop table y"}, "不是合格的名称"),
        ({"mark": 'a" or 1=1 --'}, "不是合格的名称"),
        ({"as": "nothing"}, "没有事实表"),
    ],
)
def test_a_feed_that_cannot_be_read_is_told_once_where_people_look(exchange, table, change, said):
    exchange.schedule = {"feeds": [exchange.schedule["feeds"][0] | change]}
    exchange.save()
    assert database.read_all() == database.read_all() == 0
    assert said in Refusal.objects.get().why


def test_numbers_with_decimals_and_classified_rows(exchange, table):
    table.execute("ALTER TABLE feed_cases ADD COLUMN fee numeric(10,2), ADD COLUMN 密级 text")
    table(("B1", 0))
    table.execute("UPDATE feed_cases SET fee = 12.30")
    assert database.read_all() == 1
    table.execute("UPDATE feed_cases SET 密级 = '机密', cd_time = cd_time + interval '1 hour'")
    assert database.read_all() == 0
    assert "涉密" in Refusal.objects.get().why
