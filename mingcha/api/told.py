"""How values of the store are told to machines: moments as local ISO 8601, money in 分, lists as lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from mingcha.base import clock
from mingcha.facts.declare import Column, Kind
from mingcha.law.instants import date_of, moment


def instant(value: datetime | date | None) -> str | None:
    """A moment of the law: `2026-10-14T09:30:00` local, a date alone `2026-10-14`."""
    return None if value is None else value.isoformat()


def recorded(value: datetime | None) -> str | None:
    """When the system did something: local, to the second."""
    return None if value is None else clock.local(value).isoformat()


def cell(column: Column, value: Any) -> Any:
    """One value of a fact table as stored, told."""
    if value is None:
        return None
    if column.kind is Kind.INSTANT:
        return instant(moment(value))
    if column.kind is Kind.DAY:
        return date_of(value).isoformat()
    if column.kind is Kind.TIME:
        return f"{value // 60:02}:{value % 60:02}"
    if column.kind is Kind.LIST:
        return [part for part in value.split(";") if part]
    return value


def row(columns: Mapping[str, Column], values: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a fact table, told."""
    return {name: cell(columns[name], value) for name, value in values.items()}
