"""What a command says when it cannot go on: one plain sentence, never a traceback.

2: usage or unusable input, with what to do. 3: our fault, with the file that holds the details.
"""

from __future__ import annotations

import errno
import functools
import os
import platform
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import ParamSpec, TypeVar

import click

from mingcha.cli import EXIT_OUR_FAULT, EXIT_USAGE

_OUR_FAULT = "程序出错({}),不是您的数据或用法的问题;{},请连同命令一起报给维护人员"

P = ParamSpec("P")
R = TypeVar("R")


def told_plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Wrap what runs commands: errors that they raise are told and become exit codes."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with _noting_interrupts():
                return command(*args, **kwargs)
        except (click.ClickException, click.exceptions.Exit, click.Abort, KeyboardInterrupt):
            raise
        except Exception as error:
            stop_if_interrupted()
            problems = _plain_problems(error)
            if problems is not None:
                tell(*(f"错误:{problem}" for problem in problems))
                sys.exit(EXIT_USAGE)
            tell("错误:" + _OUR_FAULT.format(type(error).__name__, _noted(error)))
            sys.exit(EXIT_OUR_FAULT)

    return run


_INTERRUPTS: list[int] = []
"""The interrupts (Ctrl-C) of this command. An engine tells of one as an error of its own: “Query interrupted”."""


@contextmanager
def _noting_interrupts() -> Iterator[None]:
    """Interrupts are raised as ever, and noted."""

    def noted(number: int, frame: FrameType | None) -> None:
        _INTERRUPTS.append(number)
        signal.default_int_handler(number, frame)

    _INTERRUPTS.clear()
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is told of signals
        return
    before = signal.signal(signal.SIGINT, noted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def stop_if_interrupted() -> None:
    """Raise the interrupt that somebody on the way took for an error."""
    if _INTERRUPTS:
        raise KeyboardInterrupt


@contextmanager
def written_out() -> Iterator[None]:
    """What was printed in here is written when it ends. Raises OSError where standard output takes no more."""
    try:
        yield
    finally:
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            _no_reader()
        except OSError as error:
            _no_reader()
            raise OSError(error.errno, error.strerror, "标准输出") from error


def _no_reader() -> None:
    """Nobody takes what is printed: what is still to come goes nowhere, and Python does not complain as it leaves."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def tell(*lines: str) -> None:
    """Say on standard error why a command ends. Where that takes no more, the exit code still tells."""
    with suppress(OSError):
        for line in lines:
            click.echo(line, err=True)


def _noted(error: Exception) -> str:
    try:
        return f"详情已记入 {log(error)}"
    except OSError as refused:
        return f"详情没有地方可记({of_system(refused)})"


def _plain_problems(error: Exception) -> list[str] | None:
    """What input or usage is at fault, in Chinese; None where it is our fault."""
    if isinstance(error, OSError):
        return [of_system(error)]
    if type(error).__module__ == "django.db.utils" and (short := _of_database(error)):
        return [short]
    problems = getattr(error, "problems", None) or getattr(error, "faults", None)
    if problems and type(error).__module__.startswith("mingcha."):
        return [str(problem) for problem in problems]
    if type(error).__name__ in _PLAIN:
        return [str(error)]
    return None


_PLAIN = frozenset({"FactsError", "SealError", "DamagedError", "NoJavaError", "NoSparkError", "FileError"})
"""Errors of ours whose text is meant for the user."""

_SYSTEM = {
    "FileNotFoundError": "找不到文件或文件夹",
    "PermissionError": "没有读写权限",
    "FileExistsError": "已经存在",
    "IsADirectoryError": "是文件夹,不是文件",
    "NotADirectoryError": "不是文件夹",
}


def of_system(error: OSError) -> str:
    """What the system refuses, in Chinese, and what to do."""
    where = error.filename or "文件"
    if error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
        return f"{where}:磁盘已满,腾出空间后再运行"
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return "打开的文件过多:提高限额(ulimit -n)后再运行"
    return f"{where}:{_SYSTEM.get(type(error).__name__, error.strerror or str(error))};核对路径与权限后再运行"


def _of_database(error: Exception) -> str | None:
    """What a database refuses for want of room, files or itself."""
    from mingcha.base import shortage  # only where Django is there already

    told = shortage.told(error)
    return f"{told}:腾出空间、恢复后再运行同一命令;没有做完的没有留下改变" if told else None


def log(error: BaseException) -> Path:
    """Write the details of an error to a file of its own; returns its path."""
    now = datetime.now().astimezone()
    folder = _log_folder()
    path = folder / f"error-{now:%Y%m%d-%H%M%S}-{os.getpid()}.log"
    details = "".join(traceback.format_exception(error))
    about = f"mingcha {' '.join(sys.argv[1:])}\n{now.isoformat()}\nPython {platform.python_version()}\n\n"
    path.write_text(about + details, encoding="utf-8")
    return path


def _log_folder() -> Path:
    state = os.environ.get("XDG_STATE_HOME")
    folder = (Path(state) if state else Path.home() / ".local" / "state") / "mingcha"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass  # no home to write to: the temporary folder serves as well, and the message names it
    return Path(tempfile.gettempdir())
