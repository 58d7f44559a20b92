"""The law in force here: the shipped packs and calendars, and over them what was published in the database.

A published pack takes the place of the shipped one of its name, a published year that of the shipped year; an adoption
names the packs that hold for every region and date. Publications are laid out as files under the home of the
installation, named by what they contain, so that every process reads the same ones and pages can show them.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from mingcha.alerts.models import Publication
from mingcha.base.config import config
from mingcha.law.calendar import Calendar
from mingcha.law.calendar_files import LOCAL
from mingcha.law.load import load_calendar
from mingcha.rules.load import folders_over_shipped, load_rulebook
from mingcha.rules.model import Rulebook

Law = tuple[Rulebook, Calendar]

_SECONDS: Final = 1.0
"""For so long pages may read the law without asking whether there is another."""


@dataclass
class _Held:
    """What this process read last, and when it last asked (monotonic seconds)."""

    law: Law | None = None
    asked: float = 0.0


_held = _Held()


def law_in_force(*, fresh: bool = False) -> Law:
    """Rulebook and calendar in force. `fresh` asks the database whether they are still; else at most once a second.

    Raises `RulebookError` or `CalendarError` where what is published cannot be read together.
    """
    if fresh or _held.law is None or time.monotonic() - _held.asked > _SECONDS:
        _held.law = law_of(Publication.objects.filter(state=Publication.State.IN_FORCE).order_by("pk"))
        _held.asked = time.monotonic()
    return _held.law


def forget() -> None:
    """The law has changed in this process."""
    _held.law = None


def law_of(publications: Iterable[Publication]) -> Law:
    """The law that these publications make over the shipped one."""
    rows = list(publications)
    packs = tuple((row.name, row.digest) for row in rows if row.kind == Publication.Kind.PACK)
    calendars = tuple((row.name, row.digest) for row in rows if row.kind == Publication.Kind.CALENDAR)
    for row in rows:
        if row.kind != Publication.Kind.ADOPTION:
            laid_out(row)
    return _rulebook(packs, adopted_by(rows)), _calendar(calendars)


def law_at(moment: datetime) -> Law:
    """The law that was in force at an aware moment: what was published here, over what this version ships."""
    held = Publication.objects.filter(in_force_at__lte=moment).exclude(ended_at__lte=moment)
    return law_of(held.order_by("pk"))


def setting(name: str, pack: str = "", default: Any = None) -> Any:
    """A setting as the pack reads it, else as any pack in force does; `default` where none has it."""
    book, _ = law_in_force()
    chosen = [each for each in book.packs if each.id == pack]
    for each in [*chosen, *book.packs]:
        values = book.settings_of(each)
        if name in values:
            return values[name]
    return default


def law_with(publication: Publication) -> Law:
    """The law as it would be with a publication in force, in place of what it replaces."""
    return law_of([*_without(publication), publication])


def law_without(publication: Publication) -> Law:
    """The law as it would be after a publication has ended."""
    return law_of(_without(publication))


def _without(publication: Publication) -> list[Publication]:
    held = Publication.objects.filter(state=Publication.State.IN_FORCE).order_by("pk")
    return list(held.exclude(kind=publication.kind, name=publication.name).exclude(pk=publication.pk))


def adopted_by(publications: Sequence[Publication]) -> tuple[str, ...]:
    """The packs that were adopted for every region and date; none where packs hold by their own regions."""
    rows = [row for row in publications if row.kind == Publication.Kind.ADOPTION]
    return tuple(rows[-1].files.get("packs", ())) if rows else ()


@lru_cache(maxsize=4)
def _rulebook(packs: tuple[tuple[str, str], ...], adopted: tuple[str, ...]) -> Rulebook:
    folders = {path.name: path for path in folders_over_shipped(None)}
    for name, digest in packs:
        folders[name] = place(Publication.Kind.PACK, name, digest)
    return load_rulebook(folders.values(), adopted)


@lru_cache(maxsize=4)
def _calendar(calendars: tuple[tuple[str, str], ...]) -> Calendar:
    if not calendars:
        return load_calendar()
    together = hashlib.sha256(repr(calendars).encode()).hexdigest()[:20]
    folder = _root() / f"calendars-{together}"
    if not folder.exists():
        files: dict[str, str] = {}
        for name, digest in calendars:
            own = place(Publication.Kind.CALENDAR, name, digest)
            files |= {str(path.relative_to(own)): path.read_text("utf-8") for path in own.rglob("*.yaml")}
        _write(folder, files)
    return load_calendar(folder, folder / LOCAL)


def digest_of(files: Mapping[str, object]) -> str:
    """SHA-256 over names and contents."""
    told = "".join(f"{name}\n{len(str(text))}\n{text}\n" for name, text in sorted(files.items()))
    return hashlib.sha256(told.encode()).hexdigest()


def place(kind: str, name: str, digest: str) -> Path:
    """The folder of a publication. A pack's folder bears its name, as a pack's must."""
    return _root() / f"{kind}-{digest[:20]}" / name


def below_root(name: str) -> re.Pattern[str]:
    """What to take out of a text so that it names files of a publication, not folders of this machine."""
    return re.compile(re.escape(str(_root())) + rf"/[^/\s]+/(?:{re.escape(name)}/)?")


def _root() -> Path:
    return config().home.resolve() / "law"


def laid_out(row: Publication) -> Path:
    """The folder of a publication, with its files in it."""
    folder = place(row.kind, row.name, row.digest)
    if not folder.exists():
        _write(folder, row.files)
    return folder


def _write(folder: Path, files: dict[str, str]) -> None:
    """All files or none: another process may read at the same moment."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        whole = Path(made) / "whole"
        for name, text in files.items():
            path = whole / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        try:
            whole.rename(folder)
        except OSError:
            if not folder.exists():  # else another process was quicker
                raise
