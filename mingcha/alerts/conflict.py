"""Somebody was quicker."""

from __future__ import annotations


class ConflictError(Exception):
    """Somebody was quicker, or the state does not allow it (409); the message says what happened, in Chinese."""

    def __init__(self, message: str, alert_id: int | None = None) -> None:
        super().__init__(message)
        self.alert_id = alert_id
