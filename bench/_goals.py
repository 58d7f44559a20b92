"""What the figures must be, each beside what was measured: the first thing that docs/bench.md tells."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

HOLDS = {"<=": operator.le, ">=": operator.ge}
BOTH = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Goal:
    """``path`` leads to the figure in bench/results.json, keys joined by dots; ``*`` stands for each database."""

    what: str
    path: str
    sign: str
    bound: float


GOALS = (
    Goal("2 M cases, every pack: times the hashing of every row", "catalogue_2m.ratio", "<=", 10),
    Goal("2 M cases, every pack, seconds", "catalogue_2m.judge_seconds", "<=", 6),
    Goal("2 M cases, peak GB", "catalogue_2m.peak_gb", "<=", 3),
    Goal("2 M cases, articles 8 and 9: times the hashing", "catalogue_articles_8_9.ratio", "<=", 8),
    Goal("10 M cases, peak GB", "catalogue_10m.peak_gb", "<=", 8),
    Goal("clocks a second, vectorised, mixed", "clocks_per_second.clock_mixed", ">=", 5e6),
    Goal("clocks a second, all paused", "clocks_per_second.clock_paused", ">=", 2e6),
    Goal("`check` of 1,000 cases, cold, seconds", "commands.check_1000_cases_seconds", "<=", 2),
    Goal("`--help`, seconds", "commands.help_seconds", "<=", 0.4),
    Goal("one case judged again, ms", "commands.warm_one_case_ms", "<=", 150),
    Goal("300 cases judged again, ms", "commands.warm_300_cases_ms", "<=", 300),
    Goal("file import into the store, rows/s", "store_*.rows_per_s", ">=", 40_000),
    Goal("file import, peak MB", "store_*.import_peak_mb", "<=", 1000),
    Goal("store of 1 M cases judged whole, seconds", "store_*.everything_first_seconds", "<=", 60),
    Goal("one calendar day changed: difference list, seconds", "store_*.difference_seconds", "<=", 60),
    Goal("REST, durable, applied and judged, rows/s", "rest_*.applied_and_judged_rows_per_s", ">=", 3000),
    Goal("accepted to alert visible, p99 s at 300 cases/s", "latency_*.visible_p99_s", "<=", 2),
    Goal("pages and API reads, 20 users, p95 ms", "pages_*.resting.p95_ms", "<=", 300),
    Goal("inbox, ledger, case with 300,000 ratings, p95 ms", "desks_*.resting.p95_ms", "<=", 300),
    Goal("ratings taken, PostgreSQL, a second", "ratings_postgresql.taken_a_second", ">=", 300),
    Goal("ratings taken, SQLite, a second", "ratings_sqlite.taken_a_second", ">=", 150),
    Goal("a rating's answer, p95 ms", "ratings_*.p95_ms", "<=", 200),
)


def lines(results: Mapping[str, Any]) -> Iterator[str]:
    """Rows of a table: what, must be, measured, met; of each database where they differ."""
    yield "| what | must be | measured | |"
    yield "|---|---|---|---|"
    for goal in GOALS:
        for name in BOTH if "*" in goal.path else ("",):
            value = _found(results, goal.path.replace("*", name))
            told = "not measured" if value is None else f"{value:,}"
            met = "" if value is None else "yes" if HOLDS[goal.sign](value, goal.bound) else "**no**"
            yield f"| {goal.what}{f' ({name})' if name else ''} | {goal.sign} {goal.bound:,.10g} | {told} | {met} |"


def _found(results: Mapping[str, Any], path: str) -> float | None:
    found: Any = results
    for key in path.split("."):
        if not isinstance(found, Mapping) or key not in found:
            return None
        found = found[key]
    return float(found) if isinstance(found, float) else int(found)
