"""Short constructors, so that a table declaration reads like the table it declares."""

from __future__ import annotations

from typing import Any

from mingcha.facts.declare import CodeList, Column, Kind


def text(name: str, label: str, **more: Any) -> Column:
    """Free text or an identifier of the source."""
    return Column(name, label, Kind.TEXT, **more)


def code(name: str, label: str, codes: CodeList, **more: Any) -> Column:
    """One value of a closed list."""
    return Column(name, label, Kind.CODE, codes=codes, **more)


def integer(name: str, label: str, *, low: int | None = 0, **more: Any) -> Column:
    """A whole number, not negative unless `low` says otherwise."""
    return Column(name, label, Kind.INTEGER, low=low, **more)


def money(name: str, label: str, **more: Any) -> Column:
    """Yuan in files."""
    return Column(name, label, Kind.MONEY, low=0, **more)


def flag(name: str, label: str, **more: Any) -> Column:
    """Yes or no."""
    return Column(name, label, Kind.BOOL, **more)


def event(name: str, label: str, **more: Any) -> Column:
    """An instant at which something happened."""
    return Column(name, label, Kind.INSTANT, **more)


def planned(name: str, label: str, **more: Any) -> Column:
    """An instant that may lie ahead: a due date, the end of a validity."""
    return Column(name, label, Kind.INSTANT, planned=True, **more)


def day(name: str, label: str, **more: Any) -> Column:
    """A calendar day."""
    return Column(name, label, Kind.DAY, **more)


def month(name: str, label: str, **more: Any) -> Column:
    """A calendar month, YYYY-MM."""
    return Column(name, label, Kind.MONTH, **more)


def time(name: str, label: str, **more: Any) -> Column:
    """A time of the day."""
    return Column(name, label, Kind.TIME, **more)


def listing(name: str, label: str, **more: Any) -> Column:
    """Several texts."""
    return Column(name, label, Kind.LIST, **more)


def credit_code(name: str, label: str, **more: Any) -> Column:
    """统一社会信用代码, 18 characters with a check character (GB 32100-2015)."""
    return Column(name, label, Kind.TEXT, check="credit_code", source="GB 32100—2015", **more)


def region_code(name: str, label: str, **more: Any) -> Column:
    """行政区划代码, 12 digits (GB/T 2260 and GB/T 10114)."""
    return Column(name, label, Kind.TEXT, check="region_code", source="GB/T 2260、GB/T 10114", **more)


def item_code(**more: Any) -> Column:
    """实施编码 (31) or 业务办理项编码 (33)."""
    return Column("item_code", "实施编码", Kind.TEXT, check="item_code", source="GB/T 39554.1—2020", **more)
