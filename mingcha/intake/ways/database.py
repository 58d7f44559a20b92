"""Tables of another database 前置库: read over ADBC from a high-water mark on, and received like any batch.

A source names its tables in `schedule["feeds"]`; where the database is stands in a file of its own under the secrets of
the installation (`secrets/feed-<name>`, one line: postgresql://…), since it holds a password.

    {"database": "qianzhi", "table": "public.up_pro_accept", "mark": "cd_time", "as": "cases"}

Rows are read whose mark is at or after the last one less OVERLAP, because transactions of the other side that began
earlier may commit later; rows read twice change nothing, and when nothing new came the content is the same and gets
the receipt it had. The mark moves in the transaction of the batch.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Self

import adbc_driver_postgresql.dbapi as postgresql
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import transaction

from mingcha.base import clock
from mingcha.base.config import config
from mingcha.facts.schema import TABLES
from mingcha.intake.incoming import taken_in
from mingcha.intake.models import Batch, Source
from mingcha.intake.receiving import NotReceivedError, receive, refuse
from mingcha.intake.way_models import FeedMark

OVERLAP: Final = timedelta(minutes=5)
MOST_ROWS: Final = 50_000
"""Rows of one batch; what is more is read by the next."""
_NAME: Final = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")


class FeedError(ValueError):
    """A feed that cannot be read; Chinese, says what to do."""


@dataclass(frozen=True)
class Feed:
    """One table of another database. `into` is the fact table; empty where the source's mapping says it."""

    database: str
    table: str
    mark: str
    into: str = ""

    @classmethod
    def of(cls, given: dict[str, Any]) -> Self:
        """The feed as it is written in the schedule. Raises FeedError."""
        feed = cls(
            given.get("database", ""), given.get("table", ""), given.get("mark", ""), given.get("as", "")
        )
        names = [feed.database, feed.mark, *feed.table.split(".")]
        if bad := [name for name in names if not _NAME.match(name)]:
            raise FeedError(
                f"外部表的登记里“{bad[0][:40]}”不是合格的名称;写字母、数字与下划线,表可写 模式.表"
            )
        if feed.into and feed.into not in TABLES:
            raise FeedError(f"没有事实表“{feed.into[:40]}”;表名见数据规范")
        return feed

    @property
    def named(self) -> str:
        """How it is called in marks and refusals."""
        return f"{self.database}:{self.table}"


def read_all() -> int:
    """Read every feed of every active source once; how many batches were received. What fails is refused visibly."""
    received = 0
    for source in Source.objects.filter(way=Source.Way.EXCHANGE, active=True).order_by("id"):
        for given in source.schedule.get("feeds", []):
            try:
                received += len(list(read(source, Feed.of(given))))
            except FeedError as error:
                _refuse_once(source, str(given.get("table", "")), NotReceivedError(503, str(error), ""))
    return received


def read(source: Source, feed: Feed) -> Iterator[Batch]:
    """Receive what is new in a feed, a batch of MOST_ROWS at a time. Raises FeedError."""
    last = FeedMark.objects.filter(source=source, feed=feed.named).first()
    since, after = (_from(last.mark) if last else None), ">="
    while True:
        rows = _rows(feed, since, after)
        if not rows.num_rows:
            return
        since, after = rows[feed.mark][-1].as_py(), ">"
        try:
            batch, new = _receive(source, feed, _as_parquet(rows), _told(since))
        except NotReceivedError as error:
            _refuse_once(source, feed.named, error)
            return
        if new:
            yield batch
        if rows.num_rows < MOST_ROWS:
            return


def _receive(source: Source, feed: Feed, content: bytes, mark: str) -> tuple[Batch, bool]:
    with taken_in([content]) as sent, transaction.atomic():
        key = f"{feed.named}:{sent.digest}"
        new = not Batch.objects.filter(source=source, key=key).exists()
        name = f"{feed.table.split('.')[-1]}.parquet"
        batch = receive(
            source, sent, "parquet", table=feed.into, key=key, name=name, sent_by=feed.named,
            way=Source.Way.EXCHANGE,
        )  # fmt: skip
        FeedMark.objects.update_or_create(
            source=source, feed=feed.named, defaults={"mark": mark, "read_at": clock.now()}
        )
    return batch, new


def _rows(feed: Feed, since: object, after: str) -> pa.Table:
    """Rows from a mark on (`after`: ">=" or ">"), in its order. Rows of one mark come together, even if they are more
    than MOST_ROWS."""
    quoted = ".".join(f'"{name}"' for name in feed.table.split("."))
    mark = f'"{feed.mark}"'
    # Names were checked in `Feed.of`; the mark is a parameter.
    begun = since is not None
    where = f"WHERE {mark} {after} $1" if begun else f"WHERE {mark} IS NOT NULL"
    sql = f"SELECT * FROM {quoted} {where} ORDER BY {mark} FETCH FIRST {MOST_ROWS} ROWS WITH TIES"  # noqa: S608
    try:
        with postgresql.connect(address(feed)) as connection, connection.cursor() as cursor:
            cursor.execute(sql, [since] if begun else None)
            return cursor.fetch_arrow_table()
    except postgresql.Error as error:
        raise FeedError(
            f"读不了 {feed.named}:{str(error)[:200]};核对地址、口令、表名与 {feed.mark} 列"
        ) from error


def address(feed: Feed) -> str:
    """Where its database is, as the site has written it down. Raises FeedError."""
    path = config().home / "secrets" / f"feed-{feed.database}"
    try:
        return path.read_text("utf-8").strip()
    except FileNotFoundError as error:
        raise FeedError(
            f"没有 {feed.database} 的地址;写进 {path},一行 postgresql://用户:口令@主机/库"
        ) from error


def _as_parquet(rows: pa.Table) -> bytes:
    """The rows as a file; the same rows make the same bytes."""
    plain = pa.table({name: _plain(rows[name]) for name in rows.column_names})
    out = io.BytesIO()
    pq.write_table(plain, out, compression="zstd")
    return out.getvalue()


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Types that only PostgreSQL has (numeric, uuid, …) as the texts that ADBC gives for them."""
    if isinstance(column.type, pa.BaseExtensionType):
        return pa.chunked_array([chunk.storage for chunk in column.chunks], column.type.storage_type)
    return column


def _told(mark: object) -> str:
    """A mark as it is kept: kind and value."""
    match mark:
        case datetime():
            return f"t{mark.isoformat()}"
        case date():
            return f"d{mark.isoformat()}"
        case int():
            return f"i{mark}"
        case str():
            return f"s{mark}"
    raise FeedError("高水位列应为时间、日期、整数或文本")


def _from(kept: str) -> object:
    """Where to read on from, a little before a kept mark."""
    kind, value = kept[0], kept[1:]
    if kind == "t":
        moment = datetime.fromisoformat(value)
        return (moment.astimezone(UTC) if moment.tzinfo else moment) - OVERLAP
    if kind == "d":
        return date.fromisoformat(value)
    return int(value) if kind == "i" else value


def _refuse_once(source: Source, name: str, error: NotReceivedError) -> None:
    """Tell it where people look, but not again while it stands there unsettled."""
    open_ones = source.refusal_set.filter(name=name, why=str(error), settled_at=None)
    if not open_ones.exists():
        refuse(source, Source.Way.EXCHANGE, name, error, sent_by=name)
