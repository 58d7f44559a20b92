"""What is decided of candidates: the moments of their levels, and how the run reads the law."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mingcha.engine import columns as col
from mingcha.law.clock import Clocks, Times
from mingcha.law.instants import MISSING, Bools, Instants
from mingcha.law.office import DEFAULT_OFFICE, OfficeHours


@dataclass(frozen=True)
class Reading:
    """How the run reads the law where it leaves a choice: the chains, the hours of halls."""

    as_of: int
    chain_from: str = "issued"
    live_from: int = MISSING
    has_issued: bool = False
    office: tuple[OfficeHours, ...] = (DEFAULT_OFFICE,)


@dataclass
class Moment:
    """When a level begins: instants, whether that moment is provisional, where it comes, where it has by as_of."""

    at: Instants
    provisional: Bools
    comes: Bools
    reached: Bools = field(default_factory=lambda: np.empty(0, dtype=bool))

    def by(self, as_of: int) -> Moment:
        """The same, with what is reached by ``as_of``."""
        self.reached = self.comes & (self.at <= as_of)
        return self


@dataclass
class Outcome:
    """What is decided of each candidate row. ``look``: further moments at which to look again."""

    moments: dict[str, Moment]
    unknown: Bools
    cause: NDArray[np.object_]
    stop: Instants
    ended: Instants
    due: Instants
    episode: NDArray[np.int64]
    times: Times | None = None
    clocks: Clocks | None = None
    pauses: tuple[NDArray[np.int64], Instants, Instants, pa.Array] | None = None
    look: Instants | None = None


def episodes(rows: pa.Table) -> NDArray[np.int64]:
    """The open episode of an issued signal, else one more than the last closed one, else the first."""
    last = col.integers(rows, "x_episode", 0)
    return np.where(col.flags(rows, "x_standing"), last, last + 1)
