"""Expressions: names resolved, instants compared by day where they must be, the same meaning on both engines."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from mingcha.law.instants import instant
from mingcha.rules.expression import Compiled, ExpressionError, Scope, compile_expression
from mingcha.rules.select import compile_select

COLUMNS = {"a": "instant", "b": "instant", "n": "bigint", "t": "text", "ok": "boolean", "l": "list"}
SCOPE = Scope(
    {"r": ("r", COLUMNS), "c": ("case_", {"a": "instant"})},
    "r",
    {"days": 5, "first": date(2026, 1, 5), "w": "x"},
)
DIALECTS = ("duckdb", "spark")


def compiled(text: str, dialect: str = "duckdb") -> Compiled:
    return compile_expression(text, SCOPE, dialect)


def value(text: str, **row: object) -> object:
    """The value of an expression on one row, on DuckDB."""
    types = {
        "instant": "BIGINT",
        "bigint": "BIGINT",
        "text": "VARCHAR",
        "boolean": "BOOLEAN",
        "list": "VARCHAR[]",
    }
    listed = ", ".join(f"CAST(? AS {types[kind]}) AS {name}" for name, kind in COLUMNS.items())
    sql = f"SELECT {compiled(text).sql} FROM (SELECT {listed}) AS r"
    with duckdb.connect() as connection:
        found = connection.execute(sql, [row.get(name) for name in COLUMNS]).fetchone()
    assert found is not None
    return found[0]


MORNING, EVENING = (
    instant(date(2026, 1, 5)) - 1 + 9 * 3_600_000_000,
    instant(date(2026, 1, 5)) - 1 + 20 * 3_600_000_000,
)
DAY_ALONE = instant(date(2026, 1, 5))


def test_two_times_of_day_are_compared_to_the_second() -> None:
    assert value("a < b", a=MORNING, b=EVENING) is True
    assert value("a = b", a=MORNING, b=EVENING) is False


@pytest.mark.parametrize("pair", [(DAY_ALONE, EVENING), (MORNING, DAY_ALONE)])
def test_against_a_date_alone_instants_are_compared_by_day(pair: tuple[int, int]) -> None:
    assert value("a = b", a=pair[0], b=pair[1]) is True
    assert value("a < b", a=pair[0], b=pair[1]) is False
    assert value("a <= b", a=pair[0], b=pair[1]) is True


def test_an_instant_that_is_missing_makes_a_comparison_unknown() -> None:
    assert value("a < b", a=MORNING) is None


def test_settings_stand_for_their_values() -> None:
    assert value("n > setting.days", n=6) is True
    assert value("a >= setting.first", a=MORNING) is True
    assert value("t = setting.w", t="x") is True


def test_a_time_of_day_may_be_given_as_text() -> None:
    assert value("a > at(a, '17:00')", a=EVENING) is True
    assert value("a > at(a, '17:00')", a=MORNING) is False


def test_an_expression_tells_what_it_reads() -> None:
    assert compiled("n > 1 and c.a is null").uses == {("r", "n"), ("c", "a")}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("n + 1", "bigint"),
        ("coalesce(a, b)", "instant"),
        ("case when ok then a else b end", "instant"),
        ("earliest(a, b)", "instant"),
        ("month_of(a)", "text"),
        ("n is null", "boolean"),
        ("not ok", "boolean"),
        ("null", "null"),
        ("is_empty(l)", "boolean"),
    ],
)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_kind_of_a_value_is_known_on_either_engine(text: str, kind: str, dialect: str) -> None:
    assert compiled(text, dialect).kind == kind


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x > 1", "r 没有列 x"),
        ("z.a is null", "没有名为 z 的表或联查"),
        ("setting.weeks > 1", "没有设置 weeks"),
        ("n > 'x'", "比较的是整数与文本"),
        ("n in (1, 'x')", "比较的是整数与文本"),
        ("t = n", "比较的是整数与文本"),
        ("a > 1", "时刻只能与时刻比较"),
        ("a between b and b", "时刻不能用 between"),
        ("a + 1 > b", "时刻不能加减"),
        ("n and ok", "两边应是条件"),
        ("sleep(1)", "函数 sleep 不在可用的函数之内"),
        ("read_text('x')", "不在可用的函数之内"),
        ("cast(n as text)", "不在可用的函数之内"),
        ("n / 2 > 1", "规则里不能用"),
        ("(select 1) = n", "规则里不能用"),
        ("earliest()", "不接受 0 个参数"),
        ("rows_of('steps') = 0", "rows_of 只能数办件的子表"),
        ("n >", "看不懂的表达式"),
        ("n; drop table x", "不是一个表达式"),
        ("n, ok", "不是一个表达式"),
    ],
)
def test_what_the_language_does_not_have_is_refused_and_said(text: str, told: str) -> None:
    with pytest.raises(ExpressionError) as error:
        compiled(text)
    assert told in str(error.value)


TABLES = {"cases": COLUMNS, "steps": {"case_no": "text", "at": "instant", "n": "bigint"}}


def test_a_select_tells_its_columns_with_their_kinds_and_what_it_reads() -> None:
    found = compile_select(
        "select t, min(a) as first, count(*) as many from cases group by t", TABLES, {}, "duckdb"
    )
    assert found.columns == {"t": "text", "first": "instant", "many": "bigint"}
    assert found.reads == {"cases": {"t", "a"}}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("delete from cases", "这里只能写 SELECT"),
        ("select x from cases", "不认识的表或列"),
        ("select * from people", "没有事实表 people"),
        ("select * from read_parquet('x')", "不在可用的函数之内"),
        ("select * from clock_columns('x')", "from 后面不能用函数"),
        ("select median(n) from cases", "函数 median"),
        ("select setting.weeks as w from cases", "没有设置 weeks"),
        ("select ((n from cases", "看不懂的 SELECT"),
    ],
)
def test_a_select_outside_the_language_is_refused(text: str, told: str) -> None:
    with pytest.raises(ExpressionError) as error:
        compile_select(text, TABLES, {}, "duckdb")
    assert told in str(error.value)
