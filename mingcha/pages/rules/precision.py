"""How often a rule was right 准确: what it raised, and what of that was taken back, by whom and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from mingcha.accounts.policy import Scope
from mingcha.alerts.models import Alert, Change
from mingcha.intake.fact_models import FACTS


@dataclass(frozen=True)
class Precision:
    """Counts of one rule's alerts, those that are no longer there among them."""

    raised: int = 0
    standing: int = 0
    withdrawn: int = 0
    dismissed: int = 0
    appealed: int = 0
    revoked: int = 0

    @property
    def overturned(self) -> int:
        """Taken back on whatever grounds: corrected data, a person's decision, an appeal."""
        return self.withdrawn + self.dismissed + self.revoked

    @property
    def share(self) -> float | None:
        """The share of what was raised that stood; None where nothing was raised."""
        return None if not self.raised else 1 - min(self.raised, self.overturned) / self.raised


def precision(scope: Scope) -> Mapping[str, Precision]:
    """Rule -> its counts, within the scope."""
    standing = Q(state__in=[Alert.State.OPEN, Alert.State.PROPOSED])
    dismissed = Q(changes__kind=Change.Kind.DISMISSED)
    rows = (
        scope.limit(Alert.objects.all())
        .values("rule")
        .annotate(
            raised=Count("id", distinct=True),
            standing_=Count("id", filter=standing, distinct=True),
            dismissed_=Count("id", filter=dismissed, distinct=True),
            withdrawn_=Count("id", filter=Q(state=Alert.State.WITHDRAWN) & ~dismissed, distinct=True),
        )
    )
    appeals = _appeals()
    return {
        row["rule"]: Precision(
            row["raised"],
            row["standing_"],
            row["withdrawn_"],
            row["dismissed_"],
            *appeals.get(row["rule"], (0, 0)),
        )
        for row in rows.order_by("rule")
    }


def _appeals() -> dict[str, tuple[int, int]]:
    """Rule -> how many of its alerts were appealed against, and how many of them an appeal revoked. What an appeal is
    about begins with the rule: `rule/about/key/subject/episode`."""
    appeals: Any = FACTS["appeals"]
    rows = appeals.objects.filter(seen_to=None).exclude(alert=None).exclude(withdrawn=True)
    counted = rows.values("alert").annotate(
        filed=Count("pk", filter=Q(filed_at__isnull=False)), revoked=Count("pk", filter=Q(decision="revoked"))
    )
    found: dict[str, tuple[int, int]] = {}
    for row in counted.order_by("alert"):
        rule = row["alert"].partition("/")[0]
        filed, revoked = found.get(rule, (0, 0))
        found[rule] = (filed + row["filed"], revoked + row["revoked"])
    return found
