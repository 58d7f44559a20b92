"""What happens before an installation serves: its folder, its keys, its tables. Safe to interrupt and to repeat."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import django
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from mingcha.base.config import config
from mingcha.server.processes import Say

_LOCK: Final = "serve.lock"


class StartError(RuntimeError):
    """The installation cannot start; said in Chinese, with what to do."""

    @property
    def problems(self) -> list[str]:
        """What a command says instead of a traceback."""
        return [str(self)]


def make_home() -> None:
    """The folder of the installation. Raises StartError where it cannot be used."""
    home = config().home
    try:
        for folder in (home, home / "static", home / "secrets"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(home, os.W_OK):
            raise PermissionError(13, "没有写权限")
    except OSError as error:
        raise StartError(
            f"不能使用数据文件夹 {home.resolve()}({error.strerror})。请改 MINGCHA_HOME,或让运行本程序的用户能写它"
        ) from error


def set_up() -> None:
    """Make Django ready in this process. Raises StartError as `make_home`."""
    make_home()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingcha.server.settings")
    django.setup()


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Only one `serve` at a time works in a folder. Raises StartError where another one does."""
    with (home / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StartError(
                f"数据文件夹 {home.resolve()} 已有一个 mingcha serve 在用。请先停掉它,或另设 MINGCHA_HOME"
            ) from error
        yield


def bring_tables_up(say: Say) -> int:
    """Migrate the database; the number of steps that were taken. Raises StartError where it cannot be reached,
    KeysError where the keys here are not those it was written with."""
    try:
        executor = MigrationExecutor(connection)
        pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if pending:
            say(f"建立和更新数据库表,共 {pending} 步……")
            call_command("migrate", verbosity=0, interactive=False)
        _check_keys()
    except OperationalError as error:
        raise _unreachable(error) from error
    finally:
        connection.close()
    return pending


def require_tables() -> None:
    """Commands other than `serve`, `import` and `migrate` do not migrate. Raises StartError where migrations wait,
    KeysError as above."""
    from mingcha.base.tables import tables_lacking  # with Django: only once it is ready

    try:
        lacking = tables_lacking()
        if lacking is None:
            _check_keys()
    except OperationalError as error:
        raise _unreachable(error) from error
    finally:
        connection.close()
    if lacking:
        seen, advice = lacking
        raise StartError(f"数据库表{seen}。{advice}")


def _check_keys() -> None:
    """Nothing is written with other keys than the database's. Raises KeysError."""
    from mingcha.base import keys  # with models: only once Django is ready

    keys.check()


def _unreachable(error: OperationalError) -> StartError:
    from mingcha.base import shortage  # with Django: only once it is ready

    where = _without_password(config().database or str(config().home.resolve() / "mingcha.sqlite3"))
    if (short := shortage.told(error)) != shortage.AWAY:
        return StartError(f"{short},不能使用数据库 {where}。请腾出空间、恢复后再运行同一命令")
    return StartError(
        f"连不上数据库 {where}:{str(error).strip()}。请核对 MINGCHA_DATABASE,并看数据库是否在运行"
    )


def _without_password(address: str) -> str:
    head, at, tail = address.rpartition("@")
    return f"{head.rpartition(':')[0]}:***@{tail}" if at and head.count(":") > 1 else address
