"""Convert foreign files: stage them, map them, read the mapped rows like any facts, write canonical Parquet.

    done = convert(read_mapping(file), [Path("export")], Path("facts"))

The folder then holds one Parquet file a fact table, `errors/` with error books where rows were faulty, the
rule packs that the mapping brings, and mingcha.yaml that names them; `mingcha check` takes it as it is.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mingcha.facts.declare import Table
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts, Source, write_canonical
from mingcha.readers.book import ErrorBook
from mingcha.readers.conform import Conformer
from mingcha.readers.context import Context, Progress, no_progress
from mingcha.readers.errors import UnusableError
from mingcha.readers.faults import Faults
from mingcha.readers.headers import match_header
from mingcha.readers.mapping.compile import Query, kept_values, name, source_view
from mingcha.readers.mapping.foreign import assign
from mingcha.readers.mapping.mapped import MappedRows
from mingcha.readers.mapping.model import Mapping, Part
from mingcha.readers.mapping.staging import Staged, Staging
from mingcha.readers.mapping.uses import orders_of, uses_of
from mingcha.readers.settle import connect, settle
from mingcha.readers.sink import Sink
from mingcha.rules.yaml_lines import nearest

ERRORS, PACKS, CHOICES = "errors", "rules", "mingcha.yaml"
_MEMORY = "1GB"
_NAMED = 8


@dataclass
class Conversion:
    """What came of converting: the facts written, what was wrong, what was left out (Chinese notes)."""

    facts: Facts
    faults: Faults
    notes: list[str] = field(default_factory=list)
    books: dict[str, Path] = field(default_factory=dict)


def convert(mapping: Mapping, given: list[Path], to: Path, *, progress: Progress = no_progress) -> Conversion:
    """Convert files, or the files of folders, into the folder `to`, which must be empty or absent.

    Raises UnusableError with every problem at once: sources without files, files that cannot be read, columns
    that no file has. What a failing call has written is taken away again.
    """
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise UnusableError([f"{to} 里已有内容;换一个空文件夹,以免新旧数据混在一起"])
    notes: list[str] = []
    files = assign(mapping, given, notes)
    made = not to.exists()
    to.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="mingcha-") as work, connect(Path(work)) as con:
            con.execute(f"set memory_limit = '{_MEMORY}'")
            context = Context(Path(work), to / ERRORS, Faults(), notes, {}, con, progress)
            staged = _stage(mapping, files, context)
            facts = Facts(_tables(mapping, staged, to, context))
        _write_choices(mapping, to)
    except BaseException:
        shutil.rmtree(to, ignore_errors=True)
        if not made:
            to.mkdir()
        raise
    return Conversion(facts, context.faults, notes, context.books)


def _stage(mapping: Mapping, files: dict[str, list[Path]], context: Context) -> dict[str, Staged]:
    orders, staged, problems = orders_of(mapping), {}, []
    wanted: dict[str, dict[str, None]] = {source: {} for source in mapping.sources}
    for use in uses_of(mapping):
        wanted[use.source][use.column] = None
    for source in mapping.sources.values():
        staging = Staging(source, list(wanted[source.name]), orders.get(source.name, frozenset()), context)
        try:
            staged[source.name] = staging.stage(files[source.name])
        except UnusableError as error:
            problems += error.problems
    problems += list(_lacking(mapping, staged, files, context.notes))
    if problems:
        raise UnusableError(problems)
    for source_name, one in staged.items():
        context.con.execute(f"CREATE VIEW {name('src ' + source_name)} AS {source_view(one)}")
    return staged


def _lacking(
    mapping: Mapping, staged: dict[str, Staged], files: dict[str, list[Path]], notes: list[str]
) -> Iterator[str]:
    """Columns that a mapping reads and no file has: a problem, or a note where the source may lack them."""
    noted: dict[str, None] = {}
    for use in uses_of(mapping):
        one = staged.get(use.source)
        if one is None or use.column not in one.lacking or not files[use.source]:
            continue
        if one.source.partial and not use.firm:
            noted[f"来源 {use.source} 没有列 {use.column},未转"] = None
            continue
        listed = "、".join(sorted(one.seen)[:_NAMED]) + ("……" if len(one.seen) > _NAMED else "")
        where = f"{mapping.file}:{nearest(mapping.lines, use.path)}"
        yield f"{where}: 来源 {use.source} 的文件里没有列 {use.column}(有:{listed});核对映射里的列名"
    notes.extend(noted)


def _tables(mapping: Mapping, staged: dict[str, Staged], to: Path, context: Context) -> dict[str, Source]:
    made = {}
    for table in (table for table in TABLES.values() if table.name in mapping.tables):
        parts = [part for part in mapping.parts if part.table == table.name and _has_files(part, staged)]
        if parts:
            queries = [Query(part, table, kept_values(part, staged)) for part in parts]
            rows = MappedRows(context.con, table, queries, mapping.file)
            made[table.name] = _read(table, rows, to, context)
    return made


def _has_files(part: Part, staged: dict[str, Staged]) -> bool:
    """An optional source without files gives no rows, and a table nobody reports is not an empty one."""
    return not part.source or bool(staged[part.source].seen) or not staged[part.source].source.optional


def _read(table: Table, rows: MappedRows, to: Path, context: Context) -> Source:
    """The mapped rows of a table, checked, settled and written."""
    header = match_header(table, rows.header)
    if header.problems:
        about = f"{rows.file}: {table.label}({table.name})"
        raise UnusableError([about + problem for problem in header.problems])
    book = ErrorBook(to / ERRORS, table.name, rows.header, xlsx=False)
    conformer = Conformer(table, header, context.faults, book.add)
    sink = Sink(table, conformer.schema, context.work / f"{table.name}.read.parquet")
    try:
        for batch in rows.batches():
            sink.add(conformer.conform(batch)[0])
            context.progress(table.name, conformer.totals.read, None)
    except BaseException:
        sink.drop()
        raise
    finally:
        made = book.close()
        if made:
            context.books[table.name] = made
    source = sink.finish()
    settled = settle(context.con, table, source, context.work / f"{table.name}.parquet")
    totals = conformer.totals
    totals.superseded += len(settled.superseded)
    totals.withdrawn += len(settled.withdrawn)
    totals.conflicting += len(settled.conflicting)
    coined = [(column, count) for column, count in rows.coined.items() if count]
    context.notes.extend(
        f"{table.name}.{column}:{count} 行没有合格的编码,用了代用码" for column, count in coined
    )
    return _write(table, settled.source, to / f"{table.name}.parquet")


def _write(table: Table, source: Source, path: Path) -> Source:
    if source.arrow is not None:
        return write_canonical(table, source.arrow, path)
    (made,) = source.paths
    shutil.move(made, path)
    return Source.of_parquet(table, path)


def _write_choices(mapping: Mapping, to: Path) -> None:
    """Bring the packs along and name them beside the data."""
    named = []
    for pack in mapping.packs:
        if "/" not in pack:
            named.append(pack)
            continue
        folder = mapping.file.parent / pack
        target = Path(PACKS) / folder.name
        shutil.copytree(folder, to / target)
        named.append(f"./{target.as_posix()}")
    lines = [f"# 由映射 {mapping.id} 转来:{mapping.title}"]
    lines += [f"packs: [{', '.join(named)}]"] if named else []
    lines += [f"as_of: {mapping.as_of}"] if mapping.as_of else []
    (to / CHOICES).write_text("\n".join(lines) + "\n", encoding="utf-8")
