"""Bits of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def rows(headings: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A table."""
    head = [f"| {' | '.join(headings)} |", f"|{'---|' * len(headings)}"]
    return "\n".join([*head, *(f"| {' | '.join(cell(x) for x in line)} |" for line in lines)]) + "\n"


def cell(text: str) -> str:
    """Text that does not end its cell."""
    return " ".join(text.split()).replace("|", "\\|")


def code(text: str, language: str = "yaml") -> str:
    """A block of code."""
    return f"```{language}\n{text.rstrip()}\n```\n"


def inline(text: str) -> str:
    """Code within a line; "" stays empty."""
    return f"`{' '.join(text.split())}`" if text else ""
