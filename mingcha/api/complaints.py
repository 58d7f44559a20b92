"""Complaints by machine: a hotline (12345) hands over what it took, and asks what became of it."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Body, Router, Schema, Status
from pydantic import Field

from mingcha.accounts.acts import RefusedError
from mingcha.accounts.policy import needs
from mingcha.api.auth import KeyAuth, by
from mingcha.api.problem import Refused
from mingcha.api.writing import LocalTime, local_moment
from mingcha.base import clock
from mingcha.complaints.kind import COMPLAINT
from mingcha.complaints.models import Complaint
from mingcha.complaints.registering import LONGEST, Report, register

router = Router(tags=["投诉线索"], auth=KeyAuth())

OutsideNo = Annotated[str, Field(max_length=60, pattern=r"^[0-9A-Za-z_.\-]{1,60}$")]
Topic = Literal[
    "late", "refused", "materials", "fees", "visits", "attitude", "gifts", "guide", "other"
]  # complaints.topics.TOPICS


class ComplaintSent(Schema):
    """A complaint that was taken elsewhere."""

    outside_no: OutsideNo = Field(description="发送方的编号,如 12345 工单号;同一来源同一编号只登记一次")
    source: Literal["phone", "web", "sms", "mail", "media", "superior", "inspection", "hotline"] = "hotline"
    topic: Topic = Field("other", description="反映事由")
    text: str = Field(
        min_length=5, max_length=LONGEST, description="内容;其中的证件号和手机号掩码保存,原文密封"
    )
    case_no: str = Field("", max_length=64, description="办件编号;没有的不写")
    agency_code: str = Field("", max_length=18, description="部门;不写则取办件的部门")
    name: str = Field("", max_length=60, description="反映人姓名,密封保存;匿名的不写")
    phone: str = Field("", max_length=30, description="反映人电话,密封保存")
    received_at: str = Field("", max_length=25, description="收到时间(北京时间);空为现在")


class ComplaintRegistered(Schema):
    """It is registered."""

    no: str = Field(description="投诉编号")
    receipt: str = Field(description="查询号:反映人凭它在公众服务页查结果;只在这里给出一次")


class ComplaintTold(Schema):
    """What became of a complaint."""

    no: str = Field(description="投诉编号")
    outside_no: str
    state: str = Field(description="状态代码")
    state_label: str = Field(description="状态")
    reply: str = Field(description="答复;还没有答复的为空")
    changed_at: LocalTime = Field(description="最近变动(北京时间)")


@router.post("/complaints", response={201: ComplaintRegistered}, summary="转来一件投诉")
@needs("complaints.register")
def send(request: HttpRequest, sent: Body[ComplaintSent]) -> Status[ComplaintRegistered]:
    """登记后由监察机构核查。同一来源的同一编号再来,答 409。"""
    if Complaint.objects.filter(source=sent.source, outside_no=sent.outside_no).exists():
        raise Refused(409, f"{sent.outside_no} 已经登记过", "请用查询接口看它的状态,不要重复登记")
    given = sent.model_dump(exclude={"received_at"})
    received = local_moment(sent.received_at, "received_at") if sent.received_at else None
    try:
        made = register(Report(**given, received_at=received, strict=True), by(request))
    except RefusedError as error:
        raise Refused(422, str(error), "请改正后重发") from error
    return Status(201, ComplaintRegistered(no=made.complaint.matter.no, receipt=made.receipt))


@router.get("/complaints/{outside_no}", response=ComplaintTold, summary="一件转来的投诉的状态")
@needs("complaints.register")
def told(request: HttpRequest, outside_no: OutsideNo) -> ComplaintTold:
    """只看得到本账号转来的。"""
    own = Complaint.objects.select_related("matter").filter(filed_by=by(request).actor, outside_no=outside_no)
    found = own.order_by("-pk").first()
    if found is None:
        raise Refused(404, f"没有您转来的编号为 {outside_no} 的投诉", "请核对编号与密钥")
    return ComplaintTold(
        no=found.matter.no,
        outside_no=found.outside_no,
        state=found.matter.state,
        state_label=COMPLAINT.state(found.matter.state).label,
        reply=found.reply,
        changed_at=clock.local(found.matter.changed_at),
    )
