"""How often a rule was right 准确: what it raised, and what of that was taken back, by whom and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, Value, When

from mingcha.accounts.policy import Scope
from mingcha.alerts.counting import kept
from mingcha.alerts.models import Alert, Change
from mingcha.casework.subjects import subject_of
from mingcha.intake.fact_models import FACTS

_AT_ONCE: Final = 500
_THERE: Final = (Alert.State.PROPOSED, Alert.State.OPEN, Alert.State.CURED)


@dataclass(frozen=True)
class Precision:
    """Counts of one rule's alerts. Each that was taken back counts once, by the last change that ended it: `corrected`
    by the system, on other data or another law; `withdrawn` by a person; `revoked` by an appeal; `dismissed` before it
    was issued."""

    raised: int = 0
    standing: int = 0
    corrected: int = 0
    withdrawn: int = 0
    dismissed: int = 0
    appealed: int = 0
    revoked: int = 0

    @property
    def overturned(self) -> int:
        """Taken back on whatever grounds: corrected data, a person's decision, an appeal."""
        return self.corrected + self.withdrawn + self.dismissed + self.revoked

    @property
    def share(self) -> float | None:
        """The share of what was raised or dismissed that stood; None where nothing was."""
        judged = self.raised + self.dismissed
        return None if not judged else 1 - self.overturned / judged


def precision(scope: Scope) -> Mapping[str, Precision]:
    """Rule -> its counts, within the scope; kept for a minute while no alert changes."""
    alerts = scope.limit(Alert.objects.all())
    return kept(alerts, "precision", lambda: _precision(scope, alerts))


def _precision(scope: Scope, alerts: QuerySet[Alert]) -> dict[str, Precision]:
    issued = Q(issued_at__isnull=False)
    rows = alerts.values_list("rule").annotate(
        raised=Count("id", filter=issued), standing=Count("id", filter=issued & Q(state=Alert.State.OPEN))
    )
    counts = {
        rule: Counter(raised=raised, standing=standing) for rule, raised, standing in rows.order_by("rule")
    }
    appealed = _appealed(scope)
    taken_back = _taken_back(alerts)
    ends = taken_back.values_list("rule", "end").order_by().annotate(Count("pk"))
    granted = taken_back.filter(end="withdrawn", pk__in=[pk for pk, (_, won) in appealed.items() if won])
    for rule, end, count in ends:
        counts[rule][end] += count
    for rule in granted.values_list("rule", flat=True):
        counts[rule].update(withdrawn=-1, revoked=1)
    for rule, _ in appealed.values():
        counts[rule]["appealed"] += 1
    return {rule: Precision(**told) for rule, told in counts.items()}


def _taken_back(alerts: QuerySet[Alert]) -> QuerySet[Any]:
    """Those that were taken back, with how they ended last as `end`. A proposal that went by itself is not among them:
    nobody ever said it was so. What people decide rests on no batch, what is judged does."""
    last = Change.objects.filter(alert=OuterRef("pk"), state_before__in=_THERE, state=Alert.State.WITHDRAWN)
    ending = last.order_by("-no")
    return (
        alerts.filter(state=Alert.State.WITHDRAWN)
        .annotate(kind=Subquery(ending.values("kind")[:1]), batch=Subquery(ending.values("batch_no")[:1]))
        .annotate(
            end=Case(
                When(kind=Change.Kind.DISMISSED, then=Value("dismissed")),
                When(issued_at__isnull=True, then=Value("")),
                When(batch__isnull=False, then=Value("corrected")),
                default=Value("withdrawn"),
            )
        )
        .exclude(end="")
    )


def _appealed(scope: Scope) -> dict[int, tuple[str, bool]]:
    """Alert -> its rule, and whether an appeal against it was granted; of the alerts in the scope."""
    appeals: Any = FACTS["appeals"]
    filed = appeals.objects.filter(seen_to=None, filed_at__isnull=False).exclude(alert=None)
    granted: dict[str, bool] = {}
    for subject, decision in filed.exclude(withdrawn=True).values_list("alert", "decision"):
        granted[subject] = granted.get(subject, False) or decision == "revoked"
    keys = sorted({key for subject in granted for key in _keys_of(subject)})
    abouts = {subject.split("/")[1] for subject in granted if "/" in subject}
    found: dict[int, tuple[str, bool]] = {}
    for i in range(0, len(keys), _AT_ONCE):
        rows = scope.limit(Alert.objects.filter(about__in=abouts, key__in=keys[i : i + _AT_ONCE]))
        for alert in rows.only("rule", "about", "key", "subject", "episode"):
            if (subject := subject_of(alert)) in granted:
                found[alert.pk] = alert.rule, granted[subject]
    return found


def _keys_of(subject: str) -> list[str]:
    """The keys an alert of this name (`rule/about/key/subject/episode`) may have: a key may hold strokes itself."""
    parts = subject.split("/")
    return ["/".join(parts[2:end]) for end in range(3, len(parts) - 1)]
