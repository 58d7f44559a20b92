"""The record of a finding: one per (rule, about, key, subject), the same on every engine."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

MOMENTS = ("since", "warn_at", "yellow_at", "red_at", "due_at", "next_at", "ended_at")
"""Instants of a finding; a date alone (microsecond part 1) where the law speaks of a day."""

FLAGS = ("abnormal", "manual", "lead", "provisional", "standing")

_instant = pa.timestamp("us")

FINDING = pa.schema(
    [
        ("rule", pa.string()),
        ("pack", pa.string()),
        ("rule_version", pa.string()),
        ("calendar_version", pa.string()),
        ("as_of", _instant),
        ("known_at", pa.int64()),
        ("about", pa.string()),
        ("key", pa.string()),
        ("subject", pa.string()),
        ("episode", pa.int64()),
        ("case_no", pa.string()),
        ("item_code", pa.string()),
        ("agency_code", pa.string()),
        ("region_code", pa.string()),
        ("level", pa.string()),
        ("cause", pa.string()),
        *((flag, pa.bool_()) for flag in FLAGS),
        *((moment, _instant) for moment in MOMENTS),
        ("article", pa.string()),
        ("reason", pa.string()),
        ("evidence", pa.string()),
    ]
)
"""Columns of findings in Arrow and Parquet. ``evidence`` is JSON text; amounts in it are 分."""

WATCH = pa.schema([("unit", pa.string()), ("key", pa.string()), ("look_again_at", _instant)])
"""When to look again: one row per open unit."""

ORDER = ("rule", "about", "key", "subject")


def in_order(findings: pa.Table) -> pa.Table:
    """Findings in the order of `ORDER`."""
    keys = findings.select(ORDER).combine_chunks()  # of many chunks sorting would look up each value's
    return findings.take(pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in ORDER]))


def together(batches: Iterable[pa.Table]) -> pa.Table:
    """Batches of findings, each of one rule and in order, as one table in order."""
    told = sorted((batch for batch in batches if batch.num_rows), key=_rule)
    whole = pa.concat_tables([FINDING.empty_table(), *told])
    return whole if len({_rule(batch) for batch in told}) == len(told) else in_order(whole)


def _rule(batch: pa.Table) -> str:
    return str(batch["rule"][0])


CAUSES = (
    "missing_item",
    "missing_version",
    "several_versions",
    "missing_limit",
    "missing_unit",
    "missing_start",
    "missing_guide",
    "missing_value",
    "stop_before_start",
    "pause_ends_before_start",
    "open_pause_at_stop",
    "missing_calendar",
)
"""The closed list of reasons why a verdict is undetermined (不可判定)."""

CAUSE_LABELS = {
    "missing_item": "事项目录中没有该事项",
    "missing_version": "没有受理时有效的事项版本",
    "several_versions": "受理时有多个有效的事项版本",
    "missing_limit": "没有时限",
    "missing_unit": "时限单位缺失或不认识",
    "missing_start": "没有起算时间",
    "missing_guide": "办事指南没有登记该项内容",
    "missing_value": "缺少判定所需的数据",
    "stop_before_start": "结束早于开始",
    "pause_ends_before_start": "停钟的结束早于开始",
    "open_pause_at_stop": "办结时停钟尚未结束",
    "missing_calendar": "没有所需日期的日历",
}
