"""Evidence files 证据: kept once under their digest in the home of the installation, sealed, never changed or deleted.

Only kinds of files that prove something are taken, each told by its name and by how it begins. Whatever else may hide
in one (a polyglot), it is never shown here: it is handed out to be saved, whole or not at all.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from functools import partial
from typing import BinaryIO, Final

from django.db import transaction

from mingcha.alerts.models import Alert, Evidence
from mingcha.base import audit, clock, resealing
from mingcha.base.sealed_files import BLOCK, DamagedError, SealedFiles

FILES: Final = SealedFiles("evidence", "evidence", "证据文件")
LARGEST: Final = 100 * 1024 * 1024
"""Bytes of one file."""
MOST_FILES: Final = 20
"""Files taken at once."""
_FTYP: Final = (4, b"ftyp")
_OLE: Final = (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_ZIP: Final = (0, b"PK\x03\x04")
_MP3: Final = ((0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2"))

KINDS: Final[dict[str, tuple[tuple[int, bytes], ...]]] = {
    "jpg": ((0, b"\xff\xd8"),), "jpeg": ((0, b"\xff\xd8"),), "png": ((0, b"\x89PNG\r\n\x1a\n"),),
    "gif": ((0, b"GIF8"),), "bmp": ((0, b"BM"),), "webp": ((8, b"WEBP"),), "heic": (_FTYP,),
    "tif": ((0, b"II*\0"), (0, b"MM\0*")), "tiff": ((0, b"II*\0"), (0, b"MM\0*")),
    "mp4": (_FTYP,), "mov": (_FTYP,), "m4a": (_FTYP,), "3gp": (_FTYP,), "avi": ((8, b"AVI "),),
    "mp3": _MP3, "wav": ((8, b"WAVE"),), "amr": ((0, b"#!AMR"),),
    "pdf": ((0, b"%PDF-"),), "ofd": (_ZIP,), "docx": (_ZIP,), "xlsx": (_ZIP,), "pptx": (_ZIP,),
    "doc": (_OLE,), "xls": (_OLE,), "ppt": (_OLE,), "wps": (_OLE,), "et": (_OLE,),
    "zip": (_ZIP,), "rar": ((0, b"Rar!"),), "7z": ((0, b"7z\xbc\xaf\x27\x1c"),),
    "txt": (), "csv": (), "eml": (),
}  # fmt: skip
"""Ending of the name -> how such a file begins: bytes at a place, one of several; texts begin as they like."""
ACCEPTED: Final = ",".join(f".{ending}" for ending in KINDS)
"""For the form: which files may be chosen."""
_HEAD: Final = 16


class EvidenceError(ValueError):
    """A file that is not taken, or not there; the message says why and what to do, in Chinese."""


def attach(alert: Alert, name: str, chunks: Iterable[bytes], actor: str, note: str = "") -> Evidence:
    """Keep a file as evidence of an alert. The same file again gives the row that is there. Raises `EvidenceError`."""
    shown, digest, size = keep(name, chunks)
    with transaction.atomic():
        row, new = Evidence.objects.get_or_create(
            alert=alert,
            digest=digest,
            defaults={
                "name": shown,
                "size": size,
                "added_by": actor,
                "added_at": clock.now(),
                "note": note[:300],
            },
        )
        if new:
            audit.record(
                actor,
                "alert.evidence",
                f"alert/{alert.pk}",
                detail={"digest": digest, "size": size, "file": row.pk},
            )
    return row


def keep(name: str, chunks: Iterable[bytes]) -> tuple[str, str, int]:
    """Write a file, once under its digest; its plain name, the digest, its bytes. Raises `EvidenceError`."""
    shown = plain_name(name)
    digest, size = _keep(_checked(shown, chunks), shown)
    return shown, digest, size


def plain_name(name: str) -> str:
    """A file name without folders, control and direction marks: it is shown and offered for download, nothing else."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if c.isprintable() and not 0x200B <= ord(c) <= 0x206F)
    return kept.strip(" .")[-200:] or "证据"


def opened(name: str, digest: str) -> BinaryIO:
    """A file, at its beginning, after a look whether it still is what was taken. Raises `EvidenceError`."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 whoever hands it out closes it; it has no name
    try:
        file.writelines(FILES.blocks(digest))
    except DamagedError as error:
        file.close()
        raise EvidenceError(f"“{name}”不能提供:{error}") from error
    file.seek(0)
    return file


def _checked(name: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The file as it comes, if its name and its beginning are of one of the kinds."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    begins = KINDS.get(ending)
    if begins is None:
        raise EvidenceError(f"不收“{name}”这种文件;请用图片、录音、录像、PDF、OFD、Office 文档、文本或压缩包")
    held, waiting = b"", iter(chunks)
    for chunk in waiting:
        held += chunk
        if len(held) >= _HEAD:
            break
    if held and begins and not any(held[at : at + len(sign)] == sign for at, sign in begins):
        raise EvidenceError(f"“{name}”的内容不是 {ending} 文件;请核对是不是改过扩展名,按原来的格式上传")
    yield held
    yield from waiting


def _keep(chunks: Iterable[bytes], name: str) -> tuple[str, int]:
    """Seal it once, under the digest; a file appears only when it is whole and on the disk."""
    digest, size = hashlib.sha256(), 0
    with tempfile.TemporaryFile() as whole:
        for chunk in chunks:
            size += len(chunk)
            if size > LARGEST:
                raise EvidenceError(f"“{name}”超过 {LARGEST >> 20} MB;请压缩或分开上传")
            digest.update(chunk)
            whole.write(chunk)
        if not size:
            raise EvidenceError(f"“{name}”是空的;请重新选择")
        whole.seek(0)
        FILES.keep(digest.hexdigest(), iter(partial(whole.read, BLOCK), b""))
    return digest.hexdigest(), size


resealing.holds(FILES)
