"""What `mingcha rules try` prints: totals by rule and level, by agency and item, samples with reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pyarrow as pa
from rich.console import Console
from rich.markup import escape

from mingcha.cli.console import console, table
from mingcha.rules.levels import LABELS
from mingcha.trials.compare_runs import KIND_LABELS, Change, Kind
from mingcha.trials.what_if import Trial

_MOST = 10
"""Agencies and items shown."""

_SIGNS: Mapping[Kind, str] = {"added": "+", "withdrawn": "-", "changed": "~"}


def print_trial(trial: Trial, samples: int, agencies: Mapping[str, str], items: Mapping[str, str]) -> None:
    """Everything about a trial; ``agencies`` and ``items``: code -> name."""
    out = console()
    counts = trial.difference.counts
    _head(out, trial)
    out.print(
        f"原有 {trial.before} 条,试行后 {trial.after} 条:"
        + ",".join(f"{KIND_LABELS[kind]} {count}" for kind, count in counts.items())
    )
    if not trial.difference:
        return
    _by_level(out, trial)
    _by_name(out, trial, "agency_code", "部门", agencies)
    _by_name(out, trial, "item_code", "事项", items)
    _samples(out, trial, samples)


def _head(out: Console, trial: Trial) -> None:
    rules = "、".join(trial.draft.touched) or "没有规则受影响"
    out.print(f"截至 {trial.as_of},办件 {trial.cases} 件;比较 {escape(rules)}")
    if trial.draft.everywhere:
        out.print(f"规则包 {escape(trial.draft.pack.id)} 没有写明地区,试行时各地一律适用", style="yellow")
    for rule, tables in trial.not_judged.items():
        out.print(f"没有判定 {escape(rule)}:没有报送 {'、'.join(tables)}", style="yellow")


def _by_level(out: Console, trial: Trial) -> None:
    rows = table("规则", "等级", *KIND_LABELS.values(), numbers=3)
    counted = {kind: _count(found, ("rule", "level")) for kind, found in trial.difference.tables.items()}
    for rule, level in sorted({key for found in counted.values() for key in found}):
        numbers = [str(counted[kind][rule, level] or "") for kind in KIND_LABELS]
        rows.add_row(escape(rule), LABELS[level], *numbers)
    out.print()
    out.print(rows)


def _by_name(out: Console, trial: Trial, column: str, label: str, names: Mapping[str, str]) -> None:
    counted = {kind: _count(found, (column,)) for kind, found in trial.difference.tables.items()}
    totals = sum(counted.values(), Counter[tuple[str, ...]]())
    rows = table(label, "代码", *KIND_LABELS.values(), numbers=3)
    for (code,), _ in totals.most_common(_MOST):
        numbers = [str(counted[kind][code,] or "") for kind in KIND_LABELS]
        rows.add_row(escape(names.get(code, "")), escape(code or "(空)"), *numbers)
    out.print()
    out.print(rows)
    if len(totals) > _MOST:
        out.print(f"另有 {len(totals) - _MOST} 个{label}", style="dim")


def _count(findings: pa.Table, columns: tuple[str, ...]) -> Counter[tuple[str, ...]]:
    lists = [findings[name].to_pylist() for name in columns]
    return Counter(tuple(value or "" for value in row) for row in zip(*lists, strict=True))


def _samples(out: Console, trial: Trial, most: int) -> None:
    shown: Counter[tuple[str, Kind]] = Counter()
    out.print()
    for change in trial.difference.changes():
        key = (change.finding["rule"], change.kind)
        shown[key] += 1
        if shown[key] <= most:
            out.print(escape(_line(change)))


def _line(change: Change) -> str:
    finding = change.finding
    what = " ".join(part for part in (finding["key"], finding["subject"]) if part)
    level = LABELS[finding["level"]]
    if change.before and change.after and change.before["level"] != change.after["level"]:
        level = f"{LABELS[change.before['level']]} → {level}"
    fields = f"({'、'.join(change.fields)})" if change.fields else ""
    return f"{_SIGNS[change.kind]} {finding['rule']} {what} {level}{fields} {finding['reason']}"
