"""XES event logs (IEEE 1849): one row an event, with the attributes of its trace before it.

An event's attribute is a column under its own key (`concept:name`, `time:timestamp`), a trace's under
`case:` and its key. Needs lxml (extra `xes`). No document type, no entities, no network; one trace at a time
is held in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mingcha.readers.errors import FileError
from mingcha.readers.mapping.keyed import Keyed
from mingcha.readers.raw import BadRow

CASE = "case:"


class XesRows(Keyed):
    """One XES file; rows are events numbered from 1."""

    def rows(self) -> Iterator[tuple[int, dict[str, str | None] | BadRow]]:
        """The events, trace by trace."""
        number = 0
        for trace in self._traces():
            of_case = {CASE + key: value for key, value in _attributes(trace).items()}
            for event in trace:
                if _name(event) == "event":
                    number += 1
                    yield number, {**of_case, **_attributes(event)}

    def _traces(self) -> Iterator[Any]:
        try:
            from lxml import etree  # type: ignore[import-untyped]
        except ImportError as error:
            raise FileError(self.path, '读 XES 要先装 lxml:pip install "mingcha[xes]"') from error
        try:
            with self.path.open("rb") as file:
                yield from self._walk(file, etree)
        except etree.XMLSyntaxError as error:
            raise FileError(self.path, f"第 {error.lineno} 行起不是完好的 XML,请重新导出") from error

    def _walk(self, file: Any, etree: Any) -> Iterator[Any]:
        safe = {"load_dtd": False, "no_network": True, "resolve_entities": False, "huge_tree": False}
        checked = False
        for event, node in etree.iterparse(file, events=("start", "end"), **safe):
            if not checked:
                checked = True
                if node.getroottree().docinfo.internalDTD is not None:
                    raise FileError(self.path, "含有文档类型声明(DOCTYPE),不读;请导出成不带它的 XES")
            if event == "end" and _name(node) == "trace":
                self.place = file.tell()
                yield node
                node.clear()
                while node.getprevious() is not None:
                    del node.getparent()[0]


def _name(node: Any) -> str:
    return str(node.tag).rpartition("}")[2]


def _attributes(node: Any) -> dict[str, str | None]:
    return {key: child.get("value") for child in node if (key := child.get("key"))}
