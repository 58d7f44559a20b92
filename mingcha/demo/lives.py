"""The lives of cases (办件): when each was received, accepted, paused, decided. Lawful, all of them.

Everything is computed for all cases at once. What the law asks (facts.md, rule-catalogue.md) is built in:
an opinion within two working days, notices of correction at once, special procedures ended before their
time, a decision with more than two working days left. Only a few, more in bad departments, come within the
last two days of their promise: lawful, and warned of by henan-8.1.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mingcha.demo.catalogue import REFORMED, SPECIAL_LIMITS
from mingcha.demo.days import AFTERNOON, NATURAL, OFFICE_HOUR, OPENS, WORKING, no_instants
from mingcha.demo.dice import Ints
from mingcha.demo.places import WINDOWS_EACH
from mingcha.demo.rhythm import channels, days_received, times_received
from mingcha.demo.world import SPECIALS, World
from mingcha.law.instants import DAY, HOUR, MINUTE, MISSING, SECOND

ACCEPT, REJECT, CORRECT = range(3)
OPINIONS: Final = ("accept", "reject", "correct")
OUTCOMES: Final = ("granted", "denied", "returned", "withdrawn", "voided", "transferred")
GRANTED, DENIED, RETURNED, WITHDRAWN, VOIDED, TRANSFERRED = range(6)
NO_CORRECTION, BEFORE, DURING = range(3)
"""No correction, one before acceptance, one while the clock runs."""
NONE: Final = -1

BLOCK: Final = 1 << 18
_AT_FIRST: Final = {
    "correction": NO_CORRECTION,
    "special": NONE,
    "special_due": NONE,
    "due": NONE,
    "used": 0,
    "begun": 0,
    "off": 0,
}
"""What a case is like before anything has happened to it; its instants are missing."""

_SPECIAL_LIMITS: Final = np.array([SPECIAL_LIMITS[kind] for kind in SPECIALS], dtype=np.int64)
_HEARING: Final = SPECIALS.index("hearing")
_PUBLICITY: Final = SPECIALS.index("publicity")
_WARNED_PER_MILLE: Final = np.array([0, 5, 10, 15, 0, 0, 0, 0, 45])
"""How many of a thousand cases come close to their promise, by an agency's badness."""


@dataclass
class Lives:
    """Cases by number, one entry each in every array; instants in microseconds, days as numbers."""

    no: Ints
    version: Ints
    """Place of the item version that governs."""
    window: Ints
    channel: Ints
    person: Ints
    received: Ints
    preaccepted: Ints
    opinion: Ints
    opinion_at: Ints
    accepted: Ints
    correction: Ints
    notified: Ints
    supplied: Ints
    confirmed: Ints
    special: Ints
    """Index into SPECIALS, NONE without one."""
    special_start: Ints
    special_due: Ints
    """The day by which it must have ended."""
    special_end: Ints
    used: Ints
    """Working days used when it was decided."""
    finish_time: Ints
    """Time of day of the decision, where that is not the day of acceptance."""
    outcome: Ints
    due: Ints
    """Due day of the promise, pauses taken off; NONE where it was never accepted."""
    warned: Ints
    """When henan-8.1 warns unless it is decided before."""
    completed: Ints
    begun: Ints
    """Working days used when the pause began, 0 without one."""
    off: Ints
    """Working days that the pause took out of the promise."""

    def __len__(self) -> int:
        return len(self.no)

    def take(self, places: NDArray[np.int64] | NDArray[np.bool_]) -> Lives:
        """Some of the cases, as a copy."""
        return Lives(**{f.name: getattr(self, f.name)[places] for f in fields(self)})

    @property
    def start_day(self) -> Ints:
        """The day of acceptance."""
        return self.accepted // DAY

    @property
    def done_day(self) -> Ints:
        """The day of the decision."""
        return self.completed // DAY

    @property
    def decided(self) -> NDArray[np.bool_]:
        """Accepted and decided."""
        return np.asarray(self.completed != MISSING)

    @property
    def paused(self) -> NDArray[np.bool_]:
        """The promise's clock was paused."""
        return np.asarray((self.correction == DURING) | (self.special != NONE))


def make_lives(world: World) -> Lives:
    """The lives of all cases of the city, worked out a part at a time to save memory."""
    whole = Lives(**{f.name: np.empty(world.cases, dtype=np.int64) for f in fields(Lives)})
    for first in range(0, world.cases, BLOCK):
        part = _lives_of(world, np.arange(first, min(first + BLOCK, world.cases), dtype=np.int64))
        for name, values in vars(part).items():
            getattr(whole, name)[first : first + BLOCK] = values
    return whole


def _lives_of(world: World, no: Ints) -> Lives:
    """The lives of the cases of those numbers."""
    lives = Lives(**{f.name: np.full(len(no), _AT_FIRST.get(f.name, MISSING)) for f in fields(Lives)})
    lives.no = no
    _receive(world, lives)
    _answer(world, lives)
    _choose_item(world, lives)
    begun = _pause(world, lives)
    _decide(world, lives, begun)
    return settle(world, lives)


def _receive(world: World, lives: Lives) -> None:
    day = days_received(world, lives.no)
    lives.channel = channels(world, lives.no, day)
    lives.received = day * DAY + times_received(world, lives.no, lives.channel)


def _answer(world: World, lives: Lives) -> None:
    """Accept, reject, or ask for corrections; some applicants never answer, and their cases stay open."""
    dice, no = world.dice, lives.no
    lives.opinion = dice.choose("opinion", no, (937, 15, 48))
    lives.opinion_at = _opinion_at(world, no, lives.channel, lives.received)
    told = np.maximum(lives.opinion_at - 2 * MINUTE, lives.received + MINUTE)
    lives.preaccepted = np.where(lives.channel == 1, told, MISSING)
    lives.accepted = np.where(lives.opinion == ACCEPT, lives.opinion_at, MISSING)
    rows = np.flatnonzero(lives.opinion == CORRECT)
    lives.correction[rows] = BEFORE
    lives.notified[rows] = lives.opinion_at[rows]
    rows = rows[~dice.chance("never supplied", no[rows], 160)]
    _supply(world, lives, rows, 6)
    lives.accepted[rows] = lives.confirmed[rows] + dice.between("accepted", no[rows], 5, 30) * MINUTE


def _supply(world: World, lives: Lives, rows: Ints, most_days: int) -> None:
    """Applicants supply what notices ask for within so many days; it is checked within two working days."""
    dice, no = world.dice, lives.no[rows]
    day = lives.notified[rows] // DAY + dice.between("supplied", no, 1, most_days)
    lives.supplied[rows] = day * DAY + dice.between("supplied at", no, 8 * 60, 20 * 60) * MINUTE
    checked = world.days.after(day, dice.between("confirmed", no, 1, 2))
    lives.confirmed[rows] = _office_time(world, "confirmed", no, checked)


def _choose_item(world: World, lives: Lives) -> None:
    """What is applied for, by which version, at which window, by whom, and how it will end."""
    dice, guide, no, people = world.dice, world.guide, lives.no, world.people
    item = dice.choose("item", no, guide.weight)
    governed = np.where(lives.accepted == MISSING, lives.received, lives.accepted) // DAY
    lives.version = item + (guide.reformed[item] & (governed >= REFORMED))
    lives.window = guide.agency[lives.version] * WINDOWS_EACH + dice.below("window", no, WINDOWS_EACH)
    firm = people.persons + dice.below("firm", no, people.firms)
    lives.person = np.where(guide.legal[lives.version], firm, dice.below("person", no, people.persons))
    lives.outcome = _outcome(world, no, lives.version)
    lives.finish_time = dice.between("finish", no, 9 * 3600 + 600, 16 * 3600 + 3000) * SECOND


def _office_time(world: World, name: str, no: Ints, day: Ints) -> Ints:
    """An instant in office hours of each day."""
    minute = world.dice.below(name + " at", no, 330)
    return (
        day * DAY
        + np.where(minute < 160, OPENS + 10 * MINUTE, AFTERNOON + 10 * MINUTE - 160 * MINUTE)
        + minute * MINUTE
    )


def _opinion_at(world: World, no: Ints, channel: Ints, received: Ints) -> Ints:
    """At a window within minutes; from afar the same day, the next working day, or the one after."""
    dice, days = world.dice, world.days
    day, time = np.divmod(received, DAY)
    at_window = received + dice.between("at once", no, 3, 25) * MINUTE
    same_day = day * DAY + np.maximum(time + 10 * MINUTE, OPENS) + dice.below("same day", no, 50) * MINUTE
    at_once = days.working[day] & (time >= 8 * HOUR) & (time < 15 * HOUR) & dice.chance("prompt", no, 700)
    later = _office_time(world, "opinion", no, days.after(day, 1 + dice.chance("slow", no, 100)))
    return np.where(channel == 0, at_window, np.where(at_once, same_day, later))


def _outcome(world: World, no: Ints, version: Ints) -> Ints:
    outcome = world.dice.choose("outcome", no, (930, 22, 18, 15, 5, 10))
    return np.where((outcome == TRANSFERRED) & ~world.guide.transfer[version], GRANTED, outcome)


def _pause(world: World, lives: Lives) -> Ints:
    """Corrections and special procedures while the clock runs; returns working days used when the pause
    begins."""
    dice, guide, no = world.dice, world.guide, lives.no
    limit, in_days = guide.limit[lives.version], guide.unit[lives.version] == WORKING
    running = (lives.accepted != MISSING) & in_days
    correct = running & (limit >= 8) & (lives.correction == NO_CORRECTION) & dice.chance("correction", no, 70)
    special = running & (limit >= 10) & (guide.specials[lives.version] > 0) & dice.chance("special", no, 150)
    begun = np.where(correct, dice.below("correction day", no, 2), dice.below("special day", no, 3))
    begins = _pause_begins(world, lives, np.flatnonzero(correct | special), begun)
    rows = np.flatnonzero(correct)
    lives.correction[rows] = DURING
    lives.notified[rows] = begins[rows]
    _supply(world, lives, rows, 8)
    _hold_specials(world, lives, np.flatnonzero(special), begins)
    return begun


def _pause_begins(world: World, lives: Lives, rows: Ints, begun: Ints) -> Ints:
    """When pauses begin: shortly after acceptance, or in office hours some working days later."""
    begins = no_instants(len(lives))
    start, no = lives.accepted[rows], lives.no[rows]
    later = _office_time(world, "pause", no, world.days.after(start // DAY, np.maximum(begun[rows], 1)))
    begins[rows] = np.where(
        begun[rows] > 0, later, start + world.dice.between("pause soon", no, 20, 50) * MINUTE
    )
    return begins


def _hold_specials(world: World, lives: Lives, rows: Ints, begins: Ints) -> None:
    dice, guide, days, no = world.dice, world.guide, world.days, lives.no[rows]
    version = lives.version[rows]
    kind = guide.special_kinds[version, dice.below("special kind", no, guide.specials[version])]
    start = begins[rows] + 5 * MINUTE
    due = special_due(world, kind, start // DAY)
    allowed = days.used(start // DAY, due)
    early = np.maximum(allowed - 2 - dice.below("special early", no, allowed // 2), 1)
    end = np.where(kind == _PUBLICITY, due, days.after(start // DAY, early))
    lives.special[rows] = kind
    lives.special_start[rows] = start
    lives.special_due[rows] = due
    lives.special_end[rows] = _office_time(world, "special end", no, end)


def special_due(world: World, kind: Ints, start: Ints) -> Ints:
    """The day by which a special procedure must have ended: working days, a hearing in natural days."""
    limit = _SPECIAL_LIMITS[kind]
    unit = np.where(kind == _HEARING, NATURAL, WORKING)
    return world.days.due(start, limit, unit)


def _decide(world: World, lives: Lives, begun: Ints) -> None:
    """How many working days each case takes."""
    dice, days, no = world.dice, world.days, lives.no
    rows = np.flatnonzero(lives.accepted != MISSING)
    allowed = np.zeros(len(no), dtype=np.int64)
    allowed[rows] = days.used(lives.start_day[rows], _unpaused_due(world, lives, rows))
    office = world.guide.unit[lives.version] == OFFICE_HOUR
    badness = np.array([agency.badness for agency in world.agencies])[world.guide.agency[lives.version]]
    least = np.where(lives.paused, begun + 1, 0)
    span = np.maximum(allowed - 3 - least, 0) + 1
    luck = dice.below("pace", no, 1024)
    pace = np.where(badness > 1, luck, (luck + luck * luck // 1024) // 2)
    used = least + span * pace // 1024
    close = dice.chance("close", no, _WARNED_PER_MILLE[badness]) & (allowed >= 3)
    used = np.where(close, allowed - 2 + dice.below("how close", no, 3 - office), used)
    lives.used = np.where(allowed < 3, dice.below("short", no, allowed + 1), used)


def _unpaused_due(world: World, lives: Lives, rows: Ints) -> Ints:
    guide, version = world.guide, lives.version[rows]
    due = world.days.due(lives.start_day[rows], guide.limit[version], guide.unit[version])
    office = guide.unit[version] == OFFICE_HOUR
    due[office] = world.days.office_due(lives.accepted[rows[office]], guide.limit[version[office]]) // DAY
    return due


def settle(world: World, lives: Lives) -> Lives:
    """Work out pause, due day, warning and decision from what happened before them. Call again after
    changing that."""
    days, no = world.days, lives.no
    rows = np.flatnonzero(lives.accepted != MISSING)
    all_begun, all_off = _pause_taken(world, lives)
    start, begun, off = lives.start_day[rows], all_begun[rows], all_off[rows]
    due = _unpaused_due(world, lives, rows)
    due = np.where(off > 0, days.nth[days.count[due] + off - 1], due)
    count = days.count[due] - 2
    count -= np.where(
        count - off <= days.count[start] + begun, off, 0
    )  # two days were left before the pause began
    warned = np.where(count > days.count[start], days.nth[count - 1] * DAY, lives.accepted[rows])
    total = lives.used[rows] + off
    at_once = lives.accepted[rows] + world.dice.between("on the spot", no[rows], 10, 50) * MINUTE
    later = days.after(start, np.maximum(total, 1)) * DAY + lives.finish_time[rows]
    result = replace(
        lives,
        due=np.full(len(no), NONE),
        warned=no_instants(len(no)),
        completed=no_instants(len(no)),
        begun=all_begun,
        off=all_off,
    )
    result.due[rows] = due
    result.warned[rows] = np.where(world.guide.limit[lives.version[rows]] > 0, warned, MISSING)
    result.completed[rows] = np.where(total > 0, later, at_once)
    return result


def _pause_taken(world: World, lives: Lives) -> tuple[Ints, Ints]:
    """`Lives.begun` and `Lives.off`. Correction and special procedure begin on one day, so the longer of
    them counts."""
    correcting = lives.correction == DURING
    begins = np.where(correcting, lives.notified, lives.special_start) // DAY
    ends = np.maximum(np.where(correcting, lives.confirmed, MISSING), lives.special_end) // DAY
    begun, off = np.zeros(len(lives), dtype=np.int64), np.zeros(len(lives), dtype=np.int64)
    rows = np.flatnonzero(lives.paused & (lives.accepted != MISSING))
    begun[rows] = world.days.used(lives.start_day[rows], begins[rows])
    off[rows] = world.days.used(begins[rows], ends[rows])
    return begun, off
