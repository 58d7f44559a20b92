"""The mark of a finding: one shape and one word for each level, the same on screen, in print and in charts.

pages.md: levels are never colour alone. A finding has one mark (its colour if it has one, else the strongest
flag) and may carry the others as tags.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pyarrow as pa
import pyarrow.compute as pc
from markupsafe import Markup


@dataclass(frozen=True)
class Mark:
    """``shape`` is a character that tells it without colour; ``style`` a terminal style."""

    name: str
    label: str
    shape: str
    style: str


MARKS: tuple[Mark, ...] = (
    Mark("red", "红牌", "■", "bold red"),
    Mark("yellow", "黄牌", "◼", "yellow"),
    Mark("warning", "预警", "▲", "dark_orange3"),
    Mark("note", "提醒", "△", "cyan"),
    Mark("abnormal", "异常", "◇", "magenta"),
    Mark("lead", "线索", "●", "blue"),
    Mark("manual", "人工监察", "▽", "magenta"),
    Mark("undetermined", "不可判定", "?", "bright_black"),
    Mark("withheld", "待定", "○", "bright_black"),
    Mark("pending", "计时中", "·", "bright_black"),
)
"""In the order in which they are shown."""

FLAGS = (("provisional", "withheld"), ("manual", "manual"), ("lead", "lead"), ("abnormal", "abnormal"))
"""Flag of a finding without a colour -> its mark; of several the last stands."""

BY_NAME = {mark.name: mark for mark in MARKS}
ORDER = {mark.name: place for place, mark in enumerate(MARKS)}


@cache
def sprite() -> Markup:
    """The shapes as symbols `m-<name>` of one hidden SVG, for whatever page shows marks."""
    return Markup(files("mingcha.report").joinpath("marks.svg").read_text("utf-8"))  # noqa: S704 our own file


def marks_of(findings: pa.Table) -> pa.Array:
    """The name of each finding's mark."""
    level = findings["level"].combine_chunks()
    bare = pc.equal(level, "none")
    chosen = pc.if_else(bare, "pending", level)
    for flag, name in FLAGS:
        chosen = pc.if_else(pc.and_(bare, findings[flag].combine_chunks()), name, chosen)
    return chosen
