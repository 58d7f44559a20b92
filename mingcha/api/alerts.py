"""Reading alerts, their changes, and the feed of what happens."""

import json
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from mingcha.accounts.policy import needs
from mingcha.alerts import listing
from mingcha.alerts.models import Alert, Change
from mingcha.api import told
from mingcha.api.auth import KeyAuth, scope_of
from mingcha.api.pages import Code, Id, Page, Paging, newest_first, number
from mingcha.api.writing import Day
from mingcha.notify.models import Message
from mingcha.notify.webhooks import event_of

router = Router(tags=["监察信号"], auth=KeyAuth())

Level = Literal["none", "note", "warning", "yellow", "red"]
State = Literal["proposed", "open", "cured", "withdrawn", "superseded"]


class AlertRead(Schema):
    """An alert 监察信号 as it is now. Moments are local; a moment that is a date alone names a day."""

    id: int
    rule: str = Field(description="规则编号")
    about: str = Field(description="对象所在的事实表")
    key: str = Field(description="对象的主键")
    subject: str = Field(description="其中的一行;空为对象自己")
    episode: int = Field(description="第几次")
    origin: str = Field(description="rule 规则、manual 人工录入")
    level: str = Field(description="none、note、warning 预警、yellow 黄牌、red 红牌")
    state: str = Field(
        description="proposed 待确认、open 未了结、cured 已改正、withdrawn 已撤回、superseded 已被代替"
    )
    abnormal: bool
    manual: bool
    lead: bool
    provisional: bool
    standing: bool
    case_no: str
    item_code: str
    agency_code: str
    region_code: str
    since: str | None
    warn_at: str | None
    yellow_at: str | None
    red_at: str | None
    due_at: str | None = Field(description="应办结")
    next_at: str | None = Field(description="下一时点")
    ended_at: str | None
    lawful_at: str | None = Field(description="现级别的法定时点")
    issued_at: str | None = Field(description="发出时间")
    raised_at: str | None = Field(description="首次记录(北京时间)")
    changed_at: str | None = Field(description="最近变动(北京时间)")
    version: int = Field(description="变动次数")
    article: str = Field(description="条款")
    reason: str = Field(description="理由")


class AlertWhole(AlertRead):
    """An alert with what it rests on."""

    rule_version: str
    calendar_version: str
    known_at: int | None = Field(description="据哪一批次")
    evidence: dict[str, Any] = Field(description="依据:事实、时限表;金额为分")


class ChangeRead(Schema):
    """One change of an alert 变动."""

    no: int
    kind: str
    level_before: str
    level: str
    state_before: str
    state: str
    lawful_at: str | None
    recorded_at: str | None
    actor: str
    why: str
    batch_no: int | None
    reason: str


class Asked(Paging):
    """What alerts are asked for; what is left out asks for nothing."""

    level: Annotated[list[Level], Field(max_length=5, description="级别,可重复")] = []
    state: Annotated[list[State], Field(max_length=5, description="状态,可重复")] = []
    rule: Annotated[list[Code], Field(max_length=50, description="规则编号,可重复")] = []
    region: Annotated[list[Code], Field(max_length=50, description="区划代码的开头,可重复")] = []
    agency: Annotated[list[Code], Field(max_length=50, description="部门代码,可重复")] = []
    item: Annotated[list[Code], Field(max_length=50, description="实施编码,可重复")] = []
    case_no: Code = Field("", description="办件编号")
    first: Day | None = Field(None, description="法定时点自哪一天")
    last: Day | None = Field(None, description="法定时点至哪一天")
    live: bool | None = Field(None, description="true 只要未了结的,false 只要了结的")


@router.get("/alerts", response=Page[AlertRead], summary="监察信号列表")
@needs("alerts.read")
def alerts(request: HttpRequest, asked: Query[Asked]) -> dict[str, Any]:
    """可见范围内的监察信号,新记录的在前。"""
    wanted = listing.Filter(
        levels=asked.level,
        states=asked.state,
        rules=asked.rule,
        regions=asked.region,
        agencies=asked.agency,
        items=asked.item,
        case_no=asked.case_no,
        first=asked.first,
        last=asked.last,
        live=asked.live,
    )
    rows = listing.narrowed(scope_of(request).limit(Alert.objects.defer("evidence")), wanted)
    found, following = newest_first(rows, asked)
    return {"items": [_alert(each) for each in found], "next": following}


@router.get("/alerts/{alert_id}", response=AlertWhole, summary="一条监察信号及其依据")
@needs("alerts.read")
def alert(request: HttpRequest, alert_id: Id) -> dict[str, Any]:
    """现状、理由与依据。"""
    found = scope_of(request).find(Alert.objects.all(), pk=alert_id)
    return _alert(found) | {
        "rule_version": found.rule_version,
        "calendar_version": found.calendar_version,
        "known_at": found.known_at,
        "evidence": json.loads(found.evidence or "{}"),
    }


@router.get("/alerts/{alert_id}/changes", response=list[ChangeRead], summary="一条监察信号的变动")
@needs("alerts.read")
def changes(request: HttpRequest, alert_id: Id) -> list[dict[str, Any]]:
    """自首次记录起的每一次变动,何人、何时、为何。"""
    found = scope_of(request).find(Alert.objects.all(), pk=alert_id)
    return [_change(each) for each in found.changes.order_by("no")]


class Event(Schema):
    """What happened, as CloudEvents 1.0: the same as webhooks are sent."""

    specversion: str
    id: str = Field(description="序号")
    source: str
    type: str = Field(description="如 mingcha.alert.raised")
    time: str
    datacontenttype: str
    subject: str = ""
    data: dict[str, Any]


class FeedAsked(Schema):
    """From where the feed is read on."""

    after: str = Field("", max_length=19, pattern=r"^[0-9]*$", description="读到哪一个序号;从头读则不写")
    limit: int = Field(100, ge=1, le=500, description="一次几条,至多 500")


class Feed(Schema):
    """Events in order, and from where to read on."""

    items: list[Event]
    next: str = Field(description="下次的 after;没有新事件时不变")


@router.get("/events", response=Feed, summary="变动:自某一序号以来发生的事")
@needs("alerts.read")
def events(request: HttpRequest, asked: Query[FeedAsked]) -> dict[str, Any]:
    """按发生后可见的次序编号,不缺不漏:记住 next,下次从那里接着读。与回调所发的是同一内容。"""
    seen = scope_of(request).limit(Message.objects.filter(no__gt=number(asked.after), account=None))
    found = list(seen.order_by("no")[: asked.limit])
    return {
        "items": [event_of(each) for each in found],
        "next": str(found[-1].no) if found else asked.after or "0",
    }


def _alert(row: Alert) -> dict[str, Any]:
    moments = (
        "since",
        "warn_at",
        "yellow_at",
        "red_at",
        "due_at",
        "next_at",
        "ended_at",
        "lawful_at",
        "issued_at",
    )
    plain = AlertRead.model_fields.keys() - {*moments, "raised_at", "changed_at"}
    return (
        {name: getattr(row, name) for name in plain}
        | {name: told.instant(getattr(row, name)) for name in moments}
        | {"raised_at": told.recorded(row.raised_at), "changed_at": told.recorded(row.changed_at)}
    )


def _change(row: Change) -> dict[str, Any]:
    plain = ChangeRead.model_fields.keys() - {"lawful_at", "recorded_at"}
    return {name: getattr(row, name) for name in plain} | {
        "lawful_at": told.instant(row.lawful_at),
        "recorded_at": told.recorded(row.recorded_at),
    }
