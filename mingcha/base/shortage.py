"""What the machine does not give at the moment: room, open files, a disk that can be written, the database.

Nothing of what was being done stands, and the same thing done again later goes well: so it is told as such (503, a
plain sentence), and never as a fault of who asked.
"""

from __future__ import annotations

import errno
from typing import Final

from django.db import InterfaceError, OperationalError

AGAIN: Final = "没有完成的操作没有留下任何改变;请稍后再试,仍不行请联系系统管理员"
AWAY: Final = "数据库暂时不能服务"
_FULL: Final = "磁盘已满"
_READ_ONLY: Final = "磁盘不能写"
_OPEN: Final = "打开的文件过多"
_ERRORS: Final = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _READ_ONLY,
    errno.EMFILE: _OPEN,
    errno.ENFILE: _OPEN,
    errno.ENOMEM: "内存不足",
}
_SAID: Final = {
    "database or disk is full": _FULL,
    "disk i/o error": _FULL,
    "no space left": _FULL,
    "readonly database": _READ_ONLY,
    "unable to open database file": _OPEN,
    "too many open files": _OPEN,
}
"""What databases say of it, in small letters."""


def told(error: BaseException) -> str | None:
    """What is short, in Chinese; None where the error is something else."""
    if isinstance(error, OSError):
        return _ERRORS.get(error.errno or 0)
    if isinstance(error, MemoryError):
        return _ERRORS[errno.ENOMEM]
    if isinstance(error, (OperationalError, InterfaceError)):
        text = str(error).lower()
        return next((word for part, word in _SAID.items() if part in text), AWAY)
    return None
