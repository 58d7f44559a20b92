"""Manual cards 人工录入: 郑州规则第十六条 投诉查实、媒体曝光查证、上级批示督办的事项,以及明察暗访发现的问题.

What is entered is an alert like any other: issued, counted, told, in the chain; with its origin, and with files that
prove it. Its level is what the supervisor finds fitting (情节).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Max

from mingcha.alerts import evidence
from mingcha.alerts.changing import Move, change
from mingcha.alerts.law import law_in_force
from mingcha.alerts.models import Alert, Change
from mingcha.alerts.units import abouts_of
from mingcha.base import clock
from mingcha.rules.model import Rule

SOURCES: Final = {
    "complaint": "投诉查实",
    "media": "媒体曝光查证",
    "order": "上级批示督办",
    "visit": "明察暗访",
}
"""Where a card may come from."""
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


def enter(card: Card, files: Iterable[File], actor: str) -> Alert:
    """Issue a card with its files, at least one. Raises `CardError`, `EvidenceError`, `ConflictError`."""
    given = list(files)
    rule = _checked(card, given)
    now = clock.local_now()
    with transaction.atomic():
        alert = _alert(card, rule.cites, rule.pack, rule.version)
        facts = {
            "since": card.happened_at, "moment": card.happened_at, "abnormal": card.abnormal,
            "reason": f"{SOURCES[card.source]}:{card.text.strip()}",
        }  # fmt: skip
        why = f"人工录入({SOURCES[card.source]})"
        change([Move(alert, Change.Kind.RAISED, card.level, card.happened_at, why, now, facts)], actor)
        for file in given:
            evidence.attach(alert, file.name, file.chunks, actor, file.note)
    return alert


def _alert(card: Card, cites: str, pack: str, version: str) -> Alert:
    about = abouts_of(card.unit)[0]
    known = Alert.objects.filter(rule=card.rule, about=about, key=card.key, subject="")
    last = known.aggregate(last=Max("episode"))["last"] or 0
    return Alert(
        rule=card.rule, about=about, key=card.key, subject="", episode=last + 1, origin=Alert.Origin.MANUAL,
        pack=pack, rule_version=version, case_no=card.key if card.unit == "case" else "", item_code=card.item_code,
        agency_code=card.agency_code, region_code=card.region_code, level=Alert.Level.NONE, article=cites, version=0,
        standing=True,
    )  # fmt: skip


def _checked(card: Card, files: list[File]) -> Rule:
    book, _ = law_in_force()
    rule = next((r for r in book.rules if r.id == card.rule and r.form == "manual"), None)
    if rule is None:
        known = "、".join(r.id for r in book.rules if r.form == "manual")
        raise CardError(f"规则 {card.rule} 不是人工录入的规则;可用:{known}")
    if card.source not in SOURCES:
        raise CardError(f"来源应为:{'、'.join(SOURCES.values())}")
    if card.level not in LEVELS:
        raise CardError("等级应为提醒、预警、黄牌或红牌")
    if not card.key.strip() or len(card.text.strip()) < 5:
        raise CardError("请写明对象和查实的情况(不少于5个字)")
    if card.happened_at > clock.local_now():
        raise CardError("发生时间不能晚于现在")
    if not files:
        raise CardError("请至少附一份证据文件")
    return rule
