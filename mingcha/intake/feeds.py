"""What a source fetches by itself: tables of another database and topics of a stream, as its schedule names them.

Read, checked and changed here, by people who name a database or brokers by the name under which the site has written
their address down (`secrets/feed-<name>`, `secrets/kafka-<name>`): no address is ever taken from a form, so that nobody
reaches by it what the site did not mean to be reached.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from mingcha.base.config import config
from mingcha.base.models import Job
from mingcha.facts.schema import TABLES
from mingcha.intake import sources
from mingcha.intake.models import Source
from mingcha.intake.receiving import OWN_TABLES
from mingcha.intake.way_models import Delivery, FeedMark, Refusal
from mingcha.intake.ways.database import Feed, FeedError
from mingcha.intake.ways.kafka import Stream


@dataclass(frozen=True)
class Kind:
    """A kind of feed: where it stands in the schedule, how its addresses are filed, its fields with their labels."""

    name: str
    label: str
    listed: str
    secret: str
    fields: Mapping[str, str]


KINDS: Final = {
    kind.name: kind
    for kind in (
        Kind(
            "table", "外部库的表", "feeds", "feed-",
            {"database": "外部库", "table": "表", "mark": "高水位列", "as": "事实表"},
        ),
        Kind(
            "topic", "消息队列的主题", "topics", "kafka-",
            {"brokers": "队列集群", "topic": "主题", "as": "事实表"},
        ),
    )
}  # fmt: skip
_SECRET: Final = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")
_TOPIC: Final = re.compile(r"^[A-Za-z0-9._-]{1,200}$")
_LONGEST_NAMED: Final = 120
"""Characters of `FeedMark.feed`."""


class ChangedError(Exception):
    """Somebody changed the schedule meanwhile; the message says what to do, in Chinese."""


@dataclass(frozen=True)
class Fetched:
    """A feed and how it stands. `last`: when something new came last; `next`: when it is read again, None where it is
    read without pause or no worker is at it; `wrong`: what is wrong with it now, empty where nothing is."""

    kind: Kind
    place: int
    given: dict[str, str]
    last: datetime | None
    upto: str
    next: datetime | None
    wrong: str

    @property
    def named(self) -> str:
        """How people call it."""
        first, second = list(self.kind.fields)[:2]
        return f"{self.given[first]}:{self.given[second]}"


def tables() -> list[tuple[str, str]]:
    """(name, label) of the fact tables that may be fetched into."""
    return [(table.name, table.label) for table in TABLES.values() if table.name not in OWN_TABLES]


def known(kind: Kind) -> list[str]:
    """The names under which the site has written addresses down."""
    folder = config().home.resolve() / "secrets"
    names = (path.name.removeprefix(kind.secret) for path in folder.glob(f"{kind.secret}*"))
    return sorted(name for name in names if _SECRET.match(name))


def entries(source: Source, kind: Kind) -> list[dict[str, str]]:
    """The entries of a kind, every field a text."""
    listed = source.schedule.get(kind.listed, [])
    return [
        {name: str(given.get(name, "")) for name in kind.fields}
        for given in listed
        if isinstance(given, dict)
    ]


def fetched(source: Source) -> list[Fetched]:
    """All feeds of a source and how they stand."""
    return [
        _fetched(source, kind, place, given)
        for kind in KINDS.values()
        for place, given in enumerate(entries(source, kind))
    ]


def _fetched(source: Source, kind: Kind, place: int, given: dict[str, str]) -> Fetched:
    if kind.name == "topic":
        last = (
            Delivery.objects.filter(source=source, batch__name=f"{given['topic']}.jsonl")
            .order_by("-pk")
            .first()
        )
        at = last.batch.received_at if last else None
        return Fetched(kind, place, given, at, "", None, _wrong(source, given["topic"]))
    named = f"{given['database']}:{given['table']}"
    mark = FeedMark.objects.filter(source=source, feed=named).first()
    job = Job.objects.filter(kind="intake.feeds", state=Job.State.READY).order_by("run_at").first()
    return Fetched(
        kind, place, given, mark.read_at if mark else None, mark.mark[1:] if mark else "",
        job.run_at if job else None, _wrong(source, named) or _wrong(source, given["table"]),
    )  # fmt: skip


def _wrong(source: Source, name: str) -> str:
    held = Refusal.objects.filter(source=source, name=name, settled_at=None).order_by("-at").first()
    return held.why if held else ""


def seen(source: Source) -> str:
    """What the schedule was when a person saw it, in short."""
    told = json.dumps([source.schedule.get(kind.listed, []) for kind in KINDS.values()], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:24]


def faults(source: Source, kind: Kind, given: Mapping[str, str], place: int | None) -> dict[str, str]:
    """What is wrong with an entry, by field, in Chinese. `place`: of the entry it takes the place of."""
    secret, what = list(kind.fields)[:2]
    found: dict[str, str] = {}
    if given[secret] not in known(kind):
        found[secret] = (
            f"没有登记这个{kind.fields[secret]}的地址;请从列表中选,没有的请系统管理员写进 secrets/{kind.secret}名称"
        )
    if kind.name == "topic" and not _TOPIC.match(given["topic"]):
        found["topic"] = "主题只能有字母、数字、点、下划线与连字符"
    if kind.name == "table":
        found |= _of_table(given)
    if given["as"] and given["as"] not in dict(tables()):
        found["as"] = "没有这张事实表;请从列表中选"
    elif not given["as"] and (kind.name == "topic" or not source.mapping):
        found["as"] = "请选择事实表:" + ("一条消息是它的一行" if kind.name == "topic" else "这个来源没有映射")
    others = [each for at, each in enumerate(entries(source, kind)) if at != place]
    if any((each[secret], each[what]) == (given[secret], given[what]) for each in others):
        found.setdefault(what, f"这个来源已登记了同一{kind.fields[what]}")
    return found


def _of_table(given: Mapping[str, str]) -> dict[str, str]:
    """Names that cannot be names, each at its field."""
    found = {}
    for name, probe in (
        ("table", {"database": "x", "table": given["table"], "mark": "x"}),
        ("mark", {"database": "x", "table": "x", "mark": given["mark"]}),
    ):
        try:
            Feed.of(probe)
        except FeedError as error:
            found[name] = str(error)
    if len(f"{given['database']}:{given['table']}") > _LONGEST_NAMED:
        found.setdefault("table", f"外部库与表的名称合起来不能超过 {_LONGEST_NAMED - 1} 个字符")
    return found


def put(
    source: Source, kind: Kind, given: Mapping[str, str], place: int | None, was: str, actor: str
) -> None:
    """Add an entry, or put it in the place of another. Raises `SourceError` by field, `ChangedError`."""
    if wrong := faults(source, kind, given, place):
        raise sources.SourceError(wrong)
    entry = {name: given[name] for name in kind.fields if given[name]}
    with transaction.atomic():
        held, listed = _held(source, kind, was)
        if place is None:
            listed.append(entry)
        elif place < len(listed):
            listed[place] = entry
        _keep(held, kind, listed, actor)


def remove(source: Source, kind: Kind, place: int, was: str, actor: str) -> None:
    """Fetch it no more; what was fetched stays. Raises `ChangedError`."""
    with transaction.atomic():
        held, listed = _held(source, kind, was)
        if place < len(listed):
            del listed[place]
            _keep(held, kind, listed, actor)


def _held(source: Source, kind: Kind, was: str) -> tuple[Source, list[Any]]:
    held = Source.objects.select_for_update().get(pk=source.pk)
    if seen(held) != was:
        raise ChangedError("这个来源的取数登记刚才有人改过,已显示最新情况;请看过再改")
    return held, [each for each in held.schedule.get(kind.listed, []) if isinstance(each, dict)]


def _keep(held: Source, kind: Kind, listed: list[Any], actor: str) -> None:
    schedule = {**held.schedule, kind.listed: listed}
    sources.change(held, {"name": held.name, "schedule": schedule}, actor=actor)


def feed_of(given: Mapping[str, str]) -> Feed:
    """An entry of a table as what is read. Raises `FeedError`."""
    return Feed.of(dict(given))


def stream_of(source: Source, given: Mapping[str, str]) -> Stream:
    """An entry of a topic as what is consumed. Raises ValueError in Chinese."""
    if not _SECRET.match(given["brokers"]) or not _TOPIC.match(given["topic"]):
        raise ValueError("主题的登记不合格;请修改后再试")
    return Stream.of(source, dict(given))
