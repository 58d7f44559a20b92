"""Facts as the engine takes them."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mingcha.facts.arrow import CANONICAL, arrow_schema
from mingcha.facts.schema import TABLES, table_digest
from mingcha.facts.store import Facts, FactsError, Greatest, Source, write_canonical

CASE = {"case_no": "A1", "received_at": datetime.fromisoformat("2026-03-01T09:30:00")}
FEE = {"case_no": "A1", "seq": 1, "amount": Decimal("12.50")}


def test_facts_come_in_the_order_of_the_declarations() -> None:
    facts = Facts.from_rows({"fees": [FEE], "cases": [CASE]})
    assert list(facts) == ["cases", "fees"]
    assert facts["fees"].columns == {"case_no", "seq", "amount"}
    assert facts["fees"].read().to_pylist() == [FEE]


def test_an_unreported_table_is_not_an_empty_one() -> None:
    facts = Facts.from_rows({"cases": []})
    assert facts["cases"].rows == 0
    assert "fees" not in facts


def test_unknown_tables_columns_and_types_are_refused() -> None:
    with pytest.raises(FactsError, match="case"):
        Facts.from_rows({"case": []})
    with pytest.raises(FactsError, match="colour"):
        Facts.from_arrow({"cases": pa.table({"colour": ["red"]})})
    with pytest.raises(FactsError, match="timestamp"):
        Facts.from_arrow({"cases": pa.table({"received_at": ["2026-03-01"]})})


def test_canonical_parquet_carries_the_digest_and_reads_back_equal(tmp_path: Path) -> None:
    rows = pa.Table.from_pylist([CASE], arrow_schema(TABLES["cases"], list(CASE)))
    source = write_canonical(TABLES["cases"], rows, tmp_path / "cases.parquet")
    assert source.rows == 1
    assert source.read().to_pylist() == [CASE]
    metadata = pq.read_schema(tmp_path / "cases.parquet").metadata
    assert metadata[CANONICAL].decode() == table_digest(TABLES["cases"])


def test_several_parquet_files_are_one_source_only_with_the_same_columns(tmp_path: Path) -> None:
    for name, columns in (("a", ["case_no"]), ("b", ["case_no"]), ("c", ["case_no", "received_at"])):
        rows = pa.Table.from_pylist([CASE], arrow_schema(TABLES["cases"], columns))
        write_canonical(TABLES["cases"], rows, tmp_path / f"{name}.parquet")
    both = Source.of_parquet(TABLES["cases"], tmp_path / "a.parquet", tmp_path / "b.parquet")
    assert both.rows == 2
    assert Facts.from_parquet({"cases": both.paths})["cases"].read().num_rows == 2
    with pytest.raises(FactsError, match="不一致"):
        Source.of_parquet(TABLES["cases"], tmp_path / "a.parquet", tmp_path / "c.parquet")


@pytest.mark.parametrize("in_files", [True, False])
def test_rows_are_taken_by_position(tmp_path: Path, in_files: bool) -> None:
    schema = arrow_schema(TABLES["steps"], ["case_no", "seq"])
    rows = pa.Table.from_pylist([{"case_no": "A", "seq": n} for n in range(10)], schema)
    source = Source.of_arrow(TABLES["steps"], rows)
    if in_files:
        pq.write_table(rows, tmp_path / "steps.parquet", row_group_size=3)
        source = Source.of_parquet(TABLES["steps"], tmp_path / "steps.parquet")
    positions = pa.array([0, 4, 5, 9]).to_numpy()
    assert source.take(positions)["seq"].to_pylist() == [0, 4, 5, 9]


@pytest.mark.parametrize("in_files", [False, True])
def test_the_rows_of_some_cases_are_found_in_memory_and_in_files(tmp_path: Path, in_files: bool) -> None:
    facts = Facts.from_rows({"fees": [{**FEE, "case_no": f"A{i % 7}", "seq": i} for i in range(100)]})
    if in_files:
        pq.write_table(facts["fees"].read(), tmp_path / "fees.parquet", row_group_size=30)
        facts = Facts.from_parquet({"fees": tmp_path / "fees.parquet"})
    rows = facts["fees"].having("case_no", ["A3", "A5", "B9"])
    assert rows.schema == facts["fees"].read().schema
    assert sorted(rows["seq"].to_pylist()) == [i for i in range(100) if i % 7 in (3, 5)]


@pytest.mark.parametrize("in_files", [False, True])
def test_the_greatest_value_of_a_column_is_told_in_memory_and_in_files(
    tmp_path: Path, in_files: bool
) -> None:
    moments = [datetime(2026, 3, day, 9) for day in (4, 28, 11)]
    rows = [{**CASE, "case_no": f"A{i}", "accepted_at": moment} for i, moment in enumerate([*moments, None])]
    schema = arrow_schema(TABLES["cases"], [*CASE, "accepted_at", "completed_at"])
    source = Source.of_arrow(TABLES["cases"], pa.Table.from_pylist(rows, schema))
    if in_files:
        for i in range(2):
            part = source.read().slice(i * 2, 2)
            pq.write_table(part, tmp_path / f"{i}.parquet", row_group_size=1)
        source = Source.of_parquet(TABLES["cases"], tmp_path / "0.parquet", tmp_path / "1.parquet")
    assert source.greatest("received_at") == Greatest(CASE["received_at"], lacking=False)
    assert source.greatest("accepted_at") == Greatest(moments[1], lacking=True)
    assert source.greatest("completed_at") == Greatest(None, lacking=True)


def test_files_without_statistics_do_not_tell_the_greatest_value(tmp_path: Path) -> None:
    rows = pa.Table.from_pylist([CASE], arrow_schema(TABLES["cases"], list(CASE)))
    pq.write_table(rows, tmp_path / "cases.parquet", write_statistics=["case_no"])
    assert Source.of_parquet(TABLES["cases"], tmp_path / "cases.parquet").greatest("received_at") is None
