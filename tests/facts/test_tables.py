"""The declarations hold together."""

import pyarrow as pa
import pytest

from mingcha.facts.arrow import arrow_schema
from mingcha.facts.declare import GROUPS, Kind
from mingcha.facts.schema import TABLES, table_digest

ALL = list(TABLES.values())
PLANNED = {
    "due_at",
    "promised_at",
    "supplement_due",
    "valid_to",
    "slot_at",
    "deferred_until",
    "extended_to",
    "effective_from",
    "effective_to",
}
PERSONAL = {"applicant_name", "applicant_id", "contact_name", "contact_phone", "receiver", "holder"}


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_names_and_labels_are_unique_within_a_table(table) -> None:
    assert len(table.by_name) == len(table.by_label) == len(table.columns)
    assert not set(table.by_name) & set(table.by_label)


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_every_table_has_a_key_a_unit_and_the_common_columns(table) -> None:
    assert table.keys
    assert table.unit_column in table.by_name
    assert table.group in GROUPS
    assert [column.name for column in table.columns[-3:]] == ["source_version", "withdrawn", "reported_at"]


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_codes_and_defaults_fit_their_columns(table) -> None:
    for column in table.columns:
        if column.kind is Kind.CODE:
            assert column.codes is not None, column.name
            assert column.default is None or column.default in column.codes.values
        if column.key:
            assert not column.personal


def test_exactly_the_instants_that_lie_ahead_by_nature_are_planned() -> None:
    planned = {column.name for table in ALL for column in table.columns if column.planned}
    assert planned == PLANNED
    assert all(c.kind is Kind.INSTANT for table in ALL for c in table.columns if c.planned)


def test_arrival_is_no_event() -> None:
    assert "reported_at" not in TABLES["cases"].events
    assert "received_at" in TABLES["cases"].events
    assert "promised_at" not in TABLES["cases"].events


def test_personal_columns_are_those_of_the_specification() -> None:
    personal = {column.name for table in ALL for column in table.columns if column.personal}
    assert personal == PERSONAL


def test_code_lists_read_value_label_and_alias_and_nothing_else() -> None:
    codes = TABLES["items"].column("promised_unit").codes
    assert codes is not None
    assert [codes.read(text) for text in ("working_day", "工作日", "个工作日", "day")] == [
        "working_day",
        "working_day",
        "working_day",
        None,
    ]


def test_a_local_extension_of_a_code_list_is_read() -> None:
    codes = TABLES["items"].column("type_code").codes
    assert codes is not None
    assert [codes.read(text) for text in ("01", "行政许可", "15", "30")] == ["01", "01", "15", None]


def test_no_two_spellings_of_a_code_list_collide() -> None:
    for table in ALL:
        for column in table.columns:
            if column.codes:
                labels = list(column.codes.values.values())
                assert len(set(labels)) == len(labels), column.codes.name
                for alias in column.codes.aliases:
                    assert alias not in column.codes.values and alias not in labels


def test_rating_tags_begin_with_their_level() -> None:
    codes = TABLES["evaluations"].column("tags").codes
    assert codes is not None
    assert {tag[0] for tag in codes.values} == set("12345")
    assert codes.read("101") == "101"  # retired list, kept for old data
    assert codes.read("118") is None


def test_the_arrow_schema_keeps_the_declared_order_and_types() -> None:
    schema = arrow_schema(TABLES["fees"], ["amount", "case_no", "paid_at"])
    assert schema.names == ["case_no", "amount", "paid_at"]
    assert schema.field("amount").type == pa.decimal128(18, 2)
    assert schema.field("paid_at").type == pa.timestamp("us")
    with pytest.raises(KeyError):
        arrow_schema(TABLES["fees"], ["colour"])


def test_digests_differ_between_tables() -> None:
    assert len({table_digest(table) for table in ALL}) == len(ALL)
