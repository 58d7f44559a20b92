"""Whether what was published still fits the audit chain: part of `mingcha audit verify`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from mingcha.base.audit_proofs import month_root
from mingcha.base.models import AuditRow
from mingcha.disclosure.models import Month
from mingcha.disclosure.publishing import digest_of


@dataclass(frozen=True)
class Checked:
    """A published month; `faults` are Chinese sentences, none where it fits."""

    month: str
    root: str
    faults: tuple[str, ...]


def check(*, reckon: bool = True) -> list[Checked]:
    """Every published month against the chain as it is now, in order.

    Without `reckon` only against what was recorded when it was published: quick, while the root goes over every block
    of the month.
    """
    return [
        Checked(row.month, row.root, tuple(_faults(row, reckon))) for row in Month.objects.order_by("month")
    ]


def _faults(row: Month, reckon: bool) -> Iterator[str]:
    if reckon and month_root(row.month) != row.root:
        yield f"{row.month} 的公示值 {row.root} 与审计链不符:这个月的审计记录在公示之后被改动过"
    if digest_of(row.text) != row.digest or json.loads(row.text).get("audit_root") != row.root:
        yield f"{row.month} 的公示内容在公示之后被改动过"
    recorded = AuditRow.objects.filter(act="disclosure.month", about=f"disclosure/{row.month}")
    if {"digest": row.digest, "root": row.root} not in list(recorded.values_list("detail", flat=True)):
        yield f"{row.month} 的公示内容与公示时记入审计的摘要不符"
