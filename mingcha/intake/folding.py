"""Versions that report different columns, in whatever order they come: each column has the value of the highest
version that reported it.

Usually all versions of a row report the same columns, and the row's own `source_version` says everything. Where they
do not, the row remembers in `column_versions` (JSON) which version its other columns are from. So a version that
comes late still fills what no higher one has spoken of, and the row is the same whatever the order of arrival.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mingcha.facts.declare import Table
from mingcha.intake import personal
from mingcha.intake.sorting import ROW
from mingcha.intake.staging import SEALED, Fate, listed
from mingcha.intake.store_models import Reported

if TYPE_CHECKING:
    from mingcha.intake.merging import Incoming

VERSION, ARRIVAL, VERSIONS = "source_version", "reported_at", "column_versions"
_AT_ONCE = 2_000

Row = Mapping[str, Any]
Versions = dict[str, int | None]
"""Version by column; None where it was reported without one, no entry where it never was."""


def own_columns(table: Table) -> frozenset[str]:
    """The columns that versions are folded by: all but the key, the version and the time of arrival."""
    return frozenset(c.name for c in table.columns) - {*table.keys, VERSION, ARRIVAL}


def versions_of(row: Row, reported: Collection[str]) -> Versions:
    """Which version each column of a stored row is from. `reported`: the columns of the batch that brought it."""
    versions: Versions = dict.fromkeys(reported, row[VERSION])
    versions.update(json.loads(row[VERSIONS] or "{}"))
    return versions


def remembered(versions: Versions, version: int | None, reported: Collection[str]) -> str | None:
    """What a row has to remember: the columns that it does not have from its own batch at its own version."""
    other = {name: held for name, held in sorted(versions.items()) if name not in reported or held != version}
    return json.dumps(other) if other else None


@dataclass(frozen=True)
class Folded:
    """The row that two versions make together; `taken` are the columns that the new one decides."""

    values: dict[str, Any]
    versions: Versions
    taken: frozenset[str]


def folded(held: Row, versions: Versions, came: Row, sent: Collection[str]) -> Folded:
    """A stored row and a version that came after it, whichever is the higher one."""
    version = came[VERSION]
    taken = frozenset(c for c in sent if (before := versions.get(c)) is None or version >= before)
    values = {**held, **{column: came[column] for column in taken}}
    values[VERSION] = max(version, held[VERSION] if held[VERSION] is not None else version)
    if taken and ARRIVAL in came:
        values[ARRIVAL] = came[ARRIVAL]
    return Folded(values, {**versions, **dict.fromkeys(taken, version)}, taken)


def fold(cursor: Any, incoming: Incoming) -> None:
    """Fold those staged rows whose columns are not the ones that the open row was reported with.

    They are closed and opened here; `merging` only counts them.
    """
    known = _candidates(cursor, incoming)
    for start in range(0, len(known), _AT_ONCE):
        _fold_some(cursor, incoming, known[start : start + _AT_ONCE])


def _candidates(cursor: Any, incoming: Incoming) -> list[int]:
    cursor.execute(
        f"SELECT f.id, s._fate, f.seen_from, f.{VERSIONS} IS NOT NULL FROM {incoming.stage} AS s "
        f"CROSS JOIN {incoming.fact} AS f WHERE f.id = s._known AND s.{VERSION} IS NOT NULL "
        f"AND f.seen_from < {incoming.no} AND (s._fate IN ({Fate.OLDER}, {Fate.CORRECTED}) "
        f"OR (s._fate = {Fate.UNCHANGED} AND f.{VERSIONS} IS NOT NULL))"
    )
    rows = cursor.fetchall()
    reported = _reported(incoming.table, {row[2] for row in rows})
    sent = incoming.sent & own_columns(incoming.table)
    return [
        known
        for known, fate, no, mixed in rows
        if mixed or not (sent <= reported[no] if fate == Fate.OLDER else reported[no] <= sent)
    ]


def _reported(table: Table, numbers: Collection[int]) -> dict[int, frozenset[str]]:
    """The columns of this table that each of these batches reported."""
    own, wanted, found = own_columns(table), sorted(numbers), dict[int, frozenset[str]]()
    for start in range(0, len(wanted), _AT_ONCE):
        some = Reported.objects.filter(table=table.name, no__in=wanted[start : start + _AT_ONCE])
        found |= {no: frozenset(columns) & own for no, columns in some.values_list("no", "columns")}
    return found


def _fold_some(cursor: Any, incoming: Incoming, known: list[int]) -> None:
    changed: list[int] = []
    opened: list[list[Any]] = []
    rows = list(_pairs(cursor, incoming, known))
    reported = _reported(incoming.table, {held["seen_from"] for held, _ in rows})
    sent = incoming.sent & own_columns(incoming.table)
    for held, came in rows:
        result = folded(held, versions_of(held, reported[held["seen_from"]]), came, sent)
        told = remembered(result.versions, result.values[VERSION], sent)
        if not _differs(held, result, incoming):
            kept = remembered(result.versions, held[VERSION], reported[held["seen_from"]])
            if kept != held[VERSIONS]:
                cursor.execute(
                    f"UPDATE {incoming.fact} SET {VERSIONS} = %s WHERE id = %s", [kept, held["id"]]
                )
            continue
        changed.append(held["id"])
        opened.append(_opened(incoming, held, came, result, told))
    _write(cursor, incoming, changed, opened)


def _differs(held: Row, result: Folded, incoming: Incoming) -> bool:
    return any(result.values[name] != held[name] for name in {*result.taken, VERSION})


def _pairs(cursor: Any, incoming: Incoming, known: list[int]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The open rows of those ids, each with the staged one."""
    names = [*_names(incoming.table), ROW]
    held_names = [*names, "id", "seen_from", "origin_id", VERSIONS]
    columns = ", ".join([*(f'f."{n}"' for n in held_names), *(f's."{n}"' for n in names)])
    ids = ", ".join(map(str, known))
    cursor.execute(
        f"SELECT {columns} FROM {incoming.stage} AS s CROSS JOIN {incoming.fact} AS f "
        f"WHERE f.id = s._known AND s._known IN ({ids})"
    )
    cut = len(held_names)
    return [
        (dict(zip(held_names, row[:cut], strict=True)), dict(zip(names, row[cut:], strict=True)))
        for row in cursor.fetchall()
    ]


def _names(table: Table) -> list[str]:
    sealed = [SEALED] if personal.personal_columns(table) else []
    return [*(column.name for column in table.columns), *sealed]


def _opened(incoming: Incoming, held: Row, came: Row, result: Folded, told: str | None) -> list[Any]:
    values = dict(result.values)
    secret = [name for name in personal.personal_columns(incoming.table) if name in result.taken]
    if secret:
        about = personal.about(incoming.table, dict(held))
        values[SEALED] = personal.put_over(held[SEALED], came[SEALED], secret, about)
    return [*(values[name] for name in _names(incoming.table)), came[ROW], held["origin_id"], told]


def _write(cursor: Any, incoming: Incoming, changed: list[int], opened: list[list[Any]]) -> None:
    if not changed:
        return
    ids = ", ".join(map(str, changed))
    cursor.execute(f"UPDATE {incoming.fact} SET seen_to = {incoming.no} WHERE id IN ({ids})")
    names = [*_names(incoming.table), ROW, "origin_id", VERSIONS]
    places = ", ".join(["%s"] * len(names))
    cursor.executemany(
        f"INSERT INTO {incoming.fact} ({listed(names)}, seen_from) VALUES ({places}, {incoming.no})", opened
    )
    cursor.execute(
        f"UPDATE {incoming.stage} SET _fate = {Fate.CORRECTED}, _known = NULL WHERE _known IN ({ids})"
    )
