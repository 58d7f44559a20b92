"""What commands that judge have in common: how times, packs and engines are named, and what time it is."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

if TYPE_CHECKING:
    from mingcha.engine.backend import Backend
    from mingcha.law.calendar import Calendar

ENGINES = ("duckdb", "spark")
CALENDARS = "MINGCHA_CALENDARS"
"""Environment variable: a folder with calendar files of one's own, laid over those that ship."""

SPARK_MASTER = "MINGCHA_SPARK_MASTER"
"""Environment variable: where Spark runs, `local[2]` unless set."""


class _AsOf(click.ParamType[datetime]):
    """A moment; a bare date is its last second."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read the text in any spelling that data may use."""
        from mingcha.report.choices import TIME_ADVICE, as_moment

        found = as_moment(value)
        if found is None:
            raise click.UsageError(f"看不懂时间“{value}”;{TIME_ADVICE}", ctx)
        return found


class _Names(click.ParamType[tuple[str, ...]]):
    """Names between commas."""

    name = "names"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Split; a tuple passes as it is (the default)."""
        if isinstance(value, tuple):
            return value
        return tuple(name for part in str(value).replace(",", ",").split(",") if (name := part.strip()))


AS_OF = _AsOf()
NAMES = _Names()


def now() -> datetime:
    """Now, in local time of the law (Asia/Shanghai)."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None, microsecond=0)


def site_calendar() -> Calendar:
    """The calendar that ships, under the files of the folder that `MINGCHA_CALENDARS` names."""
    from mingcha.law.load import load_calendar

    own = os.environ.get(CALENDARS)
    return load_calendar(Path(own) if own else None)


def backend_of(engine: str) -> Callable[[], Backend]:
    """The engine by name. Raises NoSparkError or NoJavaError, which say what to install."""
    if engine == "spark":
        from mingcha.engine.spark import spark_backend

        return spark_backend(os.environ.get(SPARK_MASTER, "local[2]"))
    from mingcha.engine.duck import DuckBackend

    return DuckBackend
