"""What `judge` asks of an engine: relations in, SQL, candidates out. Two implementations: DuckDB and Spark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import pyarrow as pa

from mingcha.facts.store import Source

Finish = Callable[[pa.Table], tuple[pa.Table, pa.Table, pa.Table | None]]
"""Candidates of one rule -> (findings, watch, clock rows)."""


class Backend(Protocol):
    """One engine, for the length of one run."""

    dialect: str

    def source(self, name: str, source: Source) -> None:
        """Make the canonical rows of a table readable as ``name``."""

    def small(self, name: str, table: pa.Table) -> None:
        """Make a small Arrow table readable as ``name``."""

    def view(self, name: str, sql: str) -> None:
        """Name a query."""

    def table(self, name: str, sql: str) -> None:
        """Compute a query once and keep its rows under ``name``."""

    def fetch(self, sql: str) -> pa.Table:
        """A small result."""

    def judge(self, sql: str, finish: Finish, clock_rows: str | None = None) -> None:
        """Run the candidates of one rule through ``finish`` and keep its findings and watches.

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
