"""Where a case stands, in plain words for whoever handed it in 办到哪一步: who holds it, since when, what comes next.

Nothing is judged here: who holds it is told by `cases.story`, until when it must be done by the clock of the rule in
force. No person is named: offices hold cases.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from mingcha.facts.schema import TABLES
from mingcha.law.sheet_view import sentence
from mingcha.law.sheet_view import when as spoken_when
from mingcha.pages import lookups
from mingcha.pages.cases.clocks import life_of
from mingcha.pages.cases.holders import Holder
from mingcha.pages.cases.story import Story, story_of
from mingcha.pages.cases.table import said
from mingcha.pages.public.scrub import people_of, scrub
from mingcha.pages.templatetags.words import when
from mingcha.report.life import ClockTold

YOU: Final = "您(申请人)"
_SPECIAL: Final = "特别程序"


@dataclass(frozen=True)
class Step:
    """Something that has happened, with its moment."""

    at: str
    what: str


@dataclass(frozen=True)
class Standing:
    """What the page of a case says. Texts are plain; moments are written out."""

    case_no: str
    item: str
    agency: str
    state: str
    """One sentence."""
    holder: str
    since: str
    paused: str
    """Why its time does not run at present; "" where it runs or is over."""
    following: str
    until: str
    """Until when `until_what` must be done; "" where nothing is to be done any more or no limit is known."""
    until_what: str
    past: tuple[Step, ...]
    completed: bool
    clock: ClockTold | None
    sentence: str
    """The arithmetic of the clock; "" where there is none."""


def standing_of(case: Any, found: Mapping[str, list[Any]], now: datetime) -> Standing:
    """Of the present row of a case and its rows by table (`cases.rows.rows_of`)."""
    people = people_of(case)
    agency = lookups.trees().agency_name(case.agency_code or "") or "受理部门"
    done = _begun(case.completed_at, now) is not None
    story = None if done else story_of(found, now)
    clock = _clock(case, now)
    holder, label, since = _holding(story, agency)
    return Standing(
        case_no=case.case_no,
        item=lookups.item_names([case.item_code]).get(case.item_code, case.item_code),
        agency=agency,
        state=_state(case, holder, scrub(label, people), agency, now),
        holder="" if done else (YOU if holder is Holder.APPLICANT else agency),
        since="" if done else since,
        paused=_paused(holder, scrub(label, people)),
        following=_following(case, found, holder, now),
        until="" if done else _until(clock),
        until_what="办完" if _begun(case.accepted_at, now) else "决定是否受理",
        past=tuple(_past(case, found, people, now)),
        completed=done,
        clock=clock,
        sentence=_arithmetic(clock, people),
    )


def _clock(case: Any, now: datetime) -> ClockTold | None:
    """The clock of handling the case itself, by the rule in force; before acceptance that of deciding about it."""
    life = life_of(case.case_no, now)
    told = [each for each in life.clocks if each.rule.over == "cases" and each.rule.clock] if life else []
    handling = next((each for each in told if each.main and each.rule.clock.pauses), None)  # type: ignore[union-attr]
    if handling is not None or _begun(case.accepted_at, now) or _begun(case.completed_at, now):
        return handling
    asked = [each for each in told if each.titled.sheet.question.stop is None and each.titled.sheet.due]
    return min(asked, key=lambda each: str(each.titled.sheet.due), default=None)


def _holding(story: Story | None, agency: str) -> tuple[Holder, str, str]:
    """Who holds it, under what name, since when."""
    if story is None:
        return Holder.AGENCY, "", ""
    span, _ = story.spans[-1]
    return span.holder, span.label, when(span.start)


def _begun(value: int | None, now: datetime) -> datetime | date | None:
    """A moment that has come."""
    at = lookups.local(value)
    plain = lookups.plain(at)
    return at if plain is not None and plain <= now else None


def _state(case: Any, holder: Holder, label: str, agency: str, now: datetime) -> str:
    completed = _begun(case.completed_at, now)
    if completed is not None:
        outcome = said("outcome", case.outcome)
        return f"已经办完{f':{outcome}' if outcome else ''}"
    if holder is Holder.APPLICANT:
        return "等您补交材料"
    if holder is Holder.SPECIAL:
        return f"正在进行{label or _SPECIAL}"
    if case.opinion == "reject" and _begun(case.opinion_at, now):
        return "没有受理"
    if not _begun(case.accepted_at, now):
        return "已经收到,正在决定是否受理"
    if holder is Holder.HANDOVER:
        return "正在办理,等待下一个环节"
    return f"正在办理{f':{label}' if label else ''}"


def _paused(holder: Holder, label: str) -> str:
    if holder is Holder.APPLICANT:
        return "在等您补交材料。等您的这段时间不算在办理时间里。"
    if holder is Holder.SPECIAL:
        return f"{label or _SPECIAL}需要的时间,依法不算在办理时间里。"
    return ""


def _following(case: Any, found: Mapping[str, list[Any]], holder: Holder, now: datetime) -> str:
    if _begun(case.completed_at, now):
        given = found.get("deliveries", ())
        if any(_begun(row.handed_over_at, now) or _begun(row.delivered_at, now) for row in given):
            return "结果已经送达。请给这次服务打个分。"
        return "请按通知领取结果,并给这次服务打个分。"
    if holder is Holder.APPLICANT:
        return "请按补正通知书把材料交齐。交齐以后接着办,时间接着算。"
    if holder is Holder.SPECIAL:
        return "这个程序结束以后接着办,时间接着算。"
    if case.opinion == "reject" and _begun(case.opinion_at, now):
        return "原因写在不予受理通知书里。不同意的,可以申请行政复议或者提起行政诉讼,也可以在这里投诉。"
    if not _begun(case.accepted_at, now):
        return "部门决定受理、不受理,或者一次告诉您要补哪些材料。"
    return "部门办完以后作出决定,并通知您领取结果。"


def _until(clock: ClockTold | None) -> str:
    sheet = clock.titled.sheet if clock else None
    if sheet is None or sheet.due is None:
        return ""
    return spoken_when(sheet.due) + ("(含当天)" if not isinstance(sheet.due, datetime) else "")


def _arithmetic(clock: ClockTold | None, people: list[str]) -> str:
    """The sentence of the clock, to the minute."""
    if clock is None:
        return ""
    return scrub(re.sub(r"(\d\d:\d\d):\d\d", r"\1", sentence(clock.titled.sheet)) + "。", people)


def _past(case: Any, found: Mapping[str, list[Any]], people: list[str], now: datetime) -> list[Step]:
    """What has happened, the newest first."""
    told: list[tuple[datetime, Step]] = []

    def add(value: int | None, what: str) -> None:
        at = _begun(value, now)
        plain = lookups.plain(at)
        if at is not None and plain is not None:
            told.append((plain, Step(when(at), what)))

    add(case.received_at, "收到申请")
    add(case.accepted_at, "受理")
    for row in found.get("corrections", ()):
        add(row.notified_at, "通知补交材料")
        add(row.supplied_at, "材料补齐")
    for row in found.get("specials", ()):
        name = scrub(row.kind_name, people) or _special(row.kind)
        add(row.started_at, f"开始{name}")
        add(row.ended_at, f"{name}结束")
    for row in found.get("steps", ()):
        add(row.finished_at, f"完成环节:{scrub(row.name, people)}")
    add(case.completed_at, f"办完:{said('outcome', case.outcome) or '已作出决定'}")
    for row in found.get("deliveries", ()):
        add(row.delivered_at or row.handed_over_at, "结果送达")
    return [step for _, step in sorted(told, key=lambda pair: pair[0], reverse=True)]


def _special(kind: str) -> str:
    codes = TABLES["specials"].column("kind").codes
    return codes.values.get(kind, _SPECIAL) if codes else _SPECIAL
