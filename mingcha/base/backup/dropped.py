"""Copying the watched folders into a backup: others write there, so that nothing in them is trusted.

A link is not followed (to `secrets`, it would bring the keys into the backup), and what cannot be read or is taken away
meanwhile is left out: a dropped thing must neither widen a backup nor make it fail.
"""

from __future__ import annotations

import os
import shutil
from fnmatch import fnmatch
from pathlib import Path
from stat import S_ISREG
from typing import Final

INBOX: Final = "inbox"
"""The folder of the home that holds them: inbox/<source>/ and its parts; nothing deeper is ever read."""
_DEEPEST: Final = 2


def copy_dropped(source: Path, target: Path, left_out: tuple[str, ...]) -> None:
    """Copy the plain files of the watched folders, those but whose name is like one of `left_out`."""
    for place, folders, names, handle in os.fwalk(source):
        below = Path(place).relative_to(source)
        (target / below).mkdir()
        if len(below.parts) >= _DEEPEST:
            folders.clear()
        for name in sorted(names):
            if not any(fnmatch(name, pattern) for pattern in left_out):
                _copy(handle, name, target / below / name)


def _copy(folder: int, name: str, target: Path) -> None:
    try:
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        return
    told = os.fstat(handle)
    if not S_ISREG(told.st_mode):
        os.close(handle)
        return
    with os.fdopen(handle, "rb") as file, target.open("wb") as out:
        shutil.copyfileobj(file, out)
    os.utime(target, ns=(told.st_atime_ns, told.st_mtime_ns))
