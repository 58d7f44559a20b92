"""The error book 错误簿 of a batch: its faulty rows in the sender's own layout, and what is wrong with each.

It is made when somebody asks for it, by reading the sealed payload once more, so that faulty rows, which hold what
people wrote of persons, lie nowhere in the open. Conflicts, which only the store can see, are a list of their own.
"""

from __future__ import annotations

import csv
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from django.db.models import QuerySet

from mingcha.facts.schema import TABLES
from mingcha.intake.incoming import work_folder
from mingcha.intake.models import Batch
from mingcha.intake.receiving import payload
from mingcha.intake.sources import mapping_of
from mingcha.intake.store_models import Conflict
from mingcha.readers.causes import Cause
from mingcha.readers.errors import UnusableError
from mingcha.readers.folder import read_folder
from mingcha.readers.formula import guard
from mingcha.readers.mapping.convert import convert

CONFLICTS: Final = "冲突.csv"


@dataclass(frozen=True)
class Book:
    """An open file without a name on the disk, and what it is to be called."""

    file: BinaryIO
    name: str


def error_book(batch: Batch) -> Book | None:
    """The book of a batch that was applied: CSV or XLSX as it was sent, a ZIP where there are several; None where no
    row was faulty. Raises DamagedError."""
    if batch.state != Batch.State.APPLIED or not (batch.faults or _conflicts(batch).exists()):
        return None
    with tempfile.TemporaryDirectory(prefix="book-", dir=work_folder()) as folder:
        books = _written(batch, Path(folder))
        if not books:
            return None
        file = cast(BinaryIO, tempfile.TemporaryFile(dir=work_folder()))  # noqa: SIM115 - handed out
        if len(books) == 1:
            with books[0].open("rb") as made:
                shutil.copyfileobj(made, file)
            name = f"{batch.receipt}-{books[0].name}"
        else:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
                for book in books:
                    package.write(book, book.name)
            name = f"{batch.receipt}-错误簿.zip"
        file.seek(0)
        return Book(file, name)


def _written(batch: Batch, folder: Path) -> list[Path]:
    errors = folder / "errors"
    with payload(batch) as files:
        mapping = mapping_of(batch.source)
        try:
            if mapping is None:
                with read_folder(files[0].parent, errors=errors, work=folder / "work"):
                    pass
            else:
                convert(mapping, files, folder / "mapped")
                errors = folder / "mapped" / "errors"
        except UnusableError:
            return []  # the whole batch was refused; `Batch.why` says it
    books = sorted(errors.glob("*")) if errors.is_dir() else []
    if _conflicts(batch).exists():
        books.append(_write_conflicts(batch, folder / CONFLICTS))
    return books


def _conflicts(batch: Batch) -> QuerySet[Conflict]:
    return Conflict.objects.filter(batch=batch).order_by("table", "row")


def _write_conflicts(batch: Batch, path: Path) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(["行号", "事实表", "主键", "先报来源", "原因", "怎么办"])
        for conflict in _conflicts(batch).select_related("holder").iterator():
            holder = conflict.holder.name if conflict.holder else ""
            out.writerow(
                [
                    conflict.row,
                    TABLES[conflict.table].label,
                    guard(conflict.key),
                    guard(holder),
                    Cause.CONFLICT.label,
                    Cause.CONFLICT.advice,
                ]
            )
    return path
