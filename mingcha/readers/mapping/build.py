"""From the checked document to the records of `model`; nothing here can fail."""

from __future__ import annotations

from collections.abc import Mapping as Map
from pathlib import Path
from typing import Any

from mingcha.readers.mapping.model import Each, Join, Mapping, Number, Part, Source, Value


def build(found: Map[str, Any], file: Path, lines: Map[tuple[str | int, ...], int]) -> Mapping:
    """The mapping of a document in the shape of `documents.MAPPING`."""
    tables: Map[str, Any] = found.get("tables", {})
    parts = [_part(table, *entry) for table, entries in tables.items() for entry in entries]
    return Mapping(
        id=found["id"],
        title=found["title"],
        origin=found["origin"],
        sources={name: _source(name, entry) for name, entry in found.get("sources", {}).items()},
        parts=tuple(parts),
        packs=found.get("packs", ()),
        as_of=found.get("as_of", ""),
        notes=found.get("notes", ()),
        file=file,
        lines=lines,
    )


def _source(name: str, entry: dict[str, Any]) -> Source:
    add = {column: _number(spec) for column, spec in entry.pop("add", {}).items()}
    return Source(name=name, add=add, **{"files": (), **entry})


def _number(spec: Map[str, Any]) -> Number:
    return Number(spec.get("number", ()), spec.get("order", ""))


def _part(table: str, place: tuple[str | int, ...], entry: Map[str, Any]) -> Part:
    each = entry.get("each")
    return Part(
        table=table,
        values={name: _value(spec) for name, spec in entry.get("columns", {}).items()},
        source=entry.get("from", ""),
        where=entry.get("where", ""),
        joins=tuple(_join(alias, spec) for alias, spec in entry.get("join", {}).items()),
        group=entry.get("group", ()),
        order=entry.get("order", ""),
        each=Each(**each) if each else None,
        path=place,
    )


def _join(alias: str, spec: Map[str, Any]) -> Join:
    given = {key: value for key, value in spec.items() if key != "from"}
    return Join(alias=alias, source=spec.get("from", ""), **{"on": {}, **given})


def _value(spec: Map[str, Any]) -> Value:
    given = {key: value for key, value in spec.items() if key not in ("value", "number", "order", "scale")}
    if "number" in spec:
        given["number"] = Number(spec["number"], spec.get("order", ""))
    if "scale" in spec:
        given["scale"] = (spec["scale"].get("worst", 1), spec["scale"].get("best", 5))
    return Value(constant=spec.get("value", ""), **given)
