"""The closed set of functions that rule SQL may use, each with its form on every engine.

A function that is not here is an error with its line. The engines' own functions of the same name are never
reached by accident: every call is written anew from this table, and a test shows each equal on all of them.
Instants are BIGINT microseconds of local wall time, a date alone carrying a microsecond part of 1
(mingcha.law.instants).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

DAY = 86_400_000_000
SECOND = 1_000_000

Render = Callable[..., str]


@dataclass(frozen=True)
class Function:
    """One function: its result type, how many arguments, and its text for an engine.

    ``render(dialect, *arguments)`` takes SQL texts and gives SQL text; dialect is ``duckdb``,
    ``spark`` or ``sqlite``.
    """

    name: str
    gives: str
    least: int
    most: int
    render: Render
    label: str
    rules_may: bool = True


DIVIDE = {"duckdb": "//", "spark": "div", "sqlite": "/"}
"""Division of integers; `/` of the first two would go through doubles."""

_AGES = 1_000_000
"""Days, more than there are before 1970."""

TEXT = {"duckdb": "VARCHAR", "spark": "STRING", "sqlite": "TEXT"}


def _written(**forms: str) -> Render:
    """A text for each engine, {0}, {1}, ... standing for the arguments."""
    return lambda dialect, *values: forms[dialect].format(*values)


def _div(dialect: str, a: str, b: str | int) -> str:
    """Integer division of non-negative numbers: there all engines agree."""
    return f"({a} {DIVIDE[dialect]} {b})"


def _fold(pick: str, native: str) -> Render:
    """earliest/latest: least and greatest ignore NULL. Of SQLite's own, which do not, one serves beside a number."""

    def render(dialect: str, *values: str) -> str:
        if len(values) == 1:
            return values[0]
        if dialect == "sqlite" and len(values) == 2 and values[1].isdigit():
            return f"{native}(coalesce({values[0]}, {values[1]}), {values[1]})"
        return f"{pick}({', '.join(values)})"

    return render


def _at(dialect: str, moment: str, clock: str) -> str:
    """``clock`` is minutes of the day, or a literal 'HH:MM' (turned into minutes when parsed)."""
    return f"({_div(dialect, moment, DAY)} * {DAY} + CAST({clock} AS BIGINT) * {60 * SECOND})"


_DATE = _written(
    duckdb="(DATE '1970-01-01' + CAST({0} AS INTEGER))",
    spark="date_from_unix_date(CAST({0} AS INT))",
    sqlite="(({0}) * 86400)",
)
"""A day number as what the engine's own functions of dates take."""

_MONTH = _written(
    duckdb="strftime({0}, '%Y-%m')",
    spark="date_format({0}, 'yyyy-MM')",
    sqlite="strftime('%Y-%m', {0}, 'unixepoch')",
)
_QUARTER = _written(
    duckdb="concat(strftime({0}, '%Y'), 'Q', CAST(quarter({0}) AS VARCHAR))",
    spark="concat(date_format({0}, 'yyyy'), 'Q', CAST(quarter({0}) AS STRING))",
    sqlite="(strftime('%Y', {0}, 'unixepoch') || 'Q' || ((strftime('%m', {0}, 'unixepoch') + 2) / 3))",
)
_DAY_TEXT = _written(
    duckdb="CAST({0} AS VARCHAR)", spark="CAST({0} AS STRING)", sqlite="date({0}, 'unixepoch')"
)


def _of_date(form: Render) -> Render:
    def render(dialect: str, moment: str) -> str:
        told = form(dialect, _DATE(dialect, _div(dialect, moment, DAY)))
        return f"(CASE WHEN ({moment}) IS NOT NULL THEN {told} END)"

    return render


def _time_text(dialect: str, moment: str) -> str:
    """Moved to where no number is negative, and back: before 1970 engines divide each in their way."""
    told, moment = f"({moment}) IS NOT NULL", f"(({moment}) + {_AGES * DAY})"
    seconds = f"({_div(dialect, f'({moment})', SECOND)} % 86400)"
    parts = [_div(dialect, seconds, 3600), f"({_div(dialect, seconds, 60)} % 60)", f"({seconds} % 60)"]
    padded = _written(
        duckdb="lpad(CAST({0} AS VARCHAR), 2, '0')",
        spark="lpad(CAST({0} AS STRING), 2, '0')",
        sqlite="printf('%02d', {0})",
    )
    clock = ", ':', ".join(padded(dialect, part) for part in parts)
    day = _DAY_TEXT(dialect, _DATE(dialect, f"({_div(dialect, moment, DAY)} - {_AGES})"))
    whole = f"WHEN {told} THEN concat({day}, 'T', {clock})"
    return f"(CASE WHEN {moment} % {SECOND} = 1 THEN {day} {whole} END)"


_HASH = _written(duckdb="hash({0})", spark="xxhash64({0})")
_TO_44_BITS = _written(
    duckdb="CAST(({0} >> 20) AS DOUBLE)", spark="CAST(shiftrightunsigned({0}, 20) AS DOUBLE)"
)


def _signature(dialect: str, *values: str) -> str:
    """A 44-bit hash as DOUBLE: sums of up to 512 of them are exact whatever their order. For many rows only.

    DuckDB enters the last of several values by XOR alone, so that differences of hashes repeat: it is hashed again.
    """
    hashed = _HASH(dialect, ", ".join(values))
    if dialect == "duckdb" and len(values) > 1:
        hashed = _HASH(dialect, hashed)
    return _TO_44_BITS(dialect, hashed)


_HAS_ALL = _written(
    duckdb="(CASE WHEN len({1}) > 0 THEN list_has_all({0}, {1}) END)",
    spark="(CASE WHEN size({1}) > 0 THEN size(array_except({1}, {0})) = 0 END)",
    sqlite="has_all({0}, {1})",
)
_IS_EMPTY = _written(duckdb="(len({0}) = 0)", spark="(size({0}) = 0)", sqlite="(json_array_length({0}) = 0)")
_TRIM = _written(
    duckdb="trim({0}, concat(' ', chr(12288), chr(9), chr(10), chr(13)))",
    spark="trim(BOTH concat(' ', '\\u3000', '\\t', '\\n', '\\r') FROM {0})",
    sqlite="trim({0}, char(32, 12288, 9, 10, 13))",
)
_STARTS_WITH = _written(
    duckdb="starts_with({0}, {1})", spark="startswith({0}, {1})", sqlite="(substr({0}, 1, length({1})) = {1})"
)
_MICROS = _written(duckdb="epoch_us({0})", spark="unix_micros(CAST({0} AS TIMESTAMP))", sqlite="{0}")
_DAY_NUMBER = _written(duckdb="({0} - DATE '1970-01-01')", spark="unix_date({0})", sqlite="{0}")
_CENTS = _written(duckdb="CAST({0} * 100 AS BIGINT)", spark="CAST({0} * 100 AS BIGINT)", sqlite="{0}")
_PAUSE_LIST = _written(
    duckdb="list({{'p': {0}, 'r': {1}, 'label': {2}}})",
    spark="collect_list(named_struct('p', {0}, 'r', {1}, 'label', {2}))",
    sqlite="json_group_array(json_object('p', {0}, 'r', {1}, 'label', {2}))",
)
_TEXT_LIST = _written(
    duckdb="list_sort(list({0}))", spark="sort_array(collect_list({0}))", sqlite="json_group_array({0})"
)


def _call(name: str) -> Render:
    return lambda dialect, *values: f"{name}({', '.join(values)})"


_ALL = (
    Function("earliest", "instant", 1, 9, _fold("least", "min"), "几个时刻中最早的,空值不计"),
    Function("latest", "instant", 1, 9, _fold("greatest", "max"), "几个时刻中最晚的,空值不计"),
    Function("at", "instant", 2, 2, _at, "那一天的某个钟点,如 at(day, '17:00')"),
    Function("day_start", "instant", 1, 1, lambda d, t: f"({_div(d, t, DAY)} * {DAY})", "那一天的零点"),
    Function("day_of", "bigint", 1, 1, lambda d, t: _div(d, t, DAY), "日序号", rules_may=False),
    Function(
        "same_day", "boolean", 2, 2, lambda d, a, b: f"({_div(d, a, DAY)} = {_div(d, b, DAY)})", "是否同一天"
    ),
    Function(
        "weekday", "bigint", 1, 1, lambda d, t: f"(({_div(d, t, DAY)} + 3) % 7 + 1)", "星期,1 为周一,7 为周日"
    ),
    Function("month_of", "text", 1, 1, _of_date(_MONTH), "月份,如 2026-03"),
    Function("quarter_of", "text", 1, 1, _of_date(_QUARTER), "季度,如 2026Q1"),
    Function("has_all", "boolean", 2, 2, _HAS_ALL, "前一个清单是否含有后一个清单的每一项"),
    Function("is_empty", "boolean", 1, 1, _IS_EMPTY, "空清单"),
    Function("trim", "text", 1, 1, _TRIM, "去掉首尾空白(含全角)"),
    Function("starts_with", "boolean", 2, 2, _STARTS_WITH, "是否以某文本开头"),
    Function("rows_of", "bigint", 1, 1, _call("rows_of"), "本办件在某子表中的行数"),
    Function("day_text", "text", 1, 1, _of_date(_DAY_TEXT), "内部用", rules_may=False),
    Function("time_text", "text", 1, 1, _time_text, "内部用", rules_may=False),
    Function("micros", "instant", 1, 1, _MICROS, "内部用", rules_may=False),
    Function("day_number", "bigint", 1, 1, _DAY_NUMBER, "内部用", rules_may=False),
    Function("cents", "bigint", 1, 1, _CENTS, "内部用", rules_may=False),
    Function("signature", "double", 1, 9, _signature, "内部用", rules_may=False),
    Function("pause_list", "list", 3, 3, _PAUSE_LIST, "内部用", rules_may=False),
    Function("text_list", "list", 1, 1, _TEXT_LIST, "内部用", rules_may=False),
)  # fmt: skip

FUNCTIONS: dict[str, Function] = {function.name: function for function in _ALL}
