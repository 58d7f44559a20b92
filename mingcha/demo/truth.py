"""The truth of a demo city: every finding that judging it must give, by the moments at which its levels
begin."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mingcha.demo.arrows import instants
from mingcha.demo.dice import Ints
from mingcha.law.instants import MISSING

PLANTED, LAWFUL, FOLLOWS = "planted", "lawful_warning", "consequence"
"""Put there on purpose; a warning that the law gives to a case in order; what lawfully follows from
another violation."""

COLOURS: Final = ("note", "warning", "red")
FLAGS: Final = ("lead", "abnormal")
KEY: Final = ("rule", "about", "key", "subject")
SCHEMA: Final = pa.schema(
    [
        *((name, pa.string()) for name in ("rule", "about", "key", "subject", "level", "kind")),
        ("since", pa.timestamp("us")),
    ]
)
"""``since``: when that level began; null where the truth does not tell."""

_NEVER: Final = np.iinfo(np.int64).max


@dataclass
class Truth:
    """Expected findings, gathered part by part."""

    parts: list[dict[str, NDArray[Any]]] = field(default_factory=list)

    def add(
        self,
        rule: str,
        about: str,
        key: Any,
        subject: Any = "",
        *,
        kind: str = PLANTED,
        where: NDArray[np.bool_] | None = None,
        timed: bool = True,
        **levels: int | Ints,
    ) -> None:
        """Expect a finding per key. ``levels`` (note, warning, red, lead, abnormal) say when each begins,
        `MISSING` for never; ``where`` keeps some rows only; without ``timed`` the moments are not told
        as ``since``."""
        count = len(key)
        part = {
            name: np.full(count, value, dtype=object)
            for name, value in (("rule", rule), ("about", about), ("kind", kind))
        }
        part["key"], part["subject"] = np.array(key, dtype=object), np.empty(count, dtype=object)
        part["subject"][:] = subject
        for name in (*COLOURS, *FLAGS):
            part[name] = np.array(np.broadcast_to(levels.pop(name, MISSING), count), dtype=np.int64)
        if levels:
            raise TypeError(f"没有这样的等级:{'、'.join(levels)}")
        part["timed"] = np.full(count, timed)
        self.parts.append(part if where is None else {name: values[where] for name, values in part.items()})

    def table(self, as_of: int) -> pa.Table:
        """The findings of `SCHEMA` that stand at an instant, one per (rule, about, key, subject), in that
        order."""
        columns = {name: np.concatenate([part[name] for part in self.parts]) for name in self.parts[0]}
        level = np.full(len(columns["rule"]), "", dtype=object)
        since = np.full(len(level), _NEVER)
        for name in (*FLAGS, *COLOURS):
            reached = (columns[name] != MISSING) & (columns[name] <= as_of)
            level[reached] = "none" if name in FLAGS else name
            since[reached] = columns[name][reached]
        kept = np.flatnonzero(level != "")
        told = np.where(columns["timed"][kept], since[kept], MISSING)
        texts = columns | {"level": level}
        found = {
            name: pa.array(texts[name][kept].tolist(), pa.string())
            for name in SCHEMA.names
            if name != "since"
        }
        return _one_each(pa.table(found | {"since": instants(told)}, schema=SCHEMA))


def _one_each(found: pa.Table) -> pa.Table:
    """Of several rows that expect one finding, the one with the highest level and then the earliest."""
    rank = pa.array([("none", *COLOURS).index(level) for level in found["level"].to_pylist()], pa.int64())
    order = [*((name, "ascending") for name in KEY), ("rank", "descending"), ("since", "ascending")]
    ordered = found.append_column("rank", rank).sort_by(order)
    keys = list(zip(*(ordered[name].to_pylist() for name in KEY), strict=True))
    first = [place == 0 or keys[place] != keys[place - 1] for place in range(len(keys))]
    return ordered.filter(pa.array(first, pa.bool_())).select(SCHEMA.names)
