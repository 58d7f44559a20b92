"""`mingcha serve`, `web` and `worker` as real processes: they start, come back, stop, and leave nothing behind."""

from __future__ import annotations

import os
import re
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.server.running.conftest import copy_of
from tests.server.running.served import Served, alive, status, wait_for

pytestmark = pytest.mark.one_database

Make = Callable[[], Served]


def started(make: Make, *arguments: str) -> Served:
    served = make()
    served.start("serve", "--processes", "1", *arguments)
    served.wait_until_it_answers()
    return served


def the_one(served: Served, words: str) -> int:
    """The process id of the child whose command line holds these words."""
    return next(pid for pid, line in served.children().items() if words in line)


def test_a_first_start_says_where_it_is_and_names_the_administrators_once(tmp_path: Path) -> None:
    served = Served(tmp_path / "new")
    served.start("serve", "--processes", "1")
    served.wait_until_it_answers()
    assert f"明察在 http://127.0.0.1:{served.port} 运行" in served.said
    assert str(served.home.resolve()) in served.said
    assert len(re.findall(r"(?m)^  (sysadmin|secadmin|auditor)\s+\S+", served.said)) == 3
    assert served.stop() == 0
    before = len(served.said)
    served.start("serve", "--processes", "1")
    served.wait_until_it_answers()
    assert "sysadmin" not in served.said[before:]
    served.stop()


@pytest.fixture(scope="module")
def running(prepared: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One that runs for all tests that leave it running."""
    served = copy_of(prepared, tmp_path_factory.mktemp("running") / "home")
    served.start("serve", "--processes", "1")
    served.wait_until_it_answers()
    yield served
    served.stop()


def test_stopping_ends_every_process_below(installation: Make) -> None:
    served = started(installation)
    children = served.children()
    assert len(children) >= 3  # web, its worker process, the background
    assert served.stop() == 0
    wait_for(lambda: not any(alive(pid) for pid in children))
    assert status(served.address) is None
    assert "已停止" in served.said


def test_a_web_process_that_is_killed_comes_back(running: Served) -> None:
    served = running
    web = the_one(served, "mingcha.cli web")
    os.kill(web, signal.SIGKILL)
    wait_for(lambda: "网页被信号 9 终止" in served.said)
    wait_for(lambda: any("mingcha.cli web" in line for line in served.children().values()))
    wait_for(lambda: status(served.address) is not None, 60)


def test_a_background_process_that_is_killed_comes_back(running: Served) -> None:
    served = running
    first = the_one(served, "mingcha.cli worker")
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: "后台被信号 9 终止" in served.said)
    wait_for(lambda: any("worker" in line and pid != first for pid, line in served.children().items()))


def test_nothing_is_left_over_when_serve_itself_is_killed(installation: Make) -> None:
    served = started(installation)
    children = served.children()
    served.kill()
    wait_for(lambda: not any(alive(pid) for pid in children))


def test_a_second_serve_in_the_same_folder_is_refused(running: Served) -> None:
    served = running
    second = Served(served.home, database=served.database)
    done = second.run("serve")
    assert done.returncode == 2
    assert "已有一个 mingcha serve 在用" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_said_with_what_to_do(installation: Make) -> None:
    served = installation()
    with socket.socket() as other:
        other.bind(("127.0.0.1", served.port))
        other.listen()
        done = served.run("serve")
    assert done.returncode == 2
    assert f"127.0.0.1:{served.port}" in done.stderr
    assert "换一个端口" in done.stderr


def test_web_and_worker_do_not_start_before_the_tables_are_there(tmp_path: Path, installation: Make) -> None:
    empty = Served(tmp_path / "empty")
    for command in ("web", "worker"):
        done = empty.run(command)
        assert done.returncode == 2, command
        assert "mingcha migrate" in done.stderr


def test_a_folder_that_cannot_be_written_is_said(installation: Make) -> None:
    served = installation()
    served.home = (
        served.home / "mingcha.sqlite3" if not served.database else served.home / "secrets" / "django"
    )
    done = served.run("worker")
    assert done.returncode == 2
    assert "不能使用数据文件夹" in done.stderr


def test_a_database_that_is_away_is_said_without_its_password(installation: Make) -> None:
    served = installation()
    served.database = "postgresql://mingcha:geheim@127.0.0.1:1/mingcha"
    done = served.run("worker")
    assert done.returncode == 2
    assert "连不上数据库" in done.stderr
    assert "geheim" not in done.stderr
