"""Items (事项) by version: the text table of `catalogue_text` read, and spread over the agencies that
offer them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final

from mingcha.demo.catalogue_text import ITEMS
from mingcha.demo.places import LEVEL_DIGIT, Agency
from mingcha.law.instants import day_number

TYPES: Final = {"许": "01", "给": "05", "确": "07", "其": "10", "服": "20"}
UNIT_NAMES: Final = {"d": "working_day", "n": "natural_day", "m": "month", "h": "working_hour"}
OPENED: Final = day_number(date(2019, 1, 1))
REFORMED: Final = day_number(date(2025, 7, 1))
"""From this day the second version of a reformed item is in force."""

STEPS: Final = {
    "on_the_spot": ("受理", "审核", "办结"),
    "short": ("受理", "审查", "决定", "送达"),
    "plain": ("受理", "审查", "复核", "决定", "制证送达"),
    "long": ("受理", "审查", "现场核查", "集体审议", "决定", "制证送达"),
}
SHARED_MATERIALS: Final = {"p": ("GX0001", "居民身份证"), "l": ("GX0002", "营业执照")}
"""Material codes that all items share."""
SPECIAL_LIMITS: Final = {
    "publicity": 5,
    "hearing": 20,
    "expert_review": 20,
    "inspection": 10,
    "testing": 15,
    "quarantine": 10,
}


@dataclass(frozen=True)
class Material:
    """A material of the guide (材料目录)."""

    code: str
    name: str
    required: bool


@dataclass(frozen=True)
class Version:
    """One version of one item at one agency: what the guide of that time says."""

    place: int
    serial: int
    version: int
    agency: Agency
    name: str
    type_code: str
    limit: int
    unit: str
    statutory_limit: int
    statutory_unit: str
    legal: bool
    materials: tuple[Material, ...]
    fee: tuple[int, int] | None
    reducible: bool
    certificate: bool
    ministry: bool
    transfer: bool
    intermediary: bool
    timed: bool
    specials: tuple[str, ...]
    weight: int
    first_day: int
    last_day: int | None
    """Half open: not in force on the last day itself."""

    @cached_property
    def item_code(self) -> str:
        """实施编码 of 31 characters: credit code, level, base code."""
        return self.agency.code + LEVEL_DIGIT[self.agency.region.level] + self.base_code

    @property
    def base_code(self) -> str:
        """基本编码 of 12 digits."""
        return f"{self.type_code}0{self.serial:05d}0000"

    @property
    def steps(self) -> tuple[str, ...]:
        """Names of the steps of the guide."""
        if self.limit == 0:
            return STEPS["on_the_spot"]
        return STEPS["short" if self.limit <= 4 else "plain" if self.limit <= 9 else "long"]

    @property
    def step_limit(self) -> int | None:
        """Working days that each step may take; None where the guide gives steps no limits."""
        return -(-self.limit // len(self.steps)) if self.timed and self.unit == "working_day" else None

    @property
    def visits(self) -> int:
        """承诺跑动次数."""
        return 0 if self.serial % 3 == 0 else 1

    @property
    def fee_code(self) -> str:
        """Code of the only fee."""
        return f"SF{self.serial:04d}"


def read_catalogue(agencies: tuple[Agency, ...]) -> tuple[Version, ...]:
    """Every version of every item at every agency that offers it; versions of one item stand side by side."""
    versions: list[Version] = []
    for serial, line in enumerate(ITEMS.splitlines(), start=1):
        owner, *rest = (part.strip() for part in line.split("|"))
        level, bureau = owner.split()
        for agency in agencies:
            if (agency.region.level, agency.bureau) == (level, bureau):
                for version in _versions(serial, agency, *rest):
                    versions.append(replace(version, place=len(versions)))
    return tuple(versions)


def _versions(
    serial: int, agency: Agency, title: str, limits: str, applicant: str, materials: str, rest: str
) -> tuple[Version, ...]:
    """The only version of an item, or the one before and the one after the reform."""
    kind, name = title.split()
    promise, statutory = (_limit(text) for text in limits.split())
    flags = _Flags(rest.split())
    weight, before = flags.number("W"), flags.number("V")
    only = Version(
        place=0,
        serial=serial,
        version=1,
        agency=agency,
        name=name,
        type_code=TYPES[kind],
        limit=promise[0],
        unit=promise[1],
        statutory_limit=statutory[0],
        statutory_unit=statutory[1],
        legal=applicant == "l",
        materials=_materials(serial, applicant, materials),
        fee=flags.fee(),
        reducible="R" in flags.words,
        certificate=bool({"C", "M"} & set(flags.words)),
        ministry="M" in flags.words,
        transfer="T" in flags.words,
        intermediary="A" in flags.words,
        timed="K" in flags.words,
        specials=flags.specials(),
        weight=10 if weight is None else weight,
        first_day=OPENED,
        last_day=None,
    )
    if before is None:
        return (only,)
    pledge = Material(f"CL{serial:04d}90", "无违法违规承诺书", True)
    old = replace(only, limit=before, materials=(pledge, *only.materials), last_day=REFORMED)
    return old, replace(only, version=2, first_day=REFORMED)


def _materials(serial: int, applicant: str, own: str) -> tuple[Material, ...]:
    """Required ones first, then one optional one."""
    code, name = SHARED_MATERIALS[applicant]
    listed = [Material(f"CL{serial:04d}00", "申请表", True), Material(code, name, True)]
    for number, text in enumerate(own.split(), start=1):
        listed.append(Material(f"CL{serial:04d}{number:02d}", text.rstrip("?"), not text.endswith("?")))
    if all(material.required for material in listed):
        listed.append(Material("GX0003", "授权委托书", False))
    return tuple(sorted(listed, key=lambda m: not m.required))


def _limit(text: str) -> tuple[int, str]:
    return (0, "working_day") if text == "0" else (int(text[:-1]), UNIT_NAMES[text[-1]])


@dataclass(frozen=True)
class _Flags:
    """The last column of a line, word by word."""

    words: list[str]

    def number(self, letter: str) -> int | None:
        """The number behind a letter: W22."""
        found = next((word for word in self.words if re.fullmatch(letter + r"\d+", word)), None)
        return int(found[1:]) if found else None

    def fee(self) -> tuple[int, int] | None:
        """The range of the fee: F10-50."""
        found = next((word for word in self.words if re.fullmatch(r"F\d+-\d+", word)), None)
        if found is None:
            return None
        low, high = found[1:].split("-")
        return int(low), int(high)

    def specials(self) -> tuple[str, ...]:
        """Special procedures allowed: S:hearing,publicity."""
        found = next((word for word in self.words if word.startswith("S:")), None)
        return tuple(found[2:].split(",")) if found else ()
