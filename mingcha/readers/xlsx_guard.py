"""What a workbook must be before anything parses it: a sane zip of sane size, without document types.

A workbook is a zip of XML. A small one may unpack to many gigabytes or declare entities; both are refused
here, by reading the zip's directory and the first bytes of each part. What cannot be seen from outside (a
sheet that claims a billion cells) is left to the limits of the child process that parses it.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from mingcha.readers.errors import FileError

MAX_UNPACKED = 2 << 30
MAX_PARTS = 2_000
MAX_RATIO = 300
SMALL = 50 << 20
"""A part below this size may be packed as tightly as it likes: blank formatted cells pack very well."""

HEAD = 4_096


def check_workbook(path: Path) -> None:
    """Raise FileError where the file is not a workbook that may be parsed."""
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileError(path, "是旧版 xls 或加了密码的工作簿,请另存为不加密的 .xlsx")
    if not start.startswith(b"PK"):
        raise FileError(path, "不是 Excel 工作簿(也许是改了名的 CSV),请按实际格式改扩展名或另存为 .xlsx")
    try:
        with zipfile.ZipFile(path) as book:
            _check_parts(path, book)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise FileError(path, "工作簿已损坏或加了密,请重新另存为 .xlsx") from error


def _check_parts(path: Path, book: zipfile.ZipFile) -> None:
    parts = book.infolist()
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise FileError(path, "不是 Excel 工作簿,请另存为 .xlsx")
    if len(parts) > MAX_PARTS or len(names) != len(parts):
        raise FileError(path, f"工作簿里的部件太多或重名({len(parts)} 个),请另存为新的 .xlsx")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MAX_UNPACKED:
        raise FileError(path, f"工作簿展开后有 {unpacked >> 20} MB,太大;请拆成几份,或改用 CSV")
    for part in parts:
        if part.file_size > SMALL and part.file_size > MAX_RATIO * max(part.compress_size, 1):
            raise FileError(path, f"部件 {part.filename} 压缩得反常,像压缩炸弹,未读")
        if part.filename.endswith((".xml", ".rels")):
            with book.open(part) as file:
                head = file.read(HEAD)
            if b"<!DOCTYPE" in head.replace(b"\x00", b"").upper():
                raise FileError(path, f"部件 {part.filename} 声明了 DOCTYPE,未读;请用 Excel 另存一次")


def epoch_1904(path: Path) -> bool:
    """Whether the workbook counts days from 1904 (old Macintosh)."""
    with zipfile.ZipFile(path) as book, book.open("xl/workbook.xml") as file:
        head = file.read(1 << 20).lower().replace(b"'", b'"')
    return b'date1904="1"' in head or b'date1904="true"' in head
