"""Pieces of sorted rows: one row a key, whichever way they are cut, and the same again after an interruption."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.facts.schema import TABLES
from mingcha.intake import sorting
from mingcha.intake.sorting import ROW, SortedRows, Spool, in_order

STEPS = TABLES["steps"]
KEYS = st.tuples(st.sampled_from("甲乙丙"), st.integers(1, 3), st.none() | st.integers(1, 3))


def _rows(sent: list[tuple[str, int, int | None]]) -> pa.Table:
    columns = {
        "case_no": pa.array([row[0] for row in sent], pa.string()),
        "seq": pa.array([row[1] for row in sent], pa.int64()),
        "source_version": pa.array([row[2] for row in sent], pa.int64()),
        ROW: pa.array(range(1, len(sent) + 1), pa.int64()),
    }
    return pa.table(columns)


def _winners(sent: list[tuple[str, int, int | None]]) -> list[tuple[str, int, int]]:
    """By a plain loop: the higher version, none counting lowest, then the later row."""
    won: dict[tuple[str, int], tuple[int, int]] = {}
    for number, (case_no, seq, version) in enumerate(sent, 1):
        weight = (version or 0, number)
        won[case_no, seq] = max(won.get((case_no, seq), weight), weight)
    return [
        (*key, number)
        for key, (_, number) in sorted(won.items(), key=lambda item: (item[0][0].encode(), item[0][1]))
    ]


def _taken(rows: pa.Table) -> list[tuple[str, int, int]]:
    return [
        (row["case_no"], row["seq"], row[ROW]) for row in rows.select(["case_no", "seq", ROW]).to_pylist()
    ]


@settings(deadline=None)
@given(sent=st.lists(KEYS, min_size=1, max_size=24), most=st.integers(1, 7))
def test_any_cut_gives_the_winner_of_each_key_once_and_goes_on_anywhere(sent, most):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorting, "PIECE", most)
        rows = SortedRows(STEPS, len(sent), in_order(STEPS, _rows(sent)))
        pieces = list(rows.pieces())
        assert [row for piece in pieces for row in _taken(piece.rows)] == _winners(sent)
        assert sum(piece.taken for piece in pieces) == len(sent)
        assert sum(piece.settled for piece in pieces) == len(sent) - len(_winners(sent))
        done = 0
        for place, piece in enumerate(pieces, 1):
            done += piece.taken
            rest = [row for after in rows.pieces(done) for row in _taken(after.rows)]
            assert rest == [row for after in pieces[place:] for row in _taken(after.rows)]


def test_many_rows_are_sorted_in_a_file_as_few_are_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    sent = [(f"BJ{n * 7919 % 400:03d}", n % 3 + 1, n % 4 or None) for n in range(2_000)]
    monkeypatch.setattr(sorting, "PIECE", 150)
    spool = Spool(STEPS, tmp_path / "steps.rows.parquet")
    for start in range(0, len(sent), 100):
        rows = _rows(sent).slice(start, 100)
        spool.add(rows.drop_columns([ROW]), rows[ROW].to_numpy())
    in_file = spool.sorted()
    assert isinstance(in_file.held, Path)
    pieces = list(in_file.pieces())
    assert max(piece.rows.num_rows for piece in pieces) <= 150
    assert [row for piece in pieces for row in _taken(piece.rows)] == _winners(sent)
