"""Trying a feed 试读: connect as fetching would, look at a few rows, take nothing.

Marks and offsets stay where they are. What is shown is masked: whoever sets a feed up sees that its columns have sense,
not who the people in it are.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import adbc_driver_postgresql.dbapi as postgresql
import psycopg
from psycopg.conninfo import make_conninfo

from mingcha.accounts import masking
from mingcha.base import clock
from mingcha.facts.schema import TABLES
from mingcha.intake.formats import form_of_name
from mingcha.intake.models import Source
from mingcha.intake.refused import NotReceivedError
from mingcha.intake.sources import mapping_of
from mingcha.intake.ways import folder
from mingcha.intake.ways.database import Feed, FeedError, address
from mingcha.intake.ways.drop import DONE, REFUSED
from mingcha.intake.ways.kafka import Message, Stream
from mingcha.readers.headers import match_header

ROWS: Final = 10
_SECONDS: Final = 5
_GUARDED: Final = "-c statement_timeout=10000 -c default_transaction_read_only=on"
_LONGEST: Final = 60
"""Characters of a value that are shown."""
_PERHAPS_A_NAME: Final = re.compile(r"^[\u4e00-\u9fff·]{2,5}$")


class TryError(Exception):
    """It cannot be fetched; the message says why and what to do, in Chinese."""


@dataclass(frozen=True)
class Peek:
    """The first rows: headings, what stands under each (masked), and what else is to be known."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()


def table(feed: Feed) -> Peek:
    """The first rows of a table in the order of its mark. Raises `TryError`."""
    quoted = ".".join(f'"{name}"' for name in feed.table.split("."))
    sql = f'SELECT * FROM {quoted} WHERE "{feed.mark}" IS NOT NULL ORDER BY "{feed.mark}" FETCH FIRST {ROWS} ROWS ONLY'  # noqa: S608
    try:
        reached = make_conninfo(address(feed), connect_timeout=_SECONDS, options=_GUARDED)
        with postgresql.connect(reached) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            found = cursor.fetch_arrow_table()
    except FeedError as error:
        raise TryError(str(error)) from error
    except psycopg.ProgrammingError as error:
        raise TryError(
            f"{feed.database} 的地址写得不对;请系统管理员核对 secrets/feed-{feed.database},一行 postgresql://…"
        ) from error
    except postgresql.Error as error:
        raise TryError(f"读不了 {feed.named}:{_said(error)};核对地址、口令、表名与 {feed.mark} 列") from error
    names = found.column_names
    rows = [[_cell(feed.into, name, row[name]) for name in names] for row in found.to_pylist()]
    return Peek(names, rows, _notes_of(feed, names, len(rows)))


def _notes_of(feed: Feed, names: list[str], count: int) -> list[str]:
    notes = [] if count else [f"连得上,表里还没有 {feed.mark} 不为空的行"]
    if feed.into:
        header = match_header(TABLES[feed.into], names)
        known = [column for column in header.columns if column is not None]
        notes.append(f"{len(names)} 列中有 {len(known)} 列是“{TABLES[feed.into].label}”的列")
        notes += list(header.problems)
        if missing := [
            c.label for c in map(TABLES[feed.into].column, TABLES[feed.into].must) if c not in known
        ]:
            notes.append(f"缺少必填的列:{'、'.join(missing)}")
    return notes


def topic(stream: Stream) -> Peek:
    """The last messages of a topic. Raises `TryError`."""
    if importlib.util.find_spec("confluent_kafka") is None:
        raise TryError("没有安装 confluent-kafka;请系统管理员运行 pip install 'mingcha[kafka]'")
    from confluent_kafka import Consumer, KafkaException

    try:
        settings = {**stream.settings(), "group.id": "mingcha-try", "socket.timeout.ms": _SECONDS * 1000}
        consumer = Consumer(settings)
    except (ValueError, KafkaException) as error:
        raise TryError(f"{error};请系统管理员核对 secrets/kafka-{stream.brokers}") from error
    try:
        return _messages(consumer, stream)
    except KafkaException as error:
        raise TryError(f"连不上 {stream.brokers}:{_said(error)};核对地址、口令与网络") from error
    finally:
        consumer.close()


def _messages(consumer: Any, stream: Stream) -> Peek:
    """Messages from near the end of every partition; no offset is committed."""
    from confluent_kafka import TopicPartition

    known = consumer.list_topics(stream.topic, timeout=_SECONDS).topics[stream.topic]
    if known.error is not None or not known.partitions:
        raise TryError(f"{stream.brokers} 里没有主题 {stream.topic};核对主题的名称,或是否准许读取")
    places, waiting = [], 0
    for number in list(known.partitions)[:ROWS]:
        low, high = consumer.get_watermark_offsets(TopicPartition(stream.topic, number), timeout=_SECONDS)
        waiting += high - low
        if high > low:
            places.append(TopicPartition(stream.topic, number, max(low, high - ROWS)))
    if not places:
        return Peek((), (), [f"连得上,主题有 {len(known.partitions)} 个分区,还没有消息"])
    consumer.assign(places)
    sent = [
        Message.of(each) for each in consumer.consume(min(ROWS, waiting), _SECONDS) if each.error() is None
    ]
    rows = [(message.place, *_row(stream.into, message)) for message in sent]
    return Peek(("位置", "内容"), rows, [f"主题有 {len(known.partitions)} 个分区,现存 {waiting} 条消息"])


def _row(into: str, message: Message) -> tuple[str]:
    """A message in one line, its values masked; what is no row is said."""
    try:
        read = json.loads(message.value)
    except ValueError:
        read = None
    if not isinstance(read, dict):
        return (f"不是一行数据的 JSON 对象({len(message.value)} 字节):到了会进拒收",)
    return (
        "、".join(f"{str(name)[:40]}={_cell(into, str(name), value)}" for name, value in read.items())[:600],
    )


@dataclass(frozen=True)
class Lying:
    """A file in a watched folder and what will become of it."""

    name: str
    size: int
    what: str


def folder_of(source: Source) -> tuple[Path, list[Lying], list[Lying]]:
    """The folder of a source: where it is, what lies in it, and the last receipts laid out. Raises `TryError`."""
    place = folder.inbox_of(source)
    try:
        waiting = sorted(path for path in place.iterdir() if path.is_file() or path.is_symlink())
        ended = [
            path
            for part in (DONE, REFUSED)
            for path in (place / part).glob("*.回执.json")
            if path.is_file() and not path.is_symlink() and not (place / part).is_symlink()
        ]
        ended.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        return (
            place,
            [Lying(path.name, path.lstat().st_size, _fate(source, path)) for path in waiting[:50]],
            [_receipt(path) for path in ended[:10]],
        )
    except FileNotFoundError as error:
        raise TryError(f"收件夹 {place} 还没有建立;工作进程启动、来源启用后几秒内建立") from error
    except PermissionError as error:
        raise TryError(f"收件夹 {place} 不能读;请系统管理员把它的权限给运行本系统的用户") from error


def _fate(source: Source, path: Path) -> str:
    """What the next look into the folder makes of a file."""
    if not folder.ready(path):
        return "不取:正在写入,或名称表示未写完(以点开头,.tmp、.part)、是链接"
    try:
        form = form_of_name(path.name)
        if form == "zip" or mapping_of(source) is not None:
            return "待取:内容自己说明是哪张表"
        return f"待取:{TABLES[folder.table_of_name(path.name)].label}"
    except NotReceivedError as error:
        return f"会拒收:{error}"


def _receipt(path: Path) -> Lying:
    try:
        told = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        told = {}
    at = clock.local(datetime.fromtimestamp(path.stat().st_mtime, UTC))
    what = (
        f"已收,回执号 {told.get('回执号', '—')}"
        if told.get("收到")
        else f"拒收:{told.get('原因', '回执读不出')}"
    )
    return Lying(
        path.name.removesuffix(".回执.json")[17:], path.stat().st_size, f"{at:%Y-%m-%d %H:%M:%S} {what}"
    )


def _said(error: Exception) -> str:
    """What the other side said, in one line."""
    return " ".join(str(error).split())[:200].rstrip(" .?")


def _cell(into: str, name: str, value: Any) -> str:
    """A value as it may be shown: personal ones masked, and whatever looks like one."""
    if value is None:
        return ""
    text = str(value)
    found = match_header(TABLES[into], [name]).columns[0] if into in TABLES else None
    if found is not None and found.personal:
        return masking.masked(found, text) or ""
    if found is None and _PERHAPS_A_NAME.match(text):
        return masking.name(text)
    return masking.text(text)[:_LONGEST]
