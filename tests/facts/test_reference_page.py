"""docs/facts.md is made from the declarations and cannot drift from them."""

from pathlib import Path

from mingcha.facts.reference import code_lists, reference_page
from mingcha.facts.schema import TABLES

PAGE = Path(__file__).parents[2] / "docs" / "facts.md"


def test_the_page_in_docs_is_what_the_declarations_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference_page(), (
        "run: python -m mingcha.facts.reference docs/facts.md"
    )


def test_the_page_names_every_table_column_and_code() -> None:
    page = reference_page()
    for table in TABLES.values():
        assert f"### {table.name} {table.label}" in page
        for column in table.columns:
            assert column.label in page
    for codes in code_lists():
        for value in codes.values:
            assert f"`{value}`" in page
