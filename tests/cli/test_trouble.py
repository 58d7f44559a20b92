"""Whatever goes wrong in whichever command is said in one sentence, with the exit code that belongs to it."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from cast_folders import mingcha

from mingcha import cli as command_line
from mingcha.cli import COMMANDS, cli, main

RUN = "from mingcha.cli import main; main()"


def leaves(
    command: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that does something, with the words that call it."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below is not None
        yield from leaves(below, (*path, name))


WALKED = dict(leaves(cli))


def ended(monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> object:
    """The exit code of the command called so."""
    monkeypatch.setattr(sys, "argv", ["mingcha", *words])
    with pytest.raises(SystemExit) as leaving:
        main()
    return leaving.value.code


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ZeroDivisionError("seeded"), 3, "程序出错(ZeroDivisionError)"),
        (NotADirectoryError(errno.ENOTDIR, "Not a directory", "空文件/x"), 2, "空文件/x:不是文件夹"),
        (KeyboardInterrupt(), 130, "已中断"),
    ],
)
@pytest.mark.parametrize("words", WALKED, ids=" ".join)
def test_no_command_lets_an_error_escape(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    words: tuple[str, ...],
    error: BaseException,
    code: int,
    said: str,
) -> None:
    def broken() -> None:
        raise error

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(WALKED[words], "params", [])
    monkeypatch.setattr(WALKED[words], "callback", broken)
    assert ended(monkeypatch, words) == code
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_cannot_be_imported_is_our_fault_and_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    def broken(module: str) -> None:
        raise ImportError(f"seeded: {module}")

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(command_line.importlib, "import_module", broken)
    assert ended(monkeypatch, (name,)) == 3
    assert "程序出错(ImportError)" in capsys.readouterr().err


@pytest.mark.parametrize("words", [("template",), ("demo", "--cases", "100")])
def test_a_folder_below_a_file_is_told(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "空文件").write_text("")
    ran = mingcha(words[0], tmp_path / "空文件" / "x", *words[1:])
    assert (ran.returncode, "Traceback" in ran.stderr) == (2, False)
    assert f"错误:{tmp_path / '空文件' / 'x'}:不是文件夹" in ran.stderr


@pytest.mark.parametrize("words", [["judge", "--all"], ["forward", "d"], ["push-ratings", "d"]])
def test_commands_on_the_database_say_that_it_has_no_tables_yet(tmp_path: Path, words: list[str]) -> None:
    home = {"MINGCHA_HOME": str(tmp_path / "new"), "MINGCHA_DATABASE": ""}
    command = [sys.executable, "-c", RUN, *words]
    ran = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, **home},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ran.returncode, "还没有建立。运行 mingcha migrate" in ran.stderr, "Traceback" in ran.stderr) == (
        2,
        True,
        False,
    )
    assert not (tmp_path / "d").exists()


full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")


@full
@pytest.mark.parametrize("words", ["clock 2026-09-18 10", "--help", "rules list", "calendar show 2026"])
def test_output_that_finds_no_room_is_told(words: str) -> None:
    ran = subprocess.run(
        f'"{sys.executable}" -c "{RUN}" {words} > /dev/full',
        shell=True, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (ran.returncode, "磁盘已满" in ran.stderr) == (2, True)
    assert "Traceback" not in ran.stderr and "Exception ignored" not in ran.stderr


@full
@pytest.mark.parametrize(
    ("words", "code"), [("clock someday 10", 2), ("clock 2026-09-18 10 --calendars .", 0)]
)
def test_words_that_find_no_room_leave_the_exit_code_as_it_is(tmp_path: Path, words: str, code: int) -> None:
    ran = subprocess.run(
        f'"{sys.executable}" -c "{RUN}" {words} 2> /dev/full',
        shell=True, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ran.returncode == code


INTERRUPTED_BEFORE = """
import signal, sys
class Cut:
    def find_spec(self, name, *rest):
        if name == "{module}":
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Cut())
from mingcha.cli import main
main()
"""


@pytest.mark.parametrize("module", ["click", "mingcha.cli.wording", "mingcha.cli.clock", "mingcha.law.load"])
def test_an_interrupt_during_the_first_imports_is_no_traceback(module: str) -> None:
    code = INTERRUPTED_BEFORE.format(module=module)
    command = [sys.executable, "-c", code, "clock", "2026-09-18", "10"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (ran.returncode, ran.stdout) == (130, "")
    assert ran.stderr.split() == ["已中断。再次运行同一命令即可继续。"]
