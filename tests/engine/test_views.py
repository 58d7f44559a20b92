"""What is asked of a table as of a moment: nothing where none of its events lies ahead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from mingcha.engine.judge import Judgement
from mingcha.engine.views import all_come, as_of_view
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts, Source, write_canonical
from mingcha.law.instants import instant

MORNING, NOON, EVENING = (datetime(2026, 3, 2, hour) for hour in (9, 12, 18))
DATE_ALONE = datetime(2026, 3, 3, 0, 0, 0, 1)


def source(**columns: datetime | None) -> Source:
    return Facts.from_rows({"cases": [{"case_no": "A1", **columns}]})["cases"]


@pytest.mark.parametrize(
    ("now", "come"),
    [
        (MORNING, {"received_at"}),
        (NOON, {"received_at", "accepted_at"}),
        (EVENING, {"received_at", "accepted_at"}),
    ],
)
def test_an_event_has_come_when_the_last_of_its_moments_has(now: datetime, come: set[str]) -> None:
    rows = source(received_at=MORNING, accepted_at=NOON, completed_at=DATE_ALONE)
    assert all_come(rows, instant(now) + 1) == come


def test_a_date_alone_has_come_at_its_midnight() -> None:
    rows = source(received_at=MORNING, completed_at=DATE_ALONE)
    midnight = instant(datetime(2026, 3, 3))
    assert "completed_at" in all_come(rows, midnight + 1)
    assert "completed_at" not in all_come(rows, midnight - 1_000_000 + 1)


def test_an_event_that_a_row_has_to_have_and_has_not_is_asked_for() -> None:
    assert all_come(source(received_at=None, accepted_at=None), instant(NOON)) == {"accepted_at"}


def test_where_all_has_come_nothing_is_asked() -> None:
    present = ["case_no", "received_at", "completed_at", "outcome"]

    def view(*come: str) -> str:
        return as_of_view("cases", "raw", present, present, "7", "duckdb", come=come)

    assert "7" not in view("received_at", "completed_at")
    assert view("completed_at").count("<= 7") == 2  # its moment, and whether the case is there
    assert view("received_at").count("7") == 2  # when it was completed, and with what outcome


@pytest.mark.parametrize("folder", ["channel=web", "region_code=410300000000"])
def test_what_a_folder_is_called_is_no_fact(
    folder: str, judged: Callable[..., Judgement], tmp_path: Path
) -> None:
    place = {"agency_code": "A1", "region_code": "410105000000"}
    rows = {
        "items": [{"item_code": "I1", "version": 1, "name": "事项", "agency_code": "A1"}],
        "cases": [{"case_no": "A1", "item_code": "I1", **place, "received_at": MORNING, "channel": "mail"}],
        "corrections": [],
    }
    facts = Facts.from_rows(rows)
    (tmp_path / folder).mkdir()
    paths = {name: tmp_path / folder / f"{name}.parquet" for name in facts}
    for name, path in paths.items():
        write_canonical(TABLES[name], facts[name].read(), path)
    found = judged(
        Facts.from_parquet(paths), datetime(2026, 6, 1), ("henan-2019",), only=["henan-8.10"], way="many"
    )
    assert found.cases == 1 and not found.findings.num_rows
