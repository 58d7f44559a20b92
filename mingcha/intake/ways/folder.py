"""The watched folder 数据交换平台的收件夹: what is dropped into it is received, and its receipt laid beside it.

    inbox/<code of the source>/cases.csv      dropped here, best under another name and then renamed
    inbox/<code>/taking/                      claimed: renamed by one process, which holds a lock on it
    inbox/<code>/done/  refused/              where it ends, with a file `….回执.json` beside it

A file's name says its table (`cases.csv`, `cases-20261122.csv.gz`, `cases.20261122.jsonl`); a ZIP and the files of a
source with a mapping say theirs themselves. A file is left alone while it is being written: names that
begin with a dot or end in `.tmp` or `.part`, and files changed within the last SETTLED seconds. What a process that
died had claimed is taken up by the next, under the same idempotency key. Links are not followed (`drop`).
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

from mingcha.base import clock
from mingcha.base.config import config
from mingcha.facts.schema import TABLES
from mingcha.intake.formats import form_of_name
from mingcha.intake.incoming import file_parts, taken_in
from mingcha.intake.models import Batch, Source
from mingcha.intake.receiving import NotReceivedError, receive, refuse
from mingcha.intake.sources import mapping_of
from mingcha.intake.way_models import Refusal
from mingcha.intake.ways import drop
from mingcha.intake.ways.drop import DONE, REFUSED, Drop

SETTLED: Final = 2.0
"""Seconds without a change after which a file counts as wholly written."""
_UNFINISHED: Final = (".tmp", ".part", ".filepart", ".crdownload", ".回执.json")
_CLAIM: Final = re.compile(r"^[0-9a-f]{16}-")
_ITSELF: Final = "收件夹"
"""What stands for the name of a file where the folder itself cannot be worked on."""


def inbox_of(source: Source) -> Path:
    """Where the folder of a source is."""
    return config().home.resolve() / "inbox" / source.code


def inbox(source: Source) -> Path:
    """The folder of a source, made with its parts."""
    place = inbox_of(source)
    with drop.opened(place):
        return place


def watch() -> int:
    """Receive what lies in the folders of all sources of this way; how many files. May run in several processes.

    A folder that cannot be worked on is told in the quarantine and holds up no other."""
    done = 0
    for source in Source.objects.filter(way=Source.Way.EXCHANGE, active=True).order_by("id"):
        try:
            with drop.opened(inbox_of(source)) as place:
                for claimed in _claims(place):
                    with drop.held(place.taking, claimed) as file:
                        if file is not None:
                            _take(source, place, claimed, file)
                            done += 1
        except NotReceivedError as error:
            _tell(source, error)
        except OSError as error:
            why = f"收件夹不能处理:{error.strerror}({str(error.filename or '')[:80]})"
            _tell(source, NotReceivedError(500, why, "请系统管理员核对收件夹的权限、磁盘与其中的文件名"))
    return done


def _tell(source: Source, error: NotReceivedError) -> None:
    """Once, until somebody has dealt with it."""
    if not Refusal.objects.filter(source=source, name=_ITSELF, why=str(error), settled_at=None).exists():
        refuse(source, Source.Way.EXCHANGE, _ITSELF, error, sent_by=source.code)


def _claims(place: Drop) -> Iterator[str]:
    """Files to be taken: those that were claimed before (by whoever died), then those that lie there."""
    yield from [name for name, _ in drop.files(place.taking) if _CLAIM.match(name)]
    for name, changed in drop.files(place.place):
        if not _is_whole(name, changed):
            continue
        claimed = f"{secrets.token_hex(8)}-{name}"
        try:
            os.rename(name, claimed, src_dir_fd=place.place, dst_dir_fd=place.taking)
        except FileNotFoundError:
            continue  # another process was quicker
        yield claimed


def ready(path: Path) -> bool:
    """Whether a file is one to take, and wholly written. Links and folders are not."""
    try:
        return not path.is_symlink() and path.is_file() and _is_whole(path.name, path.stat().st_mtime)
    except FileNotFoundError:
        return False


def _is_whole(name: str, changed: float) -> bool:
    if name.startswith(".") or name.lower().endswith(_UNFINISHED):
        return False
    return clock.now().timestamp() - changed >= SETTLED


def _take(source: Source, place: Drop, claimed: str, file: BinaryIO) -> None:
    name = _CLAIM.sub("", claimed)
    try:
        with taken_in(file_parts(file)) as sent:
            batch = receive(
                source,
                sent,
                form_of_name(name),
                table=_table(source, name),
                key=claimed[:200],
                name=name,
                sent_by=source.code,
                way=Source.Way.EXCHANGE,
            )
    except NotReceivedError as error:
        refuse(source, Source.Way.EXCHANGE, name, error, sent_by=source.code)
        _end(place, claimed, REFUSED, {"收到": False, "原因": error.why, "怎么办": error.advice})
    else:
        _end(place, claimed, DONE, _receipt(batch))


def _table(source: Source, name: str) -> str:
    """The table of a file; empty where the content says it."""
    by_itself = name.lower().endswith(".zip") or mapping_of(source) is not None
    return "" if by_itself else table_of_name(name)


def table_of_name(name: str) -> str:
    """The fact table that a file's name begins with, in English or Chinese. Raises NotReceivedError (422)."""
    found = re.match(r"[a-z_]+", name.lower())
    stem = found[0].rstrip("_") if found else ""
    if stem in TABLES:
        return stem
    labels = sorted(TABLES.values(), key=lambda table: -len(table.label))
    if table := next((table for table in labels if name.startswith(table.label)), None):
        return table.name
    raise NotReceivedError(
        422,
        f"文件名“{name[:60]}”没有说是哪张表",
        "改名为 cases.csv、cases-20261122.csv、办件.xlsx 的样子,或指明表",
    )


def _receipt(batch: Batch) -> dict[str, Any]:
    return {
        "收到": True,
        "回执号": batch.receipt,
        "摘要": batch.digest,
        "字节数": batch.size,
        "接收时间": f"{clock.local(batch.received_at):%Y-%m-%d %H:%M:%S}",
        "状态": Batch.State(batch.state).label,
    }


def _end(place: Drop, claimed: str, part: str, told: dict[str, Any]) -> None:
    """Lay the receipt and the file where they end; the receipt first, so that no file lies there without."""
    folder = {DONE: place.done, REFUSED: place.refused}[part]
    receipt = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    drop.write(folder, f"{claimed}.回执.json", receipt.encode())
    os.rename(claimed, claimed, src_dir_fd=place.taking, dst_dir_fd=folder)
