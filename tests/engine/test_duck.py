"""The embedded engine's own ways: codes kept as numbers, and candidates decided as they come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from threading import Event

import pyarrow as pa
import pytest

from mingcha.engine.duck import DuckBackend
from mingcha.engine.record import FINDING, WATCH

CODES = ["window", None, "", "web", "a" * 40, "window", "a\0b", "办"]


@pytest.fixture
def backend() -> Iterator[DuckBackend]:
    with closing(DuckBackend()) as made:
        yield made


def _wide(backend: DuckBackend, codes: list[str | None], **more: str) -> None:
    backend.small("v_cases", pa.table({"n": range(len(codes)), "channel": pa.array(codes, pa.string())}))
    backend.wide(
        "f", "SELECT n, channel FROM v_cases", {"channel": "SELECT channel AS value FROM v_cases"}, more
    )


def test_codes_are_read_as_the_texts_they_were(backend: DuckBackend) -> None:
    _wide(backend, CODES)
    assert backend.fetch("SELECT channel FROM f ORDER BY n").column(0).to_pylist() == CODES


@pytest.mark.parametrize("codes", [[], [None, None]])
def test_of_codes_there_may_be_none(backend: DuckBackend, codes: list[str | None]) -> None:
    _wide(backend, codes)
    assert backend.fetch("SELECT channel FROM f").column(0).to_pylist() == codes


@pytest.mark.parametrize("text", ["web", "nowhere", ""])
@pytest.mark.parametrize("sign", ["=", "<>", "<", ">=", "IS DISTINCT FROM"])
def test_codes_are_compared_as_texts(backend: DuckBackend, sign: str, text: str) -> None:
    """Also with what no case has, and in the order of texts, not of their first coming."""
    _wide(backend, CODES)
    asked = f"SELECT n FROM {{}} WHERE channel {sign} '{text}' ORDER BY n"
    assert backend.fetch(asked.format("f")) == backend.fetch(asked.format("v_cases"))


@pytest.mark.parametrize(
    "asked", ["r.channel IN ('nowhere', 'web')", "coalesce(r.channel, '') <> 'nowhere'", "r.channel < 'b'"]
)
def test_what_is_asked_of_codes_is_asked_of_texts(backend: DuckBackend, asked: str) -> None:
    _wide(backend, CODES, asked=asked)
    told = backend.fetch(f"SELECT n, {asked} AS asked FROM v_cases AS r ORDER BY n")
    assert backend.fetch("SELECT n, asked FROM f ORDER BY n") == told


def test_candidates_are_decided_as_they_come(backend: DuckBackend) -> None:
    """Rows that have come do not wait until those of an earlier rule have."""
    come, decided = Event(), Event()

    def first(_: pa.Table) -> tuple[pa.Table, pa.Table, None]:
        return FINDING.empty_table(), WATCH.empty_table(), None

    def second(rows: pa.Table) -> tuple[pa.Table, pa.Table, None]:
        decided.set()
        return first(rows)

    backend._underway.make(
        "late", lambda cursor: come.wait(10) and cursor.execute("CREATE TABLE late (x INT)")
    )
    backend.judge("SELECT * FROM late", first, {})
    backend.judge("SELECT 1 AS x", second, {})
    assert decided.wait(10)
    come.set()
    assert backend.findings().num_rows == 0
