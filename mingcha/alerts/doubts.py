"""Which rules fall back to human confirmation now. Who doubts a rule, and when no longer: `casework.overturned`."""

from __future__ import annotations

from mingcha.alerts.doubt_models import Doubt


def doubted() -> frozenset[str]:
    """Ids of the rules whose new alerts are proposed, not issued."""
    return frozenset(Doubt.objects.filter(ended_at=None).values_list("rule", flat=True))


def doubt_of(rule: str) -> Doubt | None:
    """The doubt about a rule, if there is one now."""
    return Doubt.objects.filter(rule=rule, ended_at=None).first()
