"""From the candidates of a rule to its findings and to when to look again. Runs in process and on Spark executors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mingcha.engine import columns as col
from mingcha.engine.candidates import UNIT_OF_ABOUT, Candidates
from mingcha.engine.moments import decide, highest
from mingcha.engine.outcome import Outcome, Reading
from mingcha.engine.record import FINDING, WATCH, in_order
from mingcha.engine.repeats import may_repeat, merge_repeats
from mingcha.engine.sentences import Words, evidences, reasons
from mingcha.law.calendar import Calendar
from mingcha.law.instants import MISSING, Bools, Instants
from mingcha.rules.levels import COLOURS, FLAG_LEVELS


@dataclass(frozen=True)
class Run:
    """What one run of `judge` has in common for all rules."""

    calendar: Calendar
    reading: Reading
    known_at: int | None = None
    pending: bool = False


@dataclass(frozen=True)
class Finished:
    """Findings in order (schema `FINDING`), when to look again (`WATCH`), and clock rows if they are wanted."""

    findings: pa.Table
    watch: pa.Table
    clock_rows: pa.Table | None = None


def finish(rows: pa.Table, spec: Candidates, run: Run, *, clock_rows: bool = False) -> Finished:
    """Decide and write up one batch of candidates."""
    outcome = decide(rows, spec, run.calendar, run.reading)
    n = rows.num_rows
    rank, since, provisional = highest(outcome, n)
    flagged, flag_since = _flag_levels(outcome, n)
    next_at = _next(outcome, run.reading.as_of)
    shown = (rank > 0) | provisional | outcome.unknown
    for flag in flagged.values():
        shown |= flag
    if run.pending:
        shown |= next_at != MISSING
    chosen = np.flatnonzero(shown)
    since = np.where(since == MISSING, flag_since, since)
    findings = FINDING.empty_table()
    if len(chosen):
        findings = _findings(rows, spec, run, outcome, chosen, rank, since, provisional, flagged, next_at)
    if may_repeat(spec.rule.rows, spec.rule.each, len(spec.rule.joins)):
        findings = merge_repeats(findings)
    findings = in_order(findings)
    watched = np.flatnonzero(next_at != MISSING)
    watch = pa.table(
        [
            _units(rows).take(pa.array(watched)),
            col.combined(rows, "key").cast(pa.string()).take(pa.array(watched)),
            _timestamps(next_at[watched]),
        ],
        schema=WATCH,
    )
    return Finished(findings, watch, _clock_rows(rows, outcome) if clock_rows else None)


def _flag_levels(outcome: Outcome, rows: int) -> tuple[dict[str, Bools], Instants]:
    flagged = {}
    since = np.full(rows, MISSING, dtype=np.int64)
    for name in FLAG_LEVELS:
        moment = outcome.moments.get(name)
        flagged[name] = np.zeros(rows, dtype=bool) if moment is None else moment.reached
        if moment is not None:
            since = np.where(moment.reached & (since == MISSING), moment.at, since)
    return flagged, since


def _next(outcome: Outcome, as_of: int) -> Instants:
    """The next moment at which a level may begin or a listing ends, if nothing else happens."""
    soonest = np.full(len(outcome.unknown), np.iinfo(np.int64).max)
    some = np.zeros(len(outcome.unknown), dtype=bool)
    for moment in outcome.moments.values():
        some |= moment.comes
        ahead = moment.comes & ~outcome.unknown & (moment.at > as_of)
        soonest = np.where(ahead & (moment.at < soonest), moment.at, soonest)
    if outcome.look is not None:
        ahead = (outcome.look != MISSING) & (outcome.look < soonest)
        soonest = np.where(ahead, outcome.look, soonest)
    ends = some & (outcome.ended != MISSING) & (outcome.ended > as_of)
    soonest = np.where(ends & (outcome.ended < soonest), outcome.ended, soonest)
    return np.where(soonest == np.iinfo(np.int64).max, MISSING, soonest)


def _findings(
    rows: pa.Table,
    spec: Candidates,
    run: Run,
    outcome: Outcome,
    chosen: NDArray[np.int64],
    rank: NDArray[np.int8],
    since: Instants,
    provisional: Bools,
    flagged: dict[str, Bools],
    next_at: Instants,
) -> pa.Table:
    n, rule, take = len(chosen), spec.rule, pa.array(chosen)
    unknown = outcome.unknown[chosen]
    causes = outcome.cause[chosen]
    words = Words(rows, spec, outcome, chosen)
    reached_any = rank[chosen] > 0
    for flag in flagged.values():
        reached_any = reached_any | flag[chosen]
    ended = _ended(outcome, run.reading.as_of)[chosen]
    ended = np.where(reached_any, ended, MISSING)
    names = pa.array([*COLOURS, "undetermined"])
    levels = names.take(pa.array(np.where(unknown, len(COLOURS), rank[chosen]).astype(np.int64)))
    reached = reached_any & ~unknown

    def same(value: object, kind: pa.DataType) -> pa.Array:
        return pa.repeat(pa.scalar(value, kind), n)

    def text(name: str) -> pa.Array:
        return col.combined(rows, name).cast(pa.string()).take(take)

    def at(name: str) -> pa.Array:
        moment = outcome.moments.get(name)
        return _timestamps(np.full(n, MISSING) if moment is None else moment.at[chosen])

    abnormal = flagged["abnormal"][chosen] | (("abnormal" in rule.flags) & reached)
    lead = flagged["lead"][chosen] | (("lead" in rule.flags) & reached)
    columns = [
        same(rule.id, pa.string()),
        same(rule.pack, pa.string()),
        same(rule.version, pa.string()),
        same(run.calendar.version, pa.string()),
        same(run.reading.as_of, pa.int64()).cast(pa.timestamp("us")),
        same(run.known_at, pa.int64()),
        text("about"),
        text("key"),
        text("subject"),
        pa.array(outcome.episode[chosen], pa.int64()),
        text("case_no"),
        text("item_code"),
        text("agency_code"),
        text("region_code"),
        levels,
        _named(causes),
        pa.array(abnormal),
        pa.array(flagged["manual"][chosen] | (("manual" in rule.flags) & reached)),
        pa.array(lead),
        pa.array(provisional[chosen]),
        pa.array(reached & (ended == MISSING)),
        _timestamps(np.where(unknown, MISSING, since[chosen])),
        at("warning"),
        at("yellow"),
        at("red"),
        _timestamps(outcome.due[chosen]),
        _timestamps(next_at[chosen]),
        _timestamps(ended),
        same(rule.cites, pa.string()),
        reasons(words, causes),
        evidences(words),
    ]
    return pa.table(columns, schema=FINDING)


def soonest(watch: pa.Table) -> pa.Table:
    """One row a unit: the soonest moment, in order of unit and key."""
    grouped = watch.group_by(["unit", "key"]).aggregate([("look_again_at", "min")])
    table = grouped.rename_columns(WATCH.names).cast(WATCH)
    return table.take(pc.sort_indices(table, sort_keys=[("unit", "ascending"), ("key", "ascending")]))


def _units(rows: pa.Table) -> pa.Array:
    about = pc.dictionary_encode(col.combined(rows, "about").cast(pa.string()))
    units = pa.array([UNIT_OF_ABOUT.get(name, name) for name in about.dictionary.to_pylist()], pa.string())
    return units.take(about.indices)


def _named(causes: NDArray[np.object_]) -> pa.Array:
    if not (causes != "").any():
        return pa.nulls(len(causes), pa.string())
    return pa.array([cause or None for cause in causes], pa.string())


def _ended(outcome: Outcome, as_of: int) -> Instants:
    return np.where((outcome.ended != MISSING) & (outcome.ended <= as_of + 1), outcome.ended, MISSING)


def _timestamps(values: Instants) -> pa.Array:
    mask = values == MISSING
    return pa.array(np.where(mask, 0, values), pa.int64(), mask=mask).cast(pa.timestamp("us"))


def _clock_rows(rows: pa.Table, outcome: Outcome) -> pa.Table:
    assert outcome.clocks is not None and outcome.clocks.stop is not None
    kept = pa.array(np.flatnonzero(~outcome.unknown))
    times = {"start": outcome.clocks.start, "stop": outcome.clocks.stop, "due": outcome.due}
    return pa.table(
        {
            **{
                name: col.combined(rows, name).cast(pa.string()).take(kept)
                for name in ("case_no", "agency_code", "region_code", "item_code")
            },
            **{
                name: pa.array(values, pa.int64(), mask=values == MISSING).take(kept)
                for name, values in times.items()
            },
        }
    )
