import json

import pyarrow.parquet as pq
import pytest

from mingcha.base.models import AuditRow
from mingcha.facts.schema import TABLES
from mingcha.intake.applying import apply_next
from mingcha.intake.ways.forwarding import MARK, OutwardError, find_outward, forward, read_outward
from mingcha.readers.mapping.convert import convert
from mingcha.readers.mapping.load import find_mapping, read_mapping

from .conftest import ITEM

HEAD = "case_no,item_code,agency_code,received_at,applicant_name,channel,accepted_at\n"
AGENCY = "11410105MB0000019A"


def case(number, channel="window"):
    return f"{number},{ITEM},{AGENCY},2026-11-20 09:30,张三,{channel},2026-11-20 10:00\n"


@pytest.fixture
def mapping():
    return read_outward(find_outward("up-pro"))


@pytest.fixture
def apply(send):
    def applied(text, table="cases", **named):
        send(text, table=table, **named)
        assert apply_next().state == "applied"

    return applied


def rows(done, table):
    return pq.read_table(done.folder / f"{table}.parquet").to_pylist()


def test_what_changed_since_the_last_forwarding_goes_out_whole_in_foreign_words(apply, mapping, tmp_path):
    apply(HEAD + case("B1") + case("B2", "web"))
    apply("case_no,seq,name\nB1,1,受理\n", "steps")
    first = forward(mapping, tmp_path, "root")
    accepted = {row["project_no"]: row for row in rows(first, "up_pro_accept")}
    assert set(accepted) == {"B1", "B2"}
    assert accepted["B2"]["apply_type"] == "2"
    assert accepted["B1"]["applyer_name"] == "张三", "the other store needs names, not tokens"
    assert accepted["B1"]["apply_date"] == "2026-11-20 09:30:00"
    assert [row["process_name"] for row in rows(first, "up_pro_process")] == ["受理"]
    assert forward(mapping, tmp_path, "root") is None, "nothing has changed"
    apply("case_no,seq,name\nB2,1,受理\n", "steps")
    second = forward(mapping, tmp_path, "root")
    assert [row["project_no"] for row in rows(second, "up_pro_accept")] == ["B2"]
    assert second.after == first.upto
    assert AuditRow.objects.filter(act="cases.forwarded", actor="root").count() == 2


def test_a_forwarding_without_its_mark_is_begun_anew(apply, mapping, tmp_path):
    apply(HEAD + case("B1"))
    first = forward(mapping, tmp_path, "root")
    (first.folder / MARK).unlink()
    (first.folder / "half.parquet").write_bytes(b"x")
    again = forward(mapping, tmp_path, "root")
    assert again.folder == first.folder
    assert not (again.folder / "half.parquet").exists()
    assert json.loads((again.folder / MARK).read_text("utf-8"))["行数"]["up_pro_accept"] == 1


def test_what_went_out_is_read_by_the_inward_mapping_of_the_same_name(apply, mapping, tmp_path):
    apply(HEAD + case("B1"))
    done = forward(mapping, tmp_path / "out", "root")
    back = convert(read_mapping(find_mapping("up-pro")), [done.folder], tmp_path / "back")
    (row,) = back.facts["cases"].read().to_pylist()
    assert (row["case_no"], row["channel"], row["agency_code"], row["applicant_name"]) == (
        "B1", "window", AGENCY, "张三",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "YAML"),
        ("id: x", "tables"),
        ("tables: {t: {from: halls, columns: {}}}", "from"),
        ("tables: {t: {from: cases, columns: {x: nothing}}}", "没有列 nothing"),
        ("tables: {t: {from: cases, columns: {x: {map: {}}}}}", "写一个列名"),
    ],
)
def test_a_wrong_outward_mapping_says_what_is_wrong(tmp_path, text, said):
    (tmp_path / "m.yaml").write_text(text, "utf-8")
    with pytest.raises(OutwardError, match=said):
        read_outward(tmp_path / "m.yaml")


def test_the_shipped_mapping_names_columns_that_are(mapping):
    assert all(
        c.column in TABLES[t.source].by_name for t in mapping.tables for c in t.columns.values() if c.column
    )
