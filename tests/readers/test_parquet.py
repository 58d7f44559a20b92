"""Parquet: our own in place, foreign ones through the same checks."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mingcha.facts.arrow import arrow_schema
from mingcha.facts.schema import TABLES
from mingcha.facts.store import write_canonical
from mingcha.readers.causes import Cause
from mingcha.readers.errors import UnusableError
from mingcha.readers.folder import Reading, read_folder

NINE = datetime.fromisoformat("2026-03-01T09:30:00")
ALONE = datetime.fromisoformat("2026-03-01T00:00:00.000001")
FEES = {"case_no": ["A1", "A2"], "seq": [1, 1], "amount": [Decimal("1.50"), Decimal("2.00")]}


def foreign(tmp_path: Path, table: str, columns: dict[str, pa.Array | list[object]]) -> Reading:
    pq.write_table(pa.table(columns), tmp_path / f"{table}.parquet")
    return read_folder(tmp_path)


def column(reading: Reading, table: str, name: str) -> list[object]:
    return reading.facts[table].read()[name].to_pylist()


def test_canonical_files_are_used_in_place(tmp_path: Path) -> None:
    rows = pa.table(FEES, schema=arrow_schema(TABLES["fees"], list(FEES)))
    path = tmp_path / "fees.parquet"
    write_canonical(TABLES["fees"], rows, path)
    with read_folder(tmp_path) as reading:
        assert reading.facts["fees"].paths == (path,)
        assert reading.faults.totals["fees"].kept == 2


def test_a_file_of_another_declaration_is_not_taken_for_canonical(tmp_path: Path) -> None:
    schema = arrow_schema(TABLES["fees"], list(FEES))
    schema = schema.with_metadata({b"mingcha.canonical": b"0" * 64})
    pq.write_table(pa.table(FEES, schema=schema), tmp_path / "fees.parquet")
    with read_folder(tmp_path) as reading:
        assert not reading.facts["fees"].paths
        assert column(reading, "fees", "amount") == FEES["amount"]


def test_money_as_a_binary_float_is_refused_row_by_row(tmp_path: Path) -> None:
    with foreign(tmp_path, "fees", {**FEES, "amount": [1.5, 2.0]}) as reading:
        ((kind, count),) = reading.faults
        assert (kind.cause, count) == (Cause.FLOAT_MONEY, 2)
        assert reading.facts["fees"].rows == 0


@pytest.mark.parametrize(
    "amounts",
    [
        pa.array([Decimal("1.50"), Decimal("2")], pa.decimal128(10, 4)),
        pa.array([Decimal("1.5"), Decimal("2")], pa.decimal256(40, 1)),
        pa.array(["1.50", "2"], pa.large_string()),
        pa.array(["1.50", "2"]).dictionary_encode(),
    ],
)
def test_money_as_a_decimal_of_any_scale_or_as_text_is_exact(tmp_path: Path, amounts: pa.Array) -> None:
    with foreign(tmp_path, "fees", {**FEES, "amount": amounts}) as reading:
        assert column(reading, "fees", "amount") == FEES["amount"]


def test_a_third_decimal_and_a_negative_amount_are_refused(tmp_path: Path) -> None:
    amounts = pa.array([Decimal("1.505"), Decimal("-1")], pa.decimal128(10, 3))
    with foreign(tmp_path, "fees", {**FEES, "amount": amounts}) as reading:
        assert {kind.cause: count for kind, count in reading.faults} == {Cause.MONEY: 1, Cause.RANGE: 1}


@pytest.mark.parametrize(
    ("moments", "expected"),
    [
        (pa.array([NINE], pa.timestamp("us")), NINE),
        (pa.array([NINE], pa.timestamp("ns")), NINE),
        (pa.array([NINE], pa.timestamp("s")), NINE),
        (pa.array([NINE.replace(microsecond=500_001)], pa.timestamp("us")), NINE),
        (pa.array([ALONE], pa.timestamp("us")), ALONE),
        (pa.array([date(2026, 3, 1)], pa.date32()), ALONE),
        (pa.array([date(2026, 3, 1)], pa.date64()), ALONE),
        (pa.array(["2026-03-01"]), ALONE),
        (
            pa.array([datetime(2026, 3, 1, 1, 30, tzinfo=UTC)], pa.timestamp("us", "UTC")),
            NINE,
        ),
        (
            pa.array([datetime(2026, 3, 1, 1, 30, tzinfo=UTC)], pa.timestamp("ms", "America/New_York")),
            NINE,
        ),
    ],
)
def test_timestamps_and_dates(tmp_path: Path, moments: pa.Array, expected: datetime) -> None:
    columns = {"case_no": ["A1"], "seq": [1], "name": ["x"], "started_at": moments}
    with foreign(tmp_path, "steps", columns) as reading:
        assert column(reading, "steps", "started_at") == [expected]
        assert not reading.faults


def test_typed_numbers_booleans_lists_and_times(tmp_path: Path) -> None:
    columns = {
        "evaluation_no": pa.array([1, 2]),
        "submitted_at": pa.array([NINE, NINE]),
        "level": pa.array([5.0, float("nan")]),
        "real_name": pa.array([True, None]),
        "satisfied": pa.array([1, 0], pa.int8()),
        "tags": pa.array([["510", "413"], None]),
    }
    with foreign(tmp_path, "evaluations", columns) as reading:
        assert column(reading, "evaluations", "evaluation_no") == ["1", "2"]
        assert column(reading, "evaluations", "level") == [5, None]
        assert column(reading, "evaluations", "real_name") == [True, None]
        assert column(reading, "evaluations", "satisfied") == [True, False]
        assert column(reading, "evaluations", "tags") == [["510", "413"], None]
        assert not reading.faults


def test_times_of_the_day_are_minutes(tmp_path: Path) -> None:
    columns = {
        "hall_code": ["H"],
        "weekday": pa.array([1], pa.int32()),
        "opens": pa.array([time(9, 0)], pa.time64("us")),
        "closes": pa.array([time(12, 30)], pa.time32("s")),
    }
    with foreign(tmp_path, "hall_hours", columns) as reading:
        assert column(reading, "hall_hours", "opens") == [540]
        assert column(reading, "hall_hours", "closes") == [750]


def test_whole_numbers_are_minutes_of_the_day_as_we_write_them(tmp_path: Path) -> None:
    columns = {
        "hall_code": ["H", "H", "H"],
        "weekday": [1, 2, 3],
        "opens": pa.array([0, 540, -1], pa.int32()),
        "closes": pa.array([1440, 1441, 750], pa.int32()),
    }
    with foreign(tmp_path, "hall_hours", columns) as reading:
        assert column(reading, "hall_hours", "closes") == [1440]
        assert {kind.cause for kind, _ in reading.faults} == {Cause.RANGE}


@pytest.mark.parametrize(
    ("name", "values", "cause"),
    [
        ("level", pa.array([2.5]), Cause.INTEGER),
        ("level", pa.array([float("inf")]), Cause.INTEGER),
        ("level", pa.array([9]), Cause.RANGE),
        ("level", pa.array([True]), Cause.TYPE),
        ("pushed_at", pa.array([1_767_225_600]), Cause.TYPE),
        ("comment", pa.array([1.5]), Cause.TYPE),
        ("tags", pa.array([[1, 2]]), Cause.TYPE),
        ("comment", pa.array([{"a": 1}]), Cause.TYPE),
        ("level", pa.array([NINE]), Cause.TYPE),
        ("comment", pa.array([b"x"]), Cause.TYPE),
    ],
)
def test_types_that_do_not_fit_are_faults_of_their_cells(
    tmp_path: Path, name: str, values: pa.Array, cause: Cause
) -> None:
    columns = {"evaluation_no": ["E"], "submitted_at": pa.array([NINE]), name: values}
    with foreign(tmp_path, "evaluations", columns) as reading:
        ((kind, count),) = reading.faults
        assert (kind.column, kind.cause, count) == (name, cause, 1)
        assert reading.facts["evaluations"].rows == 1


def test_a_day_may_come_as_date_or_as_midnight(tmp_path: Path) -> None:
    midnight = datetime.fromisoformat("2026-03-01T00:00:00")
    for days in (pa.array([date(2026, 3, 1)]), pa.array([midnight])):
        with foreign(tmp_path, "arrivals", {"source": ["s"], "day": days}) as reading:
            assert column(reading, "arrivals", "day") == [date(2026, 3, 1)]
    with foreign(tmp_path, "arrivals", {"source": ["s"], "day": pa.array([NINE])}) as reading:
        assert reading.facts["arrivals"].rows == 0


def test_a_damaged_file_stops_the_folder_plainly(tmp_path: Path) -> None:
    (tmp_path / "fees.parquet").write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(UnusableError, match="不是完好的 Parquet"):
        read_folder(tmp_path)
