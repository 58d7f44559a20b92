"""Manual cards 人工录入: 郑州规则第十六条 投诉查实、媒体曝光查证、上级批示督办的事项,以及明察暗访发现的问题.

What is entered is an alert like any other: issued, counted, told, in the chain; with its origin, and with files that
prove it. Its level is what the supervisor finds fitting (情节).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Max

from mingcha.accounts.places import places
from mingcha.alerts import evidence
from mingcha.alerts.changing import Move, change
from mingcha.alerts.law import law_in_force
from mingcha.alerts.models import Alert, Change
from mingcha.alerts.units import abouts_of
from mingcha.base import clock
from mingcha.engine.holds import in_force
from mingcha.intake.fact_models import FACTS
from mingcha.rules.model import Pack, Rule

SOURCES: Final = {
    "complaint": "投诉查实",
    "media": "媒体曝光查证",
    "order": "上级批示督办",
    "visit": "明察暗访",
}
"""Where a card may come from."""
PROCEDURES: Final = frozenset({"henan-9.10", "zhengzhou-7.4"})
"""Rules of the form `manual` that are a procedure, run by casework: no card is entered under them."""
UNITS: Final = {"case": "办件", "agency": "部门", "window": "窗口", "hall": "大厅", "officer": "工作人员"}
"""What a card may be about; each a row that was reported."""
LONGEST: Final = 2000
"""Characters of what was found."""
LEVELS: Final = (Alert.Level.NOTE, Alert.Level.WARNING, Alert.Level.YELLOW, Alert.Level.RED)


class CardError(ValueError):
    """A card that cannot be entered; the message says why and what to do, in Chinese."""


@dataclass(frozen=True)
class Card:
    """What a supervisor enters. `unit` and `key`: what it is about, e.g. ("case", its number), ("window", its code)."""

    rule: str
    source: str
    unit: str
    key: str
    level: str
    happened_at: datetime
    text: str
    agency_code: str = ""
    region_code: str = ""
    item_code: str = ""
    abnormal: bool = False


@dataclass(frozen=True)
class File:
    """A file that proves it."""

    name: str
    chunks: Iterable[bytes]
    note: str = ""


@dataclass(frozen=True)
class Placed:
    """What a card is about, as it was reported: its name and where it belongs."""

    name: str
    agency_code: str
    region_code: str
    item_code: str = ""


def rules_for(region_code: str, on: datetime) -> list[Rule]:
    """The rules under which a card about something there and then may be entered."""
    book, _ = law_in_force()
    return [
        rule
        for pack in in_force(book)
        if pack.id in book.adopted or _holds(pack, region_code, on)
        for rule in pack.rules
        if rule.form == "manual" and rule.id not in PROCEDURES
    ]


def _holds(pack: Pack, region_code: str, on: datetime) -> bool:
    day, begun = on.date(), pack.start_date <= on.date()
    return begun and not (pack.end_date and day >= pack.end_date) and region_code.startswith(pack.regions)


def placed(unit: str, key: str) -> Placed | None:
    """The thing of that number as known now; None where nothing of the kind was reported."""
    if unit not in UNITS or not key or "\0" in key:
        return None
    table = abouts_of(unit)[0]
    rows = FACTS[table]._default_manager.filter(seen_to=None).exclude(withdrawn=True)
    row: Any = rows.filter(**{"case_no" if unit == "case" else "code": key}).first()
    if row is None:
        return None
    agency = key if unit == "agency" else getattr(row, "agency_code", None) or ""
    region = getattr(row, "region_code", None) or _region(agency, getattr(row, "hall_code", None))
    name = key if unit == "case" else row.name or key
    return Placed(name, agency, region, getattr(row, "item_code", None) or "")


def _region(agency: str, hall: str | None) -> str:
    """The region of what names none: its agency's, else its hall's."""
    known = places().agencies.get(agency)
    if known is not None:
        return known.region
    found = (
        FACTS["halls"]._default_manager.filter(seen_to=None, code=hall).values_list("region_code", flat=True)
    )
    return next((code for code in found if code), "")


def next_episode(card: Card) -> int:
    """The how-manieth card of this rule about this thing it will be."""
    about = abouts_of(card.unit)[0]
    known = Alert.objects.filter(rule=card.rule, about=about, key=card.key, subject="")
    return (known.aggregate(last=Max("episode"))["last"] or 0) + 1


def enter(card: Card, files: Iterable[File], actor: str, episode: int | None = None) -> Alert:
    """Issue a card with its files, at least one. `episode`: which it was to be when the person saw it; sent twice, it
    is issued once. Raises `CardError`, `EvidenceError`, `ConflictError`."""
    given = list(files)
    rule = checked(card)
    if not given:
        raise CardError("请至少附一份证据文件")
    now = clock.local_now()
    with transaction.atomic():
        alert = _alert(card, rule, episode or next_episode(card))
        facts = {
            "since": card.happened_at, "moment": card.happened_at, "abnormal": card.abnormal,
            "reason": f"{SOURCES[card.source]}:{card.text.strip()}",
        }  # fmt: skip
        why = f"人工录入({SOURCES[card.source]})"
        change([Move(alert, Change.Kind.RAISED, card.level, card.happened_at, why, now, facts)], actor)
        for file in given:
            evidence.attach(alert, file.name, file.chunks, actor, file.note)
    return alert


def _alert(card: Card, rule: Rule, episode: int) -> Alert:
    return Alert(
        rule=card.rule, about=abouts_of(card.unit)[0], key=card.key, subject="", episode=episode,
        origin=Alert.Origin.MANUAL, pack=rule.pack, rule_version=rule.version,
        case_no=card.key if card.unit == "case" else "", item_code=card.item_code, agency_code=card.agency_code,
        region_code=card.region_code, level=Alert.Level.NONE, article=rule.cites, version=0, standing=True,
    )  # fmt: skip


def checked(card: Card) -> Rule:
    """The rule of a card that may be entered but for its files. Raises `CardError`."""
    book, _ = law_in_force()
    enterable = [r for r in book.rules if r.form == "manual" and r.id not in PROCEDURES]
    rule = next((r for r in enterable if r.id == card.rule), None)
    if rule is None:
        raise CardError(f"规则 {card.rule} 不是人工录入的规则;可用:{'、'.join(r.id for r in enterable)}")
    if card.source not in SOURCES:
        raise CardError(f"来源应为:{'、'.join(SOURCES.values())}")
    if card.level not in LEVELS:
        raise CardError("等级应为提醒、预警、黄牌或红牌")
    if not card.key.strip() or len(card.text.strip()) < 5:
        raise CardError("请写明对象和查实的情况(不少于5个字)")
    if len(card.text) > LONGEST:
        raise CardError(f"查实的情况请不要超过 {LONGEST} 字;长的内容请附为文件")
    if card.happened_at > clock.local_now():
        raise CardError("发生时间不能晚于现在")
    return rule
