"""What the page of a publication shows: how far it is, what it changes, what the trial came to."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mingcha.alerts import law
from mingcha.alerts.models import Difference, Publication
from mingcha.alerts.reach import own_prefix
from mingcha.base.config import config
from mingcha.law.calendar_import import Change, changes
from mingcha.pages import lookups
from mingcha.rules.load import pack_folders
from mingcha.trials.compare_runs import KIND_LABELS

_STEPS = ("上传与检查", "测试与试行", "第二人审定", "重算差异单", "施行")
_MOST_BARS = 12


@dataclass(frozen=True)
class Step:
    """A step of the way into force: done, now or ahead."""

    label: str
    state: str


def steps(publication: Publication) -> list[Step]:
    """How far it has come. What was refused stays at the step where it was."""
    at = {
        Publication.State.APPROVED: 3,
        Publication.State.IN_FORCE: 5,
        Publication.State.ENDED: 5,
    }.get(
        Publication.State(publication.state), 2 if publication.trial else 1 if not publication.faults else 0
    )
    return [
        Step(label, "done" if place < at else "now" if place == at else "")
        for place, label in enumerate(_STEPS)
    ]


def waits_for_trial(publication: Publication) -> bool:
    """Whether the worker is still at its tests and trial."""
    draft = publication.state == Publication.State.DRAFT
    return draft and not publication.faults and not publication.trial


@dataclass(frozen=True)
class Bar:
    """One bar of the picture: how many findings a rule or an agency would gain, lose or see changed."""

    label: str
    code: str
    added: int
    withdrawn: int
    changed: int
    most: int

    @property
    def total(self) -> int:
        """Of all three."""
        return self.added + self.withdrawn + self.changed

    @property
    def parts(self) -> list[tuple[str, str, int, str]]:
        """(kind, label, number, width in per cent of the longest bar)."""
        numbers = {"added": self.added, "withdrawn": self.withdrawn, "changed": self.changed}
        return [
            (kind, KIND_LABELS[kind], numbers[kind], f"{100 * numbers[kind] / self.most:.2f}%")
            for kind in KIND_LABELS
            if numbers[kind]
        ]


def bars(counted: list[list[Any]], names: Mapping[str, str]) -> list[Bar]:
    """Bars of [kind, code, number] rows, the longest first."""
    by_code: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(KIND_LABELS, 0))
    for kind, code, number in counted:
        by_code[code][kind] += number
    most = max((sum(numbers.values()) for numbers in by_code.values()), default=1)
    found = [
        Bar(names.get(code, code) or "(空)", code, **numbers, most=most) for code, numbers in by_code.items()
    ]
    return sorted(found, key=lambda bar: (-bar.total, bar.code))[:_MOST_BARS]


@dataclass(frozen=True)
class Trial:
    """What the trial came to, with pictures."""

    trial: Mapping[str, Any]
    rules: list[Bar]
    agencies: list[Bar]

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """(kind, label, number)."""
        totals = dict.fromkeys(KIND_LABELS, 0)
        for kind, _, number in self.trial["by_rule"]:
            totals[kind] += number
        return [(kind, label, totals[kind]) for kind, label in KIND_LABELS.items()]


def trial_of(publication: Publication) -> Trial | None:
    """None before it was tried."""
    if not publication.trial:
        return None
    trees = lookups.trees()
    rule_names = {rule.id: f"{rule.id} {rule.title}" for rule in lookups.rules().values()}
    agency_names = {code: agency.name for code, agency in trees.agencies.items()}
    trial = publication.trial
    return Trial(trial, bars(trial["by_rule"], rule_names), bars(trial["by_agency"], agency_names))


def days_changed(publication: Publication) -> tuple[list[Change], int]:
    """Of a calendar: days that become days off or days worked, and how many are no longer provisional.

    Raises CalendarError where the calendars in force cannot be read together with this one any more.
    """
    years = [int(name[:4]) for name in publication.files if name[:4].isdecimal()]
    if (
        publication.faults
        or not years
        or publication.state in (Publication.State.IN_FORCE, Publication.State.ENDED)
    ):
        return [], 0
    _, before = law.law_in_force()
    _, after = law.law_with(publication)
    return changes(before, after, years[0])


@dataclass(frozen=True)
class FileChange:
    """A file against the one it takes the place of; `lines` are those of a unified diff."""

    name: str
    what: str
    lines: tuple[tuple[str, str], ...]


def file_changes(publication: Publication) -> Iterator[FileChange]:
    """Files that are new, gone or different from those in force, or shipped. Empty for what is in force itself, and
    for an adoption, which has none."""
    if publication.kind == Publication.Kind.ADOPTION:
        return
    before = _before(publication)
    for name in sorted({*publication.files, *before}):
        old, new = before.get(name), publication.files.get(name)
        if old != new:
            what = "新增" if old is None else "删去" if new is None else "修改"
            yield FileChange(name, what, tuple(_marked(old or "", new or "")))


@dataclass(frozen=True)
class Named:
    """A pack at hand: whether it holds here now, and whether it would with an adoption."""

    id: str
    title: str
    regions: str
    over: str
    rules: int
    holds: bool
    chosen: bool = False

    @property
    def what(self) -> str:
        """What an adoption changes about it."""
        return {(True, False): "不再施行", (False, True): "新施行"}.get((self.holds, self.chosen), "")


def packs_held() -> list[Named]:
    """Every pack at hand, and whether it holds here now: adopted, or by its regions where nothing is adopted."""
    book, _ = law.law_in_force()
    own = own_prefix(config().region)
    return [
        Named(
            pack.id, pack.title, "、".join(pack.regions), "、".join(pack.over), len(pack.rules),
            pack.id in book.adopted if book.adopted else any(_meet(own, code) for code in pack.regions),
        )
        for pack in book.packs
    ]  # fmt: skip


def _meet(own: str, code: str) -> bool:
    """Whether a pack's region and this installation's have ground in common."""
    return own.startswith(code) or code.startswith(own)


def packs_named(publication: Publication) -> list[Named]:
    """Of an adoption: the packs that it names, and those that would hold no more."""
    if publication.kind != Publication.Kind.ADOPTION:
        return []
    chosen = publication.files["packs"]
    named = [replace(pack, chosen=pack.id in chosen) for pack in packs_held()]
    return [pack for pack in named if pack.holds or pack.chosen]


def not_adopted(publication: Publication) -> bool:
    """Whether a pack is published that holds nowhere, because others were adopted and it was not."""
    adopted = law.law_in_force()[0].adopted
    return publication.kind == Publication.Kind.PACK and bool(adopted) and publication.name not in adopted


def _marked(old: str, new: str) -> Iterator[tuple[str, str]]:
    for line in list(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=2))[2:]:
        yield {"+": "plus", "-": "minus", "@": "at"}.get(line[:1], ""), line


def _before(publication: Publication) -> Mapping[str, str]:
    held = Publication.objects.filter(
        kind=publication.kind, name=publication.name, state=Publication.State.IN_FORCE
    ).first()
    if held is not None:
        return dict(held.files)
    if publication.kind != Publication.Kind.PACK:
        return {}
    shipped = next((folder for folder in pack_folders() if folder.name == publication.name), None)
    return {} if shipped is None else {file.name: _read(file) for file in sorted(shipped.glob("*.yaml"))}


def _read(file: Path) -> str:
    return file.read_text("utf-8")


def open_difference(publication: Publication) -> Difference | None:
    """The newest difference list of a publication."""
    found: Difference | None = publication.differences.order_by("-pk").first()
    return found
