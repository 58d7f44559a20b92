"""Trying a draft on past cases: who gains and who loses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from mingcha.facts.store import Facts
from mingcha.rules.faults import RulebookError
from mingcha.rules.load import RULEBOOK, shipped_rulebook
from mingcha.trials.stories import with_cast
from mingcha.trials.testing import calendar
from mingcha.trials.what_if import Trial, names_of, read_draft, try_draft

AS_OF = datetime(2026, 3, 31, 12)


@pytest.fixture
def facts() -> Facts:
    """Two cases: one completed on the tenth working day of ten, one on the twelfth."""
    common = {"accepted_at": "2026-01-05 09:30", "outcome": "granted"}
    cases = [
        {"case_no": "BJ1", "completed_at": "2026-01-19 10:00", **common},
        {"case_no": "BJ2", "completed_at": "2026-01-21 10:00", **common},
    ]
    return Facts.from_rows(with_cast({"cases": cases}))


def shipped(rule_file: str, folder: Path, *changes: tuple[str, str]) -> Path:
    """A copy of a shipped rule with changes."""
    text = (RULEBOOK / rule_file).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, "the shipped rule has changed"
        text = text.replace(old, new)
    copy = folder / Path(rule_file).name
    copy.write_text(text, encoding="utf-8")
    return copy


def tried(draft: Path, facts: Facts) -> Trial:
    book = shipped_rulebook()
    return try_draft(read_draft(draft, book), book, facts, calendar(), AS_OF)


def lines(trial: Trial) -> list[tuple[str, str, str, str]]:
    return [
        (c.kind, c.finding["rule"], c.finding["key"], c.finding["level"]) for c in trial.difference.changes()
    ]


def test_the_same_rule_makes_no_difference(tmp_path: Path, facts: Facts) -> None:
    trial = tried(shipped("henan-2019/8.1.yaml", tmp_path, ("title:", "title: ")), facts)
    assert not trial.difference
    assert (trial.before, trial.after, trial.cases) == (2, 2, 2)


def test_a_stricter_rule_changes_levels(tmp_path: Path, facts: Facts) -> None:
    draft = shipped("henan-2019/8.1.yaml", tmp_path, ("item.promised_limit", "8"))
    assert lines(tried(draft, facts)) == [
        ("changed", "henan-8.1", "BJ1", "red"),
        ("changed", "henan-8.1", "BJ2", "red"),
    ]


def test_a_rule_that_warns_later_withdraws_nothing_it_does_not_touch(tmp_path: Path, facts: Facts) -> None:
    trial = tried(shipped("henan-2019/8.1.yaml", tmp_path, ("left <= 2", "left <= 1")), facts)
    assert trial.draft.touched[0] == "henan-8.1"
    assert {change.fields for change in trial.difference.changes()} <= {("since", "warn_at"), ("warn_at",)}


def test_a_rule_that_reads_the_draft_clock_is_judged_as_well(tmp_path: Path, facts: Facts) -> None:
    trial = tried(shipped("henan-2019/8.1.yaml", tmp_path, ("left <= 2", "left <= 1")), facts)
    assert "sc-integrity-bunching" in trial.draft.touched


def test_a_new_rule_of_a_pack_is_found_by_the_law_it_cites(tmp_path: Path, facts: Facts) -> None:
    draft = tmp_path / "new.yaml"
    rule = shipped_rulebook().rule("henan-8.1")
    draft.write_text(
        f"id: henan-new\ntitle: 试行\ncites: {{law: {rule.law}, article: 第八条(一)}}\ntext: {rule.text}\n"
        "class: FLOW\nover: cases\nfires: outcome = 'granted'\nmoment: completed_at\n"
        "levels: {note: at once}\nreason: 办结{completed_at}\nevidence: [completed_at]\n",
        encoding="utf-8",
    )
    assert lines(tried(draft, facts)) == [
        ("added", "henan-new", "BJ1", "note"),
        ("added", "henan-new", "BJ2", "note"),
    ]


def test_a_pack_without_regions_is_tried_everywhere(
    sample: Callable[..., Path], texts: dict[str, str], facts: Facts
) -> None:
    pack = texts["pack.yaml"].replace('["4199"]', "[]")
    trial = tried(sample(pack_yaml=pack), facts)
    assert trial.draft.everywhere
    assert ("added", "sample-3", "BJ1", "warning") in lines(trial) or trial.not_judged


def test_a_pack_that_replaces_a_rule_withdraws_its_findings(
    sample: Callable[..., Path], texts: dict[str, str], facts: Facts
) -> None:
    pack = texts["pack.yaml"].replace('"4199"', '"4101"')
    rule = texts["2.yaml"].replace("id: sample-2", "id: sample-2\nreplaces: henan-8.1")
    trial = tried(sample(pack_yaml=pack, **{"2_yaml": rule}), facts)
    assert ("withdrawn", "henan-8.1", "BJ2", "red") in lines(trial)


def test_a_faulty_draft_is_refused_with_every_fault(tmp_path: Path) -> None:
    draft = shipped(
        "henan-2019/8.1.yaml", tmp_path, ("left <= 2", "left < 2"), ("stop: completed_at", "stop: done_at")
    )
    with pytest.raises(RulebookError) as error:
        read_draft(draft, shipped_rulebook())
    assert len(error.value.faults) == 2
    assert {fault.file for fault in error.value.faults} == {str(draft)}


def test_a_rule_of_no_pack_is_refused(tmp_path: Path) -> None:
    draft = shipped(
        "henan-2019/8.1.yaml", tmp_path, ("id: henan-8.1", "id: new"), ("law: 河南省", "law: 某省")
    )
    with pytest.raises(RulebookError, match="看不出这条规则属于哪个规则包"):
        read_draft(draft, shipped_rulebook())


def test_names_are_read_for_people(facts: Facts) -> None:
    assert names_of(facts, "agencies", "code") == {"11410105MB0000019A": "金水区示例局"}
