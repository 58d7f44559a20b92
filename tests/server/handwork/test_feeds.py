"""取数: feeds of a source entered, tried, removed; no address is taken from a form, nothing is taken by trying."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

import psycopg
import pytest

from mingcha.accounts.models import Role
from mingcha.base import clock
from mingcha.base.config import config
from mingcha.base.models import AuditRow
from mingcha.intake import sources
from mingcha.intake.models import Batch, Source
from mingcha.intake.way_models import FeedMark, Refusal
from tests.server.pages.conftest import HERE, OURS, PAYLOAD, THERE

FEED = {"database": "qianzhi", "table": "public.tried_cases", "mark": "cd_time", "as": "cases"}
TOPIC = {"brokers": "mock", "topic": "cases", "as": "cases"}
PERSON = ("李四光", "410105199001010015", "13800138000")


def text_of(answer, status=200) -> str:
    assert answer.status_code == status, answer
    return answer.content.decode()


@pytest.fixture
def secrets():
    """Addresses as the site writes them down; taken away afterwards."""
    folder, made = config().home / "secrets", []
    folder.mkdir(exist_ok=True)

    def write(name: str, text: str) -> None:
        (folder / name).write_text(text)
        made.append(folder / name)

    yield write
    for path in made:
        path.unlink(missing_ok=True)


@pytest.fixture
def source(city, secrets):
    secrets("feed-qianzhi", "postgresql://nobody@127.0.0.1:1/none")
    secrets("kafka-mock", "bootstrap.servers=127.0.0.1:1\n")
    return sources.register(
        {"code": "qzk", "name": f"前置库{PAYLOAD[:40]}", "way": "exchange", "agency_code": OURS, "region_code": HERE},
        "张三", "", actor="管理员",
    )  # fmt: skip


@pytest.fixture
def post(source, enter):
    """Posts as somebody who has just seen the page."""
    browser = enter()

    def go(path, told, status=200):
        page = browser.get("/intake/sources/qzk/feeds/")
        told = {"seen": page.context["seen"], **told}
        return text_of(browser.post(f"/intake/sources/qzk/feeds/{path}", told, follow=True), status)

    go.browser = browser
    return go


def held(name="feeds"):
    return Source.objects.get(code="qzk").schedule.get(name, [])


def test_a_table_and_a_topic_are_registered_changed_and_removed_and_recorded(post):
    assert "已登记" in post("table/", FEED) and held() == [FEED]
    assert "已登记" in post("topic/", TOPIC) and held("topics") == [TOPIC]
    changed = {**FEED, "mark": "updated_at"}
    assert "已修改" in post("table/?place=0", changed) and held() == [changed]
    assert "不再取数" in post("table/remove/", {"place": 0}) and held() == []
    assert held("topics") == [TOPIC]
    rows = AuditRow.objects.filter(act="source.changed", about="source:qzk")
    assert [row.detail["fields"] for row in rows] == [["schedule"]] * 4


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"database": ""}, "没有登记这个外部库的地址"),
        ({"database": "nosuch"}, "没有登记这个外部库的地址"),
        ({"database": "../../etc/passwd"}, "没有登记这个外部库的地址"),
        ({"database": "postgresql://10.0.0.1/x"}, "没有登记这个外部库的地址"),
        ({"database": "127.0.0.1"}, "没有登记这个外部库的地址"),
        ({"table": 'x"; DROP TABLE fact_cases; --'}, "不是合格的名称"),
        ({"table": ""}, "不是合格的名称"),
        ({"table": PAYLOAD}, "不是合格的名称"),
        ({"table": ".".join(["a" * 60] * 2)}, "合起来不能超过"),
        ({"mark": "now()"}, "不是合格的名称"),
        ({"as": "sqlite_master"}, "没有这张事实表"),
        ({"as": "issued"}, "没有这张事实表"),
        ({"as": ""}, "这个来源没有映射"),
    ],
)
def test_what_is_no_name_of_a_table_is_refused_at_its_field(post, wrong, said):
    text = post("table/", {**FEED, **wrong}, 422)
    assert said in text and "<img src=x" not in text and held() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"topic": "^.*"},
        {"topic": ""},
        {"topic": PAYLOAD},
        {"brokers": "../x"},
        {"brokers": "10.0.0.1:9092"},
        {"as": ""},
    ],
)
def test_what_is_no_topic_is_refused(post, wrong):
    """A topic that begins with ^ would be a pattern to librdkafka."""
    post("topic/", {**TOPIC, **wrong}, 422)
    assert held("topics") == []


def test_the_same_table_is_not_registered_twice(post):
    post("table/", FEED)
    assert "已登记了同一表" in post("table/", {**FEED, "mark": "id"}, 422)
    assert "已修改" in post("table/?place=0", {**FEED, "mark": "id"})


def test_of_two_who_change_the_feeds_the_second_is_told(post):
    was = post.browser.get("/intake/sources/qzk/feeds/").context["seen"]
    post("table/", FEED)
    assert "刚才有人改过" in post("topic/", {**TOPIC, "seen": was})
    assert "刚才有人改过" in post("table/remove/", {"place": 0, "seen": was})
    assert (held(), held("topics")) == ([FEED], [])


def test_changing_the_source_itself_leaves_its_feeds(post, source):
    post("table/", FEED)
    told = {
        "name": "前置库",
        "agency_code": OURS,
        "region_code": HERE,
        "way": "exchange",
        "active": "1",
        "daily": "1",
    }
    assert post.browser.post("/intake/sources/qzk/change/", told).status_code == 302
    assert held() == [FEED]


def test_trying_shows_the_first_rows_masked_and_takes_nothing(post, secrets, foreign):
    secrets("feed-qianzhi", foreign)
    with psycopg.connect(foreign, autocommit=True) as there:
        there.execute("DROP TABLE IF EXISTS tried_cases")
        there.execute(
            "CREATE TABLE tried_cases (case_no text, applicant_name text, applicant_id text, contact_phone text, "
            "sqr text, remark text, cd_time timestamp)"
        )
        name, number, phone = PERSON
        for n in range(12):
            there.execute(
                "INSERT INTO tried_cases VALUES (%s, %s, %s, %s, %s, %s, %s)",
                [
                    f"B{n}",
                    name,
                    number,
                    phone,
                    name,
                    f"电话{phone}{PAYLOAD}",
                    datetime(2026, 3, 1) + timedelta(hours=n),
                ],
            )
    post("table/", FEED)
    text = post("table/try/", {"place": 0})
    assert "连得上" in text and "B0" in text and "B9" in text and "B10" not in text
    assert "李**" in text and "7 列中有" in text and "缺少必填的列" in text
    assert not [value for value in PERSON if value in text] and "<img src=x" not in text
    assert not FeedMark.objects.exists() and not Batch.objects.filter(source__code="qzk").exists()
    assert AuditRow.objects.get(act="source.tried").detail == {"feed": "qianzhi/public.tried_cases"}


def test_trying_a_table_that_is_not_there_says_so(post, secrets, foreign):
    secrets("feed-qianzhi", foreign)
    post("table/", {**FEED, "table": "public.no_such_table"})
    text = post("table/try/", {"place": 0})
    assert "读不了 qianzhi:public.no_such_table" in text and "核对地址、口令、表名" in text


def test_trying_cannot_write_there(post, secrets, foreign):
    """Whatever a view over there does when it is read, it is read in a transaction that only reads."""
    secrets("feed-qianzhi", foreign)
    with psycopg.connect(foreign, autocommit=True) as there:
        there.execute("DROP VIEW IF EXISTS sly; DROP TABLE IF EXISTS victim; DROP FUNCTION IF EXISTS grab()")
        there.execute("CREATE TABLE victim (id int)")
        there.execute(
            "CREATE FUNCTION grab() RETURNS int LANGUAGE plpgsql AS "
            "$$ BEGIN INSERT INTO victim VALUES (1); RETURN 1; END $$"
        )
        there.execute("CREATE VIEW sly AS SELECT grab() AS cd_time")
        post("table/", {**FEED, "table": "public.sly"})
        assert "读不了" in post("table/try/", {"place": 0})
        assert there.execute("SELECT count(*) FROM victim").fetchone() == (0,)


@pytest.mark.parametrize("address", ["postgresql://nobody@127.0.0.1:1/none", "这不是地址", ""])
def test_trying_what_cannot_be_reached_says_what_to_look_at(post, secrets, address):
    post("table/", FEED)
    secrets("feed-qianzhi", address)
    text = post("table/try/", {"place": 0})
    assert "读不了" in text or "地址写得不对" in text


def test_a_topic_is_tried_on_a_cluster_and_nothing_is_taken(post, secrets):
    confluent = pytest.importorskip("confluent_kafka")
    producer = confluent.Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "ignored"})
    found = producer.list_topics("cases", timeout=10)
    servers = ",".join(f"{each.host}:{each.port}" for each in found.brokers.values())
    secrets("kafka-mock", f"bootstrap.servers={servers}\n")
    producer.produce(
        "cases", f'{{"case_no": "B1", "applicant_name": "{PERSON[0]}", "x": "{PERSON[2]}"}}'.encode()
    )
    producer.produce("cases", b"poison")
    assert producer.flush(10) == 0
    post("topic/", TOPIC)
    text = post("topic/try/", {"place": 0})
    assert "连得上" in text and "case_no=B1" in text and "李**" in text and "到了会进拒收" in text
    assert PERSON[0] not in text and PERSON[2] not in text
    assert not Batch.objects.filter(source__code="qzk").exists() and not Refusal.objects.exists()


def test_a_cluster_that_is_not_there_is_told(post):
    pytest.importorskip("confluent_kafka")
    post("topic/", TOPIC)
    assert "连不上 mock" in post("topic/try/", {"place": 0})


def test_the_folder_shows_what_lies_in_it_and_what_becomes_of_it(source, enter):
    browser = enter()
    assert "还没有建立" in text_of(browser.get("/intake/sources/qzk/feeds/"))
    from mingcha.intake.ways.folder import inbox

    place = inbox(source)
    old = clock.now().timestamp() - 60
    for name in ("cases.csv", "不知道什么.csv", f"cases-{PAYLOAD[:9]}.csv", "steps.csv.part"):
        (place / name).write_text("x")
        os.utime(place / name, (old, old))
    text = text_of(browser.get("/intake/sources/qzk/feeds/"))
    assert "待取:办件" in text and "会拒收" in text and "没有说是哪张表" in text and "未写完" in text
    assert "<img src" not in text


def test_last_and_next_reading_and_what_is_wrong_are_told(post):
    post("table/", FEED)
    source = Source.objects.get(code="qzk")
    now = clock.now()
    FeedMark.objects.create(
        source=source, feed="qianzhi:public.tried_cases", mark="t2026-03-05T09:00:00", read_at=now
    )
    Refusal.objects.create(
        source=source, at=now, way="exchange", name="qianzhi:public.tried_cases", why="表改名了"
    )
    text = text_of(post.browser.get("/intake/sources/qzk/feeds/"))
    assert "读到 2026-03-05T09:00:00" in text and "取不了" in text and "表改名了" in text


def test_feeds_are_changed_by_supervisors_of_the_place_and_read_by_who_reads_sources(source, enter):
    liaison = enter(Role.LIAISON, agency=OURS)
    assert "登记外部库的表" not in text_of(liaison.get("/intake/sources/qzk/feeds/"))
    for path in ("table/", "table/remove/", "table/try/"):
        assert liaison.post(f"/intake/sources/qzk/feeds/{path}", {**FEED, "place": 0}).status_code == 403
        assert enter(region=THERE).post(f"/intake/sources/qzk/feeds/{path}", {"place": 0}).status_code == 404
    assert enter(region=THERE).get("/intake/sources/qzk/feeds/").status_code == 404
    assert enter().get("/intake/sources/qzk/feeds/moon/").status_code == 404
    assert enter().get("/intake/sources/qzk/feeds/table/?place=7").status_code == 404
    assert enter().post("/intake/sources/qzk/feeds/table/try/", {"place": "0"}).status_code == 404
