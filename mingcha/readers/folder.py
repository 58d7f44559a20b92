"""Read a folder of fact files: `read_folder(path)` gives facts for the engine, and what was wrong on the way.

    with read_folder(Path("data"), errors=Path("errors")) as reading:
        judge(reading.facts, ...)

What cannot be read at all (a broken file, a missing key column, one table in two spellings) is said at once
for the whole folder by `UnusableError`; faults of rows are counted in `reading.faults` and stop nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from mingcha.facts.declare import Table
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts, Source
from mingcha.readers.context import Context, Progress, no_progress
from mingcha.readers.errors import FileError, UnusableError
from mingcha.readers.faults import Faults
from mingcha.readers.one_file import read_file
from mingcha.readers.settle import connect

SUFFIXES = (".csv", ".xlsx", ".parquet", ".jsonl")


@dataclass
class Reading:
    """What came of reading a folder. Close it (or use it in `with`) to delete the work folder that facts may
    lie in."""

    facts: Facts
    faults: Faults
    notes: list[str] = field(default_factory=list)
    """What was left out and why, in Chinese: unknown files, unknown columns."""
    books: dict[str, Path] = field(default_factory=dict)
    """Error books by table, where there were faults and a folder for them was given."""
    _work: tempfile.TemporaryDirectory[str] | None = None

    def close(self) -> None:
        """Delete the work folder, if it was ours."""
        if self._work is not None:
            self._work.cleanup()

    def __enter__(self) -> Reading:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_folder(
    path: Path,
    *,
    tables: Iterable[str] | None = None,
    errors: Path | None = None,
    work: Path | None = None,
    progress: Progress = no_progress,
) -> Reading:
    """Read the fact files of a folder.

    `tables` limits the reading to those tables; `errors` is a folder for error books; `work` one for
    canonical Parquet (default: a temporary one, deleted by `Reading.close`). Raises UnusableError, with every
    problem in one go, where the folder cannot be used.
    """
    notes: list[str] = []
    files = find_files(path, notes)
    if tables is not None:
        wanted = set(tables)
        files = {name: file for name, file in files.items() if name in wanted}
    own = tempfile.TemporaryDirectory(prefix="mingcha-") if work is None else None
    place = Path(own.name) if own else Path(work or "")
    try:
        place.mkdir(parents=True, exist_ok=True)
        faults = Faults()
        with connect(place) as con:
            context = Context(place, errors, faults, notes, {}, con, progress)
            facts = Facts(_read_all(files, context))
        return Reading(facts, faults, notes, context.books, own)
    except BaseException:
        if own:
            own.cleanup()
        raise


def _read_all(files: dict[str, Path], context: Context) -> dict[str, Source]:
    sources, problems = {}, []
    for name, file in files.items():
        try:
            sources[name] = read_file(TABLES[name], file, context)
        except FileError as error:
            problems.append(str(error))
    if problems:
        raise UnusableError(problems)
    return sources


def find_files(path: Path, notes: list[str]) -> dict[str, Path]:
    """The fact files of a folder by table, in the order of the declarations; others are named in `notes`."""
    if not path.is_dir():
        raise UnusableError([f"{path} 不是文件夹;请给出放有 cases.csv 等数据文件的文件夹"])
    found: dict[str, list[Path]] = {}
    for file in sorted(path.iterdir()):
        name = file.stem.lower()
        a_table = name in TABLES and file.suffix.lower() in SUFFIXES
        if file.is_dir() and a_table:
            notes.append(f"是文件夹,不是文件,未读:{file.name}")
        if file.name.startswith((".", "~$")) or file.is_dir():
            continue
        if a_table:
            found.setdefault(name, []).append(file)
        else:
            notes.append(f"不认识的文件,未读:{file.name}")
    problems = [_twice(TABLES[name], files) for name, files in found.items() if len(files) > 1]
    if problems:
        raise UnusableError(problems)
    if not found:
        advice = "文件名应为 cases.csv、items.xlsx 等,可用 mingcha template 生成模板"
        raise UnusableError([f"{path} 里没有可读的数据文件;{advice}"])
    return {name: found[name][0] for name in TABLES if name in found}


def _twice(table: Table, files: list[Path]) -> str:
    names = "、".join(file.name for file in files)
    return f"{table.label}({table.name})有几份文件:{names};只留一份"
