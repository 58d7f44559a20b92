"""GB/T 39046—2020 表 11 电子监察: alerts as the national standard has them, eleven items, in its order and lengths.

| 数据项 | 长度 | 取自 |
|---|---|---|
| 办件编号 | an..50 | the case; what is about no case has none and is left out |
| 督办内容 | an..1000 | article and reason |
| 机构名称 | an..100 | the agency that is supervised |
| 事项类型代码 | n2 | the item's type (表 A.1) |
| 督办发出时间 | YYYYMMDDThhmmss | when the alert was issued |
| 监察编号 | an..20 | the alert's number |
| 监察规则编号 | an..20 | the rule |
| 监察预警类型代码 | n1 | the standard gives no values; here 1 预警 2 黄牌 3 红牌, 0 else |
| 状态产生时间 | YYYYMMDDThhmmss | the lawful moment of the present level |
| 监察结果描述 | an..1000 | state and level in words |
| 责任部门 | an..100 | the agency |
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

import pyarrow as pa
from django.db.models import QuerySet

from mingcha.alerts.models import Alert
from mingcha.pages import lookups

LENGTHS: Final = {
    "办件编号": 50, "督办内容": 1000, "机构名称": 100, "事项类型代码": 2, "督办发出时间": 15, "监察编号": 20,
    "监察规则编号": 20, "监察预警类型代码": 1, "状态产生时间": 15, "监察结果描述": 1000, "责任部门": 100,
}  # fmt: skip
LEVELS: Final = {Alert.Level.WARNING: "1", Alert.Level.YELLOW: "2", Alert.Level.RED: "3"}


def issued_alerts(rows: QuerySet[Alert]) -> QuerySet[Alert]:
    """Those that belong in the table: of a case, and not only proposed."""
    return rows.exclude(case_no="").exclude(state=Alert.State.PROPOSED).order_by("id")


def table11(alerts: Iterable[Alert]) -> pa.Table:
    """The table, every item a text cut to its length."""
    found = list(alerts)
    types = _types(alert.item_code for alert in found)
    trees = lookups.trees()
    rows = [
        _row(alert, types.get(alert.item_code, ""), trees.agency_name(alert.agency_code)) for alert in found
    ]
    columns = zip(*rows, strict=True) if rows else [()] * len(LENGTHS)
    return pa.table(
        {
            name: pa.array([text[:length] or None for text in column], pa.string())
            for (name, length), column in zip(LENGTHS.items(), columns, strict=True)
        }
    )


def _row(alert: Alert, type_code: str, agency: str) -> tuple[str, ...]:
    state, level = Alert.State(alert.state).label, Alert.Level(alert.level)
    return (
        alert.case_no,
        f"{alert.article}:{alert.reason}",
        agency,
        type_code,
        _moment(alert.issued_at or alert.lawful_at),
        str(alert.pk),
        alert.rule,
        LEVELS.get(level, "0"),
        _moment(alert.lawful_at),
        f"{level.label},{state}",
        agency,
    )


def _moment(value: datetime | date | None) -> str:
    """As GB/T 7408 writes it; a date alone at its midnight."""
    plain = lookups.plain(value)
    return f"{plain:%Y%m%dT%H%M%S}" if plain else ""


def _types(items: Iterable[str]) -> dict[str, str]:
    wanted = sorted({code for code in items if code})
    rows: Any = lookups.stored("items").filter(item_code__in=wanted).order_by("version")
    return {code: kind or "" for code, kind in rows.values_list("item_code", "type_code")}
