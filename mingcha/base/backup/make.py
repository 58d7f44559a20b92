"""Making a backup: into a folder beside its name first, which gets its name when all of it is there."""

from __future__ import annotations

import getpass
import os
import shutil
from pathlib import Path
from typing import Final

from django.db import connection

from mingcha import __version__
from mingcha.base import audit, clock, keys
from mingcha.base.backup import manifest as manifests
from mingcha.base.backup.dropped import INBOX, copy_dropped
from mingcha.base.backup.manifest import BackupError, Manifest
from mingcha.base.backup.snapshot import Tell, snapshot
from mingcha.base.config import config

NOT_FILES: Final = frozenset({"secrets", "static", "metrics", "work"})
"""Folders of the home that are not backed up with it: keys go apart, the others are made anew."""
_LEFT_OUT: Final = ("*.tmp", "*.lock")
_ROOM: Final = 1.2


def backup(target: Path, keys_to: Path | None, tell: Tell) -> Manifest:
    """Write a backup to a folder that must not be there, and the keys to another, while the system runs.

    What is in it is one state: the database first, then the files, of which what a row names was there before the
    row. Raises `BackupError`; a run that was interrupted is run again.
    """
    home = config().home.resolve()
    _check(target, keys_to, home)
    draft = target.with_name(target.name + ".partial")
    shutil.rmtree(draft, ignore_errors=True)
    (draft / manifests.DATABASE).mkdir(parents=True, mode=0o700)
    made = Manifest(__version__, clock.now().isoformat(timespec="seconds"), connection.vendor)
    snapshot(draft / manifests.DATABASE, made, tell)
    tell(1, 2, "文件")
    (draft / manifests.FILES).mkdir()
    for folder in sorted(path for path in home.iterdir() if path.is_dir() and path.name not in NOT_FILES):
        into = draft / manifests.FILES / folder.name
        if folder.name == INBOX:
            copy_dropped(folder.resolve(), into, _LEFT_OUT)
        else:
            shutil.copytree(folder, into, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    tell(2, 2, "摘要")
    manifests.write(draft, made)
    _settle(draft)
    draft.rename(target)
    if keys_to is not None:
        shutil.copytree(keys.folder(), keys_to)
        keys_to.chmod(0o700)
    audit.record(
        getpass.getuser(),
        "backup",
        target.name,
        detail={"block": made.block, "rows": sum(made.tables.values())},
    )
    return made


def _check(target: Path, keys_to: Path | None, home: Path) -> None:
    """What would make the backup useless is told before anything is written."""
    problems = [
        f"{path} 已经存在:换一个名称,备份从不覆盖"
        for path in (target, keys_to)
        if path is not None and path.exists()
    ]
    if keys_to is not None and keys_to.resolve().is_relative_to(target.resolve()):
        problems.append(f"密钥不能放在备份里:谁拿到备份就能打开个人信息。--keys 另给一处,不在 {target} 之下")
    if target.resolve().is_relative_to(home) and target.resolve().parts[len(home.parts)] not in NOT_FILES:
        problems.append(f"备份不能放在数据文件夹 {home} 之内")
    if problems:
        raise BackupError(problems)
    target.parent.mkdir(parents=True, exist_ok=True)
    needed = int(sum(path.stat().st_size for path in home.rglob("*") if path.is_file()) * _ROOM)
    if shutil.disk_usage(target.parent).free < needed:
        raise BackupError([f"{target.parent} 的空间不够,约要 {needed >> 20} MB:换一个磁盘"])


def _settle(folder: Path) -> None:
    """All of it on the disk before it gets its name."""
    for path in [*folder.rglob("*"), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
