"""A rule whose alerts are overturned too often falls back to human confirmation, visibly, until it is right again.

Counted over `WINDOW` are alerts on which people decided: confirmed, upheld on appeal, explained and left standing;
against dismissed or withdrawn. What a difference list withdraws speaks against the law before, not against the rule.
More than `overturned_percent` of at least `overturned_least`: the rule is doubted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Count

from mingcha.accounts.models import Role
from mingcha.alerts.doubt_models import Doubt
from mingcha.alerts.models import Change
from mingcha.base import audit
from mingcha.casework import clocks
from mingcha.casework.models import Transition
from mingcha.notify import messages

WINDOW: Final = timedelta(days=90)
_AGAINST: Final = (Change.Kind.WITHDRAWN, Change.Kind.DISMISSED)
_UPHELD: Final = {"appeal": ("upheld",), "explain": ("accepted",)}
"""States of matters in which the alert stands after somebody looked."""


@dataclass(frozen=True)
class Tally:
    """On how many alerts of a rule people decided, and how many of them they overturned."""

    decided: int
    overturned: int

    def doubtful(self) -> bool:
        """Whether the share is above the setting, of enough alerts."""
        least = int(clocks.setting("overturned_least", "", 10))
        percent = int(clocks.setting("overturned_percent", "", 30))
        return self.decided >= least and 100 * self.overturned > percent * self.decided


def tallies(now: datetime) -> dict[str, Tally]:
    """Rule -> its tally over the window (aware)."""
    since = now - WINDOW
    # What rests on a batch was judged, be it in the name of whoever had a difference list applied.
    by_people = Change.objects.filter(recorded_at__gte=since, batch_no=None).exclude(actor=audit.SYSTEM)
    against = _counted(by_people.filter(kind__in=_AGAINST))
    confirmed = _counted(by_people.filter(kind=Change.Kind.CONFIRMED))
    upheld: dict[str, int] = {}
    for kind, states in _UPHELD.items():
        rows = Transition.objects.filter(recorded_at__gte=since, matter__kind=kind, after__in=states)
        rows = rows.exclude(actor=audit.SYSTEM).exclude(matter__alert=None)
        for rule, count in rows.values_list("matter__alert__rule").annotate(Count("matter")).order_by():
            upheld[rule] = upheld.get(rule, 0) + count
    rules = against.keys() | confirmed.keys() | upheld.keys()
    return {
        rule: Tally(
            against.get(rule, 0) + max(confirmed.get(rule, 0), 0) + upheld.get(rule, 0), against.get(rule, 0)
        )
        for rule in rules
    }


def _counted(rows: object) -> dict[str, int]:
    return dict(rows.values_list("alert__rule").annotate(Count("alert", distinct=True)).order_by())  # type: ignore[attr-defined]


def reconsider(now: datetime) -> list[str]:
    """Begin and end doubts by the tallies of now; the rules whose standing changed."""
    found = tallies(now)
    held = {doubt.rule: doubt for doubt in Doubt.objects.filter(ended_at=None)}
    changed = []
    for rule in sorted(found.keys() | held.keys()):
        tally = found.get(rule, Tally(0, 0))
        if tally.doubtful() and rule not in held:
            _begin(rule, tally, now)
            changed.append(rule)
        elif rule in held and not tally.doubtful():
            _end(held[rule], now)
            changed.append(rule)
    return changed


@transaction.atomic
def _begin(rule: str, tally: Tally, now: datetime) -> None:
    Doubt.objects.create(rule=rule, since=now, overturned=tally.overturned, decided=tally.decided)
    said = f"近90天有结论的 {tally.decided} 条信号中 {tally.overturned} 条被推翻"
    _tell(rule, "rule.doubted", f"规则 {rule} 改为人工确认后发出", f"{said},新的信号先待确认。")
    audit.record(
        audit.SYSTEM, "rule.doubted", f"rule/{rule}",
        detail={"overturned": tally.overturned, "decided": tally.decided},
    )  # fmt: skip


@transaction.atomic
def _end(doubt: Doubt, now: datetime) -> None:
    Doubt.objects.filter(pk=doubt.pk).update(ended_at=now)
    _tell(doubt.rule, "rule.trusted", f"规则 {doubt.rule} 恢复直接发出信号", "被推翻的比例已回到设定以下。")
    audit.record(audit.SYSTEM, "rule.trusted", f"rule/{doubt.rule}")


def _tell(rule: str, kind: str, title: str, text: str) -> None:
    messages.write(
        [
            messages.Notice(
                kind=kind, title=title, text=text, link=f"/rules/{rule}/", subject=f"rule/{rule}", rule=rule,
                roles=(Role.SUPERVISOR,),
            )
        ]
    )  # fmt: skip
