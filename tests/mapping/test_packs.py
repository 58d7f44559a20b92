"""The small rule packs that mappings bring: well formed, held by their stories, carried into the folder."""

from pathlib import Path
from typing import Any

import pytest

from mingcha.readers.mapping.load import SHIPPED
from mingcha.rules.load import load_rulebook
from mingcha.trials.lint import lint
from mingcha.trials.testing import run_rules

PACKS = sorted(path.parent for path in SHIPPED.glob("*/*/pack.yaml"))
RULES = [(folder, rule.id) for folder in PACKS for rule in load_rulebook([folder]).rules]

FINES = "case_id,activity,timestamp,resource,amount\n" + "".join(
    f"{case},Create Fine,2007-01-02,1,35.0\n{case},Insert Fine Notification,2007-01-15,,\n"
    f"{case},Add penalty,{day},,71.5\n"
    for case, day in (("A", "2007-03-15"), ("B", "2007-03-16"), ("C", "2007-03-17"))
)


@pytest.mark.parametrize("folder", PACKS, ids=[folder.name for folder in PACKS])
def test_a_pack_of_a_mapping_is_without_fault(folder: Path) -> None:
    assert [str(fault) for fault in lint(folder)] == []


@pytest.mark.parametrize(("folder", "rule"), RULES, ids=[rule for _, rule in RULES])
def test_a_rule_of_a_mapping_is_held_by_its_stories(folder: Path, rule: str) -> None:
    (ran,) = run_rules([folder], [rule], workers=1)
    assert ran.stories > 0 and not ran.failures, "\n".join(map(str, ran.failures))


def test_the_converted_folder_brings_its_packs_and_is_judged_by_them(bench: Any) -> None:
    from datetime import datetime

    from mingcha.engine.judge import judge
    from mingcha.law.load import load_calendar
    from mingcha.report.choices import choose, rulebook_of

    done = bench.convert("traffic-fines", {"traffic_fines.csv": FINES})
    choices = choose(bench.to)
    assert choices.packs == (str(bench.to / "rules" / "fines"),)
    found = judge(done.facts, rulebook_of(choices.packs), load_calendar(), datetime(2008, 1, 1)).findings
    assert [(row["key"], row["level"], row["lead"]) for row in found.to_pylist()] == [
        ("A", "none", True), ("C", "red", True),
    ]  # fmt: skip


def test_a_mapping_without_packs_leaves_the_choice_open(bench: Any) -> None:
    from mingcha.report.choices import choose

    tables = "  steps:\n    from: log\n    columns: {case_no: a, seq: {value: '1'}, name: b}"
    bench.convert(bench.mapping(tables, more="as_of: 2026-03-31"), {"log.csv": "a,b\nA,受理\n"})
    choices = choose(bench.to)
    assert choices.packs == () and str(choices.as_of) == "2026-03-31 23:59:59"
