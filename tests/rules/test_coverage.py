"""Coverage: each clause has an answer, each rule a clause, and what is wrong is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from mingcha.rules.coverage import coverage_faults, read_clauses
from mingcha.rules.faults import RulebookError
from mingcha.rules.load import shipped_rulebook

CLAUSES = """\
regulations:
  - id: henan-2019
    law: 示例规定
    clauses:
      - id: henan-2019/1
        article: 第一条
        text: 第一条 目的。
        text_verified: true
        answer:
          none: 目的
      - id: henan-2019/2
        article: 第二条
        text: 第二条 时限。
        text_verified: true
        answer:
          rule: [henan-8.1, henan-8.99]
"""


LACKING = "缺少 text_verified"
NO_MARK = "        answer:\n          none"


def write(folder: Path, text: str) -> Path:
    file = folder / "clauses.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_shipped_clauses_cover_the_shipped_rules() -> None:
    assert list(coverage_faults(read_clauses(), shipped_rulebook())) == []


def test_answers_are_counted_by_kind(tmp_path: Path) -> None:
    (regulation,) = read_clauses(write(tmp_path, CLAUSES))
    assert regulation.counts == {"none": 1, "rule": 1}


def test_an_answer_that_names_no_rule_is_told_at_its_clause(tmp_path: Path) -> None:
    file = write(tmp_path, CLAUSES)
    told = [f for f in coverage_faults(read_clauses(file), shipped_rulebook(), file) if f.file == str(file)]
    assert [(f.line, f.message) for f in told] == [(11, "henan-2019/2 的答复所指的规则 henan-8.99 不存在")]


def test_a_rule_that_answers_no_clause_is_told(tmp_path: Path) -> None:
    file = write(tmp_path, CLAUSES)
    told = {fault.rule for fault in coverage_faults(read_clauses(file), shipped_rulebook(), file)}
    assert "henan-8.10" in told
    assert "henan-8.1" not in told


@pytest.mark.parametrize(
    ("old", "new", "message", "line"),
    [
        ("          none: 目的\n", "", "answer 空着", 9),
        ("none: 目的", "none: ''", "条款没有答复", 9),
        ("none: 目的", "none: 目的\n          human: 人", "条款有几种答复:none human", 9),
        ("none: 目的", "nothing: 目的", "不认识的键 nothing", 10),
        ("        text_verified: true\n        answer:\n          none", NO_MARK, LACKING, 5),
    ],
)  # fmt: skip
def test_a_clause_without_its_answer_is_told(
    tmp_path: Path, old: str, new: str, message: str, line: int
) -> None:
    file = write(tmp_path, CLAUSES.replace(old, new))
    with pytest.raises(RulebookError) as error:
        read_clauses(file)
    assert (message, line) in [(fault.message, fault.line) for fault in error.value.faults]
