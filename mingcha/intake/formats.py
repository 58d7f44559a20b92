"""In which format a batch is: by what it says of itself, checked against its first bytes.

| form | what it is | table |
|---|---|---|
| csv, xlsx, parquet, jsonl | one table, as in files | named by the sender |
| json | one table as an array, or an object of tables: `{"cases": [...], "steps": [...]}` | named, or by itself |
| zip | several files, named `<table>.<form>` or as the source's mapping says | by itself |

Each may be packed by gzip (`csv.gz`, …), but for zip and xlsx, which are packed already.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from mingcha.intake.incoming import Incoming
from mingcha.intake.refused import NotReceivedError

FORMS: Final = ("csv", "xlsx", "parquet", "jsonl", "json", "zip")
PACKED: Final = ".gz"
LARGEST_JSON: Final = 32 << 20
"""Bytes of a JSON document, which is held whole while it is checked; larger ones come as JSON lines."""

MEDIA_TYPES: Final = {
    "text/csv": "csv",
    "application/json": "json",
    "application/x-ndjson": "jsonl",
    "application/jsonl": "jsonl",
    "application/x-jsonlines": "jsonl",
    "application/vnd.apache.parquet": "parquet",
    "application/x-parquet": "parquet",
    "application/zip": "zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
_STARTS: Final = {"xlsx": b"PK", "zip": b"PK", "parquet": b"PAR1", PACKED: b"\x1f\x8b"}
_KNOWN_STARTS: Final = {
    b"PK\x03\x04": "ZIP 或 Excel",
    b"PAR1": "Parquet",
    b"\x1f\x8b": "gzip",
    b"%PDF": "PDF",
}
_TOLD: Final = "、".join(FORMS)


def form_of_name(name: str) -> str:
    """The form that a file's name says. Raises NotReceivedError (415)."""
    suffixes = [suffix.lower() for suffix in PurePath(name).suffixes]
    packed = suffixes[-1:] == [PACKED]
    form = (suffixes[:-1] if packed else suffixes)[-1:]
    return check_form((form[0].lstrip(".") if form else "") + (PACKED if packed else ""))


def form_of_media_type(kind: str, encoding: str) -> str:
    """The form that the headers of a request say. Raises NotReceivedError (415)."""
    form = MEDIA_TYPES.get(kind.split(";")[0].strip().lower())
    if form is None:
        raise NotReceivedError(415, f"不认识的内容类型“{kind[:80]}”", f"请用 {'、'.join(MEDIA_TYPES)} 之一")
    if encoding.strip().lower() in ("", "identity"):
        return form
    if encoding.strip().lower() != "gzip":
        raise NotReceivedError(415, f"不认识的内容编码“{encoding[:40]}”", "只收 gzip 压缩或不压缩的内容")
    return check_form(form + PACKED)


def check_form(form: str) -> str:
    """The form itself. Raises NotReceivedError (415) where there is none of that name."""
    plain = form.removesuffix(PACKED)
    if plain not in FORMS:
        raise NotReceivedError(415, f"不认识的格式“{form[:40]}”", f"请用 {_TOLD} 之一,文本可再用 gzip 压缩")
    if plain != form and plain in ("xlsx", "zip"):
        raise NotReceivedError(415, f"{plain} 已经压缩过", "请直接报送,不要再套 gzip")
    return form


def check_start(form: str, sent: Incoming) -> None:
    """Raise NotReceivedError (422) where the first bytes are of something else than the form."""
    if not sent.size:
        raise NotReceivedError(422, "内容是空的", "没有数据时请做零报送,或只留表头")
    head = sent.head()
    wanted = _STARTS.get(PACKED if form.endswith(PACKED) else form)
    if wanted is not None and not head.startswith(wanted):
        raise NotReceivedError(422, f"内容不是 {form} 格式", "请核对文件是否改过扩展名,按实际格式报送")
    if wanted is None:
        for start, told in _KNOWN_STARTS.items():
            if head.startswith(start):
                raise NotReceivedError(422, f"内容是 {told},不是 {form}", "请按实际格式报送")
    if form == "json" and sent.size > LARGEST_JSON:
        raise NotReceivedError(
            413, f"JSON 超过 {LARGEST_JSON >> 20} MB", "请改用 JSON Lines(每行一个对象)或 Parquet"
        )
