"""Which encoding a text file is in: byte order mark, else strict UTF-8, else strict GB18030, else refused.
Never guessed.

Files that are not UTF-8 are copied once into UTF-8, block by block, so that everything behind this module
reads UTF-8.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from mingcha.readers.errors import FileError

BLOCK = 1 << 21
ENOUGH_UTF8 = 16
"""So many multi-byte letters read as UTF-8 before a bad byte show that the file is UTF-8 with damage, not
GB18030."""

_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _held_back(block: bytes) -> int:
    """How many bytes at the end of a block begin a letter that goes on in the next one."""
    for back in range(1, min(4, len(block) + 1)):
        byte = block[-back]
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return back if needed > back else 0
        if byte < 0x80:
            return 0
    return 0


def _is_utf8(block: bytes) -> bool:
    offsets = pa.py_buffer(np.array([0, len(block)], np.int32))
    one = pa.Array.from_buffers(pa.binary(), 1, [None, offsets, pa.py_buffer(block)])
    try:
        one.cast(pa.string())
    except pa.ArrowInvalid:
        return False
    return True


def _first_bad_utf8(path: Path) -> tuple[int, int] | None:
    """(line, multi-byte letters before it) of the first byte that is not UTF-8; None if there is none."""
    done, carry = 0, b""
    for block in _blocks(path):
        whole = carry + block
        keep = len(whole) - _held_back(whole)
        part, carry = whole[:keep], whole[keep:]
        if not _is_utf8(part):
            return _locate(path, done + _good_bytes(part))
        done += keep
    return _locate(path, done) if carry else None


def _good_bytes(part: bytes) -> int:
    try:
        part.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return len(part)


def _locate(path: Path, offset: int) -> tuple[int, int]:
    """Line number, and multi-byte letters before it, of a byte offset."""
    line, letters = 1, 0
    for block in _blocks(path):
        part = block[:offset]
        offset -= len(part)
        line += part.count(b"\n")
        letters += int((np.frombuffer(part, np.uint8) >= 0xC0).sum())
        if not offset:
            break
    return line, letters


def _copied(path: Path, encoding: str, target: Path) -> Path:
    """Copy a file into UTF-8; FileError where it is not in that encoding."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    line = 1
    with target.open("wb") as out:
        try:
            for block in _blocks(path):
                text = decoder.decode(block)
                line += text.count("\n")
                out.write(text.encode("utf-8"))
            out.write(decoder.decode(b"", final=True).encode("utf-8"))
        except UnicodeDecodeError as error:
            line += error.object[: error.start].count(b"\n")
            raise FileError(
                path, f"约第 {line} 行起不是 {encoding.upper()} 编码的文字,请另存为 UTF-8 后再报"
            ) from error
    return target


def as_utf8(path: Path, work: Path) -> Path:
    """The file itself where it is UTF-8, else a UTF-8 copy in `work`; FileError where it is in neither
    encoding."""
    with path.open("rb") as file:
        start = file.read(4)
    marked = next((name for mark, name in _MARKS if start.startswith(mark)), "")
    if marked == "UTF-32":
        raise FileError(path, "是 UTF-32 编码,请另存为 UTF-8 后再报")
    target = work / f"{path.stem}.utf8"
    if marked in ("utf-16", "gb18030"):
        return _copied(path, marked, target)
    bad = _first_bad_utf8(path)
    if bad is None:
        return path
    line, letters = bad
    if marked or letters >= ENOUGH_UTF8:
        raise FileError(path, f"第 {line} 行有不是 UTF-8 的坏字节,请修好这一行,或整份另存为 UTF-8 后再报")
    return _copied(path, "gb18030", target)
