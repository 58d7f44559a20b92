"""Which foreign columns a mapping reads, and where in the file it says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from mingcha.readers.mapping.expression import check
from mingcha.readers.mapping.model import ELEMENT, POSITION, Mapping, Number, Part, Value

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Use:
    """One place that reads a column of a source; `firm` where the rows themselves depend on it."""

    source: str
    column: str
    path: Path
    firm: bool


@dataclass(frozen=True)
class Names:
    """What the names of a part mean: a column of its source, or `alias.column` of a join."""

    part: Part

    def resolve(self, name: str) -> tuple[str, str]:
        """(alias or "", column) of a column as written in a mapping."""
        alias, dot, column = name.partition(".")
        joined = dot and any(join.alias == alias for join in self.part.joins)
        return (alias, column) if joined else ("", name)

    def source_of(self, alias: str) -> str:
        """The source behind an alias; "" is the part's own."""
        return next((join.source for join in self.part.joins if join.alias == alias), self.part.source)


def columns_of(value: Value, names: Names) -> list[tuple[str, str]]:
    """The (alias, column) pairs that the origin of a value reads (its `where` apart)."""
    written = [*value.column, *(name for name in (value.first, value.last) if name)]
    written += [*value.number.within, value.number.order] if value.number else []
    found = [names.resolve(name) for name in written if name]
    return found + sorted(check(value.sql) if value.sql else ())


def uses_of(mapping: Mapping) -> list[Use]:
    """Every use of a foreign column; running numbers that sources add stand for the columns they read."""
    found = [use for part in mapping.parts if part.source for use in _of_part(part)]
    found += [
        Use(source.name, column, ("sources", source.name, "add", name), True)
        for source in mapping.sources.values()
        for name, number in source.add.items()
        for column in _inputs(number)
    ]
    return [use for use in found if use.column not in mapping.sources[use.source].add]


def orders_of(mapping: Mapping) -> dict[str, frozenset[str]]:
    """Source -> the columns that rows of it are put in order by."""
    found: dict[str, set[str]] = defaultdict(set)
    for source in mapping.sources.values():
        found[source.name] |= {number.order for number in source.add.values()}
    for part in mapping.parts:
        if part.source:
            found[part.source] |= {part.order, *(v.number.order for v in part.values.values() if v.number)}
        for join in part.joins:
            found[join.source].add(join.order)
    return {name: frozenset(own - {""} - set(mapping.sources[name].add)) for name, own in found.items()}


def _inputs(number: Number) -> list[str]:
    return [*number.within, *([number.order] if number.order else [])]


def _of_part(part: Part) -> Iterator[Use]:
    names = Names(part)
    for name, value in part.values.items():
        path = (*part.path, "columns", name)
        for alias, column in columns_of(value, names):
            yield from _use(part, names, alias, column, path, firm=bool(value.number))
        yield from _in_expression(part, names, value.where, (*path, "where"))
    yield from _in_expression(part, names, part.where, (*part.path, "where"))
    for join in part.joins:
        path = (*part.path, "join", join.alias)
        for theirs, ours in join.on.items():
            yield Use(join.source, theirs, (*path, "on", theirs), True)
            yield from _use(part, names, *names.resolve(ours), (*path, "on", theirs), firm=True)
        for _, column in sorted(check(join.where) if join.where else ()):
            yield Use(join.source, column, (*path, "where"), True)
        if join.order:
            yield Use(join.source, join.order, (*path, "order"), True)
    own = [(column, "group") for column in part.group] + ([(part.order, "order")] if part.order else [])
    own += [(part.each.column, "each")] if part.each else []
    for column, key in own:
        yield Use(part.source, column, (*part.path, key), True)


def _in_expression(part: Part, names: Names, text: str, path: Path) -> Iterator[Use]:
    for alias, column in sorted(check(text) if text else ()):
        yield from _use(part, names, alias, column, path, firm=True)


def _use(part: Part, names: Names, alias: str, column: str, path: Path, *, firm: bool) -> Iterator[Use]:
    if not alias and part.each and column in (ELEMENT, POSITION):
        return
    yield Use(names.source_of(alias), column, path, firm)
