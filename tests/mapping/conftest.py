"""A mapping and a few invented files in, fact rows out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mingcha.readers.export import as_texts
from mingcha.readers.mapping.convert import Conversion, convert
from mingcha.readers.mapping.load import find_mapping, read_mapping

Row = dict[str, Any]


class Bench:
    """A folder of sources, a mapping, and what came of converting."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sources = root / "sources"
        self.sources.mkdir()
        self.to = root / "facts"
        self.done: Conversion | None = None

    def mapping(self, tables: str, sources: str = "log: {files: [log.csv]}", more: str = "") -> Path:
        """Write a mapping of these sources and tables (YAML as it stands below the keys)."""
        path = self.root / "mapping.yaml"
        text = f"id: test\ntitle: 试\norigin: 编的\nsources:\n  {sources}\ntables:\n{tables}\n{more}\n"
        path.write_text(text, encoding="utf-8")
        return path

    def convert(self, mapping: Path | str, files: dict[str, str | bytes]) -> Conversion:
        """Convert files (name -> content) by a mapping or the name of a shipped one."""
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            (self.sources / name).write_bytes(data)
        path = find_mapping(str(mapping))
        self.done = convert(read_mapping(path), [self.sources], self.to)
        return self.done

    def rows(self, table: str) -> list[Row]:
        """Rows of a converted table, missing values left out, spelled as files spell them."""
        assert self.done is not None
        texts = as_texts(self.done.facts[table].read())
        columns = {name: column.to_pylist() for name, column in texts.items()}
        listed = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
        return [{name: value for name, value in row.items() if value is not None} for row in listed]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def column(bench: Bench) -> Callable[..., list[Any]]:
    """One column of `cases` for raw values of a source column x: (how it is mapped, values) -> values."""

    def column(name: str, spec: str, values: list[str], source: str = "log: {files: [log.csv]}") -> list[Any]:
        tables = "  cases:\n    from: log\n    columns:\n      case_no: no\n"
        tables += "      received_at: {value: 2026-03-02}\n"
        tables += "      item_code: {value: 体检, coin: item}\n" + f"      {name}: {spec}"
        lines = "\n".join(f"{i},{value}" for i, value in enumerate(values))
        bench.convert(bench.mapping(tables, source), {"log.csv": f"no,x\n{lines}\n"})
        return [row.get(name) for row in bench.rows("cases")]

    return column
