"""The law for machines: rules, calendar days, and the clock as a service."""

from datetime import date, timedelta
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest
from ninja import Body, Query, Router, Schema
from pydantic import Field

from mingcha.accounts.policy import needs
from mingcha.alerts.law import law_in_force
from mingcha.api import told
from mingcha.api.auth import KeyAuth
from mingcha.api.pages import Code
from mingcha.api.problem import Refused
from mingcha.api.writing import Day, local_moment, moment
from mingcha.base import clock as base_clock
from mingcha.certificates.document import sheet_told
from mingcha.law.calendar import DayInfo
from mingcha.law.clock import ClockSettings
from mingcha.law.instants import day_number
from mingcha.law.sheet import Pause, clock
from mingcha.law.sheet_view import sentence
from mingcha.report.sheets import Titled
from mingcha.rules.model import Rule

router = Router(tags=["规则与日历"], auth=KeyAuth())
_MOST_DAYS: Final = 731


class RuleRead(Schema):
    """A rule: one clause made decidable."""

    id: str
    pack: str
    title: str
    law: str
    article: str
    text: str = Field(description="条文")
    form: str = Field(description="clock、compare、find、indicator、manual、guard、list")
    over: str = Field(description="所判的事实表")
    levels: list[str]
    flags: list[str]
    start_date: date | None
    end_date: date | None
    version: str


class RulesAsked(Schema):
    """Which rules."""

    pack: Code = Field("", description="规则包;不写为全部")


@router.get("/rules", response=list[RuleRead], summary="现行规则")
@needs("rules.read")
def rules(request: HttpRequest, asked: Query[RulesAsked]) -> list[dict[str, Any]]:
    """施行中的全部规则,或一个规则包的规则。"""
    book, _ = law_in_force()
    return [_rule(each) for each in book.rules if asked.pack in ("", each.pack)]


@router.get("/rules/{rule_id}", response=RuleRead, summary="一条规则")
@needs("rules.read")
def rule(request: HttpRequest, rule_id: Code) -> dict[str, Any]:
    """一条规则及其条文。"""
    book, _ = law_in_force()
    found = next((each for each in book.rules if each.id == rule_id), None)
    if found is None:
        raise Refused(404, f"没有规则 {rule_id[:80]}", "现行规则见 /rules")
    return _rule(found)


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "pack": rule.pack,
        "title": rule.title,
        "law": rule.law,
        "article": rule.article,
        "text": rule.text,
        "form": rule.form,
        "over": rule.over,
        "levels": [level.name for level in rule.levels],
        "flags": sorted(rule.flags),
        "start_date": rule.start_date,
        "end_date": rule.end_date,
        "version": rule.version,
    }


class DayRead(Schema):
    """One day of a calendar."""

    day: date
    kind: str = Field(description="working 工作日、weekend 周末、off 放假、makeup 调休上班、unknown 没有日历")
    works: bool | None = Field(description="是否工作日;null 为没有日历")
    name: str = Field(description="节日")
    notice: str = Field(description="所依据的通知的文号")
    provisional: bool = Field(description="暂定:下一年的通知还没有发布")


class Days(Schema):
    """Days of one layer of the calendar."""

    calendar_version: str
    layer: str
    days: list[DayRead]


class DaysAsked(Schema):
    """Which days, of whose calendar."""

    first: Day = Field(description="自哪一天")
    last: Day = Field(description="至哪一天,至多 731 天")
    region: Code = Field("", description="行政区划代码,取其地方日历")
    hall: Code = Field("", description="大厅代码,取其自己的日历")


@router.get("/calendar/days", response=Days, summary="日历:哪天是工作日")
@needs("calendar.read")
def days(request: HttpRequest, asked: Query[DaysAsked]) -> dict[str, Any]:
    """逐日的性质与依据的通知。"""
    first, last = asked.first, asked.last
    if not first <= last or (last - first).days >= _MOST_DAYS:
        raise Refused(422, f"自 {first} 至 {last} 不成一段,或超过 {_MOST_DAYS} 天", "请改 first 与 last")
    _, calendar = law_in_force()
    layer = calendar.layer_for(asked.hall, asked.region)
    count = (last - first).days + 1
    listed = [_day(calendar.day(layer, day_number(first + timedelta(days=n)))) for n in range(count)]
    return {"calendar_version": calendar.version, "layer": calendar.layers[layer].code, "days": listed}


def _day(info: DayInfo) -> dict[str, Any]:
    return {
        "day": info.day,
        "kind": info.kind.name.lower(),
        "works": None if info.kind == 0 else info.kind.works,
        "name": info.name,
        "notice": info.notice,
        "provisional": info.provisional,
    }


class PauseAsked(Schema):
    """A pause 停钟."""

    start: Annotated[str, Field(max_length=30)]
    end: Annotated[str, Field(max_length=30, description="空为尚未结束")] = ""
    name: Annotated[str, Field(max_length=60)] = "暂停"


class ClockAsked(Schema):
    """What a clock is asked. Moments: `2026-10-14`, or local `2026-10-14T09:30:00`."""

    start: Annotated[str, Field(max_length=30, description="起算,如受理时间")]
    limit: Annotated[int, Field(ge=0, le=10_000, description="时限")]
    unit: Literal[
        "working_day", "natural_day", "month", "working_hour", "hour", "minute", "working_minute"
    ] = "working_day"
    stop: Annotated[str, Field(max_length=30, description="办结等结束时间;空为还在计时")] = ""
    as_of: Annotated[str, Field(max_length=30, description="看到哪一刻;空为现在")] = ""
    pauses: Annotated[list[PauseAsked], Field(max_length=50)] = []
    region: Code = Field("", description="行政区划代码,取其地方日历")
    hall: Code = Field("", description="大厅代码,取其自己的日历")
    left: Annotated[int, Field(ge=0, le=1000, description="所剩不超过几个工作日时预警")] = 2
    due_day_off: Literal["moves", "stays"] = Field("moves", description="末日放假:moves 顺延,stays 不顺延")
    overrun: Literal["date", "working_days"] = Field("date", description="超期自次日,还是自下一个工作日起")


class ClockTold(Schema):
    """What a clock answers, day by day."""

    calendar_version: str
    sentence: str = Field(description="自…起,时限…,已用…,暂停…,应于…前办结")
    warn_at: str | None = Field(description="预警;null 为不知或没有")
    due_at: str | None = Field(description="应办结;只到日的为当日")
    overrun_at: str | None = Field(description="超期")
    elapsed: int | None = Field(description="已用:天,或分钟")
    paused: int | None = Field(description="暂停:天,或分钟")
    provisional: bool = Field(description="应办结日落在暂定的日子上")
    cause: str = Field(description="不可判定的原因;空为可以判定")
    days: list[dict[str, Any]] = Field(description="时限表,逐日:性质、是否计入、已用多少、暂停、事件")


@router.post("/clock", response=ClockTold, summary="算一个时限")
@needs("calendar.read")
def clock_sheet(request: HttpRequest, asked: Body[ClockAsked]) -> dict[str, Any]:
    """按现行日历算一个时限:何时预警、应办结、超期,逐日算第几日、为什么不算。"""
    _, calendar = law_in_force()
    try:
        sheet = clock(
            moment(asked.start, "body.start"),
            asked.limit,
            asked.unit,
            as_of=local_moment(asked.as_of, "body.as_of") if asked.as_of else base_clock.local_now(),
            calendar=calendar,
            stop=moment(asked.stop, "body.stop") if asked.stop else None,
            pauses=[_pause(each, place) for place, each in enumerate(asked.pauses)],
            layer=calendar.layer_for(asked.hall, asked.region),
            settings=ClockSettings(left=(asked.left,), due_day_off=asked.due_day_off, overrun=asked.overrun),
        )
    except ValueError as error:
        raise Refused(422, str(error), "请改正后重发") from None
    return {
        "calendar_version": calendar.version,
        "sentence": sentence(sheet),
        "warn_at": told.instant(sheet.warnings[asked.left]),
        "due_at": told.instant(sheet.due),
        "overrun_at": told.instant(sheet.overrun),
        "elapsed": sheet.elapsed,
        "paused": sheet.paused,
        "provisional": sheet.provisional,
        "cause": sheet.cause.label,
        "days": sheet_told(Titled("时限", sheet))["days"],
    }


def _pause(asked: PauseAsked, place: int) -> Pause:
    where = f"body.pauses[{place}]"
    end = moment(asked.end, f"{where}.end") if asked.end else None
    return Pause(moment(asked.start, f"{where}.start"), end, asked.name)
