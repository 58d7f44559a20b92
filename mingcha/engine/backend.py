"""What `judge` asks of an engine: relations in, SQL, candidates out.

Three implementations: DuckDB, Spark, and SQLite for few rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

import pyarrow as pa

from mingcha.engine.frame import Counted
from mingcha.facts.store import Source

Finish = Callable[[pa.Table], tuple[pa.Table, pa.Table, pa.Table | None]]
"""Candidates of one rule -> (findings, watch, clock rows)."""


class Backend(Protocol):
    """One engine, for the length of one run."""

    dialect: str
    many: bool
    """Made for many rows: look for what is alike or narrow down first, and judge the rest."""

    def source(self, name: str, source: Source, columns: Collection[str]) -> None:
        """Make the canonical rows of a table readable as ``name``, at least with these columns."""

    def small(self, name: str, table: pa.Table) -> None:
        """Make a small Arrow table readable as ``name``."""

    def view(self, name: str, sql: str) -> None:
        """Name a query."""

    def table(self, name: str, sql: str) -> None:
        """Compute a query once and keep its rows under ``name``."""

    def wide(self, name: str, sql: str, coded: Mapping[str, str], more: Mapping[str, str]) -> None:
        """A `table` of many rows and columns.

        ``coded``: text columns with few values -> SQL of their ``value``. ``more``: further columns -> SQL over a row
        ``r`` of the query.
        """

    def count(self, tables: Sequence[Counted]) -> list[str]:
        """Count the rows of child tables by case; returns SQL of the joins that bring the counts to a case ``c``."""

    def fetch(self, sql: str) -> pa.Table:
        """A small result."""

    def judge(
        self, sql: str, finish: Finish, kinds: Mapping[str, str], clock_rows: str | None = None
    ) -> None:
        """Run the candidates of one rule through ``finish`` and keep its findings and watches.

        ``kinds``: what an engine that does not type its columns must know (`Candidates.typed`).
        ``clock_rows``: name under which the rule's clock rows are to be readable afterwards.
        """

    def findings(self) -> pa.Table:
        """All findings kept, in the order of the record."""

    def watch(self) -> pa.Table:
        """Per unit the soonest moment to look again."""

    def lock(self) -> None:
        """All facts are in: from here on nothing else may be read and nothing reconfigured."""

    def close(self) -> None:
        """Free what the run used."""
