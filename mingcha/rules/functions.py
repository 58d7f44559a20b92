"""The closed set of functions that rule SQL may use, each with its form on both engines.

A function that is not here is an error with its line. The engines' own functions of the same name are never
reached by accident: every call is written anew from this table, and a test shows each equal on both engines.
Instants are BIGINT microseconds of local wall time, a date alone carrying a microsecond part of 1
(mingcha.law.instants).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

DAY = 86_400_000_000
SECOND = 1_000_000


@dataclass(frozen=True)
class Function:
    """One function: its result type, how many arguments, and its text for an engine.

    ``render(dialect, *arguments)`` takes SQL texts and gives SQL text; dialect is ``duckdb`` or ``spark``.
    """

    name: str
    gives: str
    least: int
    most: int
    render: Callable[..., str]
    label: str
    rules_may: bool = True


def _div(dialect: str, a: str, b: str | int) -> str:
    """Integer division of non-negative numbers: `//` and `div` agree there, `/` would go through doubles."""
    return f"({a} // {b})" if dialect == "duckdb" else f"({a} div {b})"


def _fold(pick: str) -> Callable[..., str]:
    """earliest/latest: least and greatest ignore NULL on DuckDB and on Spark alike."""

    def render(dialect: str, *values: str) -> str:
        return values[0] if len(values) == 1 else f"{pick}({', '.join(values)})"

    return render


def _at(dialect: str, moment: str, clock: str) -> str:
    """``clock`` is minutes of the day, or a literal 'HH:MM' (turned into minutes when parsed)."""
    return f"({_div(dialect, moment, DAY)} * {DAY} + CAST({clock} AS BIGINT) * {60 * SECOND})"


def _date_text(dialect: str, moment: str, form: str) -> str:
    day = _div(dialect, moment, DAY)
    date = (
        f"(DATE '1970-01-01' + CAST({day} AS INTEGER))"
        if dialect == "duckdb"
        else f"date_from_unix_date(CAST({day} AS INT))"
    )
    year = f"lpad(CAST(year({date}) AS {_text(dialect)}), 4, '0')"
    if form == "month":
        told = f"concat({year}, '-', lpad(CAST(month({date}) AS {_text(dialect)}), 2, '0'))"
    else:
        told = f"concat({year}, 'Q', CAST(quarter({date}) AS {_text(dialect)}))"
    return f"(CASE WHEN ({moment}) IS NOT NULL THEN {told} END)"


def _day_text(dialect: str, moment: str) -> str:
    day = _div(dialect, moment, DAY)
    if dialect == "duckdb":
        return f"CAST((DATE '1970-01-01' + CAST({day} AS INTEGER)) AS VARCHAR)"
    return f"CAST(date_from_unix_date(CAST({day} AS INT)) AS STRING)"


def _time_text(dialect: str, moment: str) -> str:
    text, seconds = _text(dialect), f"({_div(dialect, f'({moment})', SECOND)} % 86400)"
    parts = [_div(dialect, seconds, 3600), f"({_div(dialect, seconds, 60)} % 60)", f"({seconds} % 60)"]
    clock = ", ':', ".join(f"lpad(CAST({part} AS {text}), 2, '0')" for part in parts)
    day = _day_text(dialect, moment)
    return f"(CASE WHEN ({moment}) % {SECOND} = 1 THEN {day} ELSE concat({day}, 'T', {clock}) END)"


def _text(dialect: str) -> str:
    return "VARCHAR" if dialect == "duckdb" else "STRING"


def _has_all(dialect: str, whole: str, part: str) -> str:
    if dialect == "duckdb":
        return f"(CASE WHEN len({part}) > 0 THEN list_has_all({whole}, {part}) END)"
    return f"(CASE WHEN size({part}) > 0 THEN size(array_except({part}, {whole})) = 0 END)"


def _micros(dialect: str, moment: str) -> str:
    return f"epoch_us({moment})" if dialect == "duckdb" else f"unix_micros(CAST({moment} AS TIMESTAMP))"


def _day_number(dialect: str, day: str) -> str:
    return f"({day} - DATE '1970-01-01')" if dialect == "duckdb" else f"unix_date({day})"


def _trim(dialect: str, value: str) -> str:
    blanks = "concat(' ', chr(12288), chr(9), chr(10), chr(13))"
    if dialect == "duckdb":
        return f"trim({value}, {blanks})"
    return f"trim(BOTH concat(' ', '\\u3000', '\\t', '\\n', '\\r') FROM {value})"


def _starts_with(dialect: str, value: str, start: str) -> str:
    return f"{'starts_with' if dialect == 'duckdb' else 'startswith'}({value}, {start})"


def _is_empty(dialect: str, values: str) -> str:
    return f"({'len' if dialect == 'duckdb' else 'size'}({values}) = 0)"


def _hash(dialect: str, *values: str) -> str:
    name = "hash" if dialect == "duckdb" else "xxhash64"
    return f"{name}({', '.join(values)})"


def _signature(dialect: str, *values: str) -> str:
    """A 44-bit hash as DOUBLE: sums of up to 512 of them are exact whatever their order."""
    whole = _hash(dialect, *values)
    if dialect == "duckdb":
        return f"CAST(({whole} >> 20) AS DOUBLE)"
    return f"CAST(shiftrightunsigned({whole}, 20) AS DOUBLE)"


def _pause_list(dialect: str, start: str, end: str, label: str) -> str:
    if dialect == "duckdb":
        return f"list_sort(list({{'p': {start}, 'r': {end}, 'label': {label}}}))"
    return f"sort_array(collect_list(named_struct('p', {start}, 'r', {end}, 'label', {label})))"


def _text_list(dialect: str, value: str) -> str:
    if dialect == "duckdb":
        return f"list_sort(list({value}))"
    return f"sort_array(collect_list({value}))"


def _call(name: str) -> Callable[..., str]:
    return lambda dialect, *values: f"{name}({', '.join(values)})"


_ALL = (
    Function("earliest", "instant", 1, 9, _fold("least"), "几个时刻中最早的,空值不计"),
    Function("latest", "instant", 1, 9, _fold("greatest"), "几个时刻中最晚的,空值不计"),
    Function("at", "instant", 2, 2, _at, "那一天的某个钟点,如 at(day, '17:00')"),
    Function("day_start", "instant", 1, 1, lambda d, t: f"({_div(d, t, DAY)} * {DAY})", "那一天的零点"),
    Function("day_of", "bigint", 1, 1, lambda d, t: _div(d, t, DAY), "日序号", rules_may=False),
    Function(
        "same_day", "boolean", 2, 2, lambda d, a, b: f"({_div(d, a, DAY)} = {_div(d, b, DAY)})", "是否同一天"
    ),
    Function(
        "weekday", "bigint", 1, 1, lambda d, t: f"(({_div(d, t, DAY)} + 3) % 7 + 1)", "星期,1 为周一,7 为周日"
    ),
    Function("month_of", "text", 1, 1, lambda d, t: _date_text(d, t, "month"), "月份,如 2026-03"),
    Function("quarter_of", "text", 1, 1, lambda d, t: _date_text(d, t, "quarter"), "季度,如 2026Q1"),
    Function("has_all", "boolean", 2, 2, _has_all, "前一个清单是否含有后一个清单的每一项"),
    Function("is_empty", "boolean", 1, 1, _is_empty, "空清单"),
    Function("trim", "text", 1, 1, _trim, "去掉首尾空白(含全角)"),
    Function("starts_with", "boolean", 2, 2, _starts_with, "是否以某文本开头"),
    Function("rows_of", "bigint", 1, 1, _call("rows_of"), "本办件在某子表中的行数"),
    Function("day_text", "text", 1, 1, _day_text, "内部用", rules_may=False),
    Function("time_text", "text", 1, 1, _time_text, "内部用", rules_may=False),
    Function("micros", "instant", 1, 1, _micros, "内部用", rules_may=False),
    Function("day_number", "bigint", 1, 1, _day_number, "内部用", rules_may=False),
    Function("signature", "double", 1, 9, _signature, "内部用", rules_may=False),
    Function("pause_list", "list", 3, 3, _pause_list, "内部用", rules_may=False),
    Function("text_list", "list", 1, 1, _text_list, "内部用", rules_may=False),
)  # fmt: skip

FUNCTIONS: dict[str, Function] = {function.name: function for function in _ALL}
