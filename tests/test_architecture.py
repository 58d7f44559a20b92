"""ARCHITECTURE.md names things that are there, and the house keeps its rules."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
NAMES = sorted(set(re.findall(r"\b((?:\w+/)+\w+\.py):(\w+)", PAGE)))
FOLDERS = sorted(set(re.findall(r"`((?:mingcha|tests)/\w+)`", PAGE)))
PAGE_LINES = 70


@pytest.mark.parametrize(("file", "name"), NAMES, ids=[f"{file}:{name}" for file, name in NAMES])
def test_a_name_of_the_page_is_there(file: str, name: str) -> None:
    module = importlib.import_module("mingcha." + file.removesuffix(".py").replace("/", "."))
    assert hasattr(module, name)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_of_the_page_is_there(folder: str) -> None:
    assert (ROOT / folder).is_dir()


def test_every_folder_of_the_package_is_on_the_page() -> None:
    there = {f"mingcha/{path.parent.name}" for path in (ROOT / "mingcha").glob("*/__init__.py")}
    assert there <= set(FOLDERS)


def test_the_page_is_one_page() -> None:
    assert len(PAGE.splitlines()) <= PAGE_LINES


def test_the_page_names_the_whole_flow() -> None:
    assert len(NAMES) > 20


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "mingcha").rglob("*.py")):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def test_only_the_commands_and_one_module_ask_what_time_it_is() -> None:
    clocks = {"now", "today", "utcnow"}
    asking = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in clocks
        and isinstance(node.func.value, ast.Name) and node.func.value.id in ("datetime", "date")
    }  # fmt: skip
    assert {name for name in asking if not name.startswith("mingcha/cli/")} == {"mingcha/base/clock.py"}


def test_no_except_is_silent() -> None:
    bare = [
        f"{name}:{node.lineno}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    assert bare == []


def test_nothing_that_is_to_be_ignored_is_kept() -> None:
    """An installation once lay in a fresh checkout, its signing key with it."""
    asked = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    assert subprocess.run(asked, cwd=ROOT, capture_output=True, check=True, text=True).stdout == ""
