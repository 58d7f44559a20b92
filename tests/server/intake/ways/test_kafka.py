import json
import threading
import time

import pytest

from mingcha.base import sealing
from mingcha.base.config import config
from mingcha.intake import sources
from mingcha.intake.models import Batch
from mingcha.intake.receiving import payload
from mingcha.intake.way_models import Delivery, Refusal
from mingcha.intake.ways import kafka

pytestmark = pytest.mark.one_database

confluent = pytest.importorskip("confluent_kafka")
ROW = json.dumps({"case_no": "B1", "item_code": "I", "received_at": "2026-11-20 09:30"}).encode()


@pytest.fixture
def stream(db):
    source = sources.register(
        {"code": "shengji", "name": "省级队列", "way": "exchange", "best_rating": 5,
         "schedule": {"topics": [{"brokers": "mock", "topic": "cases", "as": "cases"}]}},
        "张三", "", actor="管理员",
    )  # fmt: skip
    return kafka.Stream.of(source, source.schedule["topics"][0])


def message(offset, value=ROW, key=""):
    place = f"cases/0/{offset}"
    return kafka.Message(place, key or place, value)


def rows_of(batch):
    with payload(batch) as files:
        return [json.loads(line) for line in files[0].read_text("utf-8").splitlines()]


def test_a_handful_of_messages_is_one_batch(stream):
    batch = kafka.take(stream, [message(n, ROW.replace(b"B1", b"B%d" % n)) for n in range(3)])
    assert [row["case_no"] for row in rows_of(batch)] == ["B0", "B1", "B2"]
    assert Delivery.objects.count() == 3


def test_a_message_delivered_again_or_sent_twice_under_its_key_is_left_out(stream):
    kafka.take(stream, [message(1, key="m1")])
    assert kafka.take(stream, [message(1, key="m1"), message(9, key="m1")]) is None
    assert len(rows_of(kafka.take(stream, [message(1, key="m1"), message(2, key="m2")]))) == 1
    assert Batch.objects.count() == 2


@pytest.mark.parametrize(
    "poison", [b"", b"\xff\xfe", b"[1]", b"not json", b'{"a": NaN}', b'{"a": "\\udc00"}', b"{}", b"x" * (2 << 20)]
)  # fmt: skip
def test_poison_goes_to_the_quarantine_sealed_and_the_stream_goes_on(stream, poison):
    batch = kafka.take(stream, [message(1), message(2, poison), message(3, ROW.replace(b"B1", b"B3"))])
    assert len(rows_of(batch)) == 2
    held = Refusal.objects.get()
    assert held.name == "cases/0/2"
    assert sealing.open_bytes(held.sealed, "refusal:cases/0/2") == poison[: kafka.LARGEST]
    kafka.take(stream, [message(2, poison)])
    assert Refusal.objects.count() == 1


def test_a_classified_message_spoils_no_other_and_is_not_kept(stream):
    secret = json.dumps({"case_no": "B2", "密级": "机密"}).encode()
    kafka.take(stream, [message(1), message(2, secret), message(3, ROW.replace(b"B1", b"B3"))])
    taken = sorted(row["case_no"] for batch in Batch.objects.all() for row in rows_of(batch))
    assert taken == ["B1", "B3"]
    assert Refusal.objects.get().sealed is None


def test_brokers_that_are_not_known_are_told(stream):
    with pytest.raises(ValueError, match="没有 mock 的地址"):
        stream.settings()


@pytest.fixture
def brokers(stream):
    """librdkafka's own cluster of three brokers, in the process of a producer."""
    producer = confluent.Producer({"test.mock.num.brokers": 3, "bootstrap.servers": "ignored"})
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found = producer.list_topics("cases", timeout=5).brokers.values()
        if found:
            break
    servers = ",".join(f"{broker.host}:{broker.port}" for broker in found)
    path = config().home / "secrets" / "kafka-mock"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"bootstrap.servers={servers}\nsession.timeout.ms=6000\n")
    yield producer
    path.unlink()


def consumed(stream, until, seconds=40):
    """Run a real consumer until `until()` is true."""
    stop = threading.Event()

    def watch():
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not until() and not stop.is_set():
            time.sleep(0.1)
        stop.set()

    taken = []
    seen = kafka.take

    def take(of, messages):
        taken.extend(messages)
        return seen(of, messages)

    kafka.take = take
    watcher = threading.Thread(target=watch)
    watcher.start()
    until.taken = taken
    try:
        kafka.consume(stream, stop)
    finally:
        kafka.take = seen
        stop.set()
        watcher.join()
    return taken


class Enough:
    """So many messages were taken."""

    def __init__(self, count):
        self.count, self.taken = count, []

    def __call__(self):
        return len(self.taken) >= self.count


def test_what_a_cluster_delivers_is_received_once_over_restarts_redelivery_and_poison(stream, brokers):
    for n in range(50):
        brokers.produce("cases", ROW.replace(b"B1", b"B%d" % n), headers={"ce_id": f"m{n}"})
    brokers.produce("cases", b"poison")
    brokers.produce("cases", ROW.replace(b"B1", b"B7"), headers={"ce_id": "m7"})  # the producer tried again
    assert brokers.flush(10) == 0
    consumed(stream, Enough(52))
    brokers.produce("cases", ROW.replace(b"B1", b"B50"), headers={"ce_id": "m50"})
    brokers.flush(10)
    again = consumed(stream, Enough(1))
    numbers = sorted(row["case_no"] for batch in Batch.objects.all() for row in rows_of(batch))
    assert numbers == sorted(f"B{n}" for n in range(51))
    assert Refusal.objects.count() == 1
    assert len(again) == 1, "offsets were committed: only what is new is delivered"


def test_an_offset_is_not_committed_before_its_batch_is_received(stream, brokers, monkeypatch):
    brokers.produce("cases", ROW, headers={"ce_id": "m1"})
    brokers.flush(10)

    def broken(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(kafka, "receive", broken)
    with pytest.raises(OSError, match="disk full"):
        consumed(stream, Enough(1000))
    monkeypatch.undo()
    consumed(stream, Enough(1))
    assert [row["case_no"] for batch in Batch.objects.all() for row in rows_of(batch)] == ["B1"]
