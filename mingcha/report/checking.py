"""Judge a folder: read it, choose the packs, judge. What `check`, `explain` and `certify` have in common."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.compute as pc

from mingcha.engine.backend import Backend
from mingcha.engine.duck import DuckBackend
from mingcha.engine.holds import in_force
from mingcha.engine.judge import Judgement, judge
from mingcha.engine.judge import Progress as JudgeProgress
from mingcha.facts.store import Facts
from mingcha.law.calendar import Calendar
from mingcha.readers.context import Progress as ReadProgress
from mingcha.readers.context import no_progress
from mingcha.readers.errors import UnusableError
from mingcha.readers.folder import Reading, read_folder
from mingcha.report.choices import FILE_NAME, Choices, rulebook_of
from mingcha.rules.model import Pack, Rulebook

_OURS = (FILE_NAME, "未读:truth.parquet", "未读:truth.jsonl")
"""Files that are not data but stand beside it: choices, and the truth of a demo city."""

_REGIONS = (
    ("cases", "region_code"),
    ("halls", "region_code"),
    ("agencies", "region_code"),
    ("regions", "code"),
)
"""Where facts say which regions they are of."""


@dataclass(frozen=True)
class PackUse:
    """A pack that was judged by, and why."""

    pack: Pack
    why: str


@dataclass
class Opened:
    """A folder read, with the rulebook and the calendar it is judged by. Close it, or use it in `with`."""

    folder: Path
    as_of: datetime
    reading: Reading
    book: Rulebook
    calendar: Calendar
    packs: tuple[PackUse, ...]
    choices: Choices

    @property
    def facts(self) -> Facts:
        """What was read."""
        return self.reading.facts

    @property
    def notes(self) -> list[str]:
        """What was left out on the way, in Chinese."""
        return [note for note in self.reading.notes if not note.endswith(_OURS)]

    def __enter__(self) -> Opened:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.reading.close()


@dataclass(frozen=True)
class Filters:
    """What is asked for: rule ids, case numbers; everything where empty."""

    rules: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    pending: bool = False


@dataclass(frozen=True)
class Checked:
    """A folder judged."""

    opened: Opened
    judgement: Judgement
    filters: Filters = field(default_factory=Filters)

    @property
    def findings(self) -> pa.Table:
        """The findings (engine.record.FINDING)."""
        return self.judgement.findings

    @property
    def red(self) -> bool:
        """Does anything stand at red?"""
        return bool(pc.any(pc.equal(self.findings["level"], "red")).as_py())


def open_folder(
    folder: Path,
    choices: Choices,
    calendar: Calendar,
    now: datetime,
    *,
    errors: Path | None = None,
    progress: ReadProgress = no_progress,
) -> Opened:
    """Read a folder and settle what it is judged by. ``errors``: a folder for error books.

    Raises `UnusableError` where the folder cannot be read, every case in it is refused or no pack holds for it,
    `RulebookError` where a pack is faulty or unknown.
    """
    book = rulebook_of(choices.packs)
    as_of = choices.as_of or now
    reading = read_folder(folder, errors=errors, progress=progress)
    try:
        if lost := _all_refused(reading):
            raise UnusableError([lost])
        packs = _packs_in_use(book, reading.facts, as_of, choices.packs_by)
        if not packs:
            raise UnusableError([_no_pack(book)])
    except BaseException:
        reading.close()
        raise
    return Opened(folder, as_of, reading, _only(book, packs), calendar, packs, choices)


def check(
    opened: Opened,
    filters: Filters | None = None,
    *,
    backend: Callable[[], Backend] = DuckBackend,
    progress: JudgeProgress | None = None,
) -> Checked:
    """Judge what was opened. Raises `UnusableError` where a rule or case asked for is not there."""
    filters = filters or Filters()
    known = {rule.id for rule in opened.book.rules}
    if unknown := [rule for rule in filters.rules if rule not in known]:
        raise UnusableError([f"没有规则 {'、'.join(unknown)};用 mingcha rules list 查看全部规则号"])
    judgement = judge(
        opened.facts,
        opened.book,
        opened.calendar,
        opened.as_of,
        scope=[("case", number) for number in dict.fromkeys(filters.cases)] or None,
        backend=backend,
        only=filters.rules or None,
        pending=filters.pending,
        progress=progress,
    )
    if filters.cases and judgement.cases < len(set(filters.cases)):
        missing = set(filters.cases) - cases_in(opened.facts, filters.cases)
        listed = "、".join(sorted(missing)) or "、".join(filters.cases)
        raise UnusableError([f"{opened.folder} 里没有办件 {listed}(截至 {opened.as_of});核对办件编号"])
    return Checked(opened, judgement, filters)


def cases_in(facts: Facts, numbers: Collection[str]) -> set[str]:
    """Which of these case numbers the facts hold."""
    if "cases" not in facts:
        return set()
    column = facts["cases"].read(["case_no"])["case_no"]
    return set(column.filter(pc.is_in(column, pa.array(sorted(set(numbers))))).to_pylist())


def regions_in(facts: Facts) -> set[str]:
    """Every region code that the facts name."""
    found: set[str] = set()
    for table, column in _REGIONS:
        if table in facts and column in facts[table].columns:
            found.update(pc.unique(facts[table].read([column])[column]).to_pylist())
    return {code for code in found if code}


def _packs_in_use(book: Rulebook, facts: Facts, as_of: datetime, named_by: str) -> tuple[PackUse, ...]:
    """The packs that can hold for these facts: those named, else those whose region and date are here."""
    if book.adopted:
        return tuple(PackUse(pack, named_by) for pack in in_force(book))
    regions, used = regions_in(facts), []
    for pack in in_force(book):
        here = any(code.startswith(prefix) for code in regions for prefix in pack.regions)
        if here and pack.start_date <= as_of.date():
            used.append(PackUse(pack, f"{'、'.join(pack.regions)} 地区自 {pack.start_date} 起适用"))
    return tuple(used)


def _only(book: Rulebook, used: tuple[PackUse, ...]) -> Rulebook:
    """The rulebook without packs that hold nowhere here: compiling them would only cost time."""
    kept = {use.pack.id for use in used}
    while below := {name for pack in book.packs if pack.id in kept for name in pack.over} - kept:
        kept |= below
    return Rulebook(tuple(pack for pack in book.packs if pack.id in kept), book.adopted)


def _all_refused(reading: Reading) -> str:
    """What to say where not one case could be taken: nothing found would then look like nothing wrong."""
    totals = reading.faults.totals.get("cases")
    if totals is None or not totals.read or totals.good:
        return ""
    whole = [
        f"{kind.column} {kind.cause.label}".strip() for kind, _ in reading.faults if kind.table == "cases"
    ]
    book = reading.books.get("cases")
    where = (
        f"逐行的原因见错误簿 {book}" if book else "用 mingcha check 文件夹 --errors 文件夹 得到逐行的错误簿"
    )
    return f"办件(cases)读 {totals.read} 行,全部拒收,没有可判定的办件:{'、'.join(whole[:5])};{where}"


def _no_pack(book: Rulebook) -> str:
    named = "、".join(f"{pack.id}({'、'.join(pack.regions) or '须指定'})" for pack in book.packs)
    return (
        "没有规则包适用于这些数据的地区与日期,什么都没有判定;"
        f"请在数据里写明行政区划(region_code),或用 --packs 指定规则包。现有:{named}"
    )
