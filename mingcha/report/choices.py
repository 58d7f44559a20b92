"""What is decided before a folder is judged: which packs, as of when.

Beside the data may stand ``mingcha.yaml``:

    packs: [henan-2019, ./rules]   # names of packs, or folders of packs (relative to this file)
    as_of: 2026-03-31              # a bare date is its last second
    demo: {cases: 20000}           # where the data comes from: for people, not read here

The command line goes before the file, the file before the default: packs by region and date, and now.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

from mingcha.readers.errors import UnusableError
from mingcha.rules.faults import Faults, RulebookError
from mingcha.rules.load import load_rulebook, pack_folders, shipped_rulebook
from mingcha.rules.model import Rulebook
from mingcha.rules.shapes import Key, many, named, record, scalar, text
from mingcha.rules.yaml_lines import YamlError, nearest, read_yaml

FILE_NAME = "mingcha.yaml"
"""The file beside the data."""

BY_COMMAND = "命令指定"
"""Who named the packs, where the command line did."""

_KEYS = {
    "packs": Key(many(text), "规则包名,或规则包所在的文件夹"),
    "as_of": Key(scalar, "判定时点,如 2026-03-31 或 2026-03-31 17:00"),
    "demo": Key(named(scalar), "示范数据的来历"),
    "source": Key(named(scalar), "数据的来历"),
}
TIME_ADVICE = "写成 2026-03-31(当日最后一秒)或 2026-03-31 17:00"


@dataclass(frozen=True)
class Choices:
    """Packs named and the moment named, each empty where nobody said; ``packs_by``: who named the packs."""

    packs: tuple[str, ...] = ()
    as_of: datetime | None = None
    packs_by: str = ""


def choose(folder: Path, packs: Iterable[str] = (), as_of: datetime | None = None) -> Choices:
    """What the caller says, over what the folder's ``mingcha.yaml`` says. Raises `UnusableError`."""
    said = read_choices(folder / FILE_NAME)
    named = tuple(packs)
    if named:
        said = replace(said, packs=named, packs_by=BY_COMMAND)
    return replace(said, as_of=as_of or said.as_of)


def read_choices(file: Path) -> Choices:
    """Read ``mingcha.yaml``; nothing chosen where there is none. Raises `UnusableError` with every fault."""
    if not file.is_file():
        return Choices()
    try:
        data, lines = read_yaml(file)
    except (YamlError, UnicodeDecodeError) as error:
        line = error.line if isinstance(error, YamlError) else 1
        problem = f"{file}:{line}: 不是合法的 YAML({error});检查这一行的缩进、冒号与引号"
        raise UnusableError([problem]) from error
    problems: list[str] = []

    def tell(path: tuple[str | int, ...], message: str, advice: str) -> None:
        problems.append(f"{file}:{nearest(lines, path)}: {message}。{advice}")

    found = record(_KEYS)({} if data is None else data, (), tell)
    moment = None
    if "as_of" in found and (moment := as_moment(found["as_of"])) is None:
        tell(("as_of",), f"看不懂时间“{found['as_of']}”", TIME_ADVICE)
    if problems:
        raise UnusableError(problems)
    packs = tuple(_beside(file, name) for name in found.get("packs", ()))
    return Choices(packs, moment, f"{FILE_NAME} 指定" if packs else "")


def as_moment(value: object) -> datetime | None:
    """A moment in any spelling of the data; a bare date is its last second; None where it is no time."""
    if isinstance(value, datetime):
        return as_moment(value.isoformat(" "))
    if isinstance(value, date):
        return datetime.combine(value, time(23, 59, 59))
    import pyarrow as pa

    from mingcha.law.instants import moment
    from mingcha.readers.instants import read_instants

    spelled = str(value).strip()
    if len(spelled) < 8:
        return None
    instants, known = read_instants(pa.array([spelled]))
    if not known[0]:
        return None
    found = moment(int(instants[0]))
    return found if isinstance(found, datetime) else as_moment(found)


def rulebook_of(packs: Iterable[str]) -> Rulebook:
    """The rulebook with ``packs`` adopted for every region and date; by region and date where none is named.

    A name with a slash or a dot before it is a folder of packs. Raises `RulebookError`, `UnusableError`.
    """
    names = list(packs)
    folders = [Path(name) for name in names if _is_folder(name)]
    book = _with_packs_of(folders) if folders else shipped_rulebook()
    here = {pack.file.parent.resolve(): pack.id for pack in book.packs}
    adopted: list[str] = []
    for name in names:
        held = [here[place.resolve()] for place in pack_folders(Path(name))] if _is_folder(name) else [name]
        adopted += held
    _check_known(adopted, {pack.id for pack in book.packs})
    return Rulebook(book.packs, tuple(dict.fromkeys(adopted)))


def _is_folder(name: str) -> bool:
    return "/" in name or "\\" in name or name.startswith(".")


def _beside(file: Path, name: str) -> str:
    """A folder named in a file lies beside that file."""
    return str((file.parent / name).absolute()) if _is_folder(name) else name


def _with_packs_of(folders: list[Path]) -> Rulebook:
    advice = f"核对 --packs 或 {FILE_NAME}"
    if bare := [folder for folder in folders if not pack_folders(folder)]:
        raise UnusableError([f"{folder} 里没有规则包(pack.yaml);{advice}" for folder in bare])
    found = [place for folder in folders for place in pack_folders(folder)]
    return load_rulebook([*pack_folders(), *found])


def _check_known(names: list[str], known: set[str]) -> None:
    faults = Faults()
    for name in names:
        if name not in known:
            faults.add("--packs", 1, f"没有规则包 {name}", f"现有:{' '.join(sorted(known))}")
    if faults:
        raise RulebookError(faults.found)
