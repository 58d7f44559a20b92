"""Reading batches: what came, from whom, and what became of it."""

from typing import Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from mingcha.accounts.policy import needs
from mingcha.api import told
from mingcha.api.auth import KeyAuth, scope_of
from mingcha.api.pages import Code, Page, Paging, newest_first
from mingcha.intake.models import Batch

router = Router(tags=["批次"], auth=KeyAuth())


class BatchRead(Schema):
    """A batch 批次."""

    receipt: str = Field(description="回执号")
    no: int | None = Field(description="批号;还没有入库为 null")
    source: str = Field(description="来源编号")
    way: str
    table: str
    form: str
    name: str
    digest: str
    size: int
    state: str = Field(
        description="received 已接收、waiting 待审核、applying 入库中、applied 已入库、refused 已拒绝、set_aside 已搁置"
    )
    received_at: str | None = Field(description="接收时间(北京时间)")
    applied_at: str | None = Field(description="入库时间(北京时间)")
    why: str = Field(description="拒绝的原因与办法")
    counts: dict[str, Any] = Field(description="每张表的行数")
    faults: list[Any] = Field(description="问题,按种类")


class Asked(Paging):
    """Which batches."""

    source: Code = Field("", description="来源编号")
    state: Literal["", "received", "waiting", "applying", "applied", "refused", "set_aside"] = Field(
        "", description="状态"
    )


@router.get("/batches", response=Page[BatchRead], summary="批次列表")
@needs("intake.read")
def batches(request: HttpRequest, asked: Query[Asked]) -> dict[str, Any]:
    """可见来源的批次,新到的在前。"""
    found = _seen(request)
    if asked.source:
        found = found.filter(source__code=asked.source)
    if asked.state:
        found = found.filter(state=asked.state)
    held, following = newest_first(found, asked)
    return {"items": [_batch(each) for each in held], "next": following}


@router.get("/batches/{receipt}", response=BatchRead, summary="一个批次")
@needs("intake.read")
def batch(request: HttpRequest, receipt: Code) -> dict[str, Any]:
    """凭回执号。"""
    return _batch(
        scope_of(request).find(_all(), "source__region_code", agency="source__agency_code", receipt=receipt)
    )


def _all() -> QuerySet[Batch]:
    return Batch.objects.select_related("source")


def _seen(request: HttpRequest) -> QuerySet[Batch]:
    return scope_of(request).limit(_all(), "source__region_code", "source__agency_code")


def _batch(row: Batch) -> dict[str, Any]:
    plain = BatchRead.model_fields.keys() - {"source", "received_at", "applied_at"}
    return {name: getattr(row, name) for name in plain} | {
        "source": row.source.code,
        "received_at": told.recorded(row.received_at),
        "applied_at": told.recorded(row.applied_at),
    }
