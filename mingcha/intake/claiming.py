"""Rows that came before their case: whose they are is settled when the case comes, as if it had come first.

A case belongs to the source that reports it first, with its rows in the tables of cases (`merging`). Rows of a case
that nobody has reported are taken all the same, and the case is noted as awaited. When another source then reports it,
their rows are closed and told as a conflict; rows that a person entered by a form go over to the case's source.
"""

from __future__ import annotations

from typing import Any, Final

from mingcha.facts.schema import TABLES
from mingcha.intake.fact_models import FACTS
from mingcha.intake.merging import Incoming, Merged
from mingcha.intake.models import Source
from mingcha.intake.sorting import ROW
from mingcha.intake.store_models import Awaited

CHILDREN: Final = tuple(name for name, table in TABLES.items() if table.group == "case" and name != "cases")


def settle(cursor: Any, incoming: Incoming, merged: Merged) -> None:
    """Note the cases that the staged rows wait for; of staged cases that were awaited, settle whose their rows are. In
    the caller's transaction, after the merge."""
    if incoming.table.name in CHILDREN and merged.waiting:
        _note(cursor, incoming)
    elif incoming.table.name == "cases" and merged.new and Awaited.objects.exists():
        _claim(cursor, incoming)


def _note(cursor: Any, incoming: Incoming) -> None:
    unknown = "NOT EXISTS (SELECT 1 FROM fact_cases AS c WHERE c.case_no = s.case_no AND c.seen_to IS NULL)"
    cursor.execute(
        f"INSERT INTO intake_awaited (case_no) SELECT DISTINCT s.case_no FROM {incoming.stage} AS s "
        f"WHERE {unknown} ON CONFLICT DO NOTHING"
    )


def _claim(cursor: Any, incoming: Incoming) -> None:
    mine = str(incoming.source.pk)
    came = f"SELECT a.case_no FROM intake_awaited AS a JOIN {incoming.stage} AS s ON s.case_no = a.case_no"
    forms = f"SELECT id FROM intake_source WHERE way = '{Source.Way.FORM}'"
    for name in CHILDREN:
        fact = FACTS[name]._meta.db_table
        others = f"f.seen_to IS NULL AND f.origin_id <> {mine} AND f.case_no IN ({came})"
        cursor.execute(
            f"UPDATE {fact} AS f SET origin_id = {mine} WHERE {others} AND f.origin_id IN ({forms})"
        )
        key = " || '/' || ".join(f'CAST(f."{column}" AS text)' for column in TABLES[name].keys)
        cursor.execute(
            f'INSERT INTO intake_conflict (batch_id, "table", "row", key, holder_id) '
            f"SELECT b.id, '{name}', coalesce(f.{ROW}, 0), substr({key}, 1, 300), {mine} "
            f"FROM {fact} AS f JOIN intake_batch AS b ON b.no = f.seen_from WHERE {others} "
            f"AND NOT EXISTS (SELECT 1 FROM intake_conflict AS k WHERE k.batch_id = b.id "
            f'AND k."table" = \'{name}\' AND k."row" = coalesce(f.{ROW}, 0))'
        )
        cursor.execute(f"UPDATE {fact} AS f SET seen_to = {incoming.no} WHERE {others}")
    cursor.execute(f"DELETE FROM intake_awaited WHERE case_no IN ({came})")


def await_again(cursor: Any, no: int) -> None:
    """Before what a batch wrote is undone: the cases that only it brought are awaited again by the rows it closed."""
    for name in CHILDREN:
        cursor.execute(
            f"INSERT INTO intake_awaited (case_no) SELECT DISTINCT f.case_no FROM {FACTS[name]._meta.db_table} AS f "
            f"JOIN fact_cases AS c ON c.case_no = f.case_no AND c.seen_to IS NULL AND c.seen_from = {no:d} "
            f"WHERE f.seen_to = {no:d} AND f.seen_from < {no:d} AND NOT EXISTS "
            f"(SELECT 1 FROM fact_cases AS p WHERE p.case_no = f.case_no AND p.seen_to = {no:d}) "
            "ON CONFLICT DO NOTHING"
        )
