"""Disputes between the engine and the naive judge, settled: the stories of settled.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from mingcha.rules.load import shipped_rulebook
from mingcha.trials.stories import Story
from mingcha.trials.testing import run_rule

STORIES = yaml.safe_load(Path(__file__).with_name("settled.yaml").read_text(encoding="utf-8"))


def as_story(entry: dict[str, Any]) -> Story:
    at = {str(moment): expected for moment, expected in entry["at"].items()}
    return Story(
        entry["name"], at=at, given=entry["given"], pending=entry.get("pending", False), file=Path(__file__)
    )


IDS = [f"{place}-{entry['rule']}" for place, entry in enumerate(STORIES, 1)]


@pytest.mark.parametrize("entry", STORIES, ids=IDS)
def test_a_dispute_is_decided_as_settled(entry: dict[str, Any]) -> None:
    book = shipped_rulebook()
    failures = [str(f) for f in run_rule(book, book.rule(entry["rule"]), [as_story(entry)]) if f]
    assert not failures, "\n".join(failures)
