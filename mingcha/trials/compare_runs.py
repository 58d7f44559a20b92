"""Two judgements of the same facts held against each other (重算差异单): added, withdrawn, changed.

Findings are the same thing where rule, about, key, subject and episode are the same; they have changed where
the verdict differs: level, cause, flags or a moment. Versions and wording are no difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from mingcha.engine.record import FINDING, FLAGS, MOMENTS

IDENTITY = ("rule", "about", "key", "subject", "episode")
VERDICT = ("level", "cause", *FLAGS, *(moment for moment in MOMENTS if moment != "next_at"))

Kind = Literal["added", "withdrawn", "changed"]
KIND_LABELS: dict[Kind, str] = {"added": "新增", "withdrawn": "撤回", "changed": "变更"}


@dataclass(frozen=True)
class Change:
    """One line of a difference; ``fields`` are those that changed (of a change)."""

    kind: Kind
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    fields: tuple[str, ...] = ()

    @property
    def finding(self) -> dict[str, Any]:
        """The finding as it is now, or as it was."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True)
class Difference:
    """What a second judgement changed. All tables have the columns of `FINDING`, in the order of `IDENTITY`.

    ``before`` and ``after`` are the two sides of what changed, row by row.
    """

    added: pa.Table
    withdrawn: pa.Table
    before: pa.Table
    after: pa.Table

    def __bool__(self) -> bool:
        return any(self.counts.values())

    @property
    def counts(self) -> dict[Kind, int]:
        """How many of each kind."""
        return {
            "added": self.added.num_rows,
            "withdrawn": self.withdrawn.num_rows,
            "changed": self.after.num_rows,
        }

    @property
    def tables(self) -> dict[Kind, pa.Table]:
        """The findings of each kind: as they are now, or as they were where they were withdrawn."""
        return {"added": self.added, "withdrawn": self.withdrawn, "changed": self.after}

    def changes(self) -> Iterator[Change]:
        """Every line: what was added, withdrawn, then what changed."""
        yield from (Change("added", None, row) for row in self.added.to_pylist())
        yield from (Change("withdrawn", row, None) for row in self.withdrawn.to_pylist())
        for was, now in zip(self.before.to_pylist(), self.after.to_pylist(), strict=True):
            yield Change("changed", was, now, tuple(name for name in VERDICT if was[name] != now[name]))


def compare_runs(before: pa.Table, after: pa.Table) -> Difference:
    """Hold two tables of findings (schema `FINDING`) against each other."""
    before, after = before.select(FINDING.names), after.select(FINDING.names)
    rows = _paired(before, after)
    was, now = _places(rows, "was"), _places(rows, "now")
    both = (was >= 0) & (now >= 0)
    old, new = before.take(pa.array(was[both])), after.take(pa.array(now[both]))
    differs = pa.array(_differs(old, new))
    return Difference(
        added=after.take(pa.array(now[was < 0])),
        withdrawn=before.take(pa.array(was[now < 0])),
        before=old.filter(differs),
        after=new.filter(differs),
    )


def _paired(before: pa.Table, after: pa.Table) -> pa.Table:
    """Identities with their rows on either side (null where there is none), in order."""
    sides = {"was": before, "now": after}
    left, right = (
        table.select(IDENTITY).append_column(name, pa.array(np.arange(table.num_rows), pa.int64()))
        for name, table in sides.items()
    )
    joined = left.join(right, keys=list(IDENTITY), join_type="full outer", coalesce_keys=True)
    return joined.sort_by([(name, "ascending") for name in IDENTITY])


def _places(rows: pa.Table, side: str) -> npt.NDArray[np.int64]:
    """Row numbers of one side, -1 where it has none."""
    found: npt.NDArray[np.int64] = pc.fill_null(rows[side], -1).combine_chunks().to_numpy()
    return found


def _differs(old: pa.Table, new: pa.Table) -> npt.NDArray[np.bool_]:
    """Rows on which some part of the verdict differs; two nulls are the same."""
    found = np.zeros(old.num_rows, dtype=bool)
    for name in VERDICT:
        same = pc.fill_null(pc.equal(old[name], new[name]), False)
        neither = pc.and_(pc.is_null(old[name]), pc.is_null(new[name]))
        found |= ~pc.or_(same, neither).to_numpy(zero_copy_only=False)
    return found
