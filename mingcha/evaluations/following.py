"""What becomes of a rating 后续, as the citizen who gave it may know it: no name in it but what it was about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from mingcha.casework.models import Matter
from mingcha.evaluations.loop import REVIEW, SUBJECT
from mingcha.evaluations.models import Rating
from mingcha.evaluations.scales import LEVELS, is_bad
from mingcha.intake.fact_models import FACTS
from mingcha.law.instants import moment

_STEPS: Final = (
    ("assigned_at", "已交办理单位处理"),
    ("signed_at", "办理单位已签收"),
    ("called_back_at", "已回访核实"),
    ("settled_at", "已办结"),
    ("extension_filed_at", "办理单位报备延期整改"),
    ("rectified_at", "已整改"),
    ("feedback_at", "整改情况已书面反馈"),
    ("published_at", "处理结果已公开"),
)
_GRADES: Final[dict[bool | None, str]] = {True: "满意", False: "不满意"}
FINDINGS: Final = {
    "confirmed": "经核实属实",
    "mistaken": "经核实为误评,不予采纳",
    "malicious": "经核实不属实,不予采纳",
    "pending": "正在核实",
}


@dataclass(frozen=True)
class Told:
    """A rating and what was done about it, the latest last. `contestable`: it was not adopted, and one
    may still object."""

    no: str
    level: int | None
    label: str
    bad: bool
    steps: tuple[tuple[datetime | date, str], ...]
    finding: str
    contestable: bool


def told(no: str) -> Told | None:
    """What became of the rating of that number; None where there is none yet."""
    said = _said(no)
    if said is None:
        return None
    handling = _handling(no)
    level, satisfied = said.get("level"), said.get("satisfied")
    label = LEVELS[level] if level in LEVELS else _GRADES.get(satisfied, "")
    finding = (handling or {}).get("finding") or ""
    open_to = Matter.objects.filter(
        kind=REVIEW.name, subject_kind=SUBJECT, subject=no, state="not_adopted"
    ).exists()
    return Told(
        no,
        level,
        label,
        is_bad(level, satisfied),
        tuple(_steps(handling or {})),
        FINDINGS.get(finding, ""),
        open_to,
    )


def _said(no: str) -> dict[str, Any] | None:
    rating = Rating.objects.filter(no=no).first()
    if rating is not None:
        return dict(rating.said)
    return _row("evaluations", no)


def _handling(no: str) -> dict[str, Any] | None:
    return _row("review_handling", no)


def _row(table: str, no: str) -> dict[str, Any] | None:
    rows = FACTS[table]._default_manager.filter(seen_to=None, evaluation_no=no).exclude(withdrawn=True)
    return rows.values().first()


def _steps(handling: dict[str, Any]) -> list[tuple[datetime | date, str]]:
    found = [(moment(handling[name]), said) for name, said in _STEPS if handling.get(name) is not None]
    return [(at, said) for at, said in found if at is not None]
