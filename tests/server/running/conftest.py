"""Installations that were prepared once for all tests here: making the tables is the slowest part of a first start."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.server.running.served import Served


def _database() -> str:
    """A new empty database beside the tests' own; "" on SQLite."""
    address = os.environ.get("MINGCHA_DATABASE", "")
    if not address.startswith("postgres"):
        return ""
    import psycopg

    name = f"served_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    parts = urlsplit(address)
    return urlunsplit(parts._replace(path=f"/{name}"))


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """An installation with its tables and keys, not running. Copied, never used itself."""
    served = Served(tmp_path_factory.mktemp("prepared") / "home", database=_database())
    done = served.run("migrate")
    assert done.returncode == 0, done.stderr
    return served


@pytest.fixture
def installation(prepared: Served, tmp_path: Path) -> Iterator[Callable[[], Served]]:
    """Makes installations of one's own; they are ended with the test."""
    made: list[Served] = []

    def make() -> Served:
        made.append(copy_of(prepared, tmp_path / f"home{len(made)}"))
        return made[-1]

    yield make
    for served in made:
        if served.process is not None and served.process.poll() is None:
            served.stop()


def copy_of(prepared: Served, home: Path) -> Served:
    """An installation like the prepared one, in a folder and a database of its own."""
    shutil.copytree(prepared.home, home)
    return Served(home, database=_copied(prepared.database))


def _copied(address: str) -> str:
    if not address:
        return ""
    import psycopg

    parts = urlsplit(address)
    name = f"served_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(os.environ["MINGCHA_DATABASE"], autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {parts.path.lstrip('/')}")
    return urlunsplit(parts._replace(path=f"/{name}"))
