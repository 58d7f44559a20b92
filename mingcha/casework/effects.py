"""What a decision of casework does beside its matter: to the alert, through the one function that changes alerts,
and to who learns of it."""

from __future__ import annotations

from mingcha.alerts import deciding
from mingcha.alerts.changing import change
from mingcha.alerts.models import Alert, Change
from mingcha.alerts.transitions import state_after
from mingcha.casework.models import Matter, Transition


def name_the_agency(matter: Matter, transition: Transition) -> None:
    """The matter, decided upon, becomes known to the agency of its alert."""
    if matter.alert is not None and not matter.agency_code:
        matter.agency_code = matter.alert.agency_code
        Matter.objects.filter(pk=matter.pk).update(agency_code=matter.agency_code)


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
