"""A watched folder, opened. Whoever drops files there may lay links there, to files that only the system may read.

So nothing goes by a path: the folder and its parts are opened once, no link among them is followed, and files are
listed, opened, renamed and written by these handles.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO, Final

from mingcha.intake.refused import NotReceivedError

TAKING, DONE, REFUSED = "taking", "done", "refused"
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""Without O_NONBLOCK a pipe would be waited for."""


@dataclass(frozen=True)
class Drop:
    """Handles of the folder of a source and of its parts."""

    place: int
    taking: int
    done: int
    refused: int


@contextmanager
def opened(place: Path) -> Iterator[Drop]:
    """The folder with its parts, made where missing. Raises NotReceivedError (422) where a part is a link."""
    place.mkdir(parents=True, exist_ok=True)
    with ExitStack() as ends:

        def held(handle: int) -> int:
            ends.callback(os.close, handle)
            return handle

        whole = held(os.open(place, _FOLDER))
        yield Drop(whole, *(held(_part(whole, name)) for name in (TAKING, DONE, REFUSED)))


def _part(place: int, name: str) -> int:
    with suppress(FileExistsError):
        os.mkdir(name, dir_fd=place)
    try:
        return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=place)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.ENOTDIR):
            raise
        advice = "请删去它:系统会重建这个文件夹,在此以前不从收件夹取件"
        raise NotReceivedError(422, f"收件夹里的 {name} 是链接或文件,不是文件夹", advice) from error


def files(folder: int) -> list[tuple[str, float]]:
    """Name and time of the last change of each plain file of a folder, by name; links and folders are none."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                told = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # another process was quicker
            if S_ISREG(told.st_mode):
                found.append((entry.name, told.st_mtime))
    return sorted(found)


@contextmanager
def held(folder: int, name: str) -> Iterator[BinaryIO | None]:
    """A plain file, open to be read, where this process alone works on it now; the lock ends with the process."""
    try:
        handle = os.open(name, _FILE, dir_fd=folder)
    except FileNotFoundError:
        yield None
        return
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.ENXIO):
            raise
        yield None  # a link or a socket now, whatever it was a moment ago
        return
    if not S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        yield None
        return
    with os.fdopen(handle, "rb") as file:
        yield file if _is_ours(file, folder, name) else None


def _is_ours(file: BinaryIO, folder: int, name: str) -> bool:
    """Whether it could be locked, and is the file of that name still."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        there = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except (BlockingIOError, FileNotFoundError):
        return False
    return os.path.samestat(os.fstat(file.fileno()), there)


def write(folder: int, name: str, content: bytes) -> None:
    """Write a file, whole and on the disk before it has its name; what has that name already is replaced."""
    draft = f".{secrets.token_hex(8)}.tmp"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666, dir_fd=folder)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(handle)
    os.rename(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
    os.fsync(folder)
