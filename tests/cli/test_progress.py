"""How far a long command is, and Ctrl-C: seen on a terminal, and never taken for an error or a verdict."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from cast_folders import mingcha

from mingcha.cli.trouble import told_plainly

CUT = """
import signal
def cut(*args, **kwargs):
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        {instead}
import {module} as module
module.{name} = cut
from mingcha.cli import main
main()
"""
"""A command in which something takes an interrupt for an error, as engines and whoever catches errors do."""


def on_a_terminal(*args: str | Path) -> str:
    """What the command shows on standard error where that is a terminal."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", "from mingcha.cli import main; main()", *map(str, args)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs, stdin=theirs) as running:
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += os.read(ours, 65536)
            except OSError:  # the last of the terminal's writers is gone
                break
    os.close(ours)
    assert running.returncode == 0, shown.decode()
    return shown.decode()


def cut_short(module: str, name: str, instead: str, *args: str | Path) -> subprocess.CompletedProcess[str]:
    code = CUT.format(module=module, name=name, instead=instead)
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, args)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def certified(city: Path, tmp_path: Path) -> Path:
    mingcha("certify", city, "--out", tmp_path / "out", "--as-of", "2026-03-06")
    return tmp_path / "out"


def test_certify_and_verify_show_how_far_they_are(city: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert "出具 2/3" in on_a_terminal("certify", city, "--out", out, "--as-of", "2026-03-06")
    assert "复核 2/3" in on_a_terminal("verify", out)


def test_into_a_pipe_nothing_is_shown_but_the_result(certified: Path) -> None:
    ran = mingcha("verify", certified)
    assert ran.stderr == "共 3 份:相同 3\n" and ran.stdout.count("相同  ") == 3


def test_an_interrupt_that_an_engine_tells_as_its_own_error_is_an_interrupt(
    city: Path, tmp_path: Path
) -> None:
    command = ("certify", city, "--out", tmp_path / "out", "--as-of", "2026-03-06")
    ran = cut_short("mingcha.certificates.issue", "judged_again", "raise RuntimeError('cut')", *command)
    assert (ran.returncode, ran.stderr) == (130, "\n已中断。再次运行同一命令即可继续。\n")
    assert list((tmp_path / "out").iterdir()) == []
    again = mingcha(*command)
    assert again.returncode == 0 and len(list((tmp_path / "out").iterdir())) == 3


def test_a_verdict_cut_short_is_not_told_as_a_different_one(certified: Path) -> None:
    swallowed = "return module.Outcome(different=['cut'])"
    ran = cut_short("mingcha.certificates.verify", "verify", swallowed, "verify", certified)
    assert (ran.returncode, ran.stdout) == (130, "") and "已中断" in ran.stderr


def test_after_a_command_interrupts_are_what_they_were() -> None:
    before = signal.getsignal(signal.SIGINT)
    told_plainly(lambda: None)()
    assert signal.getsignal(signal.SIGINT) is before


def test_an_error_without_an_interrupt_stays_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    @told_plainly
    def failing() -> None:
        raise RuntimeError("ours")

    with pytest.raises(SystemExit) as ended:
        failing()
    assert ended.value.code == 3 and not isinstance(ended.value, click.ClickException)
