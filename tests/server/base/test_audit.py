"""The audit chain: rows go in with their act, blocks follow, and nothing can be changed unseen (test-plan A1)."""

from __future__ import annotations

from datetime import timedelta
from threading import Event, Thread

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingcha.base import anchors, audit, clock, keys
from mingcha.base.audit_check import verify
from mingcha.base.models import AuditBlock, AuditRow

pytestmark = pytest.mark.django_db
many = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def fill(blocks: int = 3, rows: int = 4) -> None:
    for block in range(blocks):
        for number in range(rows):
            audit.record(
                "张监察",
                "alert.withdrawn",
                f"alert {block}-{number}",
                detail={"because": "误报", "n": number},
            )
        assert audit.seal_blocks() == rows


@pytest.fixture
def chain():
    fill()
    return list(AuditRow.objects.order_by("id"))


def test_a_row_is_written_with_its_act_and_undone_with_it():
    with pytest.raises(ValueError), transaction.atomic():
        audit.record("张监察", "login", "")
        raise ValueError
    assert not AuditRow.objects.exists()


def test_a_sound_chain_verifies_and_tells_its_tail(chain):
    audit.record("李审计", "export", "cases")
    found = verify()
    assert (found.faults, found.notes) == ([], [])
    assert (found.blocks, found.rows, found.unsealed) == (3, 12, 1)
    assert found.head == AuditBlock.objects.get(no=3).digest
    assert clock.now() - found.unsealed_since < timedelta(minutes=1)


def test_an_empty_chain_is_sound():
    assert verify().sound


@many
@given(
    place=st.integers(0, 11),
    column=st.sampled_from(["actor", "act", "about", "purpose", "address", "nonce", "mac", "detail", "at"]),
)
def test_a_row_changed_in_any_column_is_named(chain, place, column):
    row = chain[place]
    value = getattr(row, column)
    if column == "at":
        value += timedelta(microseconds=1)
    elif column == "detail":
        value = {**value, "n": 99}
    else:
        value = ("0" if value[:1] != "0" else "1") + value[1:]
    with transaction.atomic():
        AuditRow.objects.filter(pk=row.pk).update(**{column: value})
        assert f"审计记录 {row.pk}(块 {row_block(row)})" in verify().faults[0]
        transaction.set_rollback(True)


def row_block(row: AuditRow) -> int:
    return AuditRow.objects.get(pk=row.pk).block_id


@many
@given(st.integers(0, 11))
def test_a_row_deleted_is_found_in_its_block(chain, place):
    with transaction.atomic():
        block = row_block(chain[place])
        AuditRow.objects.filter(pk=chain[place].pk).delete()
        assert verify().faults == [f"块 {block} 封块时 4 行,现有 3 行:有记录被删去"]
        transaction.set_rollback(True)


@many
@given(st.integers(0, 11), st.integers(1, 3), st.booleans())
def test_a_row_inserted_is_found(chain, place, block, copied):
    with transaction.atomic():
        row = AuditRow.objects.get(pk=chain[place].pk)
        row.pk, row.block_id = None, block
        if not copied:
            row.actor = "冒名者"
        row.save(force_insert=True)
        faults = verify().faults
        assert any(f"块 {block} 封块时 4 行,现有 5 行" in fault for fault in faults)
        assert any(str(row.pk) in fault for fault in faults)
        transaction.set_rollback(True)


def test_a_copy_of_a_row_is_found_even_when_it_was_sealed(chain):
    row = chain[0]
    first, row.pk, row.block = row.pk, None, None
    row.save(force_insert=True)
    audit.seal_blocks()
    assert verify().faults == [f"审计记录 {row.pk} 是记录 {first} 的复制品"]


@many
@given(st.integers(0, 11), st.integers(0, 11))
def test_rows_that_changed_places_are_found(chain, one, other):
    if one == other:
        return
    with transaction.atomic():
        first, second = chain[one].pk, chain[other].pk
        AuditRow.objects.filter(pk=first).update(id=10_000)
        AuditRow.objects.filter(pk=second).update(id=first)
        AuditRow.objects.filter(pk=10_000).update(id=second)
        assert not verify().sound
        transaction.set_rollback(True)


@many
@given(st.sampled_from(["sealed_at", "rows", "root", "previous", "digest"]), st.integers(1, 3))
def test_a_block_changed_in_any_column_is_named(chain, column, no):
    with transaction.atomic():
        block = AuditBlock.objects.get(no=no)
        value = getattr(block, column)
        if column == "sealed_at":
            value += timedelta(microseconds=1)
        elif column == "rows":
            value += 1
        else:
            value = ("0" if value[0] != "0" else "1") + value[1:]
        AuditBlock.objects.filter(no=no).update(**{column: value})
        assert f"块 {no} " in verify().faults[0]
        transaction.set_rollback(True)


def test_a_block_in_the_middle_that_is_gone_is_named(chain):
    AuditRow.objects.filter(block=2).delete()
    AuditBlock.objects.filter(no=2).delete()
    assert verify().faults[0] == "块 2 到块 2 不在了"


def test_a_tail_cut_off_is_found_by_an_anchor_only(chain, tmp_path):
    anchors.export(tmp_path / "a.json")
    AuditRow.objects.filter(block=3).delete()
    AuditBlock.objects.filter(no=3).delete()
    assert verify().sound
    found = verify(anchors.read(tmp_path / "a.json"))
    assert found.faults == ["锚点 a.json 记到块 3,库里只到块 2:末尾的块被截去"]


def test_a_chain_written_anew_is_found_by_an_anchor(chain, tmp_path):
    anchors.export(tmp_path / "a.json")
    AuditRow.objects.all().delete()
    AuditBlock.objects.all().delete()
    fill()
    assert verify().sound
    assert "重写过" in verify(anchors.read(tmp_path)).faults[0]


def test_an_anchor_that_was_changed_is_told(chain, tmp_path):
    anchors.export(tmp_path / "a.json")
    text = (tmp_path / "a.json").read_text()
    (tmp_path / "a.json").write_text(text.replace('"block": 3', '"block": 2'))
    assert "被改动过" in verify(anchors.read(tmp_path)).faults[0]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"kind": "x"}', '{"kind": "mingcha-audit-anchor/1"}'])
def test_what_is_no_anchor_is_told_in_chinese(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(anchors.AnchorError, match="不是锚点文件"):
        anchors.read(tmp_path)


def test_an_anchor_is_never_overwritten(chain, tmp_path):
    anchors.export(tmp_path / "a.json")
    with pytest.raises(FileExistsError):
        anchors.export(tmp_path / "a.json")


def test_the_daily_anchor_is_written_once_a_day_in_both_places(chain, own_home, tmp_path, monkeypatch):
    monkeypatch.setattr(anchors.config(), "anchors", tmp_path / "elsewhere")
    assert len(anchors.export_daily()) == 2
    assert anchors.export_daily() == []
    with time_machine.travel(clock.now() + timedelta(days=1)):
        assert len(anchors.export_daily()) == 2


def test_a_clock_put_back_is_noted(chain):
    with time_machine.travel(clock.now() - timedelta(hours=2)):
        audit.record("张监察", "login", "")
        audit.seal_blocks()
    found = verify()
    assert found.sound
    assert found.notes == ["块 4 的封块时间早于前一块:服务器的时钟曾被拨回"]


def test_a_row_dated_ahead_is_noted(chain):
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        audit.record("张监察", "login", "")
    audit.seal_blocks()
    assert "晚于它的封块时间" in verify().notes[0]


def test_another_key_cannot_write_the_chain(chain, monkeypatch):
    monkeypatch.setattr(keys, "audit_key", lambda: b"another key of thirty-two bytes!")
    fill(1)
    monkeypatch.undo()
    assert "块 4 的封条被改动过" in verify().faults


def test_many_faults_end_the_search(chain):
    AuditRow.objects.update(actor="冒名者")
    fill(4)
    AuditRow.objects.filter(block__gt=3).update(actor="冒名者")
    assert "其余没有再查" in verify().notes[-1]


@pytest.mark.parametrize(
    "detail",
    [
        {"nul": "a\0b"},
        {"surrogate": "\ud800"},
        {"big": 2**60},
        {"deep": {"list": [1, None, True, ["x"]]}},
        {"集合": {"b", "a"}},
    ],
)
def test_any_detail_comes_back_as_it_was_recorded(detail):
    audit.record("a\0b", "act", "\ud800", detail=detail)
    audit.seal_blocks()
    assert verify().sound


def test_a_detail_that_is_no_plain_value_is_refused():
    with pytest.raises(TypeError, match="float"):
        audit.record("a", "act", "", detail={"share": 0.5})


def test_what_is_too_long_is_cut_visibly():
    audit.record("名" * 400, "act", "x" * 400, address="y" * 400)
    row = AuditRow.objects.get()
    assert (len(row.actor), row.actor[-1], len(row.about)) == (150, "…", 300)
    assert verify().sound


def test_many_rows_are_written_together():
    audit.record_all(audit.row("系统", "alert.raised", f"alert {n}") for n in range(700))
    assert audit.seal_blocks() == 700
    assert verify().sound


def test_blocks_are_not_longer_than_is_allowed(monkeypatch):
    monkeypatch.setattr(audit, "MOST_ROWS", 3)
    audit.record_all(audit.row("系统", "x", str(n)) for n in range(8))
    assert audit.seal_blocks() == 8
    assert list(AuditBlock.objects.order_by("no").values_list("rows", flat=True)) == [3, 3, 2]
    assert verify().sound


def test_sealing_nothing_only_looks():
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert audit.seal_blocks() == 0
    assert len(queries) == 1


@pytest.mark.django_db(transaction=True)
def test_rows_that_commit_late_with_lower_numbers_are_not_missed():
    if connection.vendor == "sqlite":
        pytest.skip("SQLite 的写事务一个接一个")
    wrote, go_on = Event(), Event()

    def late() -> None:
        try:
            with transaction.atomic():
                audit.record("慢的", "late", "lower number")
                wrote.set()
                go_on.wait(10)
        finally:
            connection.close()

    thread = Thread(target=late)
    thread.start()
    wrote.wait(10)
    audit.record("快的", "early", "higher number")
    assert audit.seal_blocks() == 1
    go_on.set()
    thread.join()
    assert audit.seal_blocks() == 1
    early, late_row = AuditRow.objects.get(act="early"), AuditRow.objects.get(act="late")
    assert late_row.pk < early.pk
    assert late_row.block_id > early.block_id
    assert verify().sound


@pytest.mark.django_db(transaction=True)
def test_many_writers_and_several_sealers_leave_one_chain_without_a_gap():
    stop = Event()

    def write(name: str) -> None:
        try:
            for number in range(40):
                audit.record(name, "act", str(number))
        finally:
            connection.close()

    def seal() -> None:
        try:
            while not stop.is_set():
                audit.seal_blocks()
        finally:
            connection.close()

    sealers = [Thread(target=seal) for _ in range(2)]
    writers = [Thread(target=write, args=(f"w{n}",)) for n in range(4)]
    for thread in [*sealers, *writers]:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in sealers:
        thread.join()
    audit.seal_blocks()
    found = verify()
    assert (found.faults, found.rows, found.unsealed) == ([], 160, 0)
