"""The matters of an alert, and what may begin about it."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest

from mingcha.accounts.models import Account
from mingcha.accounts.policy import may, scope
from mingcha.alerts.models import Alert
from mingcha.casework import filing
from mingcha.casework.models import Matter
from mingcha.casework.subjects import ALERT, subject_of
from mingcha.pages.casework.forms import accepted
from mingcha.pages.casework.opening import beginnings
from mingcha.pages.casework.table import left_tag, prepare


def casework_of(request: HttpRequest, alert: Alert) -> dict[str, Any]:
    """What the page of an alert shows of casework; nothing to who may not read it."""
    account = cast(Account, request.user)
    if not may(account, "casework.read"):
        return {"matters": [], "begins": []}
    about = Matter.objects.filter(alert=alert) | Matter.objects.filter(
        subject_kind=ALERT, subject=subject_of(alert)
    )
    rows = prepare(list(scope(account, "casework.read").limit(about).order_by("-opened_at")[:20]))
    return {
        "matters": [(row, left_tag(row)) for row in rows],
        "begins": beginnings(alert, account),
        "appeal_until": None if filing.why_not(alert) else filing.last_day(alert),
        **accepted(),
    }
