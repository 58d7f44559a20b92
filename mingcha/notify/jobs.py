"""The recurring work of notices: handing on what was written, sending what is due."""

from __future__ import annotations

from mingcha.base.jobs import every
from mingcha.intake.workdays import calendar_in_force
from mingcha.notify import batches, channels, dispatch  # noqa: F401  they register what sends, and what tells


@every(1)
def hand_on() -> None:
    """Number new messages and hand them to webhooks and subscriptions."""
    dispatch.hand_on(calendar_in_force())


@every(5)
def send_held() -> None:
    """Send what is due, everything of one subscription as one."""
    dispatch.send_held()
