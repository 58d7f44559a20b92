"""The doctor sees what is amiss, says what to do, and goes on after a check that breaks."""

from __future__ import annotations

from collections import namedtuple
from datetime import timedelta

import pytest
import time_machine
from click.testing import CliRunner
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from mingcha.base import audit, clock, doctor, housekeeping, jobs, keys
from mingcha.base.doctor import Finding, Grade
from mingcha.base.models import Job, Outgoing
from mingcha.cli import cli

pytestmark = pytest.mark.django_db


def told(*checks: doctor.Check) -> dict[str, Finding]:
    """What was found, the worst of each subject."""
    order = [Grade.FINE, Grade.NOTE, Grade.WRONG]
    found: dict[str, Finding] = {}
    for finding in doctor.examine(checks):
        if finding.what not in found or order.index(finding.grade) > order.index(found[finding.what].grade):
            found[finding.what] = finding
    return found


@pytest.fixture(autouse=True)
def home(own_home):
    own_home.chmod(0o700)
    return own_home


def test_whatever_is_amiss_has_an_advice():
    for finding in doctor.examine(doctor.CHECKS):
        assert bool(finding.advice) == (finding.grade is not Grade.FINE), finding


def test_keys_that_others_can_read_are_wrong(home):
    keys.check()
    assert told(doctor.secrets)["密钥"].grade is Grade.FINE
    (home / "secrets" / "audit").chmod(0o644)
    assert told(doctor.secrets)["密钥"].advice == f"chmod 600 {home / 'secrets' / 'audit'}"


def test_a_missing_key_is_wrong(home):
    keys.check()
    (home / "secrets" / "search").unlink()
    found = told(doctor.secrets)["密钥"]
    assert (found.grade, found.advice) == (Grade.WRONG, "从密钥备份恢复它,再启动")


def test_debug_a_star_and_unknown_names_are_told(monkeypatch):
    monkeypatch.setenv("MINGCHA_PROT", "80")
    monkeypatch.setattr(doctor.config(), "debug", True)
    monkeypatch.setattr(doctor.config(), "allowed_hosts", ["*"])
    seen = " ".join(f"{f.grade.value}{f.seen}" for f in doctor.examine([doctor.settings]))
    assert "错误debug" in seen
    assert "错误allowed_hosts" in seen
    assert "注意环境变量 MINGCHA_PROT" in seen


@pytest.mark.parametrize(("free", "grade"), [(0.5, Grade.WRONG), (5, Grade.NOTE), (50, Grade.FINE)])
def test_a_disk_that_fills_up_is_told_in_time(monkeypatch, free, grade):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage(100 << 30, 0, int(free * (1 << 30))))
    assert told(doctor.home)["磁盘"].grade is grade


def test_a_home_that_is_not_there_is_wrong(home, monkeypatch):
    monkeypatch.setattr(doctor.config(), "home", home / "nowhere")
    assert told(doctor.home)["数据文件夹"].grade is Grade.WRONG


def test_the_database_and_its_tables_are_fine():
    found = told(doctor.database)
    assert found["数据库"].grade is Grade.FINE
    assert found["数据库表"].grade is Grade.FINE


def test_an_installation_without_tables_is_told_to_make_them_and_to_back_up_nothing(empty_installation):
    for command in (("backup", str(empty_installation.home / "safe")), ("worker",)):
        said = empty_installation.run(*command, code=2)
        assert "数据库表还没有建立。运行 mingcha migrate\n" in said
        assert "备份" not in said
    line = next(line for line in empty_installation.run("doctor", code=1).splitlines() if "数据库表" in line)
    assert line.endswith("数据库表:还没有建立  → 运行 mingcha migrate")


def test_tables_of_another_version_are_backed_up_with_its_program():
    done = MigrationRecorder(connection).applied_migrations()
    MigrationRecorder(connection).record_unapplied(*max(step for step in done if step[0] == "casework"))
    found = told(doctor.database)["数据库表"]
    assert (found.grade, found.seen) == (Grade.WRONG, "还不是本版本的(差 1 步)")
    assert found.advice == "升级前没有备份的,先用升级前的程序备份;再运行 mingcha migrate"


def test_a_worker_that_is_alive_is_fine_and_one_that_stopped_is_wrong(monkeypatch):
    assert "从未运行" in told(doctor.worker)["后台"].seen
    monkeypatch.setattr(jobs, "_handlers", {housekeeping.ALIVE: jobs._handlers[housekeeping.ALIVE]})
    jobs.put_recurring()
    assert jobs.work_once()
    assert told(doctor.worker)["后台"].grade is Grade.FINE
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        assert told(doctor.worker)["后台"].grade is Grade.WRONG


def test_what_failed_and_what_was_given_up_is_told():
    Job.objects.create(kind="judge", key="1", state=Job.State.FAILED, run_at=clock.now(), last_error="坏了")
    Outgoing.objects.create(
        key="1", channel="hook", address="", body={}, next_at=clock.now(), state=Outgoing.State.GIVEN_UP
    )
    found = told(doctor.worker)
    assert "judge 失败:坏了" in found["作业"].seen
    assert "1 条" in found["外发"].seen


def test_a_clock_before_the_last_block_is_wrong():
    audit.record("系统", "x", "")
    audit.seal_blocks()
    assert told(doctor.time)["时钟"].grade is Grade.FINE
    with time_machine.travel(clock.now() - timedelta(hours=1)):
        assert told(doctor.time)["时钟"].grade is Grade.WRONG


def test_rows_that_nobody_seals_are_wrong():
    audit.record("系统", "x", "")
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        assert told(doctor.audit)["审计链"].grade is Grade.WRONG


def test_a_backup_is_asked_for_every_week():
    assert told(doctor.backups)["备份"].seen == "还没有备份过"
    audit.record("系统", "backup", "")
    assert told(doctor.backups)["备份"].grade is Grade.FINE
    with time_machine.travel(clock.now() + timedelta(days=9)):
        assert told(doctor.backups)["备份"].grade is Grade.NOTE


def test_a_check_that_breaks_is_a_finding_and_the_others_go_on():
    def broken():
        raise DatabaseError("no such table: x\nmore")
        yield

    found = list(doctor.examine([broken, doctor.backups]))
    assert (found[0].grade, found[0].seen) == (Grade.WRONG, "no such table: x")
    assert len(found) == 2


def test_the_command_tells_the_calendar_and_fonts_and_fails_where_something_is_wrong():
    answer = CliRunner().invoke(cli, ["doctor"])
    assert answer.exit_code == 1
    assert "错误  后台:从未运行" in answer.output
    assert f"日历:{clock.local_now().year} 年" in answer.output
    assert "字体:" in answer.output
