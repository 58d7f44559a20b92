"""One consistent state of the database, copied while writers go on.

SQLite: its online backup within one read transaction, so that it need not begin again when somebody writes.
PostgreSQL: every table by COPY within one repeatable-read transaction, as text, compressed: no tool of the server's
version is needed, and a newer server reads it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from mingcha.base import audit
from mingcha.base.backup.manifest import Manifest

Tell = Callable[[int, int, str], None]
"""Told how far it is: done, of how many, and what."""
SQLITE: Final = "mingcha.sqlite3"
_PAGES: Final = 50_000


def tables() -> list[str]:
    """The tables that a backup holds, by name: those of the models."""
    return sorted(connection.introspection.django_table_names(only_existing=True, include_views=False))


def snapshot(folder: Path, manifest: Manifest, tell: Tell) -> None:
    """Copy the database into a folder, and say in the manifest what it holds."""
    if connection.vendor == "sqlite":
        _sqlite(Path(connection.settings_dict["NAME"]), folder / SQLITE, manifest, tell)
    else:
        _postgresql(folder, manifest, tell)


def _sqlite(source: Path, target: Path, manifest: Manifest, tell: Tell) -> None:
    with closing(sqlite3.connect(source, timeout=20)) as live, closing(sqlite3.connect(target)) as copy:
        live.execute("BEGIN")
        live.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on it sees one state
        live.backup(copy, pages=_PAGES, progress=lambda _, rest, pages: tell(pages - rest, pages, "页"))
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, whole in itself
        _describe(manifest, lambda sql: copy.execute(sql).fetchall())


def _postgresql(folder: Path, manifest: Manifest, tell: Tell) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

        def ask(sql: str) -> list[tuple[Any, ...]]:
            cursor.execute(sql)
            return list(cursor.fetchall())

        _describe(manifest, ask)
        for done, name in enumerate(manifest.tables, start=1):
            tell(done, len(manifest.tables), name)
            columns = [column.name for column in connection.introspection.get_table_description(cursor, name)]
            listed = ", ".join(map(connection.ops.quote_name, columns))
            with pa.output_stream(folder / f"{name}.copy.zst", compression="zstd") as out:
                out.write(("\t".join(columns) + "\n").encode())
                with cursor.copy(f"COPY {connection.ops.quote_name(name)} ({listed}) TO STDOUT") as blocks:
                    for block in blocks:
                        out.write(block)


def _describe(manifest: Manifest, ask: Callable[[str], list[tuple[Any, ...]]]) -> None:
    """What the manifest says of a database, asked in the very state that is copied."""
    quote = connection.ops.quote_name
    manifest.tables = {name: ask(f"SELECT count(*) FROM {quote(name)}")[0][0] for name in tables()}  # noqa: S608
    applied = ask("SELECT app, name FROM django_migrations ORDER BY 1, 2")
    # A new database, too, counts what a migration stands for as applied; the migration itself says it all.
    replaced = {old for new in MigrationLoader(None).disk_migrations.values() for old in new.replaces}
    manifest.migrations = [(app, name) for app, name in applied if (app, name) not in replaced]
    head = ask("SELECT no, digest FROM base_auditblock ORDER BY no DESC LIMIT 1")
    manifest.block, manifest.digest = head[0] if head else (0, audit.GENESIS)
    manifest.keys = dict(ask("SELECT name, digest FROM base_keymark"))
