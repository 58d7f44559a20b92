"""Windows 窗口 as ratings need them: whose it is, and who sits there now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from mingcha.evaluations.refused import NotTakenError
from mingcha.evaluations.taking import Subject
from mingcha.intake.fact_models import FACTS
from mingcha.law.instants import instant


@dataclass(frozen=True)
class Window:
    """A window of a hall."""

    code: str
    name: str
    hall: str
    agency_code: str


def window(code: str) -> Window:
    """The window of that code. Raises NotTakenError 404."""
    found = _present("windows").filter(code=code).first() if code and "\0" not in code else None
    if found is None:
        raise NotTakenError("没有这个窗口,或它已撤销;请向大厅工作人员索取新的二维码", 404)
    hall = _present("halls").filter(code=found.hall_code).first()
    return Window(code, found.name or code, hall.name if hall else found.hall_code, found.agency_code or "")


def officer_at(code: str, now: datetime) -> str:
    """Who is on post at the window now, else whose window it is; "" where that is nobody or several."""
    posts = _present("posts").filter(
        window_code=code, status="on", ended_at=None, started_at__lte=instant(now)
    )
    found = set(posts.exclude(officer_code=None).values_list("officer_code", flat=True)[:2])
    if not found:
        found = set(_present("officers").filter(window_code=code).values_list("code", flat=True)[:2])
    return str(found.pop()) if len(found) == 1 else ""


def visit(no: str, code: str, now: datetime) -> Subject:
    """A visit at the window as it is rated on the spot: 一次一评."""
    return Subject(
        no,
        f"visit:{no}",
        "visit",
        window_code=code,
        officer_code=officer_at(code, now),
        agency_code=window(code).agency_code,
    )


def _present(table: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = FACTS[table]._default_manager.filter(seen_to=None).exclude(withdrawn=True)
    return rows
