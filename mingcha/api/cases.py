"""Reading cases, their rows with provenance, and the verdict of a case, judged at this moment."""

import json
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from mingcha.accounts.policy import needs
from mingcha.alerts.judging import judgement_of
from mingcha.alerts.law import law_in_force
from mingcha.api import rows
from mingcha.api.auth import KeyAuth, caller_of, scope_of
from mingcha.api.pages import LARGEST_ID, Code, Page, Paging, newest_first
from mingcha.api.problem import Refused
from mingcha.api.rows import FactRow
from mingcha.api.writing import Day, key_value, local_moment
from mingcha.base import clock
from mingcha.evaluations.protecting import TOLD_TO, kept_back
from mingcha.facts.declare import Table
from mingcha.facts.schema import TABLES
from mingcha.intake.archive import finding
from mingcha.law.instants import instant
from mingcha.report.output import json_lines

router = Router(tags=["办件"], auth=KeyAuth())
_CASES: Final = TABLES["cases"]
_OF_A_CASE: Final = [t for t in TABLES.values() if "case_no" in t.by_name and t.name != "cases"]
_MOST: Final = 500
"""Rows of one child table that are told with a case."""


class Looking(Schema):
    """Whether personal data is looked at."""

    purpose: str = Field(
        "", max_length=300, description="查看个人信息的事由;写了才不掩码,须有权限,并记入审计"
    )


class Asked(Paging):
    """What cases are asked for; what is left out asks for nothing."""

    agency: Annotated[list[Code], Field(max_length=50, description="部门代码,可重复")] = []
    region: Annotated[list[Code], Field(max_length=50, description="区划代码,可重复")] = []
    item: Annotated[list[Code], Field(max_length=50, description="实施编码,可重复")] = []
    received_first: Day | None = Field(None, description="收件自哪一天")
    received_last: Day | None = Field(None, description="收件至哪一天")
    completed: bool | None = Field(None, description="true 只要办结的,false 只要在办的")


@router.get("/cases", response=Page[FactRow], summary="办件列表")
@needs("cases.read")
def cases(request: HttpRequest, asked: Query[Asked]) -> dict[str, Any]:
    """可见范围内的办件的现状,新入库的在前;个人信息掩码。"""
    found = scope_of(request).limit(rows.open_rows("cases"))
    for column, wanted in (
        ("agency_code", asked.agency), ("region_code", asked.region), ("item_code", asked.item)
    ):  # fmt: skip
        if wanted:
            found = found.filter(**{f"{column}__in": wanted})
    if asked.received_first:
        found = found.filter(received_at__gte=_midnight(asked.received_first))
    if asked.received_last:
        found = found.filter(received_at__lt=_midnight(asked.received_last + timedelta(days=1)))
    if asked.completed is not None:
        found = found.filter(completed_at__isnull=not asked.completed)
    held, following = newest_first(found, asked)
    return {"items": rows.with_provenance(_CASES, held), "next": following}


class CaseWhole(Schema):
    """A case with everything that was reported of it."""

    case: FactRow
    rows: dict[str, list[FactRow]] = Field(
        description="环节、补正、特别程序、材料、收费、证照、送达等,按表;评价只给对该部门有监察权的,投诉只给能看投诉的"
    )


@router.get("/cases/{case_no}", response=CaseWhole, summary="一件办件及其各表的行")
@needs("cases.read")
def case(request: HttpRequest, case_no: Code, asked: Query[Looking]) -> dict[str, Any]:
    """每一行带批次、行号与来源。"""
    found = _case(request, case_no)
    shown = bool(asked.purpose)
    if shown:
        rows.look(request, _CASES, found, asked.purpose)
    kept = kept_back(found.region_code, found.agency_code, caller_of(request).reach)
    children = {
        table.name: rows.with_provenance(table, children, in_the_open=shown)
        for table in _OF_A_CASE
        if table.name not in kept
        and (children := list(rows.open_rows(table.name).filter(case_no=case_no).order_by("pk")[:_MOST]))
    }
    return {"case": rows.with_provenance(_CASES, [found], in_the_open=shown)[0], "rows": children}


class VerdictsAsked(Schema):
    """As of when, and known from what, a case is judged."""

    as_of: str = Field("", max_length=30, description="判定时点;不写为现在")
    known_at: int | None = Field(None, ge=0, le=LARGEST_ID, description="据到哪一批次;不写为最新")
    pending: bool = Field(False, description="true:连同还没有到等级、将来有时点的")


class Verdicts(Schema):
    """What the law says of a case."""

    case_no: str
    as_of: str = Field(description="判定时点(北京时间)")
    known_at: int = Field(description="据到哪一批次")
    findings: list[dict[str, Any]] = Field(
        description="判定结果,字段同 mingcha check --format jsonl;金额为分"
    )
    not_judged: list[str] = Field(description="因没有所需的表而没有判定的规则")


@router.get("/cases/{case_no}/verdicts", response=Verdicts, summary="一件办件的判定")
@needs("cases.read")
def verdicts(request: HttpRequest, case_no: Code, asked: Query[VerdictsAsked]) -> dict[str, Any]:
    """此刻按现行规则与日历重新判定,不改变任何信号。"""
    _case(request, case_no)
    moment = local_moment(asked.as_of, "query.as_of") if asked.as_of else clock.local_now()
    judgement, _, batch_no = judgement_of({("case", case_no)}, moment, asked.known_at, law_in_force())
    found = [json.loads(line) for line in json_lines(judgement.findings)]
    return {
        "case_no": case_no,
        "as_of": moment.isoformat(),
        "known_at": batch_no,
        "findings": [each for each in found if asked.pending or each["level"] != "none"],
        "not_judged": sorted(judgement.not_judged),
    }


class RowAsked(Looking):
    """Which row of a fact table."""

    key: list[Code] = Field(min_length=1, max_length=8, description="主键的值,按主键列的次序,重复此参数")
    history: bool = Field(False, description="true:连同以前各版")


@router.get("/facts/{table}", response=list[FactRow], summary="事实表的一行,连同历史")
@needs("cases.read")
def fact(request: HttpRequest, table: Code, asked: Query[RowAsked]) -> list[dict[str, Any]]:
    """现在的一版;要历史则从新到旧的各版,各带批次与行号。"""
    declared = rows.table_named(table)
    if len(asked.key) != len(declared.keys):
        names = "、".join(declared.keys)
        raise Refused(422, f"{table} 的主键是 {names},给了 {len(asked.key)} 个值", "请按次序各写一个 key")
    wanted = {
        name: key_value(declared.column(name).kind, text, f"query.key[{place}]")
        for place, (name, text) in enumerate(zip(declared.keys, asked.key, strict=True))
    }
    versions = list(rows.versions(table, wanted, history=asked.history).order_by("-seen_from")[:_MOST])
    if not versions or not rows.holds(scope_of(request), declared, versions[0]):
        raise Refused(404, f"{table} 里没有这一行,或不在可见范围内", "请核对主键与密钥的范围")
    _protect(request, declared, versions[0])
    if asked.purpose:
        rows.look(request, declared, versions[0], asked.purpose)
    return rows.with_provenance(declared, versions, in_the_open=bool(asked.purpose))


def _protect(request: HttpRequest, table: Table, row: Any) -> None:
    """Who spoke is no fact for whoever does not oversee the agency. Raises `Refused` 403."""
    policy = TOLD_TO.get(table.name)
    if policy and not rows.holds(caller_of(request).reach(policy), table, row):
        raise Refused(
            403,
            f"{table.label}连同办件编号会透露是谁提出的,这个密钥的账号不能读",
            "评价的处理情况请用 /ratings/{评价编号}",
        )


def _midnight(day: date) -> int:
    return instant(datetime.combine(day, datetime.min.time()))


def _case(request: HttpRequest, case_no: str) -> Any:
    held = finding.archived(case_no)
    if held is not None and scope_of(request).holds(held.region_code, held.agency_code):
        raise Refused(410, finding.told(held), "要明细,请管理员移回;信号与变动仍可由接口查询")
    return scope_of(request).find(rows.open_rows("cases"), case_no=case_no)
