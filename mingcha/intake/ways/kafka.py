"""Messages of a stream 消息队列 (Kafka; extra `kafka`): a message is a row, a handful of messages a batch.

A source names its topics in `schedule["topics"]`; the brokers stand in `secrets/kafka-<name>` (lines `key=value` of
librdkafka, since they hold passwords).

    {"brokers": "shengji", "topic": "cases", "as": "cases"}

A message's value is one JSON object, its key for us the header `idempotency-key` or `ce_id`, else topic, partition and
offset (the message key of Kafka is often the case number, which many messages share). Keys that were taken are left
out; messages are received before their offsets are committed, so that a crash or a rebalance brings them again, not
away.
What is no row (poison) goes to the visible quarantine, sealed, and the stream goes on.
"""

from __future__ import annotations

import importlib.util
import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any, Final, Self

from django.db import close_old_connections, connection, transaction

from mingcha.base import clock, sealing
from mingcha.base.config import config
from mingcha.base.texts import storable
from mingcha.facts.schema import TABLES
from mingcha.intake.holdings import about_refusal
from mingcha.intake.incoming import taken_in
from mingcha.intake.models import Batch, Source
from mingcha.intake.receiving import NotReceivedError, receive, refuse
from mingcha.intake.way_models import Delivery, Refusal
from mingcha.readers.jsonl_source import parse_line

MOST_MESSAGES: Final = 2_000
SECONDS: Final = 1.0
"""How long a handful is waited for."""
AGAIN: Final = 30.0
LARGEST: Final = 1 << 20
"""Bytes of one message."""
_KEYS: Final = ("idempotency-key", "ce_id")
_log = logging.getLogger("mingcha.kafka")


@dataclass(frozen=True)
class Message:
    """A message: where it stands (`topic/partition/offset`), what makes it the same one again, what it says."""

    place: str
    key: str
    value: bytes

    @classmethod
    def of(cls, sent: Any) -> Self:
        """A message of confluent-kafka."""
        place, headers = f"{sent.topic()}/{sent.partition()}/{sent.offset()}", dict(sent.headers() or [])
        given = next((headers[name] for name in _KEYS if headers.get(name)), b"")
        return cls(place, storable(given.decode("utf-8", "replace"))[:200] or place, sent.value() or b"")


@dataclass(frozen=True)
class Stream:
    """One topic of a source."""

    source: Source
    brokers: str
    topic: str
    into: str

    @classmethod
    def of(cls, source: Source, given: dict[str, Any]) -> Self:
        """The stream as it is written in the schedule. Raises ValueError in Chinese."""
        if given.get("as") not in TABLES:
            raise ValueError(f"主题 {given.get('topic')} 没有写明事实表(as);表名见数据规范")
        return cls(source, str(given["brokers"]), str(given["topic"]), str(given["as"]))

    def settings(self) -> dict[str, str | bool]:
        """What the consumer is made with. Raises ValueError in Chinese where the brokers are not known."""
        path = config().home / "secrets" / f"kafka-{self.brokers}"
        try:
            lines = path.read_text("utf-8").splitlines()
        except FileNotFoundError as error:
            raise ValueError(
                f"没有 {self.brokers} 的地址;写进 {path},如 bootstrap.servers=主机:9092"
            ) from error
        named = {
            name.strip(): value.strip() for name, _, value in (line.partition("=") for line in lines) if value
        }
        fixed: dict[str, str | bool] = {
            "group.id": f"mingcha-{self.source.code}",
            "enable.auto.commit": False,
        }
        return {"auto.offset.reset": "earliest", **named, **fixed}


def streams() -> list[Stream]:
    """The streams of all active sources; one that is not rightly registered is told in the quarantine."""
    found = []
    for source in Source.objects.filter(way=Source.Way.EXCHANGE, active=True).order_by("id"):
        for given in source.schedule.get("topics", []):
            try:
                found.append(Stream.of(source, given))
            except (ValueError, KeyError) as error:
                _log.error(
                    "stream not registered rightly", extra={"source": source.code, "error": str(error)}
                )
    return found


def run(stop: Event) -> None:
    """Consume every stream, each in a thread of its own, until `stop`; sources registered later are taken up, and what
    broke is begun again, within AGAIN seconds. A loop of the worker; without the extra `kafka` it says so and ends."""
    if importlib.util.find_spec("confluent_kafka") is None:
        if streams():
            _log.error("登记了消息队列,而没有安装 confluent-kafka:pip install 'mingcha[kafka]'")
        return
    running: dict[Stream, Thread] = {}
    while not stop.is_set():
        close_old_connections()
        for stream in streams():
            if stream not in running or not running[stream].is_alive():
                running[stream] = Thread(target=_kept, args=(stream, stop), name=f"kafka-{stream.topic}")
                running[stream].start()
        stop.wait(AGAIN)
    for thread in running.values():
        thread.join()


def _kept(stream: Stream, stop: Event) -> None:
    """Consume; what breaks is told in the quarantine, once while it stands there."""
    try:
        consume(stream, stop)
    except Exception as error:  # whatever breaks one stream must not take the others with it
        _log.exception("stream broke", extra={"topic": stream.topic})
        open_ones = Refusal.objects.filter(source=stream.source, name=stream.topic, settled_at=None)
        if not open_ones.exists():
            refuse(
                stream.source, Source.Way.EXCHANGE, stream.topic, NotReceivedError(503, str(error)[:300], "")
            )
    finally:
        connection.close()


def consume(stream: Stream, stop: Event) -> None:
    """Take messages until `stop`. Raises ValueError where the brokers are not known; a broker that is away is waited
    for by librdkafka itself."""
    from confluent_kafka import Consumer

    consumer = Consumer(stream.settings())
    consumer.subscribe([stream.topic])
    try:
        while not stop.is_set():
            messages = consumer.consume(MOST_MESSAGES, SECONDS)
            good = [Message.of(message) for message in messages if message.error() is None]
            if good:
                take(stream, good)
                consumer.commit(asynchronous=False)
    finally:
        consumer.close()


def take(stream: Stream, messages: Sequence[Message]) -> Batch | None:
    """Receive a handful: a batch of the rows among them that were not taken before; None where there is none."""
    rows: dict[str, str] = {}
    for message in messages:
        try:
            rows.setdefault(message.key, _row(message))
        except ValueError as error:
            _quarantine(stream, message, str(error))
    with transaction.atomic():
        for key in _known(stream.source, rows):
            del rows[key]
        if not rows:
            return None
        return _receive(stream, rows, messages)


def _receive(stream: Stream, rows: dict[str, str], messages: Sequence[Message]) -> Batch | None:
    content = "\n".join(rows.values()).encode()
    first = next(iter(rows))
    try:
        with taken_in([content]) as sent:
            batch = receive(
                stream.source,
                sent,
                "jsonl",
                table=stream.into,
                key=f"kafka:{first}"[:120] + f":{sent.digest}",
                name=f"{stream.topic}.jsonl",
                sent_by=f"kafka:{stream.topic}",
                way=Source.Way.EXCHANGE,
            )
    except NotReceivedError as error:
        if len(messages) == 1:
            _quarantine(stream, messages[0], str(error), keep=False)
        else:  # one of them spoils the handful: each by itself, so that only that one is held back
            for message in messages:
                take(stream, [message])
        return None
    Delivery.objects.bulk_create(Delivery(source=stream.source, key=key, batch=batch) for key in rows)
    return batch


def _known(source: Source, keys: Iterable[str]) -> list[str]:
    wanted, found = list(keys), list[str]()
    for start in range(0, len(wanted), 500):
        held = Delivery.objects.filter(source=source, key__in=wanted[start : start + 500])
        found += held.values_list("key", flat=True)
    return found


def _row(message: Message) -> str:
    """The message as one line. Raises ValueError in Chinese where it is no row."""
    if len(message.value) > LARGEST:
        raise ValueError(f"消息有 {len(message.value)} 字节,超过 {LARGEST};一条消息是一行数据")
    try:
        row = parse_line(message.value.decode("utf-8"))
        line = json.dumps(row, ensure_ascii=False)
        line.encode("utf-8")
    except UnicodeError as error:
        raise ValueError("消息不是 UTF-8 文字;请以 UTF-8 编码的 JSON 对象发送") from error
    if not row:
        raise ValueError("消息是空的;一条消息是一行数据的 JSON 对象")
    return line


def _quarantine(stream: Stream, message: Message, why: str, *, keep: bool = True) -> None:
    """Hold a message back where people see it; what may be marked classified is not kept."""
    if Refusal.objects.filter(source=stream.source, name=message.place).exists():
        return  # delivered again
    content = sealing.seal_bytes(message.value[:LARGEST], about_refusal(message.place)) if keep else None
    Refusal.objects.create(
        source=stream.source,
        at=clock.now(),
        way=Source.Way.EXCHANGE,
        name=message.place,
        size=len(message.value),
        why=storable(why),
        sent_by=f"kafka:{stream.topic}",
        sealed=content,
    )
