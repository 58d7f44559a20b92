"""Who held a case, minute by minute (时间归属): one holder at any time, the parts adding up to the whole.

| holder | while |
|---|---|
| 申请人补正 | from the notice of correction until the applicant supplied |
| 特别程序 | from the beginning of a special procedure to its end |
| 交接 | between two steps, when the one before has finished and the next not begun |
| 部门 | all other time |

Where several would hold it, the first in this table does (行政许可法 第四十五条: such time is not the department's).
Nothing is judged here: which time counts against a limit is said by the rules' clocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise


class Holder(StrEnum):
    """Who holds the case, in the order in which they go before each other."""

    APPLICANT = "申请人补正"
    SPECIAL = "特别程序"
    HANDOVER = "交接"
    AGENCY = "部门"


@dataclass(frozen=True)
class Stretch:
    """A stretch of time with a name; `end` None while it lasts."""

    start: datetime
    end: datetime | None
    label: str = ""


@dataclass(frozen=True)
class Span:
    """A part of the whole: half open [start, end), held by one."""

    start: datetime
    end: datetime
    holder: Holder
    label: str

    @property
    def length(self) -> timedelta:
        """How long."""
        return self.end - self.start


def attribute(
    start: datetime,
    end: datetime,
    corrections: Sequence[Stretch] = (),
    specials: Sequence[Stretch] = (),
    steps: Sequence[Stretch] = (),
) -> list[Span]:
    """The time from `start` to `end` cut into spans without gap or overlap, neighbours of one holder and label joined.

    Empty where `end` is not after `start`. Stretches may overlap, reach outside, be open or be of no length.
    """
    layers = (
        (Holder.APPLICANT, corrections),
        (Holder.SPECIAL, specials),
        (Holder.AGENCY, steps),
        (Holder.HANDOVER, between(steps)),
    )
    cuts = {start, end}
    for _, stretches in layers:
        for stretch in stretches:
            cuts.update(at for at in (stretch.start, stretch.end) if at is not None and start < at < end)
    spans: list[Span] = []
    for left, right in pairwise(sorted(cuts) if end > start else ()):
        holder, label = _holds(left, right, layers)
        if spans and (spans[-1].holder, spans[-1].label) == (holder, label):
            spans[-1] = Span(spans[-1].start, right, holder, label)
        else:
            spans.append(Span(left, right, holder, label))
    return spans


def between(steps: Iterable[Stretch]) -> list[Stretch]:
    """The gaps between steps: from when everything begun so far had finished until the next begins."""
    gaps: list[Stretch] = []
    until: datetime | None = None
    last = ""
    for step in sorted(steps, key=lambda step: step.start):
        if until is not None and step.start > until:
            gaps.append(Stretch(until, step.start, f"{last} → {step.label}".strip(" →")))
        if step.end is None:
            break  # held from here on
        if until is None or step.end >= until:
            until, last = step.end, step.label
    return gaps


def totals(spans: Iterable[Span]) -> dict[Holder, timedelta]:
    """How long each held it; every holder named, the sum is the whole."""
    found = dict.fromkeys(Holder, timedelta())
    for span in spans:
        found[span.holder] += span.length
    return found


def spoken(length: timedelta) -> str:
    """3天4小时5分; less than a minute as such."""
    minutes = int(length.total_seconds()) // 60
    if not minutes:
        return "不足1分" if length else "0分"
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = ((days, "天"), (hours, "小时"), (minutes, "分"))
    return "".join(f"{count}{unit}" for count, unit in parts if count)


def _holds(
    left: datetime, right: datetime, layers: Iterable[tuple[Holder, Sequence[Stretch]]]
) -> tuple[Holder, str]:
    for holder, stretches in layers:
        for stretch in stretches:
            if stretch.start <= left and (stretch.end is None or stretch.end >= right):
                return holder, stretch.label
    return Holder.AGENCY, ""
