"""Restoring a backup to an empty place, and showing that it is what was backed up: files, rows, keys, audit chain."""

from __future__ import annotations

import getpass
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from mingcha.base import audit, keys
from mingcha.base.anchors import Anchor
from mingcha.base.audit_check import Checked, verify
from mingcha.base.backup import manifest as manifests
from mingcha.base.backup.make import NOT_FILES
from mingcha.base.backup.manifest import BackupError, Manifest
from mingcha.base.backup.snapshot import SQLITE, Tell, tables
from mingcha.base.config import config

UNDER_WAY: Final = "restoring"
"""A file in the home while it is restored: a run that was interrupted may begin again over its own work."""
_BLOCK: Final = 1 << 20


@dataclass(frozen=True)
class Restored:
    """What was restored, and what verifying the audit chain showed."""

    manifest: Manifest
    checked: Checked


def restore(source: Path, tell: Tell) -> Restored:
    """Restore into the empty database and home of the settings. Raises `BackupError`; may be run again."""
    manifest = manifests.read(source)
    home = config().home.resolve()
    _check(manifest, home)
    tell(1, 4, "核对备份的文件")
    manifests.check_files(source, manifest)
    keys.compare(manifest.keys)
    (home / UNDER_WAY).touch()
    tell(2, 4, "文件")
    if (source / manifests.FILES).is_dir():
        shutil.copytree(source / manifests.FILES, home, dirs_exist_ok=True)
    _database(source / manifests.DATABASE, manifest, tell)
    tell(4, 4, "核对行数与审计链")
    _compare(manifest)
    call_command("migrate", verbosity=0, interactive=False)  # an older backup gets the tables of this version
    checked = verify(
        [Anchor("备份", manifest.block, manifest.digest, genuine=True)] if manifest.block else []
    )
    audit.record(getpass.getuser(), "restore", source.name, detail={"block": manifest.block})
    (home / UNDER_WAY).unlink()
    return Restored(manifest, checked)


def _check(manifest: Manifest, home: Path) -> None:
    """Can it be restored here at all?"""
    if manifest.vendor != connection.vendor:
        raise BackupError([f"备份来自 {manifest.vendor},这里设的是 {connection.vendor}:改 MINGCHA_DATABASE"])
    known = set(MigrationExecutor(connection).loader.graph.nodes)
    if unknown := [
        f"{app}.{name}" for app, name in map(tuple, manifest.migrations) if (app, name) not in known
    ]:
        raise BackupError([f"备份来自更新的版本 {manifest.version}(如 {unknown[0]}):先装那个版本"])
    if (home / UNDER_WAY).exists():
        return
    full = [
        path.name
        for path in home.iterdir()
        if path.is_dir() and path.name not in NOT_FILES and any(path.iterdir())
    ]
    if full or tables():
        there = "、".join(full) or "数据库里的表"
        raise BackupError([f"{home} 不是空的({there}):另设 MINGCHA_HOME(与空的数据库),恢复从不覆盖"])


def _database(folder: Path, manifest: Manifest, tell: Tell) -> None:
    if connection.vendor == "sqlite":
        connection.close()
        place = Path(connection.settings_dict["NAME"])
        for left in (place, place.with_name(place.name + "-wal"), place.with_name(place.name + "-shm")):
            left.unlink(missing_ok=True)
        shutil.copyfile(folder / SQLITE, place)
        return
    executor = MigrationExecutor(connection)
    present = set(map(tuple, manifest.migrations))
    nodes = [node for node in present if not (present & set(executor.loader.graph.node_map[node].children))]
    executor.migrate([(app, name) for app, name in nodes])
    _load(folder, manifest, tell)


def _load(folder: Path, manifest: Manifest, tell: Tell) -> None:
    """All rows in one transaction: references are checked at its end."""
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(map(quote, manifest.tables))} CASCADE")
        for done, name in enumerate(manifest.tables, start=1):
            tell(done, len(manifest.tables), name)
            with pa.input_stream(folder / f"{name}.copy.zst", compression="zstd") as rows:
                head, _, rest = _first_line(rows)
                listed = ", ".join(map(quote, head.decode().split("\t")))
                with cursor.copy(f"COPY {quote(name)} ({listed}) FROM STDIN") as copy:
                    copy.write(rest)
                    while block := rows.read(_BLOCK):
                        copy.write(block)
        models = connection.introspection.installed_models(list(manifest.tables))
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(statement)


def _first_line(rows: pa.NativeFile) -> tuple[bytes, bytes, bytes]:
    held = b""
    while b"\n" not in held and (block := rows.read(_BLOCK)):
        held += block
    return held.partition(b"\n")


def _compare(manifest: Manifest) -> None:
    """Every table has the rows it had. Raises `BackupError`."""
    problems = []
    with connection.cursor() as cursor:
        for name, rows in manifest.tables.items():
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")  # noqa: S608 names of models
            if (found := cursor.fetchone()[0]) != rows:
                problems.append(f"表 {name} 备份时 {rows} 行,恢复后 {found} 行")
    if problems:
        raise BackupError(problems)
