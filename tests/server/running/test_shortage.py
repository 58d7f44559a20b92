"""Test-plan R3 and R4: the database killed, the disk full or read-only, too few open files.

Refused plainly, never a false receipt; what was acknowledged is there once; it goes on by itself when it can again.
"""

from __future__ import annotations

import json
import math
import os
import resource
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.server.intake.ways.conftest import ITEM
from tests.server.intake.ways.test_killed import LOOK, REGISTER, Client, run
from tests.server.postgres import own_server
from tests.server.running.served import Served, below, wait_for

CLIENTS = 3
on_a_server = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="on SQLite there is no server to kill"
)
on_a_file = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL recovers in its own server")
LARGE = 400_000
"""Bytes of a payload that is kept in a file."""


def submit(served: Served, key: str, name: str, filler: int = 0) -> tuple[int, dict]:
    """Submit one batch of one case; status and answer. Status 0 where there was none."""
    rows = [{"case_no": name, "item_code": ITEM, "received_at": "2026-11-20 09:30"}]
    if filler:
        rows[0]["备注"] = secrets.token_hex(filler // 2)
    request = urllib.request.Request(
        f"{served.address}/api/v1/submit/batches?table=cases",
        json.dumps(rows, ensure_ascii=False).encode(),
        {"Authorization": f"Bearer {key}", "Idempotency-Key": name, "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        text = error.read()
        problem = (error.headers["Content-Type"] or "").startswith("application/problem+json")
        return error.code, json.loads(text) if problem else {}
    except OSError:
        return 0, {}


def found_whole(served: Served, acknowledged: dict[str, str]) -> None:
    """Every acknowledged batch is there once, under its receipt; the database is sound."""
    found = json.loads(run(served, LOOK))["batches"]
    for name, receipt in acknowledged.items():
        ((kept, content),) = found[name]
        assert kept == receipt
        assert name in content
    assert all(len(batches) == 1 for batches in found.values())
    if not served.database:
        with sqlite3.connect(served.home / "mingcha.sqlite3") as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@contextmanager
def submitting(served: Served, key: str) -> Iterator[dict[str, str]]:
    """Clients who submit without rest; what was acknowledged, by name."""
    stop, acknowledged = threading.Event(), {}
    clients = [Client(number, served, key, stop) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        yield acknowledged
    finally:
        stop.set()
        for client in clients:
            client.join()
    assert not [client.faults for client in clients if client.faults]
    for client in clients:
        acknowledged |= client.acknowledged


# -- R3: the database killed -----------------------------------------------------------------------------------------


class Postmaster:
    """A PostgreSQL of its own, which is killed and begun again."""

    def __init__(self, server: Any) -> None:
        self.server = server

    def kill(self) -> None:
        """`kill -9` of the postmaster; its backends notice and end."""
        pid = self.server.get_pid()
        ours = [child for child, _ in below(pid)]
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not any(Path(f"/proc/{child}").exists() for child in ours))
        (self.server.pgdata / "postmaster.pid").unlink(missing_ok=True)

    def start(self) -> None:
        """As soon as its orphans, which still have its memory, have noticed."""
        wait_for(self._started, 30)

    def _started(self) -> bool:
        with suppress(subprocess.CalledProcessError):
            self.server.ensure_postgres_running()
            return True
        return False


def database_dies(served: Served, postmaster: Postmaster, kills: int) -> None:
    key = run(served, REGISTER)
    served.start("serve", "--processes", "1")
    served.wait_until_it_answers()
    with submitting(served, key) as acknowledged:
        for kill in range(kills):
            time.sleep(1.5)
            postmaster.kill()
            status, told = submit(served, key, f"away{kill}")
            assert status in (0, 500, 503), "never a receipt without a database"
            assert status != 503 or "稍后再试" in told["advice"]
            postmaster.start()
            wait_for(lambda kill=kill: submit(served, key, f"again{kill}")[0] in (200, 201, 202), 60)
    until_applied(served)
    served.stop()
    assert len(acknowledged) > kills
    found_whole(served, acknowledged)


def until_applied(served: Served) -> None:
    """Until nothing waits to be applied, however much there is, as long as it goes on."""
    least, since = math.inf, time.monotonic()
    while left := unapplied(served):
        if left < least:
            least, since = left, time.monotonic()
        assert time.monotonic() - since < 120, f"nothing is applied any more, and {left} batches wait"
        time.sleep(1)


def unapplied(served: Served) -> int:
    """How many batches wait to be applied."""
    script = """
import django, os
os.environ["DJANGO_SETTINGS_MODULE"] = "mingcha.server.settings"
django.setup()
from mingcha.intake.models import Batch
print(Batch.objects.exclude(state="applied").count())
"""
    return int(run(served, script))


@pytest.fixture
def on_postgresql(tmp_path_factory, prepared):
    """An installation on a PostgreSQL of its own."""
    with own_server() as server:
        served = Served(tmp_path_factory.mktemp("home"), database=server.get_uri())
        done = served.run("migrate")
        assert done.returncode == 0, done.stderr
        yield served, Postmaster(server)
        if served.process is not None and served.process.poll() is None:
            served.stop()


@on_a_server
def test_intake_outlives_a_database_that_is_killed(on_postgresql):
    database_dies(*on_postgresql, kills=2)


@pytest.mark.nightly
@on_a_server
def test_intake_outlives_a_database_that_is_killed_again_and_again(on_postgresql):
    database_dies(*on_postgresql, kills=10)


BIG = """
import json, sys
from mingcha.server.start import set_up
set_up()
from mingcha.intake import applying, sorting
applying.PIECE = sorting.PIECE = 200
from mingcha.intake.incoming import taken_in
from mingcha.intake.models import Source
from mingcha.intake.receiving import receive
source, _ = Source.objects.get_or_create(code="big", defaults={"name": "big", "way": "web_service"})
row = {"item_code": "%s", "received_at": "2026-11-20 09:30"}
rows = [row | {"case_no": f"G{n:06d}"} for n in range(40_000)]
with taken_in([json.dumps({"cases": rows}).encode()]) as sent:
    receive(source, sent, "json")
applying.apply_next(lambda done, of, what: print("piece", flush=True))
print("whole", flush=True)
"""


def journal_is_recovered(served: Served, kills: int) -> None:
    """Killed between and within the transactions of one large batch: the file is sound and the batch goes on."""
    for kill in range(kills):
        process = subprocess.Popen(
            [sys.executable, "-c", BIG % ITEM], env=served.environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3 + 2 * kill):
            assert process.stdout.readline() == "piece\n"
        time.sleep(0.02 * (kill % 5))  # somewhere within the next transaction
        process.kill()
        process.wait()
        assert (served.home / "mingcha.sqlite3-wal").stat().st_size > 0, "there is a journal to recover from"
        with sqlite3.connect(served.home / "mingcha.sqlite3") as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    process = subprocess.run(
        [sys.executable, "-c", BIG % ITEM],
        env=served.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.stdout.endswith("whole\n"), process.stderr
    with sqlite3.connect(served.home / "mingcha.sqlite3") as database:
        ask = "SELECT count(*), count(DISTINCT case_no) FROM fact_cases WHERE seen_to IS NULL"
        assert database.execute(ask).fetchone() == (40_000, 40_000)
        assert database.execute("SELECT count(*) FROM intake_batch WHERE state = 'applied'").fetchone() == (
            1,
        )


@on_a_file
def test_a_large_batch_killed_in_the_middle_leaves_a_sound_file_and_goes_on(installation):
    journal_is_recovered(installation(), 2)


@pytest.mark.nightly
@on_a_file
def test_a_large_batch_killed_ten_times_leaves_a_sound_file_and_goes_on(installation):
    journal_is_recovered(installation(), 10)


# -- R4: no room, no writing, no files ---------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path, installation):
    """An installation on a disk of its own, of 64 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount a disk; the quota's test stands for it")
    served = installation()
    shutil.copytree(served.home, disk / "home")
    small = Served(disk / "home", database=served.database)
    yield small, disk
    if small.process is not None and small.process.poll() is None:
        small.stop()
    subprocess.run(["umount", "-l", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """Take all the room there is."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(1 << 16)):
                pass
        except OSError:
            pass
    return filler


def refused_until(served: Served, key: str, again) -> dict[str, str]:
    """Submit while it is short, then let it go on; what was acknowledged."""
    acknowledged, refused = {}, []
    for number in range(12):
        status, told = submit(served, key, f"short{number}", LARGE if number % 2 else 0)
        if status in (200, 201, 202):
            acknowledged[f"short{number}"] = told["receipt"]
        else:
            refused.append((status, told))
    assert refused, "it must be noticed at all"
    assert {status for status, _ in refused} <= {0, 500, 503}
    plain = [told for status, told in refused if status == 503]
    assert plain, refused
    assert all("没有留下任何改变" in told["advice"] for told in plain)
    again()

    def taken() -> bool:
        status, told = submit(served, key, "again", LARGE)
        if status in (200, 201, 202):
            acknowledged["again"] = told["receipt"]
        return "again" in acknowledged

    wait_for(taken, 60)
    return acknowledged


def test_a_full_disk_refuses_plainly_and_takes_again_when_there_is_room(small_disk):
    served, disk = small_disk
    key = run(served, REGISTER)
    served.start("web", "--processes", "1")
    served.wait_until_it_answers()
    before = submit(served, key, "before", LARGE)[1]["receipt"]
    filler = fill(disk)
    failed = served.run("backup", str(disk / "backup"))
    assert failed.returncode == 2 and "Traceback" not in failed.stderr
    assert "空间不够" in failed.stderr or "磁盘已满" in failed.stderr
    acknowledged = refused_until(served, key, filler.unlink)
    served.stop()
    found_whole(served, {"before": before, **acknowledged})
    assert not list(served.home.glob("payloads/*/*.tmp"))


def test_a_disk_that_became_read_only_refuses_plainly_and_takes_again(small_disk):
    served, disk = small_disk
    key = run(served, REGISTER)
    served.start("web", "--processes", "1")
    served.wait_until_it_answers()
    # What is open for writing keeps a file system from becoming read-only; bound onto itself it may.
    subprocess.run(["mount", "--bind", str(served.home), str(served.home)], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", str(served.home)], check=True)
    try:
        failed = served.run("import", str(disk))
        assert failed.returncode == 2 and "Traceback" not in failed.stderr
        assert "不能" in failed.stderr or "没有读写权限" in failed.stderr or "Read-only" in failed.stderr
    finally:
        subprocess.run(["umount", str(served.home)], check=True)
    assert submit(served, key, "again", LARGE)[0] in (200, 201, 202)
    served.stop()
    found_whole(served, {})


def limit(served: Served, what: int, soft: int) -> None:
    """Set a soft limit of every process that serves; the hard one stays, so that it can be lifted again."""
    for pid in [served.process.pid, *served.children()]:
        _, hard = resource.prlimit(pid, what)
        resource.prlimit(pid, what, (hard if soft < 0 else soft, hard))


def test_a_quota_that_is_used_up_refuses_plainly_and_takes_again(installation):
    served = installation()
    key = run(served, REGISTER)
    served.start("web", "--processes", "1")
    served.wait_until_it_answers()
    before = submit(served, key, "before")[1]["receipt"]
    limit(served, resource.RLIMIT_FSIZE, 100)
    acknowledged = refused_until(served, key, lambda: limit(served, resource.RLIMIT_FSIZE, -1))
    served.stop()
    found_whole(served, {"before": before, **acknowledged})


def test_too_few_open_files_refuse_plainly_and_it_goes_on_afterwards(installation):
    served = installation()
    key = run(served, REGISTER)
    served.start("web", "--processes", "1")
    served.wait_until_it_answers()
    before = submit(served, key, "before")[1]["receipt"]
    for pid in served.children():
        used = len(list(Path(f"/proc/{pid}/fd").iterdir()))
        _, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + 1, hard))
    acknowledged = {}
    for number in range(8):
        status, told = submit(served, key, f"few{number}", LARGE)
        assert status in (0, 200, 201, 202, 500, 503)
        if status in (200, 201, 202):
            acknowledged[f"few{number}"] = told["receipt"]
    assert len(acknowledged) < 8, "it must be noticed at all"
    limit(served, resource.RLIMIT_NOFILE, -1)
    wait_for(lambda: submit(served, key, "again", LARGE)[0] in (200, 201, 202), 60)
    served.stop()
    found_whole(served, {"before": before, **acknowledged})
