"""`mingcha serve`: prepare the installation, then keep web and worker running; with a demo city its replay too."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mingcha.base.config import config
from mingcha.demo.places import CITY
from mingcha.server.demo_prepare import KEYS
from mingcha.server.first import first_administrators
from mingcha.server.processes import Child, Say, end_with_parent, keep_running, stop_on_signals
from mingcha.server.start import StartError, alone, bring_tables_up, make_home, set_up
from mingcha.server.web import check_port, processes_here

_DEMO: Final = "demo"


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line; None means the setting. `demo_cases`: None without a demo city."""

    host: str | None
    port: int | None
    processes: int | None
    demo_cases: int | None
    seed: int


def serve(wanted: Wanted, say: Say) -> None:
    """Run until SIGTERM or SIGINT. Raises StartError."""
    if wanted.demo_cases is not None:
        # A demo city never shares a folder with an installation.
        os.environ["MINGCHA_HOME"] = str(config().home / _DEMO)
        os.environ["MINGCHA_REGION"] = CITY
        config.cache_clear()
    host, port = wanted.host or config().host, wanted.port or config().port
    check_port(host, port)
    home = config().home
    make_home()
    with alone(home):
        say(f"数据文件夹 {home.resolve()}")
        set_up()
        bring_tables_up(say)
        if wanted.demo_cases is not None:
            _demo(wanted)
        else:
            first_administrators(say)
        children = list(_children(wanted, host, port, home))
        say(f"\n明察在 {_address(host, port)} 运行。按 Ctrl-C 停止。")
        keep_running(children, stop_on_signals(), say)
        say("已停止。再次运行同一命令即可继续。")


def _children(wanted: Wanted, host: str, port: int, home: Path) -> Iterator[Child]:
    web = [
        "web",
        "--host",
        host,
        "--port",
        str(port),
        "--processes",
        str(wanted.processes or processes_here()),
    ]
    yield Child("网页", "mingcha.cli", web)
    yield Child("后台", "mingcha.cli", ["worker"])
    if wanted.demo_cases is not None:
        keys = str(home / "secrets" / KEYS)
        yield Child("示范报送", "mingcha.server.demo_replay", [_address(host, port), keys])


def _address(host: str, port: int) -> str:
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104  compared, not bound
    return f"http://{reachable}:{port}"


def _demo(wanted: Wanted) -> None:
    """Open the demo city where it is not open yet, and tell its accounts; in a process of its own."""
    command = [sys.executable, "-m", "mingcha.server.demo_prepare", str(wanted.demo_cases), str(wanted.seed)]
    code = subprocess.run(command, preexec_fn=end_with_parent, check=False).returncode  # noqa: S603, PLW1509
    if code:
        raise StartError("示范城市没有装好;原因见上。再次运行同一命令即接着做")
