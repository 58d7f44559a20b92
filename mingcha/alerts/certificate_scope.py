"""Whether a certificate tells its reader more than they may see: a rule that compares brings the rows of others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Set
from typing import Any, Final

from django.db.models import Q, QuerySet

from mingcha.accounts.scopes import Scope
from mingcha.alerts.models import Alert
from mingcha.certificates.facts_slice import GUARDED
from mingcha.facts.schema import TABLES
from mingcha.intake.fact_models import FACTS

_WATCHED: Final = ("cases", *GUARDED)
_AT_ONCE: Final = 500


def beyond(document: bytes, alert: Alert, scope: Scope) -> list[str]:
    """The tables, by their Chinese names, of which the certificate of an alert holds cases, ratings or complaints that
    lie outside the scope; what the alert itself is about lies inside."""
    if scope.everything:
        return []
    held, own = json.loads(document)["body"]["facts"], {alert.case_no, alert.subject, alert.key}
    return [
        TABLES[name].label
        for name in _WATCHED
        if name in held
        and not all(_inside(name, numbers, scope) for numbers in _others(name, held[name], own))
    ]


def _others(name: str, part: dict[str, Any], own: Set[str]) -> Iterator[Set[str]]:
    place = part["columns"].index(TABLES[name].keys[0])
    numbers = {row[place] for row in part["rows"]} - own
    waiting = sorted(numbers)
    return (set(waiting[first : first + _AT_ONCE]) for first in range(0, len(waiting), _AT_ONCE))


def _inside(name: str, numbers: Set[str], scope: Scope) -> bool:
    """Whether all of them are rows of the scope's: by region, by agency, or by the case that they are about."""
    key = TABLES[name].keys[0]
    if name == "review_handling":
        name = "evaluations"
    rows = _rows(name).filter(**{f"{key}__in": sorted(numbers)})
    inside = _limited(name, rows, scope)
    if "case_no" in TABLES[name].by_name and name != "cases":
        cases = _limited("cases", _rows("cases"), scope).values("case_no")
        inside = rows.filter(Q(pk__in=inside.values("pk")) | Q(case_no__in=cases))
    return numbers <= set(inside.values_list(key, flat=True))


def _limited(name: str, rows: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
    region = "region_code" if "region_code" in TABLES[name].by_name else None
    return scope.limit(rows, region)


def _rows(name: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = FACTS[name]._default_manager.all()
    return rows
