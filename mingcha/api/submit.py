"""REST batches: submit rows of the fact tables, ask what became of them.

A reporting system signs with the key of its source (`Authorization: Bearer mcs_…`). The body is the batch itself, in
one of `formats.MEDIA_TYPES`, gzip or not; it is read as a stream, so that the disk bounds its size, not memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.http import FileResponse, HttpRequest
from ninja import Field, Router, Schema, Status
from ninja.params.functions import Header, Query
from ninja.security import HttpBearer

from mingcha.accounts.policy import NOTHING, Scope, needs
from mingcha.api.problem import Refused
from mingcha.api.writing import LocalTime
from mingcha.base import clock
from mingcha.base.sealed_files import BLOCK
from mingcha.intake import sources
from mingcha.intake.error_books import error_book
from mingcha.intake.formats import form_of_media_type
from mingcha.intake.incoming import MOST, taken_in
from mingcha.intake.models import Batch, Source
from mingcha.intake.receiving import NotReceivedError, receive, refuse
from mingcha.intake.silence import report_nil

router = Router(tags=["数据报送"])
_POLICIES: Final = frozenset({"intake.submit"})


class SourcePrincipal:
    """A source that acts by its key: it may submit, and read what became of its own batches."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def may(self, policy: str) -> bool:
        """Only to submit."""
        return policy in _POLICIES

    def scope(self, policy: str) -> Scope:
        """It sees nothing of the city; its own batches are found by the source."""
        return NOTHING


class SourceKey(HttpBearer):
    """The key of a source."""

    def authenticate(self, request: HttpRequest, token: str) -> SourcePrincipal | None:
        """Who signs; None where no active source has this key."""
        source = sources.of_key(token)
        return SourcePrincipal(source) if source else None


class Receipt(Schema):
    """A receipt 回执, and what became of the batch by now."""

    receipt: str = Field(description="回执号")
    key: str = Field(description="幂等键")
    state: str = Field(
        description="received 已接收、waiting 待审核、applying 入库中、applied 已入库、refused 已拒绝"
    )
    table: str = Field(description="事实表;空为内容自己说明")
    form: str = Field(description="格式")
    digest: str = Field(description="所收内容的 SHA-256")
    size: int = Field(description="所收的字节数")
    received_at: LocalTime = Field(description="接收时间(北京时间)")
    applied_at: LocalTime | None = Field(description="入库时间(北京时间)")
    why: str = Field(description="拒绝的原因与办法")
    counts: dict[str, Any] = Field(description="每张表的行数:收到、新增、更正、不变、较旧、冲突、拒绝")
    faults: list[Any] = Field(description="问题,按种类:表、列、原因、行数、怎么办")


class NilReceipt(Schema):
    """A 零报送 that was taken."""

    source: str = Field(description="来源编号")
    at: LocalTime = Field(description="接收时间(北京时间)")


def told(batch: Batch) -> Receipt:
    """What a sender learns of a batch."""
    return Receipt(
        receipt=batch.receipt,
        key=batch.key,
        state=batch.state,
        table=batch.table,
        form=batch.form,
        digest=batch.digest,
        size=batch.size,
        received_at=clock.local(batch.received_at),
        applied_at=clock.local(batch.applied_at) if batch.applied_at else None,
        why=batch.why,
        counts=batch.counts,
        faults=batch.faults,
    )


@router.post(
    "/batches",
    response={202: Receipt},
    auth=SourceKey(),
    summary="报送一批数据",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in ("application/x-ndjson", "text/csv", "application/vnd.apache.parquet")
            }
            | {
                "application/json": {
                    "schema": {"oneOf": [{"type": "array", "items": {"type": "object"}}, {"type": "object"}]}
                }
            },
        }
    },
)
@needs("intake.submit")
def submit(
    request: HttpRequest,
    table: str = Query("", description="事实表,如 cases;内容自己说明的留空"),
    review: bool = Query(False, description="审核后上报:先待审核,审核后才算"),
    name: str = Query("", max_length=255, description="文件名,供查对"),
    idempotency_key: str = Header("", alias="Idempotency-Key", description="幂等键;不写的以内容的摘要为键"),
) -> Status[Receipt]:
    """收下一批:回执给出时内容已落盘,不会丢。同一键、同一内容得同一回执;同一键、不同内容答 409。

    内容为 JSON(数组,或以表名为键的对象)、JSON Lines、CSV、Parquet、XLSX 或 ZIP,可用 gzip 压缩(Content-Encoding: gzip)。
    行里的问题不在此时说:入库后凭回执号查看。
    """
    source = source_of(request)
    length = request.META.get("CONTENT_LENGTH", "")
    if not length:
        raise Refused(411, "没有说明内容长度(Content-Length)", "请写明 Content-Length,不要用分块传输")
    try:
        if int(length) > MOST:
            raise NotReceivedError(413, f"内容超过 {MOST >> 20} MB", "请拆成几批,或改用压缩的 Parquet")
        form = form_of_media_type(
            request.headers.get("Content-Type", ""), request.headers.get("Content-Encoding", "")
        )
        with taken_in(_blocks(request)) as sent:
            batch = receive(
                source,
                sent,
                form,
                table=table,
                key=idempotency_key,
                name=name,
                sent_by=source.code,
                review=review,
                way=Source.Way.WEB_SERVICE,
            )
    except NotReceivedError as error:
        refuse(source, Source.Way.WEB_SERVICE, name or idempotency_key or table, error, sent_by=source.code)
        raise Refused(error.status, error.why, error.advice) from error
    return Status(202, told(batch))


@router.get("/batches/{receipt}", response=Receipt, auth=SourceKey(), summary="凭回执号查一批的结果")
@needs("intake.submit")
def receipt(request: HttpRequest, receipt: str) -> Receipt:
    """状态、每张表的行数、问题的种类与办法。"""
    return told(_own_batch(request, receipt))


@router.get("/batches/{receipt}/errors", auth=SourceKey(), summary="取一批的错误簿")
@needs("intake.submit")
def errors(request: HttpRequest, receipt: str) -> FileResponse:
    """原样的出错行与每行的原因,CSV 或 XLSX;几张表的为 ZIP。没有出错的行答 404。"""
    batch = _own_batch(request, receipt)
    book = error_book(batch)
    if book is None:
        raise Refused(404, f"批次 {batch.receipt} 没有错误簿", "没有出错的行,或还没有入库")
    return FileResponse(book.file, as_attachment=True, filename=book.name)


@router.post("/nil", response={202: NilReceipt}, auth=SourceKey(), summary="零报送")
@needs("intake.submit")
def nil(request: HttpRequest) -> Status[NilReceipt]:
    """报告自上一截止时间(每个工作日 17:00)以来没有数据。"""
    source = source_of(request)
    report = report_nil(source, source.code)
    return Status(202, NilReceipt(source=source.code, at=clock.local(report.at)))


def source_of(request: HttpRequest) -> Source:
    """The source whose key signed the request."""
    principal: SourcePrincipal = request.auth  # type: ignore[attr-defined]
    return principal.source


def _own_batch(request: HttpRequest, receipt: str) -> Batch:
    batch = Batch.objects.filter(source=source_of(request), receipt=receipt).first()
    if batch is None:
        raise Refused(404, f"本来源没有回执号为 {receipt[:40]} 的批次", "请核对回执号与密钥")
    return batch


def _blocks(request: HttpRequest) -> Iterator[bytes]:
    while block := request.read(BLOCK):
        yield block
