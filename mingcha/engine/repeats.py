"""One finding per (rule, about, key, subject): rows of a find that say the same of one thing become its evidence."""

from __future__ import annotations

import json
from collections import defaultdict

import pyarrow as pa

from mingcha.rules.levels import COLOURS

_RANK = {**{name: i for i, name in enumerate(COLOURS)}, "undetermined": -1}


def may_repeat(rule_rows: str, each: str, joins: int) -> bool:
    """Only a rule with a SELECT, child rows or look-ups can name one thing twice."""
    return bool(rule_rows or each or joins)


def merge_repeats(findings: pa.Table) -> pa.Table:
    """Keep of each thing the highest finding (the earliest of equals); the others' evidence goes under ``more``."""
    if findings.num_rows < 2:
        return findings
    keys = list(zip(*(findings.column(n).to_pylist() for n in ("about", "key", "subject")), strict=True))
    if len(set(keys)) == len(keys):
        return findings
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for i, key in enumerate(keys):
        groups[key].append(i)
    levels, since = (
        findings.column("level").to_pylist(),
        findings.column("since").cast(pa.int64()).to_pylist(),
    )
    evidence = findings.column("evidence").to_pylist()
    kept = []
    for places in groups.values():
        first, *rest = sorted(
            places, key=lambda i: (-_RANK[levels[i]], since[i] is None, since[i] or 0, evidence[i])
        )
        others = sorted({evidence[i] for i in rest} - {evidence[first]})
        if others:
            more = [json.loads(told) for told in others]
            evidence[first] = json.dumps({**json.loads(evidence[first]), "more": more}, ensure_ascii=False)
        kept.append(first)
    place = findings.schema.get_field_index("evidence")
    return findings.set_column(place, "evidence", pa.array(evidence, pa.string())).take(
        pa.array(sorted(kept))
    )
