"""A card as it was filled in, read and looked up; what issuing it will do, said before it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.core import signing

from mingcha.accounts.scopes import Scope
from mingcha.alerts import manual
from mingcha.alerts.manual import Card, CardError, Placed
from mingcha.alerts.models import Alert
from mingcha.base import clock
from mingcha.base.texts import storable
from mingcha.pages import lookups
from mingcha.rules.model import Rule

FIELDS: Final = ("rule", "source", "unit", "key", "level", "happened_at", "text", "abnormal")
_SALT: Final = "mingcha.cards"
_KEPT: Final = 3600
"""Seconds for which what was seen may be issued."""
_LEVELS: Final = {
    "note": "发出提醒,请有关部门注意;不计入红黄牌。",
    "warning": "发出预警,计入预警统计。",
    "yellow": "发出黄牌,计入黄牌统计和考核。",
    "red": "发出红牌,计入红牌统计和考核。",
}
_RED: Final = {
    "zhengzhou-2021": "《郑州市政务服务电子监察工作规则(试行)》第十八条:针对郑州市政务服务电子监察系统发出的红牌,"
    "根据情节轻重,移交相关部门进行通报批评或依法依规进行追责。",
}
_RED_ELSE: Final = (
    "《河南省政务服务电子监察工作规则(试行)》第十一条:针对电子监察系统发出的红牌,根据情节轻重,"
    "对相关责任部门进行通报批评或追责。"
)


@dataclass
class Filled:
    """What was filled in: `given` as texts; faults by field, in Chinese; the card where there is none."""

    given: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)
    card: Card | None = None
    rule: Rule | None = None
    placed: Placed | None = None


def read(given: Mapping[str, str], scope: Scope) -> Filled:
    """The form, checked and looked up within the supervisor's scope."""
    filled = Filled({name: storable(given.get(name, "")).strip() for name in FIELDS})
    texts, faults = filled.given, filled.faults
    filled.placed = placed = manual.placed(texts["unit"], texts["key"])
    if texts["unit"] not in manual.UNITS:
        faults["unit"] = "请选择对象的种类"
    elif placed is None or not scope.holds(placed.region_code, placed.agency_code):
        faults["key"] = "没有这个编号,或不在您的管辖范围内;请核对编号,办件须先报送入库"
    happened = _moment(texts["happened_at"])
    if happened is None:
        faults["happened_at"] = "请写明发生的日期和时间"
    if not texts["rule"]:
        faults["rule"] = "请选择条款"
    elif (
        placed
        and happened
        and texts["rule"] not in {r.id for r in manual.rules_for(placed.region_code, happened)}
    ):
        faults["rule"] = "这一条款当时不适用于这个对象所在的区划;请另选条款"
    for name, known, said in (
        ("source", manual.SOURCES, "请选择来源"),
        ("level", manual.LEVELS, "请选择等级"),
    ):
        if texts[name] not in known:
            faults[name] = said
    if len(texts["text"]) < 5:
        faults["text"] = "请写明查实的情况(不少于5个字)"
    if not faults and placed and happened:
        _settle(filled, placed, happened)
    return filled


def _settle(filled: Filled, placed: Placed, happened: datetime) -> None:
    texts = filled.given
    card = Card(
        rule=texts["rule"], source=texts["source"], unit=texts["unit"], key=texts["key"], level=texts["level"],
        happened_at=happened, text=texts["text"], agency_code=placed.agency_code, region_code=placed.region_code,
        item_code=placed.item_code, abnormal=bool(texts["abnormal"]),
    )  # fmt: skip
    try:
        filled.rule = manual.checked(card)
        filled.card = card
    except CardError as error:
        name = "happened_at" if "时间" in str(error) else "text"
        filled.faults[name] = str(error)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(microsecond=0) if found.tzinfo is None and len(text) > 10 else None


def consequences(card: Card, rule: Rule) -> list[str]:
    """What issuing it does, the law with it."""
    trees = lookups.trees()
    agency, region = trees.agency_name(card.agency_code), trees.region_name(card.region_code)
    office = f"{agency}的联络员与窗口人员" if agency else "有关人员"
    said = [_LEVELS[card.level], f"随即通知{region}的监察员、{office}。"]
    if card.level == Alert.Level.RED:
        said.append(_RED.get(rule.pack, _RED_ELSE))
    if card.abnormal:
        said.append("纳入异常办件:当事人可自记录并能看到之日起 10 个工作日内申诉一次。")
    said.append("签发后不能删除;有误的可以撤回,撤回也留存。")
    return said


def seen(card: Card, given: Mapping[str, str], account: str) -> str:
    """What the person saw, signed: only that may be issued, and once."""
    told = {"given": dict(given), "by": account, "episode": manual.next_episode(card)}
    return signing.dumps(told, salt=_SALT, compress=True)


def episode_seen(token: str, given: Mapping[str, str], account: str) -> int:
    """The how-manieth card it was to be. Raises `CardError` where something else was seen, or too long ago."""
    try:
        told = signing.loads(token, salt=_SALT, max_age=_KEPT)
    except signing.BadSignature:
        told = {}
    if told.get("by") != account or told.get("given") != dict(given):
        raise CardError("内容在预览之后有改动,或预览已过一小时;请看过新的预览再签发")
    return int(told["episode"])


def first(given: Mapping[str, str]) -> dict[str, str]:
    """What an empty form begins with; an address may name the object."""
    known = {name: storable(given.get(name, ""))[:200] for name in ("unit", "key")}
    return {
        "unit": known["unit"] or "case",
        "key": known["key"],
        "happened_at": f"{clock.local_now():%Y-%m-%dT%H:%M}",
    }
