"""Ratings by machine: a case's system asks for one, a hotline or an SMS platform sends what it collected."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.urls import reverse
from ninja import Body, Router, Schema, Status
from pydantic import Field

from mingcha.accounts.policy import needs
from mingcha.api.auth import KeyAuth, by, scope_of
from mingcha.api.problem import Fault, Refused
from mingcha.api.writing import LocalTime, local_moment
from mingcha.base import clock
from mingcha.base.config import config
from mingcha.evaluations import following, offers, recorded
from mingcha.evaluations.answers import read
from mingcha.evaluations.figures import ratings as ratings_in
from mingcha.evaluations.refused import NotTakenError
from mingcha.intake.fact_models import FACTS

router = Router(tags=["好差评"], auth=KeyAuth())

Number = Annotated[str, Field(max_length=60, pattern=r"^[0-9A-Za-z_.\-]{1,60}$")]
CaseNo = Annotated[str, Field(max_length=120)]


class OfferAsked(Schema):
    """A rating to be asked for."""

    case_no: CaseNo = Field(min_length=1, description="办件编号")
    way: Literal["page", "qr", "kiosk", "sms"] = Field(
        "page", description="page 办结后页面、qr 二维码、kiosk 窗口评价器、sms 短信"
    )
    service_seq: int | None = Field(None, ge=1, le=999, description="第几次到厅服务;空为办结后评价整件")
    window_code: str = Field("", max_length=60, description="窗口代码;评价器按它取")


class OfferRead(Schema):
    """The offer: what to show, until when."""

    no: str = Field(description="请评编号;评价另有编号,请评的一方不知道")
    url: str = Field(description="评价页的地址,做成二维码或写进短信;只能评一次")
    expires_at: LocalTime = Field(description="有效至(北京时间)")
    new: bool = Field(description="是否第一次请评")


class RatingSent(Schema):
    """A rating that was collected elsewhere."""

    no: Number = Field(description="发送方自己的编号;同一编号重发,不会重复计")
    kind: Literal["case", "comprehensive", "supervision"]
    channel: Literal["phone", "sms", "mailbox", "hotline", "campaign", "third_party"]
    case_no: CaseNo = Field("", description="办件评价必填")
    agency_code: str = Field("", max_length=18, description="没有办件编号的必填")
    level: int | None = Field(None, ge=1, le=5, description="满意度:5 非常满意 至 1 非常不满意")
    satisfied: bool | None = Field(None, description="只有两档的写这里")
    tags: list[Annotated[str, Field(max_length=3)]] = Field([], max_length=12, description="国家指标代码")
    comment: str = Field("", max_length=500)
    name: str = Field("", max_length=40, description="实名的写姓名和电话,加密保存")
    phone: str = Field("", max_length=20)
    submitted_at: str = Field("", max_length=25, description="评价时间(北京时间);空为现在")


class RatingTaken(Schema):
    """It is kept."""

    no: str = Field(description="评价编号")
    again: bool = Field(description="这个编号先前收过,内容以先前的为准")


class StepTold(Schema):
    """One step of how a bad review is handled."""

    at: str
    what: str


class RatingTold(Schema):
    """What became of a rating."""

    no: str
    level: int | None
    bad: bool = Field(description="是否差评")
    finding: str = Field(description="核实结果")
    steps: list[StepTold]


@router.post("/ratings/offers", response={201: OfferRead}, summary="请评:给办件或到厅服务开一次评价")
@needs("evaluations.record")
def ask(request: HttpRequest, asked: Body[OfferAsked]) -> Status[OfferRead]:
    """一事一评、一次一评:同一件再请,得同一个地址。请评即记入办件的请评时间(请评率)。"""
    _case(request, asked.case_no)
    try:
        offered = offers.offer(**asked.model_dump(), by=by(request).actor)
    except NotTakenError as refused:
        raise _refused(refused) from refused
    path = reverse("rate", args=[offered.token])
    site = config().site_url.rstrip("/")
    return Status(
        201,
        OfferRead(
            no=offered.offer.no,
            url=site + path if site else request.build_absolute_uri(path),
            expires_at=offered.offer.expires_at,
            new=offered.new,
        ),
    )


@router.post("/ratings", response={201: RatingTaken}, summary="报来一条评价")
@needs("evaluations.record")
def send(request: HttpRequest, sent: Body[RatingSent]) -> Status[RatingTaken]:
    """电话、短信、热线、意见箱、专项活动、第三方采集的评价。答 201 时已落盘。"""
    given = sent.model_dump(include={"comment", "name", "phone"})
    given |= {"level": "" if sent.level is None else str(sent.level)}
    given |= {"satisfied": {None: "", True: "true", False: "false"}[sent.satisfied]}
    agency = _agency(request, sent)
    at = local_moment(sent.submitted_at, "body.sent.submitted_at") if sent.submitted_at else None
    if at is not None and at > clock.local_now():
        raise _fault("submitted_at", "评价时间在将来")
    sender = by(request).actor
    try:
        subject = recorded.of_sender(sender, sent.no, sent.kind, agency, sent.case_no)
        taken = recorded.take(subject, read(given, sent.tags), channel=sent.channel, by=sender, at=at)
    except NotTakenError as refused:
        raise _refused(refused) from refused
    return Status(201, RatingTaken(no=taken.no, again=taken.again))


@router.get("/ratings/{no}", response=RatingTold, summary="一条评价的处理情况")
@needs("evaluations.read")
def told(request: HttpRequest, no: str) -> RatingTold:
    """差评的签收、回访、核定、办结、整改、公开。不含评价人。"""
    found = following.told(no) if ratings_in(scope_of(request)).filter(evaluation_no=no).exists() else None
    if found is None:
        raise Refused(404, f"没有编号为 {no[:60]} 的评价,或不在可见范围内", "请核对编号;刚收下的请过几秒再查")
    steps = [StepTold(at=at.isoformat(), what=what) for at, what in found.steps]
    return RatingTold(no=found.no, level=found.level, bad=found.bad, finding=found.finding, steps=steps)


def _agency(request: HttpRequest, sent: RatingSent) -> str:
    """The agency that is rated, in the caller's scope."""
    if sent.case_no:
        return str(_case(request, sent.case_no).agency_code or "")
    if sent.kind == "case":
        raise _fault("case_no", "办件评价必须写办件编号")
    agencies = FACTS["agencies"]._default_manager.filter(seen_to=None, code=sent.agency_code)
    if not scope_of(request).limit(agencies, agency="code").exists():
        raise _fault("agency_code", "没有这个部门,或不在这个密钥的范围内")
    return sent.agency_code


def _case(request: HttpRequest, case_no: str) -> Any:
    rows = FACTS["cases"]._default_manager.filter(seen_to=None, case_no=case_no).exclude(withdrawn=True)
    found = scope_of(request).limit(rows).first() if "\0" not in case_no else None
    if found is None:
        raise Refused(404, f"没有编号为 {case_no[:40]} 的办件,或不在可见范围内", "请核对办件编号与密钥的范围")
    return found


def _refused(error: NotTakenError) -> Refused:
    faults = [Fault(where=f"body.sent.{name}", what=what) for name, what in error.faults.items()]
    return Refused(error.status, str(error), "请改正后重发;重复的不必再发", faults=faults)


def _fault(field: str, what: str) -> Refused:
    where = f"body.sent.{field}"
    return Refused(422, f"{where} {what}", "请改正后重发", faults=[Fault(where=where, what=what)])
