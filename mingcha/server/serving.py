"""`mingcha serve`: prepare the installation, then keep web and worker running; with a demo city its replay too."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mingcha.base.config import config
from mingcha.server.processes import Child, Say, keep_running, stop_on_signals
from mingcha.server.start import StartError, alone, bring_tables_up, make_home, set_up
from mingcha.server.web import check_port, processes_here

_DEMO: Final = "demo"
_KEYS: Final = "demo-keys.json"


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
        config.cache_clear()
    host, port = wanted.host or config().host, wanted.port or config().port
    check_port(host, port)
    home = config().home
    make_home()
    with alone(home):
        say(f"数据文件夹 {home.resolve()}")
        set_up()
        bring_tables_up(say)
        accounts = _demo(wanted, home, say) if wanted.demo_cases is not None else _real(home)
        children = list(_children(wanted, host, port, home))
        say(f"\n明察在 {_address(host, port)} 运行。按 Ctrl-C 停止。")
        for line in accounts:
            say(line)
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
        keys = str(home / "secrets" / _KEYS)
        yield Child("示范报送", "mingcha.server.demo_replay", [_address(host, port), keys])


def _address(host: str, port: int) -> str:
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104  compared, not bound
    return f"http://{reachable}:{port}"


def _real(home: Path) -> Sequence[str]:
    """The first administrators of an empty installation, with their passwords, this once."""
    from mingcha.accounts.acts import THE_HOST, RefusedError
    from mingcha.accounts.people import create_administrators
    from mingcha.intake.models import Source
    from mingcha.server.demo_open import PLATFORM

    if Source.objects.filter(code=PLATFORM).exists():
        raise StartError("这个数据库里是示范城市,不能当正式系统运行。请另设 MINGCHA_DATABASE 或 MINGCHA_HOME")
    try:
        made = create_administrators(THE_HOST)
    except RefusedError:
        return ()  # there are administrators: this is not the first start
    lines = [f"  {username}    {password}" for username, password in made.items()]
    return ("第一次运行,已建立三个管理员账号(只显示这一次,登录后须改口令):", *lines)


def _demo(wanted: Wanted, home: Path, say: Say) -> Sequence[str]:
    """Open the demo city where it is not open yet; its accounts and their password."""
    from mingcha.server.demo_accounts import demo_password, make_demo_accounts
    from mingcha.server.demo_open import open_city, register_sources, renew_keys

    open_city(home, wanted.demo_cases or 0, wanted.seed, say)
    keys = renew_keys(register_sources("示范"))
    file = home / "secrets" / _KEYS
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(keys, out)
    made = make_demo_accounts(home)
    lines = [f"  {each.username:<10}{each.role.label}({each.sees})" for each in made]
    return (f"示范账号,口令都是 {demo_password(home)} :", *lines)
