"""One row for each key: versions, doubles, withdrawn rows, two sources."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingcha.readers import sink
from mingcha.readers.causes import Cause
from mingcha.readers.faults import Effect

ITEM = "12441500196720244T3442199806003"
HEADER = "case_no,seq,name,source_version,withdrawn\n"


@pytest.fixture(params=["in memory", "in files"])
def read_somewhere(request, read, monkeypatch: pytest.MonkeyPatch) -> Callable:
    """Read with few rows kept in memory, and again as if they were many."""
    if request.param == "in files":
        monkeypatch.setattr(sink, "FEW_ROWS", 0)
        monkeypatch.setattr(sink, "GROUP_ROWS", 2)
        monkeypatch.setattr("mingcha.readers.csv_source.BLOCK", 64)
    return read


def names(reading) -> dict[tuple[str, int], str]:
    rows = reading.facts["steps"].read().to_pylist()
    return {(row["case_no"], row["seq"]): row["name"] for row in rows}


def test_the_higher_version_wins_else_the_later_row(read_somewhere) -> None:
    lines = [
        "A,1,old,1,",
        "B,1,first,,",
        "A,1,new,3,",
        "A,1,middle,2,",
        "B,1,second,,",
        "C,1,only,,",
        "D,1,v,1,",
    ]
    lines += ["D,1,none,,"]
    reading = read_somewhere({"steps.csv": HEADER + "\n".join(lines)})
    assert names(reading) == {("A", 1): "new", ("B", 1): "second", ("C", 1): "only", ("D", 1): "v"}
    totals = reading.faults.totals["steps"]
    assert (totals.good, totals.superseded, totals.kept) == (8, 4, 4)


def test_a_withdrawn_winner_takes_the_key_away_and_a_withdrawn_loser_does_not(read_somewhere) -> None:
    lines = ["A,1,x,1,", "A,1,x,2,是", "B,1,y,2,", "B,1,y,1,是", "C,1,z,,是"]
    reading = read_somewhere({"steps.csv": HEADER + "\n".join(lines)})
    assert names(reading) == {("B", 1): "y"}
    totals = reading.faults.totals["steps"]
    assert (totals.superseded, totals.withdrawn, totals.kept) == (2, 2, 1)


def test_of_a_case_number_from_two_sources_the_first_stays_and_the_other_is_told(
    read_somewhere,
) -> None:
    lines = ["C1,省平台,5", "C2,省平台,", "bad,,", "C1,市平台,9", "C1,省平台,6", "C1,,7", "C2,县平台,"]
    text = "case_no,item_code,received_at,source_system,visits\n" + "\n".join(
        f"{no},{ITEM if no != 'bad' else ''},2026-03-01,{system},{visits}"
        for no, system, visits in (line.split(",") for line in lines)
    )
    reading = read_somewhere({"cases.csv": text})
    rows = {row["case_no"]: row["visits"] for row in reading.facts["cases"].read().to_pylist()}
    assert rows == {"C1": 7, "C2": None}
    conflicts = [
        fault
        for kind, samples in reading.faults.samples.items()
        if kind.cause is Cause.CONFLICT
        for fault in samples
    ]
    assert [(fault.row, fault.raw, fault.effect) for fault in conflicts] == [
        (5, "市平台", Effect.LEFT_OUT),
        (8, "县平台", Effect.LEFT_OUT),
    ]
    totals = reading.faults.totals["cases"]
    assert (totals.read, totals.refused, totals.conflicting, totals.superseded, totals.kept) == (
        7,
        1,
        2,
        2,
        2,
    )
    assert "市平台" in reading.books["cases"].read_text(encoding="utf-8-sig")


Sent = list[tuple[str, int, int | None, bool]]
sent = st.lists(
    st.tuples(st.sampled_from("ABC"), st.integers(1, 2), st.none() | st.integers(0, 2), st.booleans()),
    max_size=14,
)


def naive(rows: Sent) -> dict[tuple[str, int], str]:
    """The settled names by the words of the specification, one row after another."""
    winners: dict[tuple[str, int], tuple[int, bool, str]] = {}
    for place, (case, seq, version, withdrawn) in enumerate(rows):
        rank = -1 if version is None else version
        if (case, seq) not in winners or rank >= winners[case, seq][0]:
            winners[case, seq] = (rank, withdrawn, str(place))
    return {key: name for key, (_, withdrawn, name) in winners.items() if not withdrawn}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(sent)
def test_settling_equals_a_plain_loop_over_the_rows(read_somewhere, rows: Sent) -> None:
    lines = [
        f"{case},{seq},{place},{'' if version is None else version},{int(withdrawn)}"
        for place, (case, seq, version, withdrawn) in enumerate(rows)
    ]
    assert names(read_somewhere({"steps.csv": HEADER + "\n".join(lines)})) == naive(rows)


def test_two_keys_with_one_hash_are_still_two_keys(read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "mingcha.readers.settle._hashes_that_repeat",
        lambda con, table, source: con.execute("select hash(case_no, seq) as h from rows").fetchnumpy()["h"],
    )
    reading = read({"steps.csv": HEADER + "A,1,x,,\nA,2,y,,\nA,1,z,,\n"})
    assert names(reading) == {("A", 1): "z", ("A", 2): "y"}
