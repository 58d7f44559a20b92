"""`mingcha rules`: what each command prints, and how it ends."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from mingcha.cli import cli
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts, write_canonical
from mingcha.rules.load import RULEBOOK, shipped_rulebook
from mingcha.trials.stories import with_cast

Write = Callable[..., Path]


def run(*arguments: str | Path) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(cli, ["rules", *map(str, arguments)])


def told(result: Result) -> str:
    """Everything printed, with the folding of tables undone."""
    return result.output + result.stderr


def test_list_names_every_rule_under_its_pack() -> None:
    result = run("list")
    assert result.exit_code == 0
    assert all(rule.id in result.output for rule in shipped_rulebook().rules)
    assert f"共 {len(shipped_rulebook().rules)} 条" in result.output


def test_list_can_be_narrowed_to_a_pack_or_the_beginning_of_ids() -> None:
    assert "henan-8.1 " not in run("list", "zhengzhou-2021").output
    assert "共 2 条" in run("list", "henan-8.2").output


def test_list_of_no_rule_is_a_usage_error() -> None:
    result = run("list", "nowhere")
    assert result.exit_code == 2
    assert "没有规则叫 nowhere" in told(result)


def test_show_says_text_article_levels_settings_tests_and_what_replaces_it() -> None:
    output = run("show", "henan-9.1").output
    rule = shipped_rulebook().rule("henan-9.1")
    for expected in (
        rule.cites,
        rule.version,
        "channels = article",
        "zhengzhou-7.1",
        "41,自2019-03-21",
        "个故事",
    ):
        assert expected in output, expected


def test_show_marks_a_text_that_was_not_verified() -> None:
    assert "引文未校核" in run("show", "zhengzhou-7.1").output


@pytest.mark.parametrize("rule", shipped_rulebook().rules, ids=lambda rule: rule.id)
def test_every_rule_can_be_shown(rule: object) -> None:
    assert run("show", rule.id).exit_code == 0  # type: ignore[attr-defined]


def test_show_of_an_unknown_rule_names_those_nearest() -> None:
    result = run("show", "henan-8.33a")
    assert result.exit_code == 2
    assert "henan-8.3a" in told(result)


def test_lint_ends_with_one_and_tells_file_and_line(sample: Write, texts: dict[str, str]) -> None:
    folder = sample(**{"2_yaml": texts["2.yaml"].replace("class: FLOW", "class: FLOOD")})
    result = run("lint", folder)
    assert result.exit_code == 1
    assert f"{folder / '2.yaml'}:5: [sample-2] class 不能是“FLOOD”" in result.output


def test_the_command_itself_ends_with_one(sample: Write, texts: dict[str, str]) -> None:
    folder = sample(**{"2_yaml": texts["2.yaml"].replace("class: FLOW", "class: FLOOD")})
    command = [sys.executable, "-c", "from mingcha.cli import main; main()", "rules", "lint", str(folder)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def test_lint_of_sound_packs_ends_with_nought(sample: Write) -> None:
    assert run("lint", sample()).exit_code == 0


def test_test_tells_how_many_stories_ended_as_they_say() -> None:
    result = run("test", "henan-8.9", "--jobs", "1")
    assert result.exit_code == 0, told(result)
    assert "henan-2019" in result.output


def test_test_of_ones_own_pack_shows_both_sides_of_what_went_wrong(
    sample: Write, texts: dict[str, str]
) -> None:
    folder = sample(**{"2_test_yaml": texts["2.test.yaml"].replace("level: note", "level: red")})
    result = run("test", "sample", "--packs-in", folder, "--jobs", "1")
    assert result.exit_code == 1
    assert "第 1 条 level 期望 red,得到 note" in result.output
    assert f"{folder / '2.test.yaml'}:1" in result.output


def test_a_faulty_pack_is_told_and_nothing_is_run(sample: Write, texts: dict[str, str]) -> None:
    folder = sample(**{"2_yaml": texts["2.yaml"].replace("class: FLOW", "class: FLOOD")})
    result = run("test", "sample", "--packs-in", folder)
    assert result.exit_code == 2
    assert "class 不能是“FLOOD”" in told(result)


def test_coverage_lists_each_clause_and_ends_with_nought() -> None:
    result = run("coverage")
    assert result.exit_code == 0
    assert "第八条(一)" in result.output
    answered = yaml.safe_load((RULEBOOK / "clauses.yaml").read_text(encoding="utf-8"))["regulations"]
    clauses = sum(len(regulation["clauses"]) for regulation in answered)
    assert re.search(rf"(?m)^合计 .* {clauses}$", result.output)


def test_coverage_can_be_narrowed_to_one_kind_of_answer() -> None:
    output = run("coverage", "--only", "next").output
    assert "待建" in output
    assert "henan-8.1" not in output
    assert run("coverage", "--only", "later").exit_code == 2


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """A folder with one case, completed four working days late."""
    given = {"accepted_at": "2026-01-05 09:30", "completed_at": "2026-01-23 10:00", "outcome": "granted"}
    folder = tmp_path / "data"
    folder.mkdir()
    for name, source in Facts.from_rows(with_cast({"cases": [given]})).items():
        write_canonical(TABLES[name], source.read(), folder / f"{name}.parquet")
    return folder


def test_try_tells_who_loses_a_signal_by_agency_and_item_with_a_sample(tmp_path: Path, cases: Path) -> None:
    draft = tmp_path / "8.1.yaml"
    text = (RULEBOOK / "henan-2019" / "8.1.yaml").read_text(encoding="utf-8")
    draft.write_text(text.replace("item.promised_limit", "item.statutory_limit"), encoding="utf-8")
    result = run("try", draft, "--on", cases, "--as-of", "2026-01-25", "--samples", "1")
    assert result.exit_code == 0, told(result)
    assert "撤回 1" in result.output
    assert "金水区示例局" in result.output
    assert "示例许可证核发" in result.output
    assert "- henan-8.1 BJ1 红牌 自2026-01-05" in result.output


def test_try_of_a_faulty_draft_names_its_faults(tmp_path: Path, cases: Path) -> None:
    draft = tmp_path / "8.1.yaml"
    text = (RULEBOOK / "henan-2019" / "8.1.yaml").read_text(encoding="utf-8")
    draft.write_text(text.replace("left <= 2", "left < 2"), encoding="utf-8")
    result = run("try", draft, "--on", cases)
    assert result.exit_code == 2
    assert "看不懂等级条件“left < 2”" in told(result)
