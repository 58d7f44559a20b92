"""An installation of its own for a test that writes keys."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import textwrap
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from mingcha.base import keys, sealing, tokens
from mingcha.base.config import config


def forget() -> None:
    """What this process remembers of its keys."""
    keys.folder.cache_clear()
    keys.audit_key.cache_clear()
    tokens._keyed.cache_clear()
    sealing._algorithms.clear()
    sealing._latest = (0, sealing._latest[1])


@pytest.fixture
def own_home(tmp_path, monkeypatch):
    """A home with no keys yet."""
    monkeypatch.setattr(config(), "home", tmp_path)
    forget()
    yield tmp_path
    forget()


class Installation:
    """An installation of its own, used from outside by real processes."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {**os.environ, "MINGCHA_HOME": str(home), "MINGCHA_LOG_LEVEL": "error"}
        self.environment.pop("MINGCHA_DATABASE", None)
        if connection.vendor == "postgresql":
            self.environment["MINGCHA_DATABASE"] = new_database()

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A command of `mingcha`, or a program (`-c`), under way."""
        command = arguments if arguments[0] == "-c" else ("-m", "mingcha.cli", *arguments)
        return subprocess.Popen(
            [sys.executable, *command],
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, *arguments: str, code: int = 0) -> str:
        """What a command said; it must end with the code."""
        process = self.start(*arguments)
        said, _ = process.communicate(timeout=300)
        assert process.returncode == code, said
        return said

    def program(self, text: str) -> str:
        """What a program printed that runs with Django ready."""
        return self.run("-c", READY + textwrap.dedent(text)).strip()


READY = "from mingcha.server.start import set_up; set_up()\n"


def new_database() -> str:
    """An empty database beside the one of the tests; its address."""
    name = f"mingcha_{secrets.token_hex(6)}"
    server = os.environ["MINGCHA_DATABASE"]
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    head, _, query = server.partition("?")
    base = head.rsplit("/", 1)[0]
    return f"{base}/{name}" + (f"?{query}" if query else "")


@pytest.fixture(scope="session")
def installation(tmp_path_factory):
    """One with its tables and keys, for all tests that need real processes."""
    made = Installation(tmp_path_factory.mktemp("installation"))
    made.run("migrate")
    made.program("from mingcha.base import keys; keys.check()")
    return made


@pytest.fixture
def empty_installation(tmp_path):
    """A place with nothing in it."""
    return Installation(tmp_path / "empty")
