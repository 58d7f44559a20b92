"""The closed functions of rule SQL: each gives on an engine what its label says, to the row (R8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import duckdb
import pytest

from mingcha.engine.sqlite import SqliteBackend
from mingcha.engine.views import LIST_TYPES
from mingcha.law.instants import DATE_ALONE, DAY, HOUR, instant
from mingcha.rules.functions import FUNCTIONS, TEXT

AT = instant(datetime(2026, 2, 28, 23, 59, 59))
MIDNIGHT = instant(datetime(2026, 3, 1))
DATE = MIDNIGHT + DATE_ALONE
LEAP = instant(datetime(2024, 2, 29, 12))
OLD = instant(datetime(1960, 5, 5, 10, 30))
OLD_DATE = instant(datetime(1960, 5, 6)) + DATE_ALONE
YEAR_END = instant(datetime(2025, 12, 31, 23, 59, 59))

CASES: list[tuple[str, tuple[Any, ...], Any]] = [
    ("earliest", (AT, MIDNIGHT), AT),
    ("earliest", (None, MIDNIGHT), MIDNIGHT),
    ("earliest", (None, None, None), None),
    ("earliest", (DATE, MIDNIGHT, AT), AT),
    ("latest", (AT, MIDNIGHT), MIDNIGHT),
    ("latest", (AT, None), AT),
    ("latest", (DATE, MIDNIGHT), DATE),
    ("at", (AT, 17 * 60), AT // DAY * DAY + 17 * HOUR),
    ("at", (DATE, 0), MIDNIGHT),
    ("at", (None, 60), None),
    ("day_start", (AT,), AT // DAY * DAY),
    ("day_start", (DATE,), MIDNIGHT),
    ("day_start", (None,), None),
    ("day_of", (AT,), AT // DAY),
    ("day_of", (DATE,), MIDNIGHT // DAY),
    ("same_day", (AT, AT - 1000), True),
    ("same_day", (AT, MIDNIGHT), False),
    ("same_day", (DATE, MIDNIGHT + 23 * HOUR), True),
    ("same_day", (None, AT), None),
    ("weekday", (AT,), 6),
    ("weekday", (MIDNIGHT,), 7),
    ("weekday", (MIDNIGHT + DAY,), 1),
    ("weekday", (None,), None),
    ("month_of", (AT,), "2026-02"),
    ("month_of", (DATE,), "2026-03"),
    ("month_of", (LEAP,), "2024-02"),
    ("month_of", (None,), None),
    ("quarter_of", (AT,), "2026Q1"),
    ("quarter_of", (YEAR_END,), "2025Q4"),
    ("quarter_of", (None,), None),
    ("has_all", (["a", "b"], ["b"]), True),
    ("has_all", (["a", "b"], ["b", "c"]), False),
    ("has_all", (["a", "b"], ["b", "b", "a"]), True),
    ("has_all", (["a"], []), None),
    ("has_all", ([], ["a"]), False),
    ("has_all", (None, ["a"]), None),
    ("has_all", (["a"], None), None),
    ("is_empty", ([],), True),
    ("is_empty", (["a"],), False),
    ("is_empty", (None,), None),
    ("trim", ("　受理 ",), "受理"),
    ("trim", ("\t受 理\r\n",), "受 理"),
    ("trim", ("",), ""),
    ("trim", (None,), None),
    ("starts_with", ("410105", "4101"), True),
    ("starts_with", ("410105", "4104"), False),
    ("starts_with", ("410105", ""), True),
    ("starts_with", (None, "41"), None),
    ("day_text", (AT,), "2026-02-28"),
    ("time_text", (AT,), "2026-02-28T23:59:59"),
    ("time_text", (DATE,), "2026-03-01"),
    ("time_text", (OLD,), "1960-05-05T10:30:00"),
    ("time_text", (OLD_DATE,), "1960-05-06"),
    ("time_text", (None,), None),
    ("day_text", (DATE,), "2026-03-01"),
]


def literal(value: Any, kind: str, dialect: str) -> str:
    """A value as SQL of an engine, of the type a column of that kind has."""
    types = {"list": LIST_TYPES[dialect], "text": TEXT[dialect]}
    if isinstance(value, list):
        texts = ", ".join(f"'{v}'" for v in value)
        written = {"duckdb": f"[{texts}]", "spark": f"array({texts})", "sqlite": f"json_array({texts})"}[
            dialect
        ]
    elif isinstance(value, str):
        codes = ", ".join(CHARACTER[dialect](c) for c in value)
        written = f"concat({codes})" if value else "''"
    else:
        written = "NULL" if value is None else str(value)
    return f"CAST({written} AS {types.get(kind, 'BIGINT')})"


CHARACTER: dict[str, Callable[[str], str]] = {
    "duckdb": lambda c: f"chr({ord(c)})",
    "spark": lambda c: f"decode(unhex('{c.encode().hex()}'), 'UTF-8')",
    "sqlite": lambda c: f"char({ord(c)})",
}


KINDS = {"has_all": "list", "is_empty": "list", "trim": "text", "starts_with": "text"}


def call(dialect: str, name: str, arguments: tuple[Any, ...]) -> str:
    kind = KINDS.get(name, "bigint")
    return FUNCTIONS[name].render(dialect, *(literal(value, kind, dialect) for value in arguments))


@pytest.fixture(scope="module")
def duck() -> Iterator[Callable[[str], Any]]:
    connection = duckdb.connect()
    yield lambda sql: connection.execute(f"SELECT {sql}").fetchone()[0]
    connection.close()


@pytest.mark.parametrize(("name", "arguments", "expected"), CASES)
def test_a_function_on_duckdb(
    name: str, arguments: tuple[Any, ...], expected: Any, duck: Callable[[str], Any]
) -> None:
    assert duck(call("duckdb", name, arguments)) == expected


@pytest.mark.parametrize(("name", "arguments", "expected"), CASES)
def test_a_function_on_sqlite(name: str, arguments: tuple[Any, ...], expected: Any) -> None:
    found = SqliteBackend().fetch(f"SELECT {call('sqlite', name, arguments)} AS x").column("x")[0].as_py()
    assert found == expected


def test_every_function_that_rules_may_use_is_shown() -> None:
    counted = {"rows_of"}  # a name of the case frame, resolved before any engine sees it
    assert {f.name for f in FUNCTIONS.values() if f.rules_may} - counted <= {name for name, _, _ in CASES}


@pytest.mark.spark
def test_every_function_gives_the_same_on_spark() -> None:
    spark = pytest.importorskip("mingcha.engine.spark")
    wrong = []
    session = spark.spark_session("local[1]")
    for name, arguments, expected in CASES:
        found = session.sql(f"SELECT {call('spark', name, arguments)} AS x").collect()[0]["x"]
        if found != expected:
            wrong.append((name, arguments, expected, found))
    assert not wrong
