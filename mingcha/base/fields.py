"""Fields of the models that Django does not have."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import models

from mingcha.law.instants import MISSING, instant, moment


class LocalInstant(models.BigIntegerField):  # type: ignore[type-arg]
    """A moment of the law: microseconds of local wall time as in `law.instants`, a date alone marked by one.

    In Python a naive `datetime` (local), a `date` (a date alone) or None.
    """

    _pyi_private_set_type: datetime | date | None  # type: ignore[assignment]
    _pyi_private_get_type: Any

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> datetime | date | None:
        """The moment a stored number means."""
        return None if value is None else moment(value)

    def to_python(self, value: Any) -> datetime | date | None:
        """The moment, of whatever `get_prep_value` takes."""
        return moment(value) if isinstance(value, int) else value

    def get_prep_value(self, value: Any) -> int | None:
        """The number that is stored."""
        number = instant(value)
        return None if number == MISSING else number
