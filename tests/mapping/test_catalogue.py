"""The look over the catalogue of items."""

from pathlib import Path
from typing import Any

import pytest

from mingcha.facts.store import Facts
from mingcha.readers.errors import UnusableError
from mingcha.report.catalogue import Gap, limit_text, look_over

AGENCY = "11410000005184500K"


def item(number: int, **limits: Any) -> dict[str, Any]:
    return {
        "item_code": f"{AGENCY}2000101{number:06d}", "version": 1, "name": f"事项{number}",
        "agency_code": AGENCY, **limits,
    }  # fmt: skip


def gaps(*items: dict[str, Any], **tables: Any) -> list[tuple[str, str]]:
    found = look_over(Facts.from_rows({"items": list(items), **tables}))
    return [(row["gap"], row["name"]) for row in found.gaps.to_pylist()]


DAYS = {"statutory_unit": "working_day", "promised_unit": "working_day"}


def test_missing_limits_are_told_apart() -> None:
    assert gaps(
        item(1, **DAYS),
        item(2, statutory_limit=20, **DAYS),
        item(3, promised_limit=5, **DAYS),
        item(4, statutory_limit=20, promised_limit=20, **DAYS),
    ) == [("no_limit", "事项1"), ("no_promise", "事项2"), ("no_statutory", "事项3")]


def test_a_promise_in_another_unit_is_told_and_not_compared() -> None:
    other = {"statutory_unit": "natural_day", "promised_unit": "working_day"}
    assert gaps(item(1, statutory_limit=20, promised_limit=30, **other)) == [("other_unit", "事项1")]


def test_a_promise_longer_than_the_law_is_told_and_an_equal_one_is_not() -> None:
    longer, equal = (item(n, statutory_limit=20, promised_limit=22 - n, **DAYS) for n in (1, 2))
    assert gaps(longer, equal) == [("longer", "事项1")]


def test_materials_are_only_missed_where_any_were_reported() -> None:
    good = {"statutory_limit": 20, "promised_limit": 20, **DAYS}
    assert gaps(item(1, **good)) == []
    material = {"version": 1, "material_code": "1", "name": "身份证", "required": True}
    materials = [{"item_code": item(1)["item_code"], **material}]
    assert gaps(item(1, **good), item(2, **good), item_materials=materials) == [("no_materials", "事项2")]


def test_limits_that_were_not_reported_at_all_are_missing() -> None:
    assert gaps(item(1)) == [("no_limit", "事项1")]


def test_counts_are_in_the_order_of_gravity() -> None:
    items = [item(1, statutory_limit=20, **DAYS), item(2, **DAYS), item(3, **DAYS)]
    found = look_over(Facts.from_rows({"items": items}))
    assert list(found.counts.items()) == [(Gap.NO_LIMIT, 2), (Gap.NO_PROMISE, 1)]


def test_without_items_there_is_nothing_to_look_over() -> None:
    with pytest.raises(UnusableError, match="没有报送事项"):
        look_over(Facts.from_rows({"cases": []}))


def test_limits_are_written_as_people_do() -> None:
    assert (limit_text(20, "working_day"), limit_text(None, "month")) == ("20 工作日", "无")


def test_the_command_prints_counts_and_writes_every_item(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from mingcha.cli.catalogue import catalogue_command

    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "items.csv").write_text(
        f"item_code,name,agency_code,statutory_limit,promised_limit\n{AGENCY}2000101000001,体检,{AGENCY},20,\n"
    )
    out = tmp_path / "gaps.csv"
    done = CliRunner().invoke(catalogue_command, [str(folder), "--out", str(out)])
    assert done.exit_code == 0
    assert "有法定时限而没有承诺时限" in done.output and "法定 20 工作日,承诺 无" in done.output
    line = f"no_promise,{AGENCY}2000101000001,1,体检,{AGENCY},20,working_day,,working_day"
    assert line in out.read_text("utf-8-sig")
