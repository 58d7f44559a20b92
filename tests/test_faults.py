"""The seeded faults fit the code and the tests they name (`python -m tests.faults` runs them)."""

from __future__ import annotations

import re

import pytest

from tests.faults import FAULTS, ROOT, Fault


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_seeded_fault_has_its_one_place_and_its_test(fault: Fault) -> None:
    assert (ROOT / fault.file).read_text("utf-8").count(fault.right) == 1
    file, _, test = fault.test.partition("::")
    assert f"def {test.partition('[')[0]}" in (ROOT / file).read_text("utf-8")


def test_the_page_of_what_is_tested_names_files_that_are_there() -> None:
    named = re.findall(r"`(tests/[^`]+)`", (ROOT / "docs/testing.md").read_text("utf-8"))
    assert len(named) > 10
    assert [name for name in named if not (ROOT / name).is_file()] == []
