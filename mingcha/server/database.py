"""The database of an installation, as Django wants it: SQLite by default, PostgreSQL by one setting."""

from __future__ import annotations

from typing import Any

import dj_database_url

from mingcha.base.config import Config

_SQLITE = {
    # IMMEDIATE: a writer waits its turn at the start instead of failing in the middle.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536;"
        "PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY; PRAGMA busy_timeout=20000;"
    ),
}


_KEPT = 60
"""Seconds a thread keeps its connection: opening one costs more than most of what is asked of it."""


def database(config: Config) -> dict[str, Any]:
    """The entry of `DATABASES`."""
    if not config.database:
        home = config.home.resolve()
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(home / "mingcha.sqlite3"),
            "CONN_MAX_AGE": _KEPT,
            "OPTIONS": dict(_SQLITE),
            # A file, as in service: a database in memory has other locks, and threads fail there.
            "TEST": {"NAME": str(home / "test.sqlite3")},
        }
    entry: dict[str, Any] = dict(dj_database_url.parse(config.database, conn_max_age=_KEPT))
    if password := config.database_password.get_secret_value():
        entry["PASSWORD"] = password
    if entry["ENGINE"].endswith("sqlite3"):
        entry["OPTIONS"] = dict(_SQLITE)
    return entry
