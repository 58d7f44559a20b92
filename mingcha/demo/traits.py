"""What can be said of cases when a planting looks for its own: one property for each thing, over all cases
at once."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mingcha.demo.days import WORKING
from mingcha.demo.dice import Ints
from mingcha.demo.lives import BEFORE, DENIED, DURING, GRANTED, NO_CORRECTION, NONE, REJECT, RETURNED, Lives
from mingcha.demo.tables import CHILDREN
from mingcha.demo.world import SPECIALS, World
from mingcha.law.instants import MISSING

Mask = NDArray[np.bool_]


class Traits:
    """Masks and numbers over lives."""

    def __init__(self, world: World, lives: Lives) -> None:
        self.world, self.lives = world, lives

    def _of(self, values: NDArray[np.bool_] | Ints) -> NDArray[np.bool_]:
        return np.asarray(values[self.lives.version])

    @cached_property
    def limit(self) -> Ints:
        """The promise."""
        return self.world.guide.limit[self.lives.version]

    @cached_property
    def statutory(self) -> Ints:
        """The statutory limit in working days, 0 where it is in another unit."""
        guide, version = self.world.guide, self.lives.version
        return np.where(guide.unit[version] == WORKING, guide.statutory[version], 0)

    @cached_property
    def granted(self) -> Mask:
        """Decided by granting."""
        return np.asarray(self.lives.decided & (self.lives.outcome == GRANTED))

    @cached_property
    def returned(self) -> Mask:
        """Returned to the applicant."""
        return np.asarray(self.lives.decided & (self.lives.outcome == RETURNED))

    @cached_property
    def rejected(self) -> Mask:
        """Not accepted."""
        return np.asarray(self.lives.opinion == REJECT)

    @cached_property
    def refused_at(self) -> Ints:
        """When it was not accepted, denied or returned; MISSING where it was none of these."""
        lives = self.lives
        turned_down = lives.decided & np.isin(lives.outcome, (DENIED, RETURNED))
        return np.where(self.rejected, lives.opinion_at, np.where(turned_down, lives.completed, MISSING))

    @cached_property
    def plain(self) -> Mask:
        """Granted; the promise in working days, never paused, the same whenever it is accepted; all
        materials in."""
        own = self._of(self.world.guide.unit == WORKING) & ~self._of(self.world.guide.several)
        return np.asarray(
            self.granted & own & (self.lives.correction == NO_CORRECTION) & (self.lives.special == NONE)
        )

    @cached_property
    def unpaused_promise(self) -> Mask:
        """Decided; promised in working days, at least one; never paused."""
        return (
            self.lives.decided
            & self._of(self.world.guide.unit == WORKING)
            & (self.limit > 0)
            & ~self.lives.paused
        )

    @cached_property
    def untimed(self) -> Mask:
        """The guide gives the steps no limits."""
        return ~self._of(self.world.guide.timed)

    @cached_property
    def at_window(self) -> Mask:
        """Handed in at a window."""
        return np.asarray(self.lives.channel == 0)

    @cached_property
    def by_web(self) -> Mask:
        """Handed in on the web."""
        return np.asarray(self.lives.channel == 1)

    @cached_property
    def accepted(self) -> Mask:
        """Accepted."""
        return np.asarray(self.lives.accepted != MISSING)

    @cached_property
    def uncorrected(self) -> Mask:
        """No notice of correction."""
        return np.asarray(self.lives.correction == NO_CORRECTION)

    @cached_property
    def corrected_before(self) -> Mask:
        """Corrected before acceptance."""
        return np.asarray(self.lives.correction == BEFORE)

    @cached_property
    def corrected_during(self) -> Mask:
        """Corrected while the clock ran, without a special procedure."""
        return np.asarray((self.lives.correction == DURING) & (self.lives.special == NONE))

    @cached_property
    def publicity(self) -> Mask:
        """Publicity (批前公示), without a correction at the same time."""
        publicity = SPECIALS.index("publicity")
        return np.asarray((self.lives.special == publicity) & (self.lives.correction != DURING))

    @cached_property
    def other_special(self) -> Mask:
        """Another special procedure, without a correction at the same time."""
        special = (self.lives.special != NONE) & (self.lives.correction != DURING)
        return np.asarray(special & ~self.publicity)

    @cached_property
    def fee(self) -> Mask:
        """The item asks for a fee."""
        return self._of(self.world.guide.fee)

    @cached_property
    def certified(self) -> Mask:
        """Granted with a certificate that no ministry has to settle."""
        return self.granted & self._of(self.world.guide.certificate) & ~self._of(self.world.guide.ministry)

    @cached_property
    def by_ministry(self) -> Mask:
        """Granted with a certificate that a ministry settles."""
        return self.granted & self._of(self.world.guide.certificate & self.world.guide.ministry)

    @cached_property
    def transferable(self) -> Mask:
        """The item may be passed on."""
        return self._of(self.world.guide.transfer)

    @cached_property
    def free_of_intermediaries(self) -> Mask:
        """The item allows no intermediary."""
        return ~self._of(np.array([version.intermediary for version in self.world.versions]))

    @cached_property
    def rated(self) -> Mask:
        """Granted and rated by the applicant."""
        return self.granted & ~self.unrated

    @cached_property
    def unrated(self) -> Mask:
        """The applicant said nothing."""
        return np.asarray(CHILDREN["evaluations"][0](self.world, self.lives) == 0)

    @cached_property
    def legal(self) -> Mask:
        """Applied for by firms."""
        return self._of(self.world.guide.legal)

    @cached_property
    def ticketed(self) -> Mask:
        """A ticket was drawn."""
        return np.asarray(CHILDREN["tickets"][0](self.world, self.lives) > 0)

    @cached_property
    def step_limit(self) -> Ints:
        """Working days of each step, where the guide gives them."""
        return -(-self.limit // self.world.guide.steps[self.lives.version])
