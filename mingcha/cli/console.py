"""The terminal: wide where output goes into a file or a pipe, so that nothing is folded there."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

_WIDE = 240


def console(*, stderr: bool = False) -> Console:
    """A console of the terminal's width, or a wide one where there is no terminal."""
    found = Console(stderr=stderr, highlight=False)
    return found if found.is_terminal else Console(stderr=stderr, highlight=False, width=_WIDE)


def table(*headings: str, title: str | None = None, numbers: int = 0) -> Table:
    """A plain table; the last ``numbers`` columns are right-aligned."""
    made = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for i, heading in enumerate(headings):
        made.add_column(heading, justify="right" if i >= len(headings) - numbers else "left", overflow="fold")
    return made
