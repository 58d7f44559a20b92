"""Keys are restored before Django is made ready: it makes those that are missing."""

from __future__ import annotations

import shutil
from pathlib import Path

from mingcha.base.backup.manifest import BackupError
from mingcha.base.config import config


def restore_keys(source: Path) -> None:
    """Copy the keys to the home, before anything else is asked of it. Raises `BackupError` where others are there."""
    folder = config().home.resolve() / "secrets"
    files = [path for path in sorted(source.iterdir()) if path.is_file()]
    if not any(path.name.startswith("seal-") for path in files):
        raise BackupError([f"{source} 里没有密钥(seal-1 等):给出 mingcha backup --keys 写的文件夹"])
    others = [
        path
        for path in files
        if (folder / path.name).exists() and (folder / path.name).read_bytes() != path.read_bytes()
    ]
    if others:
        raise BackupError([f"{folder} 里已有别的密钥 {others[0].name}:恢复到空的数据文件夹(MINGCHA_HOME)"])
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in files:
        shutil.copyfile(path, folder / path.name)
        (folder / path.name).chmod(0o600)
