"""A payload laid out as the readers take it: a folder of files `<table>.<form>`, or under the sender's names
where a mapping is to read them.

Sizes are bounded while unpacking: what a small package may become large by is refused, not believed.
"""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final

from mingcha.facts.schema import TABLES
from mingcha.intake.formats import LARGEST_JSON, PACKED
from mingcha.intake.refused import NotReceivedError
from mingcha.readers.jsonl_source import parse_line

LARGEST: Final = 8 << 30
"""Bytes that a package may unpack to."""
MOST_FILES: Final = 200
DEEPEST: Final = 16
_BLOCK: Final = 1 << 20
_UNSAFE: Final = re.compile(r"[^\w.\-()()·]+")


def lay_out(
    file: Path, form: str, table: str, name: str, folder: Path, *, largest: int = LARGEST
) -> list[Path]:
    """Lay a payload out in an empty folder; the files. `table` is empty where the content says itself.

    Raises NotReceivedError (422, 413): a broken package, a JSON text that is not plain, a table that is not ours.
    """
    if form.endswith(PACKED):
        plain = folder / "unpacked"
        _gunzip(file, plain, LARGEST_JSON if form == "json.gz" else largest)
        try:
            return lay_out(plain, form.removesuffix(PACKED), table, name.removesuffix(PACKED), folder)
        finally:
            plain.unlink(missing_ok=True)
    if form == "zip":
        return _unzip(file, folder, largest)
    if form == "json":
        return _split_json(file, table, folder)
    target = folder / (f"{table}.{form}" if table else safe_name(name, form))
    _link(file, target)
    return [target]


def safe_name(name: str, form: str = "") -> str:
    """A file name without folders, signs that turn text around, and whatever else has no place in a name."""
    last = PurePosixPath(name.replace("\\", "/")).name
    cleaned = _UNSAFE.sub("_", last).lstrip(".")[-120:]
    return cleaned or f"sent.{form}"


def _link(file: Path, target: Path) -> None:
    """The file under another name, without copying it where that can be."""
    try:
        target.hardlink_to(file)
    except OSError:
        with file.open("rb") as source, target.open("wb") as out:
            while block := source.read(_BLOCK):
                out.write(block)


def _write(parts: Iterable[bytes], target: Path, left: int) -> int:
    """Write at most `left` bytes; how many it were."""
    done = 0
    with target.open("wb") as out:
        for part in parts:
            done += len(part)
            if done > left:
                raise NotReceivedError(413, "压缩包展开后过大", "请拆成几份分别报送")
            out.write(part)
    return done


def _gunzip(file: Path, target: Path, largest: int) -> None:
    def parts() -> Iterator[bytes]:
        unpack, ended = zlib.decompressobj(wbits=31), False
        with file.open("rb") as packed:
            while block := packed.read(_BLOCK):
                while block:
                    yield unpack.decompress(block, _BLOCK)
                    block, ended = unpack.unconsumed_tail, unpack.eof
                    if ended:  # several members one after another are one file
                        block, unpack = unpack.unused_data, zlib.decompressobj(wbits=31)
        if not ended:
            raise EOFError

    try:
        _write(parts(), target, largest)
    except (zlib.error, EOFError) as error:
        raise NotReceivedError(422, "不是完好的 gzip 内容", "请重新压缩后再报") from error


def _unzip(file: Path, folder: Path, largest: int) -> list[Path]:
    made: list[Path] = []
    try:
        with zipfile.ZipFile(file) as package:
            members = [member for member in package.infolist() if not member.is_dir()]
            _check_members(members)
            for member in members:
                target = folder / safe_name(_shown_name(member))
                with package.open(member) as inside:
                    largest -= _write(iter(lambda: inside.read(_BLOCK), b""), target, largest)  # noqa: B023
                made.append(target)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise NotReceivedError(422, "不是完好的 ZIP 包,或加了密", "请不加密重新压缩后再报") from error
    return made


def _shown_name(member: zipfile.ZipInfo) -> str:
    """The name; older Chinese systems write GBK where the standard says code page 437."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return member.filename


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if not members:
        raise NotReceivedError(422, "ZIP 包里没有文件", "把 cases.csv 等数据文件放进包里再报")
    if len(members) > MOST_FILES:
        raise NotReceivedError(422, f"ZIP 包里有 {len(members)} 份文件,过多", f"一包至多 {MOST_FILES} 份")
    names = [safe_name(_shown_name(member)).lower() for member in members]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise NotReceivedError(422, f"ZIP 包里有两份 {twice}", "同名文件只留一份,不要分文件夹放")


def _split_json(file: Path, table: str, folder: Path) -> list[Path]:
    made = []
    for name, rows in json_tables(file.read_bytes(), table).items():
        target = folder / f"{name}.jsonl"
        with target.open("w", encoding="utf-8") as out:
            out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        made.append(target)
    return made


def json_tables(data: bytes, table: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of a JSON document by table; numbers as their digits. Raises NotReceivedError (422): not JSON, too
    deep, doubled keys, NaN, lone surrogates, or not an array of objects (of tables)."""
    try:
        whole = parse_line('{"":' + data.decode("utf-8-sig") + "}")
        if len(whole) != 1:
            raise ValueError("一份内容里有几个值")
        value = whole[""]
        _check_depth(value, lambda text: text.encode("utf-8"))
    except UnicodeDecodeError as error:
        raise NotReceivedError(
            422, f"第 {error.start + 1} 个字节不是 UTF-8", "请以 UTF-8 编码报送 JSON"
        ) from error
    except UnicodeEncodeError as error:
        raise NotReceivedError(422, "文字里有不成对的代理字符", "请以完整的 Unicode 字符报送") from error
    except (ValueError, KeyError) as error:
        raise NotReceivedError(
            422, f"不是可收的 JSON:{_position(error)}", "请检查引号、逗号、括号与重复的键"
        ) from error
    return _tables_of(value, table)


def _position(error: Exception) -> str:
    """The message, with positions counted in what was sent, not in what was put before it."""
    return re.sub(r"第 (\d+) 个", lambda found: f"第 {max(1, int(found[1]) - 4)} 个", str(error))


def _check_depth(value: Any, check: Callable[[str], object], depth: int = 0) -> None:
    if depth > DEEPEST:
        raise NotReceivedError(
            422, f"JSON 套叠超过 {DEEPEST} 层", "一行是一个对象,值是文字、数字、真假或文字的数组"
        )
    if isinstance(value, str):
        check(value)
    elif isinstance(value, dict):
        for key, held in value.items():
            check(key)
            _check_depth(held, check, depth + 1)
    elif isinstance(value, list):
        for held in value:
            _check_depth(held, check, depth + 1)


def _tables_of(value: Any, table: str) -> dict[str, list[dict[str, Any]]]:
    found = {table: value} if table else value
    if not isinstance(found, dict) or not found:
        raise NotReceivedError(
            422, "没有说是哪张表", '用参数 table 指明,或写成 {"cases": [...], "steps": [...]} 的样子'
        )
    for name, rows in found.items():
        if name not in TABLES:
            raise NotReceivedError(422, f"没有事实表“{name[:40]}”", "表名见数据规范")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise NotReceivedError(
                422, f"{TABLES[name].label}({name})应是对象的数组", "每行写一个对象,键为列名"
            )
    if not any(found.values()):
        raise NotReceivedError(422, "一行也没有", "没有数据时请做零报送")
    return {name: rows for name, rows in found.items() if rows}
