"""The HTML of what a list repeats by the hundred: its rows, and the options of its filters.

Written by Python and not by a template, which would take most of the time of a page for it. Same as everywhere: what is
not marked safe is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

from django.utils.safestring import SafeString

from mingcha.pages.listing.declare import Column, Listing, Options

NOTHING = SafeString('<span class="dim">—</span>')


class Cell(NamedTuple):
    """One cell as HTML."""

    column: Column
    html: str


class Line(NamedTuple):
    """One row: its key for choosing, where it leads, its cells."""

    key: str
    href: str
    cells: tuple[Cell, ...]


def lines(listing: Listing, columns: Sequence[Column], rows: Iterable[Any]) -> tuple[Line, ...]:
    """The rows of a list, cell by cell."""
    return tuple(
        Line(str(row.pk), listing.href(row), tuple(Cell(column, cell(column, row)) for column in columns))
        for row in rows
    )


def body(drawn: Iterable[Line], *, choosing: bool) -> SafeString:
    """The body of the table; `choosing`: each line with a box."""
    return SafeString("".join(_line(line, choosing) for line in drawn))


def _line(line: Line, choosing: bool) -> str:
    key, href = escape(line.key), escape(line.href)
    box = (
        f'<td class="choose"><input type="checkbox" name="key" value="{key}" form="batch" aria-label="选中"></td>'
        if choosing
        else ""
    )
    first, *others = line.cells
    cells = [f'{_start(first.column)}<a href="{href}">{first.html}</a></td>']
    cells += [f"{_start(column)}{html}</td>" for column, html in others]
    return f'<tr data-href="{href}" data-key="{key}">{box}{"".join(cells)}</tr>\n'


def _start(column: Column) -> str:
    if column.numeric:
        return '<td class="n">'
    return '<td class="wide">' if column.wide else '<td class="nowrap">'


def cell(column: Column, row: Any) -> str:
    """A cell; every text is escaped."""
    if column.show is not None:
        shown = column.show(row)
        return shown if hasattr(shown, "__html__") else escape(str(shown))
    value = column.value(row)
    if value is None or value == "":
        return NOTHING
    return escape(f"{value:,}" if isinstance(value, int) else value)


def options(choices: Options, chosen: str) -> SafeString:
    """The options of a select, one of them chosen."""
    texts = _options(tuple(choices))
    return SafeString(
        "".join(start + (" selected" if value == chosen else "") + end for value, start, end in texts)
    )


@lru_cache(maxsize=64)
def _options(choices: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str, str], ...]:
    """(value, beginning, rest) of each; the same lists come again with every page."""
    return tuple(
        (value, f'<option value="{escape(value)}"', f">{escape(label)}</option>") for value, label in choices
    )
