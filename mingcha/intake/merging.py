"""The merge of staged rows into a fact table, by sets: new, corrected, unchanged, older, conflicting.

Nothing is overwritten: a corrected row closes the open one (`seen_to`) and opens its own. What is compared are the
columns that were sent, but for the time of arrival; a column that was not sent is taken over from the open row. A
lower `source_version` is left out, unless it brings columns that no higher version ever reported (`folding`).
A case belongs to the source that reported it first, with its rows in the tables of cases; so does any other key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from mingcha.accounts.scopes import EVERYTHING, Scope
from mingcha.facts.declare import Table
from mingcha.intake import folding, personal
from mingcha.intake.fact_models import FACTS
from mingcha.intake.models import Source
from mingcha.intake.sorting import ROW
from mingcha.intake.staging import SEALED, Fate, listed, stage_name
from mingcha.readers.settle import SOURCE_SYSTEM

ARRIVAL: Final = "reported_at"


@dataclass(frozen=True)
class Incoming:
    """Whose rows are merged: batch number, source, and the columns that were sent (the key among them).

    `on_behalf`: rows keep the source they are from, whoever corrects them (a form, the system itself); rows of other
    sources only where their case lies in `reach`.
    `overtaken_at`: of a batch that was set aside, the last number then: without versions, rows since are newer.
    """

    table: Table
    no: int
    source: Source
    sent: frozenset[str]
    on_behalf: bool = False
    overtaken_at: int | None = None
    reach: Scope = EVERYTHING

    @property
    def fact(self) -> str:
        """Name of the fact table."""
        return str(FACTS[self.table.name]._meta.db_table)

    @property
    def stage(self) -> str:
        """Name of the staging table."""
        return stage_name(self.table)

    @property
    def compared(self) -> list[str]:
        """The columns a change of which makes a new version."""
        left = {*self.table.keys, ARRIVAL}
        return [c.name for c in self.table.columns if c.name in self.sent and c.name not in left]

    @property
    def partial(self) -> bool:
        """Whether a column was not sent that no row may be without: there is nothing new among them."""
        return any(name not in self.sent for name in self.table.must)

    @property
    def same(self) -> str:
        """SQL: `f` is the open row of the staged one's key."""
        keys = [f'f."{name}" = {self.stage}."{name}"' for name in self.table.keys]
        return " AND ".join([*keys, "f.seen_to IS NULL"])


@dataclass
class Merged:
    """What became of the staged rows. `staged` counts them all; `waiting` of the accepted ones wait for their case or
    item."""

    staged: int = 0
    new: int = 0
    corrected: int = 0
    unchanged: int = 0
    older: int = 0
    conflict: int = 0
    waiting: int = 0

    @property
    def changed(self) -> int:
        """Rows that the store has now and had not before."""
        return self.new + self.corrected


def merge(cursor: Any, incoming: Incoming, columns: list[str], count: int) -> Merged:
    """Merge the `count` staged rows, which have values in `columns`."""
    held = _find_holders(cursor, incoming)
    inserted = _insert_new(cursor, incoming, columns)
    if inserted == count:
        return Merged(staged=count, new=count, waiting=_waiting(cursor, incoming, held))
    if inserted + held.conflicts < count:
        _find_known(cursor, incoming)
        _decide(cursor, incoming)
        if folding.VERSION in incoming.sent:
            folding.fold(cursor, incoming)
        _correct(cursor, incoming)
    cursor.execute(f"SELECT _fate, count(*) FROM {incoming.stage} GROUP BY _fate")
    fates = dict(cursor.fetchall())
    return Merged(
        staged=count,
        new=inserted,
        corrected=fates.get(Fate.CORRECTED, 0),
        unchanged=fates.get(Fate.UNCHANGED, 0),
        older=fates.get(Fate.OLDER, 0),
        conflict=fates.get(Fate.CONFLICT, 0),
        waiting=_waiting(cursor, incoming, held),
    )


def _count(cursor: Any, incoming: Incoming, condition: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {incoming.stage} WHERE {condition}")
    return int(cursor.fetchone()[0])


def _has_holders(incoming: Incoming) -> bool:
    """Whether rows belong to a case that has a source of its own."""
    return incoming.table.group == "case" and incoming.table.name != "cases"


class _Held(NamedTuple):
    """Staged rows of cases that belong to another source, and of cases nobody has reported."""

    elsewhere: int = 0
    nowhere: int = 0
    conflicts: int = 0


def _find_holders(cursor: Any, incoming: Incoming) -> _Held:
    """The source of each row's case; rows of a case that another source reported are in conflict.

    Asked before it is written down: where every case is the sender's own, as it mostly is, no row is written twice.
    """
    if not _has_holders(incoming):
        return _Held()
    foreign, codes = _foreign(incoming, "c")
    cursor.execute(
        f"SELECT count(*) FILTER (WHERE c.origin_id <> {incoming.source.pk}), "
        f"count(*) FILTER (WHERE c.origin_id IS NULL), count(*) FILTER (WHERE {foreign}) "
        f"FROM {incoming.stage} AS s LEFT JOIN fact_cases AS c ON c.case_no = s.case_no AND c.seen_to IS NULL",
        codes,
    )
    elsewhere, nowhere, conflicts = cursor.fetchone()
    if not elsewhere:
        return _Held(nowhere=nowhere)
    cursor.execute(
        f"UPDATE {incoming.stage} SET _holder = c.origin_id, "
        f"_fate = CASE WHEN {foreign} THEN {int(Fate.CONFLICT)} END FROM fact_cases AS c "
        f"WHERE c.case_no = {incoming.stage}.case_no AND c.seen_to IS NULL",
        codes,
    )
    return _Held(elsewhere, nowhere, conflicts)


def _foreign(incoming: Incoming, case: str) -> tuple[str, list[str]]:
    """SQL and its parameters: a case is another source's, and not to be corrected on its behalf."""
    other, reach = f"{case}.origin_id <> {incoming.source.pk}", incoming.reach
    if not incoming.on_behalf:
        return other, []
    if reach.regions is None or reach.agencies is None:
        return "1 = 0", []
    inside, codes = ["1 = 0"], []
    for column, held in (("region_code", reach.regions), ("agency_code", reach.agencies)):
        if held:
            inside.append(f"{case}.{column} IN ({', '.join(['%s'] * len(held))})")
            codes += sorted(held)
    return f"{other} AND ({' OR '.join(inside)}) IS NOT TRUE", codes


def _insert_new(cursor: Any, incoming: Incoming, columns: list[str]) -> int:
    """Insert whatever has no open row yet; how many."""
    origin = f"coalesce(_holder, {incoming.source.pk})" if incoming.on_behalf else str(incoming.source.pk)
    # A database looks for missing values before it looks for conflicts.
    unknown = f"NOT EXISTS (SELECT 1 FROM {incoming.fact} AS f WHERE {incoming.same})"
    condition = f"_fate IS NULL AND {unknown}" if incoming.partial else "_fate IS NULL"
    cursor.execute(
        f"INSERT INTO {incoming.fact} ({listed(columns)}, seen_from, origin_id) "
        f"SELECT {listed(columns)}, {incoming.no}, {origin} FROM {incoming.stage} WHERE {condition} "
        f"ON CONFLICT ({listed(list(incoming.table.keys))}) WHERE seen_to IS NULL DO NOTHING"
    )
    return int(cursor.rowcount)


def _find_known(cursor: Any, incoming: Incoming) -> None:
    """The open row of each staged one that was not just inserted."""
    cursor.execute(
        f"UPDATE {incoming.stage} SET _known = (SELECT f.id FROM {incoming.fact} AS f "
        f"WHERE {incoming.same} AND f.seen_from <> {incoming.no}) WHERE _fate IS NULL"
    )


def _decide(cursor: Any, incoming: Incoming) -> None:
    stage = incoming.stage
    foreign, codes = _not_to_be_touched(incoming)
    fates = [(foreign, Fate.CONFLICT)]
    if not incoming.on_behalf and incoming.table.name == "cases" and SOURCE_SYSTEM in incoming.sent:
        fates.append((f"f.{SOURCE_SYSTEM} <> {stage}.{SOURCE_SYSTEM}", Fate.CONFLICT))
    fates.append(
        (f"f.seen_from > {incoming.no}", Fate.OLDER)
    )  # what the system wrote while this batch was under way
    if incoming.overtaken_at is not None:
        unversioned = f" AND {stage}.source_version IS NULL" if "source_version" in incoming.sent else ""
        fates.append((f"f.seen_from > {incoming.overtaken_at}{unversioned}", Fate.OLDER))
    if "source_version" in incoming.sent:
        fates.append((f"{stage}.source_version < f.source_version", Fate.OLDER))
    differs = " OR ".join(f'f."{c}" IS DISTINCT FROM {stage}."{c}"' for c in incoming.compared)
    if differs:
        fates.append((differs, Fate.CORRECTED))
    cases = " ".join(f"WHEN {condition} THEN {int(fate)}" for condition, fate in fates)
    cursor.execute(
        f"UPDATE {stage} SET _fate = (SELECT CASE {cases} ELSE {int(Fate.UNCHANGED)} END "
        f"FROM {incoming.fact} AS f WHERE f.id = {stage}._known) WHERE _known IS NOT NULL",
        codes,
    )


def _not_to_be_touched(incoming: Incoming) -> tuple[str, list[str]]:
    """SQL and its parameters: the open row `f` is another source's. On behalf, rows of cases whose holder was asked
    already (`_find_holders`) are not; what hangs on no case has nobody who could say where it lies."""
    if incoming.table.name == "cases" or not incoming.on_behalf or incoming.reach.everything:
        return _foreign(incoming, "f")
    other = f"f.origin_id <> {incoming.source.pk}"
    if not _has_holders(incoming):
        return other, []
    case = "SELECT 1 FROM fact_cases AS c WHERE c.case_no = f.case_no AND c.seen_to IS NULL"
    return f"{other} AND NOT EXISTS ({case})", []


def _correct(cursor: Any, incoming: Incoming) -> None:
    """Close the open rows of the corrected ones and open theirs."""
    corrected = f"_fate = {Fate.CORRECTED} AND _known IS NOT NULL"
    if not _count(cursor, incoming, corrected):
        return
    _put_over_sealed(cursor, incoming)
    close(cursor, incoming, f"SELECT _known FROM {incoming.stage} WHERE {corrected}")
    sent = incoming.sent
    values = [f's."{c.name}"' if c.name in sent else f'f."{c.name}"' for c in incoming.table.columns]
    names = [column.name for column in incoming.table.columns]
    secret = personal.personal_columns(incoming.table)
    if secret:
        names.append(SEALED)
        values.append(f"s.{SEALED}" if sent & set(secret) else f"f.{SEALED}")
    cursor.execute(
        f"INSERT INTO {incoming.fact} ({listed(names)}, {ROW}, seen_from, origin_id) "
        f"SELECT {', '.join(values)}, s.{ROW}, {incoming.no}, f.origin_id FROM {incoming.stage} AS s "
        f"CROSS JOIN {incoming.fact} AS f WHERE f.id = s._known AND s.{corrected}"
    )


def close(cursor: Any, incoming: Incoming, ids: str) -> None:
    """Close open rows: those whose ids the query gives."""
    cursor.execute(f"UPDATE {incoming.fact} SET seen_to = {incoming.no} WHERE id IN ({ids})")


def _put_over_sealed(cursor: Any, incoming: Incoming) -> None:
    """Where only some of the personal columns were sent, seal them together with the others anew."""
    secret = personal.personal_columns(incoming.table)
    sent = [name for name in secret if name in incoming.sent]
    if not sent or len(sent) == len(secret):
        return
    keys = ", ".join(f's."{name}"' for name in incoming.table.keys)
    cursor.execute(
        f"SELECT s._known, s.{SEALED}, f.{SEALED}, {keys} FROM {incoming.stage} AS s "
        f"CROSS JOIN {incoming.fact} AS f WHERE f.id = s._known AND s._fate = {Fate.CORRECTED}"
    )
    made = []
    for known, new, old, *key in cursor.fetchall():
        about = personal.about(incoming.table, dict(zip(incoming.table.keys, key, strict=True)))
        made.append((personal.put_over(old, new, sent, about), known))
    cursor.executemany(f"UPDATE {incoming.stage} SET {SEALED} = %s WHERE _known = %s", made)


def _waiting(cursor: Any, incoming: Incoming, held: _Held) -> int:
    """Accepted rows whose case, or whose item, has not been reported yet."""
    accepted = f"(_fate IS NULL OR _fate = {Fate.CORRECTED})"
    if held.nowhere:
        case = f"fact_cases AS c WHERE c.case_no = {incoming.stage}.case_no AND c.seen_to IS NULL"
        return _count(cursor, incoming, f"{accepted} AND NOT EXISTS (SELECT 1 FROM {case})")
    if incoming.table.name != "cases":
        return 0
    items = f"fact_items AS i WHERE i.item_code = {incoming.stage}.item_code AND i.seen_to IS NULL"
    return _count(cursor, incoming, f"{accepted} AND NOT EXISTS (SELECT 1 FROM {items})")
