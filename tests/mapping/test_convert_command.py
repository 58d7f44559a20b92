"""`mingcha convert` from end to end."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mingcha.cli import cli


@pytest.fixture
def run(bench: Any) -> Any:
    def run(*arguments: Any) -> Result:
        return CliRunner().invoke(cli, ["convert", *map(str, arguments)])

    return run


STEPS = "  steps:\n    from: log\n    columns: {case_no: case, seq: {value: '1'}, name: what}"


def test_a_folder_of_sources_becomes_a_folder_of_facts(bench: Any, run: Any) -> None:
    (bench.sources / "log.csv").write_text("case,what\nA,受理\nB,\n")
    (bench.sources / "readme.txt").write_text("x")
    done = run(bench.mapping(STEPS), bench.sources, "--to", bench.to)
    assert done.exit_code == 0, done.output
    assert "没有来源认得这个文件,未读:readme.txt" in done.output
    assert "必填项为空" in done.output and f"mingcha check {bench.to}" in done.output
    assert sorted(path.name for path in bench.to.iterdir()) == ["errors", "mingcha.yaml", "steps.parquet"]
    assert (bench.to / "errors" / "steps.errors.csv").is_file()


def test_a_faulty_mapping_ends_with_two_and_names_file_and_line(bench: Any, run: Any) -> None:
    (bench.sources / "log.csv").write_text("case,what\nA,受理\n")
    path = bench.mapping(STEPS.replace("name: what", "nam: what"))
    done = run(path, bench.sources, "--to", bench.to)
    assert done.exit_code == 2
    assert f"错误:{path}:9:" in done.output and "缺少必有的列 name" in done.output
    assert not bench.to.exists()


def test_missing_arguments_are_a_question_of_usage(run: Any) -> None:
    done = run("up-pro")
    assert done.exit_code == 2 and "--to" in done.output


def test_the_shipped_mappings_are_listed(run: Any) -> None:
    done = run("--list")
    assert done.exit_code == 0
    for name in ("up-pro", "gbt-39046", "sblsh", "traffic-fines", "boston311", "gd-service-items"):
        assert name in done.output


def test_the_page_on_mappings_names_every_key_function_and_mapping() -> None:
    from mingcha.readers.mapping import documents
    from mingcha.readers.mapping.expression import FUNCTIONS
    from mingcha.readers.mapping.load import shipped

    page = (Path(__file__).parents[2] / "docs" / "mappings.md").read_text("utf-8")
    for shape in ("MAPPING", "SOURCE", "PART", "VALUE", "JOIN", "EACH", "NUMBER"):
        for key, declared in getattr(documents, shape).items():
            assert f"| `{key}` | {declared.label} |" in page, f"{shape}.{key}"
    for name in (*FUNCTIONS.values(), *shipped()):
        assert f"`{name}`" in page, name


def test_the_example_on_the_page_is_a_mapping_that_works(bench: Any) -> None:
    page = (Path(__file__).parents[2] / "docs" / "mappings.md").read_text("utf-8")
    blocks = dict(part.split("\n", 1) for part in page.split("```")[1::2])
    path = bench.root / "mapping.yaml"
    path.write_text(blocks["yaml"], encoding="utf-8")
    bench.convert(path, {"办件流水.csv": blocks["csv"]})
    outcomes = {row["case_no"]: row.get("outcome") for row in bench.rows("cases")}
    assert outcomes == {"0001": "granted", "0002": None}
    assert [row["notice_no"] for row in bench.rows("corrections")] == ["1"]
    assert len(bench.rows("steps")) == 7
