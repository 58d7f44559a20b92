"""What arrives, before it is anything: bytes in memory while they are few, else a file of the work folder.

Size is bounded while it is read, the digest is taken on the way; nothing is parsed here.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from mingcha.base.config import config
from mingcha.base.sealed_files import BLOCK
from mingcha.intake.refused import NotReceivedError

SMALL: Final = 256 << 10
"""Up to so many bytes stay in memory, and later in the row of the batch."""
MOST: Final = 1 << 30
"""Bytes of one batch as sent."""


@dataclass(frozen=True)
class Incoming:
    """What was sent: `content` where it is small, else `path`, a file that belongs to the receiver."""

    size: int
    digest: str
    content: bytes | None = None
    path: Path | None = None

    def blocks(self) -> Iterator[bytes]:
        """The bytes, in blocks of at most BLOCK."""
        if self.path is None:
            yield self.content or b""
            return
        with self.path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block

    def head(self, count: int = 16) -> bytes:
        """The first bytes."""
        if self.path is None:
            return (self.content or b"")[:count]
        with self.path.open("rb") as file:
            return file.read(count)

    def copy_to(self, target: Path) -> None:
        """Write the bytes to a file."""
        with target.open("wb") as out:
            for block in self.blocks():
                out.write(block)


def work_folder() -> Path:
    """Where what arrives lies while it is looked at; readable for this user alone, emptied of what was left over
    by whoever owns it (each use takes a folder of its own)."""
    place = config().home.resolve() / "work"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


@contextmanager
def taken_in(parts: Iterable[bytes], most: int = MOST) -> Iterator[Incoming]:
    """What the parts make together. Raises NotReceivedError (413) as soon as it is more than `most` bytes."""
    with ExitStack() as ends:
        yield _collect(parts, most, ends)


def _collect(parts: Iterable[bytes], most: int, ends: ExitStack) -> Incoming:
    """Few bytes never touch the disk; more go to a file that `ends` takes away."""
    digest, size, path = hashlib.sha256(), 0, Path()
    few: list[bytes] = []
    file: BinaryIO | None = None
    try:
        for part in parts:
            size += len(part)
            if size > most:
                raise NotReceivedError(
                    413, f"内容超过 {_told(most)}", "请拆成几份分别报送,或改用压缩的 Parquet"
                )
            digest.update(part)
            if file is None and size > SMALL:
                folder = tempfile.TemporaryDirectory(prefix="in-", dir=work_folder())
                path = Path(ends.enter_context(folder)) / "sent"
                file = path.open("wb")
                file.writelines(few)
                few.clear()
            if file is not None:
                file.write(part)
            else:
                few.append(part)
        if file is None:
            return Incoming(size, digest.hexdigest(), content=b"".join(few))
    finally:
        if file is not None:
            file.close()
    return Incoming(size, digest.hexdigest(), path=path)


def _told(size: int) -> str:
    return f"{size >> 20} MB" if size >= 1 << 20 else f"{size} 字节"


def file_parts(file: BinaryIO) -> Iterator[bytes]:
    """The blocks of an open file, from where it stands."""
    while block := file.read(BLOCK):
        yield block
