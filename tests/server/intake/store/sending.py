"""Batches as senders send them: JSON through `receiving`, applied at once."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

from mingcha.intake.applying import apply_next
from mingcha.intake.fact_models import FACTS
from mingcha.intake.incoming import taken_in
from mingcha.intake.models import Batch, Source
from mingcha.intake.receiving import receive

ITEM = "11410105MB0000019A4410118001000"
_KEYS = count(1)

Rows = list[dict[str, Any]]


def source(code: str = "platform", **more: Any) -> Source:
    """A registered source."""
    values = {"name": code, "way": Source.Way.WEB_SERVICE, "best_rating": 5, **more}
    return Source.objects.get_or_create(code=code, defaults=values)[0]


def case(case_no: str = "BJ1", **more: Any) -> dict[str, Any]:
    """A row of cases."""
    return {"case_no": case_no, "item_code": ITEM, "received_at": "2026-03-02 09:00", **more}


def send(tables: dict[str, Rows], by: Source | None = None) -> Batch:
    """Receive and apply; the batch as it then stands."""
    content = json.dumps(tables, ensure_ascii=False).encode()
    with taken_in([content]) as sent:
        batch = receive(by or source(), sent, "json", key=f"k{next(_KEYS)}", own=True)
    while apply_next() is not None:
        pass
    return Batch.objects.get(pk=batch.pk)


def present(table: str, *columns: str) -> list[tuple[Any, ...]]:
    """The open rows that are not withdrawn, sorted."""
    rows = FACTS[table].objects.filter(seen_to=None).exclude(withdrawn=True)
    return sorted(rows.values_list(*columns), key=repr)
