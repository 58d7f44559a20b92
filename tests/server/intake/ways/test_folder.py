import json
import os
import subprocess
import sys
import time

import pytest

from mingcha.intake import sources
from mingcha.intake.models import Batch, Refusal
from mingcha.intake.ways import folder

from .conftest import CASES


@pytest.fixture
def exchange(db):
    return sources.register(
        {"code": "qianzhi", "name": "前置机", "way": "exchange", "best_rating": 5}, "张三", "", actor="管理员"
    )


@pytest.fixture
def drop(exchange):
    """Lay a file into the folder, as one that was written a while ago."""

    def laid(name, content=CASES, age=10.0):
        path = folder.inbox(exchange) / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        os.utime(path, (time.time() - age, time.time() - age))
        return path

    yield laid
    for path in sorted(folder.inbox_of(exchange).parent.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


def ends(exchange, part):
    place = folder.inbox(exchange) / part
    return sorted(path.name.split("-", 1)[-1] for path in place.iterdir())


def test_a_file_is_received_and_lies_in_done_with_its_receipt(exchange, drop):
    drop("cases-20261122.csv")
    assert folder.watch() == 1
    batch = Batch.objects.get()
    assert (batch.table, batch.name, batch.way) == ("cases", "cases-20261122.csv", "exchange")
    assert ends(exchange, "done") == ["cases-20261122.csv", "cases-20261122.csv.回执.json"]
    (receipt,) = (folder.inbox(exchange) / "done").glob("*.json")
    assert json.loads(receipt.read_text("utf-8"))["回执号"] == batch.receipt


@pytest.mark.parametrize("name", ["cases.csv.tmp", ".cases.csv", "cases.csv.part"])
def test_a_file_that_is_being_written_is_left_alone(drop, name):
    path = drop(name)
    assert folder.watch() == 0
    assert path.exists()


def test_a_file_that_just_changed_is_left_until_it_has_settled(drop):
    path = drop("cases.csv", age=0)
    assert folder.watch() == 0
    os.utime(path, (time.time() - 10,) * 2)
    assert folder.watch() == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("报表.csv", CASES, "哪张表"),
        ("cases.doc", CASES, "不认识的格式"),
        ("cases.csv", "办件编号,密级\nB1,机密\n", "涉密"),
        ("cases.parquet", "x", "parquet"),
        ("cases.csv", b"", "空的"),
    ],
)
def test_what_is_refused_lies_in_refused_with_the_reason_and_in_the_quarantine(
    exchange, drop, name, content, said
):
    drop(name, content)
    assert folder.watch() == 1
    assert Batch.objects.count() == 0
    (receipt,) = (folder.inbox(exchange) / "refused").glob("*.json")
    assert said in json.loads(receipt.read_text("utf-8"))["原因"]
    assert said in Refusal.objects.get().why


def test_the_same_file_dropped_again_is_another_batch_and_changes_nothing_by_itself(drop):
    drop("cases.csv")
    folder.watch()
    drop("cases.csv")
    folder.watch()
    assert Batch.objects.count() == 2
    assert len(set(Batch.objects.values_list("digest"))) == 1


def test_what_a_process_had_claimed_and_received_when_it_died_gets_the_same_receipt(
    exchange, drop, monkeypatch
):
    drop("cases.csv")

    def die(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(folder, "_end", die)
    with pytest.raises(KeyboardInterrupt):
        folder.watch()
    monkeypatch.undo()
    (receipt,) = Batch.objects.values_list("receipt", flat=True)
    assert folder.watch() == 1
    assert list(Batch.objects.values_list("receipt", flat=True)) == [receipt]
    assert ends(exchange, "done") == ["cases.csv", "cases.csv.回执.json"]


HOLD = """
import fcntl, sys, time
file = open(sys.argv[1], "rb")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


def test_a_file_that_another_process_works_on_is_not_taken_until_that_one_is_gone(exchange, drop):
    drop("taking/" + "0" * 16 + "-cases.csv")
    claimed = folder.inbox(exchange) / "taking" / ("0" * 16 + "-cases.csv")
    other = subprocess.Popen([sys.executable, "-c", HOLD, str(claimed)], stdout=subprocess.PIPE)
    assert other.stdout.readline() == b"held\n"
    assert folder.watch() == 0
    other.kill()
    other.wait()
    assert folder.watch() == 1


CLAIM = "0" * 16 + "-cases.csv"


@pytest.fixture
def secret(tmp_path):
    """What the system may read and who drops files may not, as a sender of facts would write it."""
    path = tmp_path / CLAIM
    path.write_text(CASES.replace("BJ1", "SECRET"))
    os.utime(path, (time.time() - 10,) * 2)
    return path


@pytest.mark.parametrize("name", ["cases.csv", f"taking/{CLAIM}"])
def test_links_are_not_followed(exchange, drop, secret, name):
    (folder.inbox(exchange) / name).symlink_to(secret)
    assert folder.watch() == 0
    assert not Batch.objects.exists()
    drop("cases.csv") if name != "cases.csv" else drop("cases-2.csv")
    assert folder.watch() == 1, "and hold up nothing"


@pytest.mark.parametrize("swap", ["link", "pipe", "gone"])
def test_a_file_that_becomes_a_link_while_it_is_claimed_is_not_read(
    exchange, drop, secret, swap, monkeypatch
):
    drop("cases.csv")
    listed = folder.drop.files

    def then_swapped(handle):
        found = listed(handle)
        path = folder.inbox(exchange) / "cases.csv"
        if path.exists() and ("cases.csv" in dict(found)):
            path.unlink()
            {"link": lambda: path.symlink_to(secret), "pipe": lambda: os.mkfifo(path), "gone": lambda: None}[
                swap
            ]()
        return found

    monkeypatch.setattr(folder.drop, "files", then_swapped)
    assert folder.watch() == 0
    assert not Batch.objects.exists()
    assert secret.exists()


@pytest.mark.parametrize("part", ["taking", "done", "refused"])
@pytest.mark.parametrize("to", ["there", "nowhere"])
def test_a_part_that_is_a_link_is_told_once_and_holds_up_no_other_source(exchange, drop, secret, part, to):
    sources.register({"code": "a-later-one", "name": "另一个", "way": "exchange"}, "李四", "", actor="管理员")
    drop("cases.csv")
    place = folder.inbox(exchange)
    (place / part).rmdir()
    (place / part).symlink_to(secret.parent if to == "there" else "/nowhere")
    before = sorted(secret.parent.iterdir())
    other = folder.inbox(Batch.source.field.related_model.objects.get(code="a-later-one")) / "cases.csv"
    other.write_text(CASES)
    os.utime(other, (time.time() - 10,) * 2)
    assert folder.watch() == 1
    assert folder.watch() == 0
    assert Batch.objects.get().source.code == "a-later-one"
    assert sorted(secret.parent.iterdir()) == before
    assert f"{part} 是链接" in Refusal.objects.get().why
    (place / part).unlink()
    assert folder.watch() == 1, "when it is taken away, it goes on"


def test_a_receipt_is_not_written_through_a_link(exchange, drop, secret):
    drop(f"taking/{CLAIM}")
    (folder.inbox(exchange) / "done" / f"{CLAIM}.回执.json").symlink_to(secret)
    before = secret.read_bytes()
    assert folder.watch() == 1
    assert secret.read_bytes() == before
    receipt = folder.inbox(exchange) / "done" / f"{CLAIM}.回执.json"
    assert not receipt.is_symlink() and json.loads(receipt.read_text("utf-8"))["收到"]
