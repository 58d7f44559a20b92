"""Logs: one JSON object a line on standard error, without personal data.

What is logged is said in the message and in `extra`, never in texts of rows; identity numbers and phones that slip in
by an error's text are masked, and of a database's errors only the first line is kept (the rest quotes values).
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final

_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "request",
    "server_time",
}
_PERSONAL: Final = re.compile(
    r"(?<!\d)(?:\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])\d{5}[\dXx]"  # identity number, 18
    r"|\d{6}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}"  # identity number, 15
    r"|(?:\+?86)?1[3-9]\d{9})(?!\d)"  # mobile phone
)


def masked(text: str) -> str:
    """The text with identity numbers and mobile phones made unreadable."""
    return _PERSONAL.sub(lambda found: found[0][:3] + "****", text)


class JsonLines(logging.Formatter):
    """A record as one line of JSON: at (UTC), level, logger, message, what `extra` holds, and the error."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        for name, value in vars(record).items():
            if name not in _STANDARD:
                told[name] = value if isinstance(value, (int, float, bool)) else masked(str(value))
        if record.exc_info and record.exc_info[1] is not None:
            told["error"] = _told(record.exc_info[1])
            told["where"] = _frames(record.exc_info[2])
        return json.dumps(told, ensure_ascii=False, default=str)


def _told(error: BaseException) -> str:
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {masked(lines[0])[:500]}"


def _frames(trace: TracebackType | None) -> list[str]:
    """The last frames: file, line and function, without the values of any."""
    found = traceback.extract_tb(trace)[-12:]
    return [f"{'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}" for frame in found]


def logging_settings(level: str) -> dict[str, Any]:
    """Django's LOGGING."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonLines}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "axes": {"level": "WARNING"},  # what it does of an ordinary sign-in says nothing; its warnings do
        },
    }
