"""What a decision of casework does to its alert, through the one function that changes alerts."""

from __future__ import annotations

from mingcha.alerts import deciding
from mingcha.alerts.changing import change
from mingcha.alerts.models import Alert, Change
from mingcha.alerts.transitions import state_after
from mingcha.casework.models import Matter, Transition


def take_back(matter: Matter, transition: Transition) -> None:
    """The alert is withdrawn (one not issued yet dismissed): it counts no more, and stays so while the same finding
    lasts. One that is gone already stays as it is. Raises `ConflictError` where somebody is quicker with the alert."""
    if matter.alert_id is None:
        return
    alert = Alert.objects.get(pk=matter.alert_id)
    dismissed = alert.state == Alert.State.PROPOSED
    kind = Change.Kind.DISMISSED if dismissed else Change.Kind.WITHDRAWN
    if state_after(kind, alert.state) is None:
        return
    why = f"{matter.no}:{transition.reason}" if transition.reason else matter.no
    change(deciding.moves(alert, kind, why), transition.actor)
