"""How a matter names the alert it is about: by the key that every reference to an alert carries."""

from __future__ import annotations

from mingcha.alerts.models import Alert

ALERT = "alert"
"""`subject_kind` of matters about an alert."""


def subject_of(alert: Alert) -> str:
    """`rule/about/key/subject/episode`: what the columns `alert` of the fact tables hold."""
    return f"{alert.rule}/{alert.about}/{alert.key}/{alert.subject}/{alert.episode}"


def rule_of(subject: str) -> str:
    """The rule of a subject made by `subject_of`."""
    return subject.partition("/")[0]


def title_of(alert: Alert) -> str:
    """What a matter about the alert is called in lists."""
    return f"{alert.case_no or alert.key} {alert.reason}"[:200]
