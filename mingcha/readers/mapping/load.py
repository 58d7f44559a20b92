"""Read a mapping file: every fault at once, each with its line and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mingcha.facts.schema import TABLES
from mingcha.readers.mapping.build import build
from mingcha.readers.mapping.documents import MAPPING
from mingcha.readers.mapping.examine import examine
from mingcha.readers.mapping.model import Mapping
from mingcha.rules.faults import Fault, Faults
from mingcha.rules.shapes import record
from mingcha.rules.yaml_lines import Lines, YamlError, nearest, read_yaml

SHIPPED = Path(__file__).parents[2] / "mappings"
FILE_NAME = "mapping.yaml"


class MappingError(ValueError):
    """A mapping that cannot be used; `faults` lists every reason with its place."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def shipped() -> dict[str, Path]:
    """The mappings that ship with the product: name -> file."""
    return {path.parent.name: path for path in sorted(SHIPPED.glob(f"*/{FILE_NAME}"))}


def find_mapping(name: str) -> Path:
    """The file of a mapping named by its shipped name, its folder or itself. Raises MappingError."""
    if name in shipped():
        return shipped()[name]
    path = Path(name)
    path = path / FILE_NAME if path.is_dir() else path
    if path.is_file():
        return path
    listed = "、".join(shipped())
    raise MappingError([Fault(name, 1, "没有这个映射", f"写映射文件的路径,或随产品提供的名称:{listed}")])


def read_mapping(path: Path) -> Mapping:
    """Read and check a mapping file. Raises MappingError with all its faults."""
    faults = Faults()
    data, lines = _read(path, faults)

    def tell(place: tuple[str | int, ...], message: str, advice: str) -> None:
        faults.add(path, nearest(lines, place), message, advice)

    found: dict[str, Any] = record(MAPPING)(data, (), tell) if isinstance(data, dict) else {}
    if not isinstance(data, dict) and not faults:
        tell((), "文件的最外层应是“键: 值”", "对照 docs/mappings.md 中的例子")
    if faults:
        raise MappingError(faults.found)
    mapping = build(found, path, lines)
    examine(mapping, TABLES, tell)
    if faults:
        raise MappingError(faults.found)
    return mapping


def _read(path: Path, faults: Faults) -> tuple[Any, Lines]:
    try:
        return read_yaml(path)
    except YamlError as error:
        faults.add(path, error.line, f"不是合法的 YAML:{error}", "检查这一行的缩进、冒号与引号")
    except (OSError, UnicodeDecodeError) as error:
        faults.add(path, 1, f"读不了这个文件:{error}", "检查文件是否存在、编码是否为 UTF-8")
    return None, {}
