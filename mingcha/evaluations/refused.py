"""A rating that is not taken."""

from __future__ import annotations


class NotTakenError(Exception):
    """Says in Chinese what is wrong and what to do; `faults` by field, `status` as HTTP would say it."""

    def __init__(self, why: str, status: int = 422, faults: dict[str, str] | None = None) -> None:
        super().__init__(why)
        self.status, self.faults = status, faults or {}
