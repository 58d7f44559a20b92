"""Receive 接收: the one path behind the four ways in (郑州规则第十三条).

    batch = receive(source, sent, "jsonl", table="cases", key="2026-11-22/17", sent_by="…")

Raw payload, digest, idempotency key and the job that will apply it are one transaction; the receipt is given after
it. The same content under the same key gives the same receipt; other content under the key is refused. Nothing of
the rows is judged here but that they may be held at all (`classified`) and can be read as what they are said to be.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.db import IntegrityError, transaction

from mingcha.base import audit, clock, jobs
from mingcha.facts.schema import TABLES
from mingcha.intake import payloads
from mingcha.intake.classified import check_classified, mentions_a_marker
from mingcha.intake.formats import check_form, check_start
from mingcha.intake.incoming import Incoming, work_folder
from mingcha.intake.models import Batch, Source
from mingcha.intake.refused import NotReceivedError
from mingcha.intake.sources import mapping_of
from mingcha.intake.unpacking import json_tables, lay_out
from mingcha.intake.way_models import Refusal

__all__ = ["APPLY", "NotReceivedError", "find", "payload", "receive", "refuse"]

APPLY: Final = "apply"
"""Kind of the job that applies what was received (`intake.applying`)."""
OWN_TABLES: Final = frozenset({"issued", "arrivals"})
"""Tables that only the system itself writes: its own signals, and when others reported."""
_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is read for something else


def receive(
    source: Source,
    sent: Incoming,
    form: str,
    *,
    table: str = "",
    key: str = "",
    name: str = "",
    sent_by: str = "",
    review: bool = False,
    way: str = "",
    own: bool = False,
) -> Batch:
    """Receive one batch; what is stored when this returns is not lost.

    `form` is one of `formats.FORMS`, `table` a fact table (empty: the content says itself), `key` the sender's own
    name for the batch (empty: its digest), `name` the sender's file name. With `review`, or where the source asks for
    it, the batch waits for a reviewer (`intake.reviewing`). `way` is the one it came by (empty: the source's). `own` is
    for what the system itself reports.
    Raises NotReceivedError, having stored nothing.
    """
    _check(source, sent, form, table, key)
    _check_way(source, way)
    key = key or f"{table}:{sent.digest}"
    if known := find(source, key, sent.digest):
        return known
    if not _plain(source, sent, form, table, own):
        with tempfile.TemporaryDirectory(prefix="look-", dir=work_folder()) as folder:
            _look_inside(source, sent, form, table, name, Path(folder), own)
    file = payloads.store_file(sent)
    waits = review or source.review
    batch = Batch(
        receipt=_new_receipt(),
        source=source,
        key=key,
        way=way or source.way,
        table=table,
        form=form,
        name=name[-255:],
        digest=sent.digest,
        size=sent.size,
        state=Batch.State.WAITING if waits else Batch.State.RECEIVED,
        received_at=clock.now(),
        sent_by=sent_by[:150],
    )
    try:
        _commit(batch, sent, file)
    except IntegrityError:
        if known := find(source, key, sent.digest):  # another request with the same key was quicker
            return known
        raise
    return batch


def _commit(batch: Batch, sent: Incoming, file: str) -> None:
    with transaction.atomic():
        batch.save(force_insert=True)
        payloads.keep(batch, sent, file)
        audit.record(
            batch.sent_by or batch.source.code,
            "batch.received",
            f"batch:{batch.receipt}",
            detail={"source": batch.source.code, "digest": batch.digest, "size": batch.size},
        )
        if batch.state == Batch.State.RECEIVED:
            jobs.put(APPLY, APPLY)


def find(source: Source, key: str, digest: str) -> Batch | None:
    """The batch that was received under a key. Raises NotReceivedError (409) where its content was another."""
    batch = Batch.objects.filter(source=source, key=key).first()
    if batch is not None and batch.digest != digest:
        why = f"幂等键“{key[:60]}”已用于回执 {batch.receipt},内容与这次不同"
        raise NotReceivedError(409, why, "同一键只能用于同一内容;内容改过的,请换一个新的键")
    return batch


@contextmanager
def payload(batch: Batch) -> Iterator[list[Path]]:
    """The files of a batch as the readers take them, in a folder that is deleted afterwards.

    Named `<table>.<csv|xlsx|parquet|jsonl>`; where the source has a mapping, as the sender named them.
    Raises DamagedError, and NotReceivedError where the package does not open.
    """
    with tempfile.TemporaryDirectory(prefix="batch-", dir=work_folder()) as folder:
        sent, files = Path(folder) / "sent", Path(folder) / "files"
        payloads.write_to(batch, sent)
        files.mkdir()
        yield lay_out(sent, batch.form, batch.table, batch.name, files)


def refuse(
    source: Source,
    way: str,
    name: str,
    error: NotReceivedError,
    *,
    sent: Incoming | None = None,
    sent_by: str = "",
) -> Refusal:
    """Record that something was not received, and why, where its sender and the supervisors see it."""
    with transaction.atomic():
        refusal = Refusal.objects.create(
            source=source,
            at=clock.now(),
            way=way,
            name=name[-255:],
            digest=sent.digest if sent else "",
            size=sent.size if sent else 0,
            why=str(error),
            sent_by=sent_by[:150],
        )
        audit.record(
            sent_by or source.code, "batch.refused", f"refusal:{refusal.pk}", detail={"source": source.code}
        )
    return refusal


def _new_receipt() -> str:
    """Day and ten signs nobody can guess, e.g. `20261122-7K3M9QXA2B`."""
    return f"{clock.local_now():%Y%m%d}-" + "".join(secrets.choice(_ALPHABET) for _ in range(10))


def _check(source: Source, sent: Incoming, form: str, table: str, key: str) -> None:
    """What can be said without opening it."""
    if not source.active:
        raise NotReceivedError(403, f"来源“{source.name}”已停用", "请与监察系统的管理人员联系")
    if table and table not in TABLES:
        raise NotReceivedError(422, f"没有事实表“{table[:40]}”", "表名见数据规范,如 cases、steps")
    if len(key) > 200 or not key.isprintable():
        raise NotReceivedError(422, "幂等键过长或含有不可见的字符", "请用至多 200 个可见字符")
    check_start(check_form(form), sent)


def _check_way(source: Source, way: str) -> None:
    """What is entered by hand corrects rows on behalf of others, within the scope of whoever enters it: a source for
    that takes nothing by another way."""
    if source.way == Source.Way.FORM and way not in ("", Source.Way.FORM):
        why = f"来源“{source.name}”只收手工填报的内容"
        raise NotReceivedError(403, why, "请用本部门系统的来源报送;没有的,请监察系统的管理人员登记一个")


def _plain(source: Source, sent: Incoming, form: str, table: str, own: bool) -> bool:
    """Whether a small text of fact tables names no marker, so that there is nothing to be laid out and looked at.
    Raises NotReceivedError for its tables, and for JSON that is not plain."""
    if sent.content is None or form not in ("csv", "jsonl", "json") or source.mapping:
        return False
    if form != "json" and not table:
        return False
    tables = json_tables(sent.content, table) if form == "json" else (table,)
    check_tables(source, tables, own=own)
    return not mentions_a_marker([sent.content])


def _look_inside(
    source: Source, sent: Incoming, form: str, table: str, name: str, work: Path, own: bool
) -> None:
    """What has to be seen of the content before it may be kept."""
    if sent.path is None:
        held = work / "sent"
        sent.copy_to(held)
    else:
        held = sent.path
    files = work / "files"
    files.mkdir()
    laid_out = lay_out(held, form, table, name, files)
    if mapping_of(source) is None:
        check_tables(source, (file.stem.lower() for file in laid_out), own=own)
    check_classified(laid_out, work)


def check_tables(source: Source, tables: Iterable[str], *, own: bool = False) -> None:
    """Raise NotReceivedError (422) for a table that is not ours, that only the system writes, or for ratings of a
    source that has not declared which end of the scale is the best (标准之间方向相反)."""
    for table in tables:
        if table not in TABLES:
            raise NotReceivedError(
                422, f"不认识“{table[:40]}”", "文件名应为 cases.csv 等表名,或为来源登记映射"
            )
        if table in OWN_TABLES and not own:
            raise NotReceivedError(
                422, f"{TABLES[table].label}({table})由本系统自己记录", "请去掉这张表后再报"
            )
        if table == "evaluations" and source.best_rating is None:
            why = f"来源“{source.name}”没有声明评价方向(5 分还是 1 分为非常满意)"
            raise NotReceivedError(422, why, "请在来源登记里声明后再报评价")
