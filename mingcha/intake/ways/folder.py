"""The watched folder 数据交换平台的收件夹: what is dropped into it is received, and its receipt laid beside it.

    inbox/<code of the source>/cases.csv      dropped here, best under another name and then renamed
    inbox/<code>/taking/                      claimed: renamed by one process, which holds a lock on it
    inbox/<code>/done/  refused/              where it ends, with a file `….回执.json` beside it

A file's name says its table (`cases.csv`, `cases-20261122.csv.gz`, `cases.20261122.jsonl`); a ZIP and the files of a
source with a mapping say theirs themselves. A file is left alone while it is being written: names that
begin with a dot or end in `.tmp` or `.part`, and files changed within the last SETTLED seconds. What a process that
died had claimed is taken up by the next, under the same idempotency key.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from mingcha.base import clock
from mingcha.base.config import config
from mingcha.facts.schema import TABLES
from mingcha.intake.formats import form_of_name
from mingcha.intake.incoming import file_parts, settle_file, taken_in
from mingcha.intake.models import Batch, Source
from mingcha.intake.receiving import NotReceivedError, receive, refuse
from mingcha.intake.sources import mapping_of

SETTLED: Final = 2.0
"""Seconds without a change after which a file counts as wholly written."""
_UNFINISHED: Final = (".tmp", ".part", ".filepart", ".crdownload", ".回执.json")
_CLAIM: Final = re.compile(r"^[0-9a-f]{16}-")
TAKING, DONE, REFUSED = "taking", "done", "refused"


def inbox_of(source: Source) -> Path:
    """Where the folder of a source is."""
    return config().home.resolve() / "inbox" / source.code


def inbox(source: Source) -> Path:
    """The folder of a source, made with its parts."""
    place = inbox_of(source)
    for part in (TAKING, DONE, REFUSED):
        (place / part).mkdir(parents=True, exist_ok=True)
    return place


def watch() -> int:
    """Receive what lies in the folders of all sources of this way; how many files. May run in several processes."""
    done = 0
    for source in Source.objects.filter(way=Source.Way.EXCHANGE, active=True).order_by("id"):
        place = inbox(source)
        for claimed in _claims(place):
            with _held(claimed) as ours:
                if ours:
                    _take(source, place, claimed)
                    done += 1
    return done


def _claims(place: Path) -> Iterator[Path]:
    """Files to be taken: those that were claimed before (by whoever died), then those that lie there."""
    yield from sorted(path for path in (place / TAKING).iterdir() if _CLAIM.match(path.name))
    for path in sorted(place.iterdir()):
        if not ready(path):
            continue
        claimed = place / TAKING / f"{secrets.token_hex(8)}-{path.name}"
        try:
            path.rename(claimed)
        except FileNotFoundError:
            continue  # another process was quicker
        yield claimed


def ready(path: Path) -> bool:
    """Whether a file is one to take, and wholly written. Links and folders are not."""
    if path.name.startswith(".") or path.name.lower().endswith(_UNFINISHED) or path.is_symlink():
        return False
    try:
        return path.is_file() and clock.now().timestamp() - path.stat().st_mtime >= SETTLED
    except FileNotFoundError:
        return False


@contextmanager
def _held(path: Path) -> Iterator[bool]:
    """Whether this process alone works on the file now; the lock ends with the process."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        yield False
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat())


def _take(source: Source, place: Path, claimed: Path) -> None:
    name = _CLAIM.sub("", claimed.name)
    try:
        with claimed.open("rb") as file, taken_in(file_parts(file)) as sent:
            batch = receive(
                source,
                sent,
                form_of_name(name),
                table=_table(source, name),
                key=claimed.name[:200],
                name=name,
                sent_by=source.code,
                way=Source.Way.EXCHANGE,
            )
    except NotReceivedError as error:
        refuse(source, Source.Way.EXCHANGE, name, error, sent_by=source.code)
        _end(claimed, place / REFUSED, {"收到": False, "原因": error.why, "怎么办": error.advice})
    else:
        _end(claimed, place / DONE, _receipt(batch))


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


def _end(claimed: Path, folder: Path, told: dict[str, Any]) -> None:
    """Lay the receipt and the file where they end; the receipt first, so that no file lies there without."""
    receipt = folder / f"{claimed.name}.回执.json"
    receipt.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    settle_file(receipt)
    claimed.rename(folder / claimed.name)
