"""The engine's findings beside the oracle's, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

Finding = Mapping[str, Any]

KEY = ("rule", "about", "key", "subject")
CERTAIN = ("episode", "level", "cause", "abnormal", "manual", "lead", "provisional", "standing")
MOMENTS = ("since", "warn_at", "yellow_at", "red_at", "due_at", "next_at", "ended_at")


COMING = {"zhengzhou-11a": "%Y-%m", "zhengzhou-11b": "%Y-%m", "zhengzhou-12": "%Y-%m-%d"}
"""Rules of duties that come round: how the subject, a day or a month, is written."""


def keyed(findings: Iterable[Finding]) -> dict[tuple[Any, ...], Finding]:
    found: dict[tuple[Any, ...], Finding] = {}
    for finding in findings:
        key = tuple(finding[name] for name in KEY)
        assert key not in found, f"two findings of one {key}"
        found[key] = finding
    return found


def differences(expected: Iterable[Finding], found: Iterable[Finding]) -> list[str]:
    """What differs, one line a finding; an undetermined one is held to its verdict and its cause only.

    Duties of days and months to come are the engine's way to know when to look again, and left out.
    """
    mine, theirs = keyed(expected), keyed(f for f in found if not _to_come(f))
    lines = [f"only the oracle: {_short(mine[key])}" for key in sorted(mine.keys() - theirs.keys(), key=str)]
    lines += [
        f"only the engine: {_short(theirs[key])}" for key in sorted(theirs.keys() - mine.keys(), key=str)
    ]
    for key in sorted(mine.keys() & theirs.keys(), key=str):
        names = CERTAIN + (() if mine[key]["level"] == "undetermined" else MOMENTS) + ()
        wrong = [
            f"{n}: oracle {_text(mine[key][n])}, engine {_text(theirs[key][n])}"
            for n in names
            if mine[key][n] != theirs[key][n]
        ]
        if wrong:
            lines.append(f"{key}: {'; '.join(wrong)}")
    return lines


def _to_come(finding: Finding) -> bool:
    form = COMING.get(finding["rule"])
    return form is not None and finding["subject"] > finding["as_of"].strftime(form)


def _text(value: Any) -> str:
    return value.isoformat(" ") if isinstance(value, datetime) else repr(value)


def _short(finding: Finding) -> str:
    names = (*KEY, "level", "cause", "since", "next_at")
    return ", ".join(f"{name}={_text(finding[name])}" for name in names if finding.get(name) is not None)
