"""What goes into the store comes out of it, to the bit: every table, every kind of column, a date alone as such."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingcha.facts.arrow import arrow_schema
from mingcha.facts.declare import Column, Kind
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts
from mingcha.intake import personal, reading
from mingcha.intake.applying import write

pytestmark = pytest.mark.django_db

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0;"), max_size=12)
_SECONDS = st.integers(0, 200 * 365 * 86_400).map(lambda s: datetime(1970, 1, 1) + timedelta(seconds=s))
_DAYS = st.dates(date(1970, 1, 1), date(2170, 1, 1))
_DATE_ALONE = _DAYS.map(lambda d: datetime(d.year, d.month, d.day, microsecond=1))
_BY_KIND: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: _TEXT,
    Kind.CODE: _TEXT,
    Kind.MONTH: _TEXT,
    Kind.INTEGER: st.integers(-(2**63), 2**63 - 1),
    Kind.MONEY: st.integers(-(10**15), 10**15).map(lambda cents: Decimal(cents) / 100),
    Kind.BOOL: st.booleans(),
    Kind.INSTANT: _SECONDS | _DATE_ALONE,
    Kind.DAY: _DAYS,
    Kind.TIME: st.integers(0, 1440),
    Kind.LIST: st.lists(_TEXT.filter(bool), max_size=3),
}


def _values(column: Column) -> st.SearchStrategy[Any]:
    made = _BY_KIND[column.kind]
    return made if column.must or column.default is not None else st.none() | made


@pytest.mark.parametrize("name", TABLES)
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_rows_come_out_as_they_went_in(data: st.DataObject, name: str) -> None:
    table = TABLES[name]
    columns = [c for c in table.columns if c.name not in ("withdrawn", "reported_at")]
    row = st.fixed_dictionaries({c.name: _values(c) for c in columns})
    unique = st.lists(row, min_size=1, max_size=4, unique_by=lambda r: tuple(r[k] for k in table.keys))
    rows = data.draw(unique)
    with transaction.atomic():
        write({name: rows}, "test")
        whole = reading.facts()[name].read([c.name for c in columns])
        cut = reading.facts(units={("case", str(r.get("case_no", r.get("key")))) for r in rows})[name]
        transaction.set_rollback(True)
    schema = arrow_schema(table, [c.name for c in columns])
    sent = pa.Table.from_pylist([_tokens(row) for row in rows], schema)
    assert _sorted(whole) == _sorted(sent)
    if "case_no" in table.by_name:
        with_case = [r for r in sent.to_pylist() if r["case_no"] is not None]
        assert _sorted(cut.read([c.name for c in columns])) == sorted(with_case, key=repr)


def _tokens(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: personal.token(name, value) if name in personal.DOMAINS and value is not None else value
        for name, value in row.items()
    }


def _sorted(rows: pa.Table) -> list[dict[str, Any]]:
    return sorted(rows.to_pylist(), key=repr)


def test_what_is_read_is_what_the_judge_takes():
    write({"cases": [{"case_no": "BJ1", "item_code": "X", "received_at": datetime(2026, 3, 2, 9)}]}, "test")
    found = reading.facts()
    assert isinstance(found, Facts)
    assert set(found) == {"cases"}
    assert found["cases"].arrow is not None
    Facts.from_arrow({"cases": found["cases"].arrow})  # refuses what is not canonical
