"""What stands still in the demo city: places, people, items, the calendar; as arrays for the lives of
cases, and as rows of the reference tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mingcha.demo.catalogue import Version, read_catalogue
from mingcha.demo.days import UNITS, WorkDays
from mingcha.demo.dice import Dice, Ints
from mingcha.demo.people import People, invent_people
from mingcha.demo.places import Agency, Hall, agencies, halls
from mingcha.law.calendar import Calendar
from mingcha.law.instants import DAY, day_number

YEARS = 2
CHANNELS = ("window", "web", "mobile", "kiosk", "mail")
SPECIALS = ("publicity", "hearing", "expert_review", "inspection", "testing", "quarantine")


@dataclass(frozen=True)
class Guide:
    """The item versions as arrays, one entry each, in the order of `World.versions`."""

    agency: Ints
    limit: Ints
    unit: Ints
    statutory: Ints
    reformed: NDArray[np.bool_]
    """This version and the next one are of one item."""
    several: NDArray[np.bool_]
    """The item has two versions."""
    legal: NDArray[np.bool_]
    transfer: NDArray[np.bool_]
    certificate: NDArray[np.bool_]
    ministry: NDArray[np.bool_]
    timed: NDArray[np.bool_]
    fee: NDArray[np.bool_]
    visits: Ints
    steps: Ints
    required: Ints
    optional: Ints
    specials: Ints
    """How many special procedures are allowed."""
    special_kinds: Ints
    """[version, n]: index into SPECIALS of the n-th allowed kind."""
    weight: Ints


@dataclass(frozen=True)
class World:
    """Everything of the city that is not a case."""

    cases: int
    dice: Dice
    days: WorkDays
    last_day: int
    people: People
    halls: tuple[Hall, ...]
    agencies: tuple[Agency, ...]
    versions: tuple[Version, ...]
    guide: Guide

    @property
    def first_day(self) -> int:
        """The day on which the two years begin."""
        return self.last_day - YEARS * 365 + 1

    @property
    def as_of(self) -> int:
        """The last second of the two years."""
        return (self.last_day + 1) * DAY - 1_000_000


def make_world(cases: int, seed: int, last_day: date, calendar: Calendar) -> World:
    """The city for so many cases, up to and with ``last_day``."""
    offices = agencies()
    versions = read_catalogue(offices)
    return World(
        cases,
        Dice(seed),
        WorkDays.of(calendar),
        day_number(last_day),
        invent_people(cases),
        halls(),
        offices,
        versions,
        _guide(versions),
    )


def _guide(versions: tuple[Version, ...]) -> Guide:
    def ints(values: list[int]) -> Ints:
        return np.array(values, dtype=np.int64)

    def flags(values: list[bool]) -> NDArray[np.bool_]:
        return np.array(values, dtype=bool)

    counts: dict[str, int] = {}
    for v in versions:
        counts[v.item_code] = counts.get(v.item_code, 0) + 1
    required = [sum(m.required for m in v.materials) for v in versions]
    kinds = np.full((len(versions), 3), -1, dtype=np.int64)
    for v in versions:
        kinds[v.place, : len(v.specials)] = [SPECIALS.index(kind) for kind in v.specials]
    return Guide(
        agency=ints([v.agency.place for v in versions]),
        limit=ints([v.limit for v in versions]),
        unit=ints([UNITS.index(v.unit) for v in versions]),
        statutory=ints([v.statutory_limit for v in versions]),
        reformed=flags([v.version == 1 and counts[v.item_code] == 2 for v in versions]),
        several=flags([counts[v.item_code] == 2 for v in versions]),
        legal=flags([v.legal for v in versions]),
        transfer=flags([v.transfer for v in versions]),
        certificate=flags([v.certificate for v in versions]),
        ministry=flags([v.ministry for v in versions]),
        timed=flags([v.step_limit is not None for v in versions]),
        fee=flags([v.fee is not None for v in versions]),
        visits=ints([v.visits for v in versions]),
        steps=ints([len(v.steps) for v in versions]),
        required=ints(required),
        optional=ints([len(v.materials) - n for v, n in zip(versions, required, strict=True)]),
        specials=ints([len(v.specials) for v in versions]),
        special_kinds=kinds,
        weight=ints([v.weight if v.version == 1 else 0 for v in versions]),
    )


def texts(values: list[str | None]) -> pa.StringArray:
    """A small table of texts to look up in."""
    return pa.array(values, pa.string())
