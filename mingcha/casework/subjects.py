"""How a matter names the alert it is about: by the key that every reference to an alert carries."""

from __future__ import annotations

from collections.abc import Iterable

from mingcha.alerts.models import Alert
from mingcha.intake.fact_models import FACTS

ALERT = "alert"
"""`subject_kind` of matters about an alert."""


def subject_of(alert: Alert) -> str:
    """`rule/about/key/subject/episode`: what the columns `alert` of the fact tables hold."""
    return f"{alert.rule}/{alert.about}/{alert.key}/{alert.subject}/{alert.episode}"


def rule_of(subject: str) -> str:
    """The rule of a subject made by `subject_of`."""
    return subject.partition("/")[0]


def officers_of(alerts: Iterable[Alert]) -> dict[str, str]:
    """Case number -> the officer who handles it, as far as it was reported."""
    numbers = sorted({alert.case_no for alert in alerts if alert.case_no})
    rows = (
        FACTS["cases"]._default_manager.filter(seen_to=None, case_no__in=numbers).exclude(officer_code=None)
    )
    return dict(rows.values_list("case_no", "officer_code"))


def title_of(alert: Alert) -> str:
    """What a matter about the alert is called in lists."""
    return f"{alert.case_no or alert.key} {alert.reason}"[:200]
