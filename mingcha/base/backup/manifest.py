"""The manifest of a backup: what it must hold to the byte and to the row. Written last: without it, it is none."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

KIND: Final = "mingcha-backup/1"
NAME: Final = "manifest.json"
DATABASE: Final = "database"
FILES: Final = "files"
"""Folders of a backup: the database, and the files of the home."""


class BackupError(ValueError):
    """A backup that cannot be made or used. `problems`: one Chinese sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(";".join(problems))
        self.problems = problems


@dataclass
class Manifest:
    """What a backup holds."""

    version: str
    made_at: str
    vendor: str
    """`sqlite` or `postgresql`."""
    migrations: list[tuple[str, str]] = field(default_factory=list)
    tables: dict[str, int] = field(default_factory=dict)
    """Rows of each table."""
    block: int = 0
    digest: str = ""
    """The head of the audit chain."""
    keys: dict[str, str] = field(default_factory=dict)
    """Marks of the keys that its rows were written with."""
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Size and SHA-256 of each file, by its path in the backup."""


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, with the digests of all files that are there."""
    manifest.files = {path: (size, digest) for path, size, digest in _files(folder)}
    text = json.dumps({"kind": KIND, **asdict(manifest)}, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")


def read(folder: Path) -> Manifest:
    """The manifest of a backup. Raises `BackupError`."""
    try:
        told = json.loads((folder / NAME).read_bytes())
        if told.pop("kind") != KIND:
            raise ValueError("kind")
        return Manifest(**told)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        advice = "核对路径;没有 manifest.json 的是没有做完的备份"
        raise BackupError([f"{folder} 不是明察的备份,或不完整:{advice}"]) from error


def check_files(folder: Path, manifest: Manifest) -> None:
    """Is every file there, and what it was? Raises `BackupError`, which names all that are not."""
    there = {path: (size, digest) for path, size, digest in _files(folder)}
    problems = [f"缺少文件 {path}" for path in manifest.files if path not in there]
    problems += [
        f"文件 {path} 与备份时不同(应为 {size} 字节)"
        for path, (size, digest) in manifest.files.items()
        if path in there and there[path] != (size, digest)
    ]
    if problems:
        raise BackupError([*problems[:20], f"{folder} 已损坏,换一份备份"])


def _files(folder: Path) -> Iterator[tuple[str, int, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path != folder / NAME:
            yield path.relative_to(folder).as_posix(), path.stat().st_size, _digest(path)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
