"""`load_calendar`: from files to the one calendar of a run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

import mingcha
from mingcha.law.calendar import (
    BEYOND,
    EVERY_DAY,
    NATIONAL,
    REGION_PREFIXES,
    WEEKDAYS,
    Calendar,
    DayKind,
    Layer,
    Notice,
    make_tables,
)
from mingcha.law.calendar_files import (
    LOCAL,
    STATUTORY,
    CalendarError,
    Entry,
    Fault,
    LocalFile,
    YearFile,
    date_year,
    read_local,
    read_statutory,
    read_year,
)
from mingcha.law.instants import day_number

BUILT_IN: Final = Path(mingcha.__file__).parent / "rulebook" / "calendars"


T = TypeVar("T")


def load_calendar(folder: Path | None = None, local: Path | None = None) -> Calendar:
    """The built-in years, over them the year files of `folder`, and the local layers of `local`.

    `local` is the folder `local` in `folder` if it is not named.

    A year file of `folder` replaces the built-in one of that year. Raises CalendarError naming every fault of
    every file at once, and where there is no such folder: the built-in years alone would pass for the office's own.
    """
    if folder is not None and not folder.is_dir():
        advice = "核对 --calendars 或环境变量 MINGCHA_CALENDARS 所写的路径"
        raise CalendarError([Fault(folder, 0, f"没有这个日历文件夹;{advice}")])
    folders = [BUILT_IN] + ([folder] if folder else [])
    paths = {path.name: path for place in folders for path in sorted(place.glob("[0-9][0-9][0-9][0-9].yaml"))}
    faults: list[Fault] = []
    years = [_kept(read_year(path), faults) for path in paths.values()]
    statutory = _kept(read_statutory(BUILT_IN / STATUTORY), faults)
    places = [local] if local else [place / LOCAL for place in folders]
    files = [path for place in places if place.is_dir() for path in sorted(place.glob("*.yaml"))]
    overlays = [_kept(read_local(path), faults) for path in files]
    if faults:
        raise CalendarError(faults)
    return make_calendar([year for year in years if year], statutory, [layer for layer in overlays if layer])


def _kept(read: tuple[T | None, list[Fault]], faults: list[Fault]) -> T | None:
    faults.extend(read[1])
    return read[0]


def make_calendar(
    years: Sequence[YearFile], statutory: YearFile | None = None, overlays: Sequence[LocalFile] = ()
) -> Calendar:
    """A calendar of files already read. Raises CalendarError where a local layer lies over none."""
    bases = [_national(years, statutory), _plain(EVERY_DAY, "每天", 7), _plain(WEEKDAYS, "周一至周五", 5)]
    layers = tuple(bases + _local_layers(bases, overlays))
    files = [*years, statutory] if statutory else years
    notices = tuple(notice for file in files for notice in file.notices)
    return Calendar(_version(years, layers, notices), notices, layers, make_tables(layers))


def _plain(code: str, name: str, days_a_week: int) -> Layer:
    """A layer for other people's data: the first days of every week, known and sure for all time."""
    kinds = np.where(_weekdays() < days_a_week, DayKind.WORKING, DayKind.WEEKEND).astype(np.int8)
    return Layer(code, name, kinds, np.zeros(BEYOND, dtype=bool), {})


def _weekdays() -> NDArray[np.int64]:
    """Monday 0 to Sunday 6, for every day; 1970-01-01 was a Thursday."""
    return (np.arange(BEYOND) + 3) % 7


def _national(years: Sequence[YearFile], statutory: YearFile | None) -> Layer:
    """The State Council's calendar: years with a notice, then years with their statutory days only."""
    noticed = {file.year: file for file in years}
    expected = {date_year(entry.day) for entry in statutory.entries} - set(noticed) if statutory else set()
    kinds = np.full(BEYOND, DayKind.UNKNOWN, dtype=np.int8)
    provisional = np.zeros(BEYOND, dtype=bool)
    named: dict[int, tuple[str, str]] = {}
    for year in sorted(noticed.keys() | expected):
        first, after = day_number(date(year, 1, 1)), day_number(date(year + 1, 1, 1))
        kinds[first:after] = np.where(_weekdays()[first:after] < 5, DayKind.WORKING, DayKind.WEEKEND)
        provisional[first:after] = year in expected
        if year in noticed and year + 1 not in noticed:
            provisional[day_number(date(year, 12, 25)) : after] = True
    listed = [entry for entry in statutory.entries if date_year(entry.day) in expected] if statutory else []
    for year in sorted(noticed):
        listed += noticed[year].entries
    _mark(listed, kinds, named)
    return Layer(NATIONAL, "全国", kinds, provisional, named)


def _mark(entries: Iterable[Entry], kinds: NDArray[np.int8], named: dict[int, tuple[str, str]]) -> None:
    """Write listed days over what is there; a later entry wins."""
    weekdays = _weekdays()
    for entry in entries:
        worked = DayKind.WORKING if weekdays[entry.day] < 5 else DayKind.MAKEUP
        kinds[entry.day] = DayKind.OFF if entry.off else worked
        named[entry.day] = (entry.name, entry.notice)


def _local_layers(bases: list[Layer], overlays: Sequence[LocalFile]) -> list[Layer]:
    """Each overlay laid over the layer it names, else that of the region above it, else the national one."""
    waiting = {file.code: file for file in overlays}
    made = {layer.code: layer for layer in bases}
    while waiting:
        ready = [file for file in waiting.values() if _below(file, made.keys() | waiting.keys()) in made]
        for file in ready:
            made[file.code] = _overlaid(made[_below(file, made.keys() | waiting.keys())], file)
            del waiting[file.code]
        if not ready:
            message = "over 写的日历层“{}”不存在或互相套叠,请改为已有的日历层"
            raise CalendarError([Fault(file.path, 1, message.format(file.over)) for file in waiting.values()])
    return [made[file.code] for file in overlays]


def _below(file: LocalFile, codes: Iterable[str]) -> str:
    """Code of the layer that a local file lies over."""
    if file.over:
        return file.over
    above = [file.code[:length] for length in REGION_PREFIXES if length < len(file.code)]
    is_region = file.code.isdigit() and len(file.code) in REGION_PREFIXES
    return next((code for code in above if is_region and code in codes), NATIONAL)


def _overlaid(base: Layer, file: LocalFile) -> Layer:
    """A layer with the days of a local file; what the place itself decided is not provisional."""
    kinds, provisional, named = base.kinds.copy(), base.provisional.copy(), dict(base.named)
    _mark(file.entries, kinds, named)
    provisional[[entry.day for entry in file.entries]] = False
    return Layer(file.code, file.name, kinds, provisional, named)


def _version(years: Sequence[YearFile], layers: Sequence[Layer], notices: Sequence[Notice]) -> str:
    """`2007-2026+<12 hex of SHA-256>`: the years with a notice, and a digest of every day of every layer."""
    digest = hashlib.sha256()
    for layer in layers:
        digest.update(layer.code.encode())
        digest.update(layer.kinds.tobytes())
        digest.update(layer.provisional.tobytes())
        digest.update(json.dumps(sorted(layer.named.items()), ensure_ascii=False).encode())
    digest.update(json.dumps([notice.number for notice in notices], ensure_ascii=False).encode())
    covered = sorted(file.year for file in years)
    span = f"{covered[0]}-{covered[-1]}" if covered else "0"
    return f"{span}+{digest.hexdigest()[:12]}"
