"""A folder of fact files into the store, by whoever runs the server: one batch a file, the ordinary way.

A file that was imported already is known by its digest; what was interrupted goes on where it stopped.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.db import connection, transaction

from mingcha.intake.applying import Progress, apply_next, no_progress
from mingcha.intake.error_books import error_book
from mingcha.intake.incoming import file_parts, taken_in
from mingcha.intake.models import Batch, Source
from mingcha.intake.receiving import receive
from mingcha.readers.folder import find_files

LARGEST: Final = 64 << 30
"""Bytes of one file: it is on this machine already, so nobody can fill the disk with it."""
_PATIENCE: Final = 0.5
_LABEL: Final = "历史数据导入"


@dataclass
class Imported:
    """What came of it; `notes` (Chinese) name what was left out, `books` are the error books written."""

    batches: list[Batch] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    books: list[Path] = field(default_factory=list)


def import_folder(
    folder: Path,
    code: str,
    *,
    history: bool,
    errors: Path | None = None,
    progress: Progress = no_progress,
) -> Imported:
    """Import every fact file of a folder under the source of that code, which is registered where it is not yet.

    With `history` the rows keep the time of arrival they name, and are not said to have arrived now. Raises
    UnusableError, NotReceivedError.
    """
    _map_nothing()
    done = Imported()
    files = find_files(folder, done.notes)
    source, _ = Source.objects.get_or_create(
        code=code, defaults={"name": _LABEL, "way": Source.Way.FILE, "best_rating": 5}
    )
    for table, file in files.items():
        batch = _receive(source, table, file, history=history)
        batch = _applied(batch, progress)
        done.batches.append(batch)
        if errors is not None and (book := _book(batch, errors)):
            done.books.append(book)
    return done


def _map_nothing() -> None:
    """SQLite reads through a map of its file, which counts as the process's memory: an import touches all of it."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA mmap_size=0")


def _receive(source: Source, table: str, file: Path, *, history: bool) -> Batch:
    form = file.suffix.lower().lstrip(".")
    with file.open("rb") as content, taken_in(file_parts(content), LARGEST) as sent, transaction.atomic():
        batch = receive(
            source,
            sent,
            form,
            table=table,
            name=file.name,
            sent_by=source.code,
            way=Source.Way.FILE,
            own=True,
        )
        Batch.objects.filter(pk=batch.pk, state=Batch.State.RECEIVED, no=None).update(history=history)
    return batch


def _applied(batch: Batch, progress: Progress) -> Batch:
    """The batch when it is in the store, applied by this process or by a worker that is quicker."""
    ended = (Batch.State.APPLIED, Batch.State.REFUSED, Batch.State.WAITING, Batch.State.SET_ASIDE)
    while (now := Batch.objects.get(pk=batch.pk)).state not in ended:
        if apply_next(progress) is None:
            time.sleep(_PATIENCE)
    return now


def _book(batch: Batch, folder: Path) -> Path | None:
    book = error_book(batch)
    if book is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / book.name
    with book.file, target.open("wb") as out:
        shutil.copyfileobj(book.file, out)
    return target
