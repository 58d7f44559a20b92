"""`mingcha facts`: the tables, and the columns of one."""

from __future__ import annotations

from click.testing import CliRunner

from mingcha.cli import cli
from mingcha.facts.schema import TABLES


def test_every_table_is_listed() -> None:
    output = CliRunner().invoke(cli, ["facts"]).output
    assert all(table.name in output and table.label in output for table in TABLES.values())


def test_a_table_is_found_by_either_name_and_shown_with_all_its_columns() -> None:
    for name in ("cases", "办件"):
        output = CliRunner().invoke(cli, ["facts", name]).output
        assert all(column.name in output for column in TABLES["cases"].columns)
        assert "granted 准予" in output


def test_a_table_that_is_not_there_is_a_usage_error_that_names_those_that_are() -> None:
    result = CliRunner().invoke(cli, ["facts", "people"])
    assert result.exit_code == 2
    assert "没有事实表 people" in result.stderr
    assert "cases" in result.stderr
