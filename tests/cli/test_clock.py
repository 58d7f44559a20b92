"""`mingcha clock`: a deadline counted by hand."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from cast_folders import mingcha
from click.testing import CliRunner

from mingcha.cli.clock import clock_command

ASKED = ("clock", "2026-03-02", "60", "--as-of", "2026-03-31")


def test_a_pause_without_a_name_is_said_once() -> None:
    shown = mingcha(*ASKED, "--pause", "2026-03-10:2026-05-29").stdout
    assert "暂停,不计入" in shown and "10周" not in shown
    assert "7周" in shown and "暂停:" not in shown


def test_a_pause_with_a_name_is_told_by_it() -> None:
    shown = mingcha(*ASKED, "--pause", "2026-03-10:2026-05-29:听证").stdout
    assert "暂停:听证,不计入" in shown and "暂停:听证  " in shown


@pytest.fixture
def machine_in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The zone of the machine, as of a container, is not that of the law."""
    with monkeypatch.context() as set_:
        set_.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("machine_in_utc")
def test_now_is_the_time_of_the_law_whatever_the_zone_of_the_machine() -> None:
    moment = datetime(2026, 9, 21, 16, 30, tzinfo=UTC)  # 2026-09-22 00:30 in Shanghai
    with time_machine.travel(moment, tick=False):
        shown = CliRunner().invoke(clock_command, ["2026-09-18", "10"], env={"COLUMNS": "120"}).output
    assert [line.split()[0] for line in shown.splitlines() if "◆截至" in line] == ["2026-09-22"]
    assert "已用3个工作日" in shown  # 2026-09-20 is a Sunday worked
