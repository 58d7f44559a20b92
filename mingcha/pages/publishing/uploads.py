"""From the files of a form to the files of a publication."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable
from datetime import date
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Final

from django.core.files.uploadedfile import UploadedFile

from mingcha.alerts.publishing import LARGEST, PublishingError
from mingcha.law.calendar import Notice
from mingcha.law.calendar_files import CalendarError
from mingcha.law.calendar_import import read_notice, year_file
from mingcha.rules.model import Pack

_BYTES: Final = LARGEST * 4
"""UTF-8 holds a character in four bytes at most."""
_LOCAL: Final = "local"


def pack_files(uploads: Iterable[UploadedFile[bytes]]) -> dict[str, str]:
    """Name -> text of the YAML files, those of a ZIP among them. Raises PublishingError."""
    files: dict[str, str] = {}
    for upload in uploads:
        name = PurePosixPath((upload.name or "").replace("\\", "/")).name
        if (upload.size or 0) > _BYTES:
            raise PublishingError(
                f"{name} 超过 {_BYTES >> 20} MB;规则包只含 YAML 文字,请核对是不是选错了文件"
            )
        content = upload.read()
        for inner, raw in _unzipped(name, content) if name.lower().endswith(".zip") else [(name, content)]:
            if inner in files:
                raise PublishingError(f"{inner} 上传了两次,请只留一份")
            files[inner] = _text(inner, raw)
    if not files:
        raise PublishingError("没有选择文件;请选 pack.yaml 和各规则的 YAML,或它们的 ZIP")
    return files


def _unzipped(name: str, content: bytes) -> list[tuple[str, bytes]]:
    """The YAML files of a ZIP, wherever in it they lie."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            wanted = [entry for entry in packed.infolist() if entry.filename.endswith(".yaml")]
            if sum(entry.file_size for entry in wanted) > _BYTES:
                raise PublishingError(f"{name} 解压后过大;规则包只含 YAML 文字,请核对")
            return [(PurePosixPath(entry.filename).name, packed.read(entry)) for entry in wanted]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise PublishingError(f"{name} 不是完好的 ZIP;请重新打包,不要加密") from error


def _text(name: str, raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PublishingError(f"{name} 不是 UTF-8;请另存为 UTF-8 再上传") from error


def notice_files(
    upload: UploadedFile[bytes], number: str, title: str, issued: date | None
) -> tuple[int, str, dict[str, str]]:
    """Year, title and year file of a notice (CSV, or the JSON of holiday-cn). Raises PublishingError."""
    if (upload.size or 0) > 1 << 20:
        raise PublishingError("放假通知的文件不应超过 1 MB,请核对是不是选错了文件")
    if not number.strip():
        raise PublishingError("请写明放假通知的文号,如 国办发明电〔2026〕7号:每个放假日都以它为据")
    with tempfile.TemporaryDirectory(prefix="notice-") as folder:
        path = Path(folder) / "notice"
        path.write_bytes(upload.read())
        try:
            draft = read_notice(path)
        except CalendarError as error:
            told = ";".join(f"第 {fault.line} 行:{fault.message}" for fault in error.faults[:8])
            raise PublishingError(f"{upload.name} 不能用:{told}") from error
    title = title.strip() or f"国务院办公厅关于{draft.year}年部分节假日安排的通知"
    notice = Notice(number.strip(), title, issued, draft.url, verified=True)
    return draft.year, title, {f"{draft.year}.yaml": year_file(draft, notice)}


def packed(pack: Pack) -> bytes:
    """The files of a pack as they are, for somebody who wants to change them."""
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as out:
        for file in sorted(pack.file.parent.glob("*.yaml")):
            out.write(file, file.name)
    return held.getvalue()
