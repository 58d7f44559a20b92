"""Files at rest 密封的文件: kept once under the digest of what they hold, sealed block by block.

A file is a sequence of frames, each the length (4 bytes, big endian) and a sealed block that is about its place in
this file; that it is whole is told by the digest, which is its name.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mingcha.base import keys, resealing, sealing
from mingcha.base.config import config

BLOCK: Final = 1 << 20
"""Bytes of what is sealed at once, at most."""
_LENGTH: Final = 4
_HEAD: Final = 3
_DRAFT: Final = ".tmp"


class DamagedError(RuntimeError):
    """What is kept is not what was given: the file is missing, cut, or was changed. Chinese, says what to do."""


@dataclass(frozen=True)
class SealedFiles:
    """A folder of the installation's home: its name, what its blocks are about, and what its files are called.

    It is a `resealing.Holding`.
    """

    name: str
    about: str
    label: str

    def keep(self, digest: str, blocks: Iterable[bytes]) -> str:
        """Keep what has this digest (hexadecimal), if it is not there yet; its place under `folder`. On the disk when
        this returns."""
        name = f"{digest[:2]}/{digest}"
        target = self.folder() / name
        if not target.exists():
            target.parent.mkdir(mode=0o700, exist_ok=True)
            self._write(
                target, (sealing.seal_bytes(block, self.said(digest, n)) for n, block in enumerate(blocks))
            )
        return name

    def blocks(self, digest: str) -> Iterator[bytes]:
        """What was kept, block by block. Raises `DamagedError` where that is not it."""
        told = hashlib.sha256()
        try:
            for place, frame in enumerate(self._frames(self._path(digest))):
                block = sealing.open_bytes(frame, self.said(digest, place))
                told.update(block)
                yield block
        except sealing.SealError as error:
            raise self._damaged(digest, "打不开") from error
        if told.hexdigest() != digest:
            raise self._damaged(digest, "与登记时的摘要不符")

    def said(self, digest: str, place: int = 0) -> str:
        """What a sealed block is about: the file and its place in it."""
        return f"{self.about}:{digest}:{place}"

    def folder(self) -> Path:
        """Where the files lie."""
        place = config().home.resolve() / self.name
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return place

    def used(self) -> dict[int, int]:
        """See `Holding`."""
        return dict(Counter(number for path in self._files() for number in _key_numbers(path)))

    def reseal(self) -> Iterator[int]:
        """See `Holding`: a file is one step."""
        present, done = keys.seal_numbers()[-1], 0
        for path in self._files():
            old = sum(number != present for number in _key_numbers(path))
            if old:
                frames = enumerate(self._frames(path))
                self._write(path, (resealing.anew(frame, self.said(path.name, n)) for n, frame in frames))
                done += old
            yield done

    def _files(self) -> Iterator[Path]:
        for inner in sorted(path for path in self.folder().iterdir() if path.is_dir()):
            yield from sorted(path for path in inner.iterdir() if not path.suffix)

    def _path(self, digest: str) -> Path:
        path = self.folder() / digest[:2] / digest
        if not path.is_file():
            raise self._damaged(digest, "不在服务器上")
        return path

    def _frames(self, path: Path) -> Iterator[bytes]:
        with path.open("rb") as file:
            while length := file.read(_LENGTH):
                size = int.from_bytes(length, "big")
                frame = file.read(size) if size <= 2 * BLOCK else b""
                if len(frame) != size or not size:
                    raise self._damaged(path.name, "残缺")
                yield frame

    def _damaged(self, digest: str, why: str) -> DamagedError:
        return DamagedError(
            f"{self.label} {digest[:12]}… {why};请系统管理员从备份恢复 {self.name} 文件夹,并查明原因"
        )

    def _write(self, target: Path, sealed: Iterable[bytes]) -> None:
        """In the place of what is there, at once; who reads that reads it to its end."""
        draft = target.with_name(f"{target.name}.{secrets.token_hex(4)}{_DRAFT}")
        try:
            with draft.open("wb") as out:
                for block in sealed:
                    out.write(len(block).to_bytes(_LENGTH, "big"))
                    out.write(block)
            settle_file(draft)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        settle_file(target)


def _key_numbers(path: Path) -> Iterator[int]:
    """With which key each block of a file was sealed; the blocks themselves are not read."""
    with path.open("rb") as file:
        while length := file.read(_LENGTH):
            start = file.read(_HEAD)
            yield sealing.key_number(start)
            file.seek(int.from_bytes(length, "big") - len(start), os.SEEK_CUR)


def settle_file(path: Path) -> None:
    """Have a written file and its name on the disk before anything says that it is there."""
    for place in (path, path.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
