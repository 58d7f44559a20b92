"""The declarations against the specification of the fact tables, name by name."""

import re
from pathlib import Path

import pytest

from mingcha.facts.declare import GROUPS
from mingcha.facts.schema import COMMON, TABLES

SPECIFICATION = Path(__file__).parents[2].parent / "shared" / "domain" / "facts.md"
ADDED = {"arrivals": {"exempt", "agency_code", "region_code"}, "complaints": {"region_code"}}
"""What the specification does not have, and why: docs/decisions/arrivals-say-who-owes-a-report.md and
complaints-have-the-clock-of-bad-reviews.md."""
CODES = re.compile(r"`[^`]*`(?:\s+[^`·()]*)?")


def _rows(text: str) -> dict[str, tuple[list[str], str]]:
    """Table name -> (column texts, group heading) from the tables of the page."""
    found, group = {}, ""
    for line in text.splitlines():
        if line.startswith("## "):
            group = line
        if not line.startswith("| `"):
            continue
        heads, columns = (part.strip() for part in line.strip("|").split(" | ", 1))
        names = re.findall(r"`(\w+)`", heads)
        for name, part in zip(names, columns.split(" — "), strict=True):
            found[name] = (part.split(" · "), group)
    return found


def _shape(texts: list[str]) -> list[tuple[str, bool, bool]]:
    shape = []
    for text in texts:
        name = re.match(r"\**(\w+)", text.strip())
        assert name, text
        shape.append((name[1], text.strip().startswith("**"), re.match(r"\w+\*", text.strip()) is not None))
    return shape


@pytest.mark.acceptance
def test_every_table_and_column_of_the_specification_is_declared_in_its_order() -> None:
    specified = _rows(SPECIFICATION.read_text(encoding="utf-8"))
    assert list(specified) == list(TABLES)
    for name, (texts, _) in specified.items():
        added = ADDED.get(name, set())
        own = [c for c in TABLES[name].columns if c not in COMMON and c.name not in added]
        assert added <= {c.name for c in TABLES[name].columns}
        assert [(c.name, c.key, c.required) for c in own] == _shape(texts), name
    groups = {(heading, TABLES[name].group) for name, (_, heading) in specified.items()}
    assert len(groups) == len(GROUPS) == len({heading for heading, _ in groups})


@pytest.mark.acceptance
def test_every_code_of_the_specification_is_in_the_code_list_of_its_column() -> None:
    for name, (texts, _) in _rows(SPECIFICATION.read_text(encoding="utf-8")).items():
        for text in texts:
            column = TABLES[name].column(re.match(r"\**(\w+)", text.strip())[1])  # type: ignore[index]
            for code in re.findall(r"`(\w+)`", text):
                if column.codes is not None:
                    assert code in column.codes.values, (name, column.name, code)
                else:
                    assert code == column.default or column.name == "promised_unit", (name, code)


@pytest.mark.acceptance
def test_kinds_follow_the_notes_of_the_specification() -> None:
    kinds = {"bool": "bool", "list": "list"}
    for name, (texts, _) in _rows(SPECIFICATION.read_text(encoding="utf-8")).items():
        for text in texts:
            column = TABLES[name].column(re.match(r"\**(\w+)", text.strip())[1])  # type: ignore[index]
            for word, kind in kinds.items():
                if re.search(rf"\({word}\b", text):
                    assert column.kind == kind, (name, column.name)
