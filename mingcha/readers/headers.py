"""The header row: which column of the sender is which column of the table."""

from __future__ import annotations

from dataclasses import dataclass

from mingcha.facts.declare import Column, Table

BOOK_COLUMNS = ("行号", "列", "原值", "原因", "怎么办")
"""What an error book adds to the sender's own columns; a corrected book can be sent in as it is."""


@dataclass(frozen=True)
class Header:
    """A header as sent, matched with the declaration.

    `sent` are the names as they stand in the file, `columns` the declared column of each (None: not ours),
    `problems` what makes the file unusable, `unknown` the names that are kept out.
    """

    sent: tuple[str, ...]
    columns: tuple[Column | None, ...]
    unknown: tuple[str, ...]
    problems: tuple[str, ...]

    def sent_as(self, name: str) -> str:
        """How the sender calls a column of ours; its Chinese label where the column was not sent."""
        for heading, column in zip(self.sent, self.columns, strict=True):
            if column is not None and column.name == name:
                return heading
        return name

    @property
    def present(self) -> tuple[Column, ...]:
        """The declared columns that were sent."""
        return tuple(column for column in self.columns if column is not None)


def plain(heading: str) -> str:
    """A heading without white space, byte order mark and the star that templates put on required columns."""
    return heading.replace("\ufeff", "").strip().rstrip("*\uff0a").strip()


def match_header(table: Table, sent: list[str]) -> Header:
    """Match headings, English names (any case) or Chinese labels, with the columns of a table."""
    names = {**table.by_label, **table.by_name}
    columns = []
    for heading in sent:
        bare = plain(heading)
        columns.append(names.get(bare) or names.get(bare.lower()))
    unknown = tuple(
        heading.strip()
        for heading, column in zip(sent, columns, strict=True)
        if column is None and plain(heading) and plain(heading) not in BOOK_COLUMNS
    )
    problems = tuple(_problems(table, sent, columns))
    return Header(tuple(sent), tuple(columns), unknown, problems)


def _problems(table: Table, sent: list[str], columns: list[Column | None]) -> list[str]:
    problems = []
    found = [column.name for column in columns if column is not None]
    for name in sorted({name for name in found if found.count(name) > 1}):
        twice = [
            heading for heading, c in zip(sent, columns, strict=True) if c is not None and c.name == name
        ]
        problems.append(f"表头里“{'”“'.join(twice)}”是同一列({name}),只留一列")
    if not found:
        wrong_mark = len(sent) == 1 and any(mark in sent[0] for mark in "\t;|")
        hint = "分隔符应为逗号" if wrong_mark else "第一行应为表头"
        shown = "、".join(sent[:6])[:80]
        advice = "列名见 docs/facts.md,或用 mingcha template 生成模板"
        return [f"认不出表头(读到:{shown});{hint};{advice}"]
    for name in table.must:
        column = table.column(name)
        if name not in found and column.default is None:
            problems.append(f"缺少必有的列 {column.label}({name}),请补上这一列")
    return problems
