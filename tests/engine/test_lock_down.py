"""The embedded engine reads what it was given and nothing else (S5): no file, no network, no other table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from oracle.judge import ALL
from oracle.worlds import draw_world

from mingcha.engine.duck import DuckBackend
from mingcha.engine.judge import Judgement
from mingcha.engine.names import RELATIONS
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts, write_canonical
from mingcha.rules.expression import ExpressionError, Scope, compile_expression
from mingcha.rules.select import compile_select


class Watched(DuckBackend):
    """Asks, after every rule of a run, whether the door is shut."""

    tried: list[str]

    def __init__(self) -> None:
        super().__init__(threads=1, memory="500MB")
        Watched.tried = []

    def findings(self) -> pa.Table:
        for sql in ESCAPES:
            try:
                self._connection.execute(sql)
            except duckdb.Error:
                continue
            Watched.tried.append(sql)
        return super().findings()


ESCAPES = (
    "SELECT * FROM read_text('/etc/hostname')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd.csv'",
    "SELECT * FROM glob('/etc/*')",
    "COPY (SELECT 1) TO 'out.csv'",
    "ATTACH 'other.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET allowed_directories = ['/']",
    "SET memory_limit = '64GB'",
    "SELECT * FROM read_parquet('http://example.invalid/x.parquet')",
)


def run_watched(judged: Callable[..., Judgement], facts: Any, as_of: Any) -> Judgement:
    return judged(facts, as_of, ALL, backend=Watched, way="many")


def test_rows_in_memory_are_judged_behind_a_locked_door(
    judged: Callable[..., Judgement], tmp_path: Path
) -> None:
    world = draw_world(31, count=6)
    assert run_watched(judged, world.tables, world.as_of).findings.num_rows
    assert Watched.tried == []


def test_only_the_files_named_are_read(judged: Callable[..., Judgement], tmp_path: Path) -> None:
    world = draw_world(31, count=6)
    rows = {name: source.read() for name, source in Facts.from_rows(world.tables).items()}
    for name, table in rows.items():
        write_canonical(TABLES[name], table, tmp_path / f"{name}.parquet")
    write_canonical(TABLES["cases"], rows["cases"], tmp_path / "beside.parquet")
    facts = Facts.from_parquet({name: tmp_path / f"{name}.parquet" for name in rows})

    class Beside(Watched):
        def findings(self) -> pa.Table:
            with pytest.raises(duckdb.Error):
                self._connection.execute(f"SELECT * FROM read_parquet('{tmp_path}/beside.parquet')")
            return super().findings()

    from_files = judged(facts, world.as_of, ALL, backend=Beside, way="many")
    assert Watched.tried == []
    assert from_files.findings.equals(judged(world.tables, world.as_of, ALL).findings)


@pytest.mark.parametrize(
    "select",
    [
        "select * from read_csv('x.csv')",
        "select * from 'x.csv'",
        "select * from information_schema.tables",
        "select * from duckdb_settings()",
        "select * from other.cases",
        "select * from raw_cases",
        "select getenv('HOME') as home from cases",
        "select current_setting('memory_limit') as m from cases",
        "select random() as r from cases",
        "select now() as n from cases",
        "select case_no from cases; drop table f",
        "insert into cases values (1)",
        "copy cases to 'x.csv'",
        "select cast(received_at as date) as d from cases",
        "select received_at + 1 as d from cases",
        "select unnest(material_codes) as c from corrections",
        "select case_no from cases limit 1",
        "select no_such_column from cases",
    ],
)
def test_a_rules_select_names_fact_tables_and_the_closed_functions_only(select: str) -> None:
    with pytest.raises(ExpressionError):
        compile_select(select, RELATIONS, {}, "duckdb")


@pytest.mark.parametrize(
    "text",
    [
        "read_text('x')",
        "getenv('HOME')",
        "(select 1)",
        "exists (select 1 from cases)",
        "accepted_at - received_at > 3",
        "accepted_at + 1 > received_at",
        "cast(visits as double) > 1",
        "visits / 2 > 1",
        "visits > 'x'",
        "setting.secret = 1",
        "other.visits > 1",
        "now() > accepted_at",
    ],
)
def test_an_expression_is_a_value_of_its_row_and_nothing_more(text: str) -> None:
    scope = Scope({"r": ("r", RELATIONS["cases"])}, "r", {})
    with pytest.raises(ExpressionError):
        compile_expression(text, scope, "duckdb")
