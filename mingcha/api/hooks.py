"""Webhooks by API: registered, listed, tried, switched off and on again."""

from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from ninja import Body, Router, Schema, Status
from pydantic import Field

from mingcha.accounts.policy import needs
from mingcha.api import told
from mingcha.api.auth import KeyAuth, by, caller_of
from mingcha.api.pages import Id
from mingcha.api.problem import Fault, Refused
from mingcha.notify import webhooks
from mingcha.notify.models import Webhook
from mingcha.notify.outside.guard import NotAdmittedError

router = Router(tags=["回调"], auth=KeyAuth())


class HookAsked(Schema):
    """A webhook to be registered. It is told what the key's account may see of alerts, narrowed by the filter."""

    name: Annotated[str, Field(min_length=1, max_length=120, description="用途")]
    url: Annotated[str, Field(max_length=500, description="https 地址")]
    signing: Literal["sha256", "sm3"] = "sha256"
    what: Annotated[str, Field(max_length=60, description="种类的开头,如 alert.;空为全部")] = ""
    least_level: Literal["", "note", "warning", "yellow", "red"] = ""
    rule: Annotated[str, Field(max_length=80)] = ""
    region_code: Annotated[str, Field(max_length=12)] = ""
    agency_code: Annotated[str, Field(max_length=18)] = ""


class HookRead(HookAsked):
    """A webhook as it stands."""

    id: int
    made_at: str | None
    delivered_at: str | None = Field(description="最近送达(北京时间)")
    failures: int = Field(description="连续失败")
    last_error: str
    disabled_at: str | None = Field(description="停用时间;null 为启用")
    disabled_why: str


class HookMade(HookRead):
    """A webhook just registered, with its signing key."""

    secret: str = Field(description="签名密钥,只显示这一次")


class Tested(Schema):
    """The test event that was put out."""

    event: str = Field(description="事件的编号,见请求头 Mingcha-Id")


@router.get("/webhooks", response=list[HookRead], summary="本账号的回调")
@needs("api.keys")
def hooks(request: HttpRequest) -> list[dict[str, Any]]:
    """每个回调的现状与上次的错误。"""
    return [_hook(each) for each in _own(request).order_by("pk")]


@router.post("/webhooks", response={201: HookMade}, summary="登记回调")
@needs("api.keys")
def register(request: HttpRequest, asked: Body[HookAsked]) -> Status[dict[str, Any]]:
    """签名密钥只在这里给出一次。事件为 CloudEvents 1.0;校验办法见 docs/web-service.md。"""
    _check_whole(request)
    told_filters = asked.model_dump(exclude={"name", "url"})
    try:
        hook, secret = webhooks.register(
            caller_of(request).account, asked.name, asked.url, by(request), **told_filters
        )
    except NotAdmittedError as error:
        fault = Fault(where="body.url", what=str(error))
        raise Refused(422, str(error), "请改用对方的公网 https 地址", faults=[fault]) from None
    return Status(201, _hook(hook) | {"secret": secret})


@router.post("/webhooks/{hook_id}/test", response={202: Tested}, summary="发一个测试事件")
@needs("api.keys")
def try_out(request: HttpRequest, hook_id: Id) -> Status[dict[str, Any]]:
    """经同一条路发出,签名相同;结果看 last_error 与 delivered_at。"""
    return Status(202, {"event": webhooks.test(_one(request, hook_id), by(request))})


@router.post("/webhooks/{hook_id}/enable", response=HookRead, summary="重新启用回调")
@needs("api.keys")
def enable(request: HttpRequest, hook_id: Id) -> dict[str, Any]:
    """停用期间的事件从 /events 按序号补读。"""
    _check_whole(request)
    hook = _one(request, hook_id)
    webhooks.enable(hook, by(request))
    hook.refresh_from_db()
    return _hook(hook)


@router.delete("/webhooks/{hook_id}", response={204: None}, summary="停用回调")
@needs("api.keys")
def disable(request: HttpRequest, hook_id: Id) -> Status[None]:
    """停用后不再发出;可重新启用。"""
    webhooks.disable(_one(request, hook_id), by(request), "本人停用")
    return Status(204, None)


def _check_whole(request: HttpRequest) -> None:
    """Raise `Refused` (403) for a key that sees less than its account: a webhook is told what the account may see, and
    outlives the key."""
    caller = caller_of(request)
    if caller.key.region_code or caller.key.agency_code or not caller.may("alerts.read"):
        raise Refused(
            403,
            "密钥的范围或权限小于账号:回调会推送账号看得到的全部监察信号",
            "请用不限区划和部门、并有“看监察信号”权限的密钥登记或启用回调",
        )


def _own(request: HttpRequest) -> QuerySet[Webhook]:
    return Webhook.objects.filter(account=caller_of(request).account)


def _one(request: HttpRequest, hook_id: int) -> Webhook:
    found = _own(request).filter(pk=hook_id).first()
    if found is None:
        raise Http404
    return found


def _hook(row: Webhook) -> dict[str, Any]:
    plain = HookRead.model_fields.keys() - {"made_at", "delivered_at", "disabled_at"}
    return {name: getattr(row, name) for name in plain} | {
        "made_at": told.recorded(row.made_at),
        "delivered_at": told.recorded(row.delivered_at),
        "disabled_at": told.recorded(row.disabled_at),
    }
