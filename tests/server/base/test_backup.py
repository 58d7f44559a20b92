"""A backup made while others write is restored to an empty place, and is one state (test-plan B1)."""

from __future__ import annotations

import json
import os
import shutil
import time

import pytest
from django.db import connection

from mingcha.base.backup import make, restore
from mingcha.base.backup import manifest as manifests
from mingcha.base.backup.dropped import copy_dropped
from mingcha.base.backup.manifest import BackupError, Manifest

WRITER = """
import sys
from django.db import transaction
from mingcha.base import audit, jobs
number = 0
while True:
    with transaction.atomic():
        audit.record("写手", "act", str(number))
        jobs.put("nobody.does", str(number))
    if number % 5 == 0:
        audit.seal_blocks()
    number += 1
    if number == 20:
        print("writing", flush=True)
"""


@pytest.fixture(scope="session")
def made(installation, tmp_path_factory):
    """A backup that was made while a process wrote, and the folder of its keys."""
    from .conftest import READY

    folder = tmp_path_factory.mktemp("backups")
    (installation.home / "payloads" / "ab").mkdir(parents=True)
    (installation.home / "payloads" / "ab" / "abcd").write_bytes(b"sealed payload")
    writer = installation.start("-c", READY + WRITER)
    try:
        assert writer.stdout.readline() == "writing\n"
        said = installation.run("backup", str(folder / "one"), "--keys", str(folder / "keys"))
        assert "已备份到" in said
        assert writer.poll() is None, "the writer went on"
    finally:
        writer.kill()
        writer.wait()
    return folder


def test_a_backup_made_while_others_write_is_restored_whole(made, empty_installation, installation):
    said = empty_installation.run("restore", str(made / "one"), "--keys", str(made / "keys"))
    assert "行数全部相符" in said
    assert "审计链完好" in said
    counted = """
    from mingcha.base.models import AuditRow, Job
    acts = AuditRow.objects.filter(act="act").count()
    print(acts, Job.objects.filter(kind="nobody.does").count(), AuditRow.objects.latest("id").act)
    """
    acts, jobs, last = empty_installation.program(counted).split()
    assert acts == jobs, "the two writes of one transaction"
    assert int(acts) >= 20
    assert last == "restore"
    assert (empty_installation.home / "payloads" / "ab" / "abcd").read_bytes() == b"sealed payload"
    assert "审计链完好" in empty_installation.run("audit", "verify")
    again = empty_installation.program("from mingcha.base import audit; print(audit.record('a', 'b', 'c'))")
    assert int(again) > 0, "rows can be added: numbers go on where they stopped"


def test_keys_are_not_in_the_backup(made):
    assert not list((made / "one").rglob("seal-*"))
    assert (made / "keys" / "seal-1").stat().st_mode & 0o077 == 0


def test_the_manifest_counts_rows_and_files(made):
    told = json.loads((made / "one" / "manifest.json").read_text())
    assert told["vendor"] == connection.vendor
    assert told["tables"]["base_auditrow"] >= 20
    assert told["files"]["files/payloads/ab/abcd"][0] == len(b"sealed payload")
    assert set(told["keys"]) == {"audit", "search", "seal-1"}


def test_without_its_keys_nothing_is_restored(made, empty_installation):
    said = empty_installation.run("restore", str(made / "one"), code=2)
    assert "缺少密钥文件" in said
    assert not (empty_installation.home / "payloads").exists()


def test_a_restore_never_overwrites(made, installation):
    said = installation.run("restore", str(made / "one"), code=2)
    assert "不是空的" in said


def test_an_interrupted_restore_is_run_again(made, empty_installation):
    empty_installation.home.mkdir()
    (empty_installation.home / "restoring").touch()
    (empty_installation.home / "payloads").mkdir()
    (empty_installation.home / "payloads" / "left").touch()
    said = empty_installation.run("restore", str(made / "one"), "--keys", str(made / "keys"))
    assert "行数全部相符" in said
    assert not (empty_installation.home / "restoring").exists()


@pytest.fixture
def damaged(made, tmp_path):
    return shutil.copytree(made / "one", tmp_path / "damaged")


def test_files_that_are_damaged_or_missing_are_named(damaged):
    (damaged / "files" / "payloads" / "ab" / "abcd").write_bytes(b"changed payload")
    database = next((damaged / "database").iterdir())
    database.unlink()
    with pytest.raises(BackupError) as raised:
        manifests.check_files(damaged, manifests.read(damaged))
    assert f"缺少文件 database/{database.name}" in raised.value.problems
    assert "文件 files/payloads/ab/abcd 与备份时不同(应为 14 字节)" in raised.value.problems


def change(folder, **told):
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), **told}))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"vendor": "oracle"}, "备份来自 oracle"),
        ({"migrations": [["base", "9999_of_tomorrow"]]}, "更新的版本"),
    ],
)
def test_a_backup_that_does_not_fit_is_refused(damaged, tmp_path, told, says):
    change(damaged, **told)
    with pytest.raises(BackupError, match=says):
        restore._check(manifests.read(damaged), tmp_path)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"kind": "something else"}', '{"kind": "mingcha-backup/1"}']
)
def test_a_manifest_that_is_none_is_refused(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(BackupError, match="不是明察的备份"):
        manifests.read(tmp_path)


@pytest.mark.django_db
def test_rows_that_are_missing_are_told():
    with pytest.raises(BackupError, match="表 base_job 备份时 7 行,恢复后 0 行"):
        restore._compare(Manifest("1", "", connection.vendor, tables={"base_job": 7, "base_outgoing": 0}))


def test_a_cut_chain_is_found_by_the_head_in_the_manifest(made, damaged, empty_installation):
    block = json.loads((damaged / "manifest.json").read_text())["block"]
    change(damaged, block=block + 1)
    said = empty_installation.run("restore", str(damaged), "--keys", str(made / "keys"), code=1)
    assert f"锚点 备份 记到块 {block + 1},库里只到块" in said


def test_a_backup_never_overwrites_and_keys_stay_apart(own_home, tmp_path):
    (tmp_path / "there").mkdir()
    refused = [
        (tmp_path / "there", None, "已经存在"),
        (tmp_path.parent / "b", tmp_path.parent / "b" / "keys", "密钥不能放在备份里"),
        (own_home / "b", None, "数据文件夹"),
    ]
    for target, keys_to, says in refused:
        with pytest.raises(BackupError, match=says):
            make._check(target, keys_to, own_home)


@pytest.fixture
def inbox(tmp_path):
    place = tmp_path / "home" / "inbox"
    for part in ("taking", "done", "refused"):
        (place / "qzk" / part).mkdir(parents=True)
    (place / "qzk" / "cases.csv").write_text("dropped")
    (place / "qzk" / "done" / "old.csv").write_text("done")
    return place


def test_nothing_dropped_widens_a_backup_or_makes_it_fail(inbox, tmp_path):
    secrets = tmp_path / "home" / "secrets"
    secrets.mkdir()
    (secrets / "seal-1").write_text("key")
    (inbox / "qzk" / "a.csv").symlink_to("/nowhere")
    (inbox / "qzk" / "b.csv").symlink_to(secrets / "seal-1")
    (inbox / "qzk" / "refused").rmdir()
    (inbox / "qzk" / "refused").symlink_to(secrets)
    os.mkfifo(inbox / "qzk" / "c.csv")
    (inbox / "qzk" / "half.tmp").write_text("half")
    (inbox / "qzk" / "done" / "deep" / "er").mkdir(parents=True)
    copy_dropped(inbox, tmp_path / "made", ("*.tmp",))
    files = {
        path.relative_to(tmp_path / "made"): path for path in (tmp_path / "made").rglob("*") if path.is_file()
    }
    assert {str(name): path.read_text() for name, path in files.items()} == {
        "qzk/cases.csv": "dropped", "qzk/done/old.csv": "done",
    }  # fmt: skip
    assert not any(path.is_symlink() for path in (tmp_path / "made").rglob("*"))


def test_a_file_that_is_taken_away_while_it_is_backed_up_is_left_out(inbox, tmp_path, monkeypatch):
    listed = os.fwalk

    def then_taken(top):
        for found in listed(top):
            (inbox / "qzk" / "cases.csv").unlink(missing_ok=True)
            yield found

    monkeypatch.setattr(os, "fwalk", then_taken)
    copy_dropped(inbox, tmp_path / "made", ())
    assert [path.name for path in (tmp_path / "made").rglob("*.csv")] == ["old.csv"]


def test_a_backup_of_an_installation_takes_no_link_from_a_watched_folder(installation, tmp_path):
    place = installation.home / "inbox" / "qzk"
    place.mkdir(parents=True)
    try:
        (place / "cases.csv").write_text("dropped")
        (place / "keys.csv").symlink_to(installation.home / "secrets")
        (place / "gone.csv").symlink_to("/nowhere")
        assert "已备份到" in installation.run("backup", str(tmp_path / "b"))
        assert [path.name for path in (tmp_path / "b" / "files" / "inbox" / "qzk").iterdir()] == ["cases.csv"]
    finally:
        shutil.rmtree(place.parent)


def test_a_backup_that_was_interrupted_has_no_name_and_is_made_again(installation, tmp_path):
    process = installation.start("backup", str(tmp_path / "b"))
    deadline = time.monotonic() + 60
    while not (tmp_path / "b.partial").exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    process.kill()
    process.wait()
    if not (tmp_path / "b").exists():  # killed in the middle, as is meant
        assert "已备份到" in installation.run("backup", str(tmp_path / "b"))
    assert not (tmp_path / "b.partial").exists()
