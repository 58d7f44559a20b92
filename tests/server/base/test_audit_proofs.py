"""Rows are proven to be in the chain without its key; Merkle trees are those of RFC 6962."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.base import audit, clock, merkle
from mingcha.base.audit_proofs import NotSealedError, month_root, month_root_of, proof, root_of


@settings(deadline=None)
@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40), st.data())
def test_every_path_leads_to_the_root_and_no_other_leaf_does(entries, data):
    leaves = [merkle.leaf(entry) for entry in entries]
    place = data.draw(st.integers(0, len(leaves) - 1))
    path = merkle.path(leaves, place)
    assert merkle.root_by(leaves[place], place, len(leaves), path) == merkle.root(leaves)
    assert merkle.root_by(merkle.leaf(b"another entry"), place, len(leaves), path) != merkle.root(leaves)


@settings(deadline=None)
@given(st.integers(1, 40))
def test_the_root_is_that_of_the_recursive_definition(count):
    """RFC 6962, 2.1: split at the largest power of two smaller than the count."""

    def root(leaves):
        if len(leaves) == 1:
            return leaves[0]
        split = 1 << (len(leaves) - 1).bit_length() - 1
        return merkle.sm3(b"\1" + root(leaves[:split]) + root(leaves[split:]))

    leaves = [merkle.leaf(bytes([n])) for n in range(count)]
    assert merkle.root(leaves) == root(leaves)


def test_sm3_is_that_of_the_standard():
    """GB/T 32905-2016, example 1."""
    assert merkle.sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@pytest.mark.parametrize(
    ("place", "count", "path"), [(3, 3, []), (-1, 3, []), (0, 3, [b"x"]), (0, 1, [b"x"])]
)
def test_a_malformed_path_is_refused(place, count, path):
    with pytest.raises(ValueError):
        merkle.root_by(b"leaf", place, count, path)


@pytest.fixture
def november():
    """Three blocks of November, seen in December. Ids of their rows."""
    ids = []
    with time_machine.travel("2026-11-20T04:00:00+00:00", tick=False) as traveller:
        for block in range(3):
            ids += [audit.record("系统", "alert.raised", f"alert {block}-{n}") for n in range(5)]
            audit.seal_blocks()
            traveller.shift(timedelta(seconds=1))
    return ids


@pytest.mark.django_db
def test_every_row_is_proven_to_the_root_of_its_month(november):
    with time_machine.travel("2026-12-02T00:00:00+00:00"):
        published = month_root("2026-11")
        for row in november:
            assert month_root_of(proof(row)) == published


@pytest.mark.django_db
def test_a_proof_of_a_changed_row_leads_nowhere(november):
    with time_machine.travel("2026-12-02T00:00:00+00:00"):
        shown = proof(november[0])
        shown["row"] = shown["row"].replace("alert 0-0", "alert 9-9")
        with pytest.raises(ValueError):
            month_root_of(shown)


@pytest.mark.django_db
def test_before_the_month_is_over_a_row_is_proven_to_its_block(november):
    with time_machine.travel("2026-11-30T15:59:59+00:00"):
        with pytest.raises(NotSealedError, match="还没有过完"):
            month_root("2026-11")
        shown = proof(november[7])
        assert "month" not in shown
        assert root_of(shown) == shown["block"]["root"]


@pytest.mark.django_db
def test_a_month_ends_at_midnight_of_local_time(november):
    with time_machine.travel("2026-11-30T16:00:00+00:00", tick=False):
        assert month_root("2026-11") != month_root("2026-10")


@pytest.mark.django_db
def test_a_row_of_the_last_second_has_no_proof_yet():
    row = audit.record("系统", "x", "")
    with pytest.raises(NotSealedError, match="还没有封块"):
        proof(row)
    assert clock.now()
