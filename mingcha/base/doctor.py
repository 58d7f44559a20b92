"""Is the installation in order: every check tells what it saw and, where something is amiss, what to do.

A check is a function that returns `Finding`s; `CHECKS` are those of the ground, the command adds those of the parts
above. A check that breaks is a finding of its own, and the others go on.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from django.db import DatabaseError, connection
from django.db.models import Min

from mingcha.base import anchors, clock, keys
from mingcha.base.config import Config, config
from mingcha.base.housekeeping import ALIVE, ALIVE_SECONDS
from mingcha.base.models import AuditBlock, AuditRow, Job, Outgoing
from mingcha.base.tables import tables_lacking


class Grade(Enum):
    """How it stands."""

    FINE = "OK"
    NOTE = "注意"
    WRONG = "错误"


@dataclass(frozen=True)
class Finding:
    """One line: how it stands, of what, what was seen, and what to do ("" where nothing)."""

    grade: Grade
    what: str
    seen: str
    advice: str = ""


Check = Callable[[], Iterable[Finding]]

_GIB: Final = 1 << 30
_ELSEWHERE: Final = frozenset(
    {"MINGCHA_SECRETS", "MINGCHA_CONFIG", "MINGCHA_CALENDARS", "MINGCHA_SPARK_MASTER"}
)
"""Variables of the environment that are no settings of the server."""
_AWAY: Final = "核对 MINGCHA_DATABASE,看数据库是否在运行;表不全则运行 mingcha migrate"
_BACKED_UP: Final = timedelta(days=8)
_UNSEALED: Final = timedelta(minutes=2)


def examine(checks: Iterable[Check]) -> Iterator[Finding]:
    """Run checks one after another. That the database does not answer, or lacks tables, is told once."""
    away = False
    for check in checks:
        try:
            yield from check()
        except DatabaseError as error:
            if not away:
                seen = str(error).splitlines()[0] if str(error) else type(error).__name__
                yield Finding(Grade.WRONG, "数据库", seen, _AWAY)
            away = True
        except OSError as error:
            yield Finding(Grade.WRONG, "文件", f"{error.filename}:{error.strerror}", "核对路径与权限")


def settings() -> Iterator[Finding]:
    """Names in the environment, and what must not be open to others."""
    known = {f"MINGCHA_{name.upper()}" for name in Config.model_fields} | _ELSEWHERE
    given = (
        name for name in os.environ if name.startswith("MINGCHA_") and not name.startswith("MINGCHA_TEST_")
    )
    if unknown := sorted(set(given) - known):
        yield Finding(
            Grade.NOTE, "设置", f"环境变量 {'、'.join(unknown)} 不起作用", "核对名称(docs/settings.md)"
        )
    found = config()
    public = found.host not in ("127.0.0.1", "localhost", "::1")
    if found.debug:
        yield Finding(Grade.WRONG, "设置", "debug 开着,出错页会显示内部信息", "设 MINGCHA_DEBUG=false")
    if "*" in found.allowed_hosts:
        yield Finding(Grade.WRONG, "设置", "allowed_hosts 里有 *", "只写本系统的主机名")
    if public and not found.https:
        yield Finding(
            Grade.NOTE,
            "设置",
            f"监听 {found.host} 而没有 HTTPS,口令明文传送",
            "放到 HTTPS 反向代理之后,设 MINGCHA_HTTPS=true",
        )
    if not found.region:
        yield Finding(Grade.NOTE, "设置", "没有设本机关的行政区划", "设 MINGCHA_REGION(12 位代码)")
    yield Finding(Grade.FINE, "设置", f"{found.site_name},{found.host}:{found.port}")


def home() -> Iterator[Finding]:
    """The folder of the installation and the room on its disk."""
    folder = config().home.resolve()
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        yield Finding(Grade.WRONG, "数据文件夹", f"{folder} 不在或不能写", "建立它,或改 MINGCHA_HOME")
        return
    if folder.stat().st_mode & 0o007:
        yield Finding(Grade.NOTE, "数据文件夹", f"{folder} 别的用户也能读", f"chmod 700 {folder}")
    else:
        yield Finding(Grade.FINE, "数据文件夹", str(folder))
    room = shutil.disk_usage(folder)
    told = f"剩 {room.free / _GIB:.1f} GB,共 {room.total / _GIB:.0f} GB"
    if room.free < _GIB:
        yield Finding(Grade.WRONG, "磁盘", told, "立即腾出空间:写满后不能再接收数据")
    elif room.free < 10 * _GIB or room.free < room.total / 10:
        yield Finding(Grade.NOTE, "磁盘", told, "腾出空间或扩容,归档已结束的月份")
    else:
        yield Finding(Grade.FINE, "磁盘", told)


def secrets() -> Iterator[Finding]:
    """The keys: there, private, and those the database was written with."""
    try:
        keys.check(mark=False)
    except keys.KeysError as error:
        for problem in error.problems:
            seen, _, advice = problem.partition(";")
            yield Finding(Grade.WRONG, "密钥", seen, advice)
        return
    files = sorted(path for path in keys.folder().iterdir() if path.is_file())
    open_ones = [path for path in [keys.folder(), *files] if path.stat().st_mode & 0o077]
    for path in open_ones:
        mode = 700 if path.is_dir() else 600
        yield Finding(Grade.WRONG, "密钥", f"{path} 别的用户也能读", f"chmod {mode} {path}")
    if not open_ones:
        yield Finding(
            Grade.FINE, "密钥", f"{len(files)} 个文件,只有本用户能读;写用 seal-{keys.seal_numbers()[-1]}"
        )


def database() -> Iterator[Finding]:
    """Reachable, of a version and in a mode that keeps what was acknowledged."""
    yield from _sqlite() if connection.vendor == "sqlite" else _postgresql()
    if lacking := tables_lacking():
        yield Finding(Grade.WRONG, "数据库表", *lacking)
    else:
        yield Finding(Grade.FINE, "数据库表", "已是本版本的")


def _sqlite() -> Iterator[Finding]:
    with connection.cursor() as ask:
        ask.execute("PRAGMA journal_mode")
        mode = ask.fetchone()[0]
        ask.execute("PRAGMA synchronous")
        full = ask.fetchone()[0] >= 2
        ask.execute("SELECT sqlite_version()")
        version = ask.fetchone()[0]
    told = f"SQLite {version},日志 {mode},{'每次提交落盘' if full else '提交不落盘'}"
    if mode != "wal" or not full:
        yield Finding(Grade.WRONG, "数据库", told, "数据文件夹须在本机磁盘上(网络盘不支持 WAL)")
    else:
        yield Finding(Grade.FINE, "数据库", told)


def _postgresql() -> Iterator[Finding]:
    names = ("server_version_num", "server_version", "synchronous_commit", "fsync", "server_encoding")
    with connection.cursor() as ask:
        ask.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(names)])
        found = dict(ask.fetchall())
        ask.execute("SELECT now()")
        theirs: datetime = ask.fetchone()[0]
    told = f"PostgreSQL {found['server_version']},synchronous_commit {found['synchronous_commit']}"
    if int(found["server_version_num"]) < 140000:
        yield Finding(Grade.WRONG, "数据库", told, "升级到 14 或更高")
    elif found["synchronous_commit"] == "off" or found["fsync"] == "off":
        yield Finding(
            Grade.WRONG, "数据库", told, "打开 fsync 与 synchronous_commit,否则断电会丢已回执的数据"
        )
    elif found["server_encoding"] != "UTF8":
        yield Finding(Grade.WRONG, "数据库", f"编码 {found['server_encoding']}", "用 UTF8 编码重建数据库")
    else:
        yield Finding(Grade.FINE, "数据库", told)
    apart = abs((theirs - clock.now()).total_seconds())
    if apart > 5:
        yield Finding(
            Grade.WRONG, "时钟", f"与数据库服务器差 {apart:.0f} 秒", "两台机器都与授时服务器对时(NTP)"
        )


def time() -> Iterator[Finding]:
    """The clock, held against what was written last."""
    last = AuditBlock.objects.order_by("-no").values_list("sealed_at", flat=True).first()
    here = clock.local_now()
    if last and last > clock.now() + timedelta(seconds=5):
        seen = f"现在是 {here:%Y-%m-%d %H:%M:%S},审计链末块却写于 {clock.local(last):%Y-%m-%d %H:%M:%S}"
        yield Finding(Grade.WRONG, "时钟", seen, "对时(NTP):时限都按这台机器的时间算")
    else:
        yield Finding(Grade.FINE, "时钟", f"{here:%Y-%m-%d %H:%M:%S}(北京时间)")


def worker() -> Iterator[Finding]:
    """Somebody works, and nothing lies undone."""
    done_at = Job.objects.filter(kind=ALIVE).values_list("done_at", flat=True).first()
    if done_at is None or clock.now() - done_at > timedelta(seconds=4 * ALIVE_SECONDS):
        since = "从未运行" if done_at is None else f"{clock.local(done_at):%Y-%m-%d %H:%M:%S} 之后没有动静"
        yield Finding(Grade.WRONG, "后台", since, "启动 mingcha serve 或 mingcha worker")
    else:
        yield Finding(Grade.FINE, "后台", f"在运行({clock.local(done_at):%H:%M:%S})")
    failed = list(
        Job.objects.filter(state=Job.State.FAILED).order_by("-id").values_list("kind", "last_error")[:3]
    )
    for kind, error in failed:
        yield Finding(Grade.NOTE, "作业", f"{kind} 失败:{error[:80]}", "查日志,改正后在系统里重做")
    late = Job.objects.filter(state=Job.State.READY, run_at__lt=clock.now() - timedelta(minutes=10)).count()
    if late:
        yield Finding(Grade.NOTE, "作业", f"{late} 件到期 10 分钟还没有做", "看后台是否在运行、是否过载")
    given_up = Outgoing.objects.filter(state=Outgoing.State.GIVEN_UP).count()
    if given_up:
        yield Finding(Grade.NOTE, "外发", f"{given_up} 条放弃了", "核对对方的地址,在系统里重发")


def audit() -> Iterator[Finding]:
    """The chain grows, and its anchors lie elsewhere too."""
    since = AuditRow.objects.filter(block=None).aggregate(since=Min("at"))["since"]
    if since and clock.now() - since > _UNSEALED:
        seen = f"{clock.local(since):%Y-%m-%d %H:%M:%S} 起没有封块"
        yield Finding(Grade.WRONG, "审计链", seen, "启动 mingcha serve 或 mingcha worker")
    else:
        blocks = AuditBlock.objects.count()
        yield Finding(Grade.FINE, "审计链", f"{blocks} 块(mingcha audit verify 校验全部)")
    if config().anchors is None:
        yield Finding(Grade.NOTE, "审计锚点", "只存在本机", "设 MINGCHA_ANCHORS 为另一台机器上的文件夹")
    else:
        newest = max((path.name for path in anchors.folders()[-1].glob("audit-*.json")), default="还没有")
        yield Finding(Grade.FINE, "审计锚点", newest)


def backups() -> Iterator[Finding]:
    """When the last backup was made (each leaves an audit row)."""
    at = AuditRow.objects.filter(act="backup").order_by("-id").values_list("at", flat=True).first()
    if at is None or clock.now() - at > _BACKED_UP:
        seen = "还没有备份过" if at is None else f"上次 {clock.local(at):%Y-%m-%d}"
        yield Finding(Grade.NOTE, "备份", seen, "定时运行 mingcha backup,密钥另存一处(--keys)")
    else:
        yield Finding(Grade.FINE, "备份", f"上次 {clock.local(at):%Y-%m-%d %H:%M}")


CHECKS: Final[tuple[Check, ...]] = (settings, home, database, secrets, time, worker, audit, backups)
"""The checks of the ground, in the order in which they are told."""
