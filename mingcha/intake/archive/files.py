"""The files of a part: one Parquet file a table, and a manifest that says what each holds to the byte and the row."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mingcha import __version__
from mingcha.base.config import config
from mingcha.intake.archive import tables
from mingcha.intake.archive_models import ArchivePart

KIND: Final = "mingcha-archive/1"
MANIFEST: Final = "manifest.json"
AT_ONCE: Final = 500
"""Cases of one row group, and of one transaction."""


class ArchiveError(ValueError):
    """What cannot be archived or brought back. `problems`: one Chinese sentence each."""

    def __init__(self, *problems: str) -> None:
        super().__init__(";".join(problems))
        self.problems = list(problems)


@dataclass
class Manifest:
    """What a part holds."""

    month: str
    version: str = __version__
    cases: int = 0
    tables: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    """By table: rows, their ids added up, the numbers that closed them added up."""
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    """By file: bytes and SHA-256."""

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(count for count, _, _ in self.tables.values())


def home() -> Path:
    """Where the folders of all parts lie."""
    place = config().home.resolve() / "archive"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def folder_of(part: ArchivePart) -> Path:
    """Where the files of a part lie."""
    return home() / part.folder


def write(folder: Path, month: str, cases: Sequence[str]) -> Manifest:
    """Write the rows of cases to a folder, which gets its name when all of it is there and was read again."""
    draft = folder.with_name(folder.name + ".partial")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    made = Manifest(month, cases=len(cases))
    for table in tables.COLUMN:
        parts = (tables.rows_of(table, some) for some in tables.chunks(cases, AT_ONCE))
        made.tables[table] = write_table(draft / f"{table}.parquet", tables.schema(table), parts)
    finish(draft, made)
    draft.rename(folder)
    _settle(home())
    return made


def discard(folder: Path) -> None:
    """Delete the files of a part that is on nobody's record."""
    shutil.rmtree(folder)


def write_table(path: Path, schema: pa.Schema, parts: Iterable[pa.Table]) -> tuple[int, int, int]:
    """Write a table in row groups; its sums."""
    total = (0, 0, 0)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for rows in parts:
            if rows.num_rows:
                writer.write_table(rows)
            counted = tables.sums(rows)
            total = (total[0] + counted[0], total[1] + counted[1], total[2] + counted[2])
    return total


def finish(draft: Path, made: Manifest) -> None:
    """Write the manifest of what lies in a draft, prove it by reading all of it again, have it on the disk."""
    made.files = {path.name: (path.stat().st_size, _digest(path)) for path in sorted(draft.glob("*.parquet"))}
    told = json.dumps({"kind": KIND, **asdict(made)}, ensure_ascii=False, indent=1, sort_keys=True)
    (draft / MANIFEST).write_text(told + "\n", encoding="utf-8")
    for path in draft.iterdir():
        _settle(path)
    check(draft, digest_of(draft))


def digest_of(folder: Path) -> str:
    """What stands for the whole part."""
    return _digest(folder / MANIFEST)


def check(folder: Path, digest: str) -> Manifest:
    """The manifest of a part, every file of which is what it was, to the byte and to the row. Raises ArchiveError."""
    made = manifest(folder, digest)
    for name, (size, known) in made.files.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != size or _digest(path) != known:
            raise ArchiveError(f"归档文件 {path} 缺失或被改动;从备份恢复 archive 文件夹后再运行")
    for table, known_sums in made.tables.items():
        counted = (0, 0, 0)
        for rows in groups(folder, table):
            each = tables.sums(rows)
            counted = (counted[0] + each[0], counted[1] + each[1], counted[2] + each[2])
        if counted != tuple(known_sums):
            raise ArchiveError(f"归档文件 {folder / table}.parquet 的行数与清单不符;从备份恢复后再运行")
    return made


def manifest(folder: Path, digest: str) -> Manifest:
    """The manifest of a part. Raises ArchiveError where it is not the one that is on record."""
    try:
        if digest_of(folder) != digest:
            raise ArchiveError(f"{folder} 的清单与记录的摘要不符;从备份恢复 archive 文件夹后再运行")
        told: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        if told.pop("kind") != KIND:
            raise ArchiveError(f"{folder} 不是这一版的归档")
    except OSError as error:
        raise ArchiveError(f"找不到归档 {folder}:从备份恢复 archive 文件夹后再运行") from error
    return Manifest(**told)


def groups(folder: Path, table: str) -> Iterator[pa.Table]:
    """The rows of a table, a row group at a time; nothing where the part has no such table."""
    path = folder / f"{table}.parquet"
    if not path.is_file():
        return
    with pq.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            yield file.read_row_group(number)


def rows_of(folder: Path, table: str, cases: Sequence[str]) -> pa.Table:
    """The rows of some cases; a whole row group is read only where it may hold one of them."""
    column, wanted = tables.COLUMN[table], pa.array(list(cases))
    path = folder / f"{table}.parquet"
    if not path.is_file():
        return tables.schema(table).empty_table()
    return pq.read_table(path, filters=pc.field(column).isin(wanted))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _settle(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
