"""The law in a certificate: the files of the packs that a verdict rests on, word for word, and back.

Of each pack go in ``pack.yaml`` and the rules the verdict needs: the rule itself, rules that take its place
somewhere, rules whose clocks it reads, and whatever those name.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from mingcha.rules.load import load_rulebook
from mingcha.rules.model import Pack, Rule, Rulebook

_CLOCK_ROWS = re.compile(r"clock_rows\('([^']+)'\)")
_FILE = re.compile(r"[\w.-]+\.yaml")


class LawSliceError(ValueError):
    """The law of a certificate is not put together as one."""


def law_of(book: Rulebook, rule: Rule) -> dict[str, Any]:
    """Packs and rules that a verdict of ``rule`` rests on, as the texts of their files."""
    rules = _needed_rules(book, rule)
    packs = _needed_packs(book, {each.pack for each in rules.values()})
    return {
        "adopted": sorted(set(book.adopted) & {pack.id for pack in packs}),
        "packs": [_texts(pack, [r for r in pack.rules if r.id in rules]) for pack in packs],
    }


def _texts(pack: Pack, rules: list[Rule]) -> dict[str, Any]:
    return {
        "id": pack.id,
        "title": pack.title,
        "pack.yaml": pack.file.read_text(encoding="utf-8"),
        "rules": {rule.file.name: rule.file.read_text(encoding="utf-8") for rule in rules},
    }


def _needed_rules(book: Rulebook, rule: Rule) -> dict[str, Rule]:
    """The rule and all that it leads to."""
    by_id = {each.id: each for each in book.rules}
    found: dict[str, Rule] = {}
    waiting = [rule.id]
    while waiting:
        name = waiting.pop()
        if name in found or name not in by_id:
            continue
        each = found[name] = by_id[name]
        waiting += [*each.replaces, *(entry.rpartition(".")[0] for entry in each.quiet)]
        waiting += _CLOCK_ROWS.findall(" ".join([each.rows, *(join.select for join in each.joins)]))
        waiting += [other.id for other in book.rules if name in other.replaces]
    return found


def _needed_packs(book: Rulebook, names: set[str]) -> list[Pack]:
    """The packs of those names and all that they lie over, in the order of the rulebook."""
    held = set(names)
    while below := {name for pack in book.packs if pack.id in held for name in pack.over} - held:
        held |= below
    return [pack for pack in book.packs if pack.id in held]


def rulebook_of(law: Mapping[str, Any]) -> Rulebook:
    """The rulebook of a certificate; the same one for the same texts. Raises LawSliceError, RulebookError."""
    packs = []
    for pack in law["packs"]:
        files = tuple(sorted({"pack.yaml": pack["pack.yaml"], **pack["rules"]}.items()))
        if not all(_FILE.fullmatch(name) for name, _ in files):
            raise LawSliceError("规则文件名不合规")
        packs.append(files)
    return _loaded(tuple(packs), tuple(law["adopted"]))


@lru_cache(maxsize=64)
def _loaded(packs: tuple[tuple[tuple[str, str], ...], ...], adopted: tuple[str, ...]) -> Rulebook:
    with tempfile.TemporaryDirectory(prefix="mingcha-") as name:
        folders = []
        for place, files in enumerate(packs):
            folder = Path(name) / str(place)
            folder.mkdir()
            for file, text in files:
                (folder / file).write_bytes(text.encode("utf-8"))
            folders.append(folder)
        return load_rulebook(folders, adopted)
