"""Lint (检查规则): every fault of a folder of packs at once, each with file, line and what to do.

What files say is checked when they are read (`mingcha.rules.load`), what it means by passes, one idea each. A
pass takes the rulebook and the packs to look at, and yields faults; none relies on another having found none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from mingcha.rules.faults import Fault, Faults
from mingcha.rules.load import folders_over_shipped, pack_folders, read_rulebook
from mingcha.rules.model import Pack, Rulebook
from mingcha.rules.overlay import conflicts
from mingcha.trials.lint.citations import citations
from mingcha.trials.lint.codes import codes
from mingcha.trials.lint.expressions import expressions
from mingcha.trials.lint.levels import levels
from mingcha.trials.lint.sentences import sentences
from mingcha.trials.lint.tables import tables
from mingcha.trials.lint.untested import untested
from mingcha.trials.lint.whole import whole

Pass = Callable[[Rulebook, Sequence[Pack]], Iterable[Fault]]

PASSES: tuple[Pass, ...] = (tables, expressions, codes, levels, sentences, citations, untested)


def lint(folder: Path | None = None) -> list[Fault]:
    """Every fault of the packs in ``folder`` (one pack, or a folder of packs; default: those that ship).

    Packs elsewhere are read over the shipped ones, so that they may overlay them; one of the same name takes
    the shipped one's place. Only faults of the folder's own files are told.
    """
    faults = Faults()
    own = pack_folders() if folder is None else pack_folders(folder)
    if not own:
        return [
            Fault(str(folder), 1, "这里没有规则包", "给出放有 pack.yaml 的文件夹,或放有几个规则包的文件夹")
        ]
    book = read_rulebook(folders_over_shipped(folder), faults)
    packs = [pack for pack in book.packs if pack.file.parent in own]
    found = [*faults.found, *conflicts(book)]
    found += (fault for check in PASSES for fault in check(book, packs))
    found += whole(book, packs, {fault.rule for fault in found})
    return sorted(set(_among(found, own)))


def _among(faults: Iterable[Fault], folders: list[Path]) -> Iterator[Fault]:
    roots = tuple(f"{folder}/" for folder in folders)
    return (fault for fault in faults if fault.file.startswith(roots))
