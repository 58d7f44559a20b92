"""Other people's real data, read in place and held against what they themselves say."""

import csv
import gzip
import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest

from mingcha.engine.judge import Judgement, judge
from mingcha.law.load import load_calendar
from mingcha.readers.mapping.convert import Conversion, convert
from mingcha.readers.mapping.load import find_mapping, read_mapping
from mingcha.report.catalogue import look_over
from mingcha.report.choices import choose, rulebook_of

pytestmark = pytest.mark.acceptance

DATA = Path(__file__).parents[3] / "shared" / "data"
BOSTON = DATA / "boston311-2011"


def judged(done: Conversion, folder: Path, *, pending: bool = False) -> Judgement:
    book = rulebook_of(choose(folder).packs)
    return judge(done.facts, book, load_calendar(), datetime(2026, 11, 1), pending=pending)


@pytest.fixture(scope="module")
def fines(tmp_path_factory: pytest.TempPathFactory) -> tuple[Conversion, Path]:
    to = tmp_path_factory.mktemp("fines") / "facts"
    log = DATA / "traffic-fines" / "traffic_fines.csv.gz"
    return convert(read_mapping(find_mapping("traffic-fines")), [log], to), to


def test_the_penalty_stands_on_the_sixtieth_day_in_4635_of_4635(fines: tuple[Conversion, Path]) -> None:
    done, to = fines
    assert done.faults.total == 0
    assert (done.facts["cases"].rows, done.facts["steps"].rows) == (10_000, 34_724)
    names = done.facts["steps"].read(["name"])["name"]
    assert pc.sum(pc.equal(names, "加处罚款")).as_py() == 4_635
    assert judged(done, to).findings.num_rows == 0  # neither early nor late nor undetermined


def test_a_sixtieth_day_that_were_the_fifty_ninth_would_be_noticed_4635_times(
    fines: tuple[Conversion, Path], tmp_path: Path
) -> None:
    done, to = fines
    moved = tmp_path / "fines"
    moved.mkdir()
    for file in (to / "rules" / "fines").iterdir():
        (moved / file.name).write_text(file.read_text("utf-8").replace("limit: 60", "limit: 59"), "utf-8")
    findings = judge(done.facts, rulebook_of([str(moved)]), load_calendar(), datetime(2026, 11, 1)).findings
    assert Counter(findings["level"].to_pylist()) == {"red": 4_635}


@pytest.fixture(scope="module")
def boston(tmp_path_factory: pytest.TempPathFactory) -> tuple[Conversion, list[dict[str, Any]]]:
    to = tmp_path_factory.mktemp("boston") / "facts"
    sources = [BOSTON / "boston311_2011H2.csv.gz", BOSTON / "derived_rules.csv"]
    done = convert(read_mapping(find_mapping("boston311")), sources, to)
    return done, judged(done, to).findings.to_pylist()


def requests() -> list[dict[str, str]]:
    with gzip.open(BOSTON / "boston311_2011H2.csv.gz", "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_all_58251_requests_are_read(boston: tuple[Conversion, Any]) -> None:
    done, _ = boston
    assert done.facts["cases"].rows == 58_251
    assert done.faults.total == 0


def test_the_given_due_time_agrees_with_ontime_and_overdue_for_43664_of_43664_closed(
    boston: tuple[Conversion, list[dict[str, Any]]],
) -> None:
    red = {row["key"] for row in boston[1] if row["rule"] == "boston-overdue" and row["level"] == "red"}
    given = [row for row in requests() if row["ontime"] and row["target_dt"]]
    closed = [row for row in given if row["case_status"] == "Closed"]
    agree = [row for row in closed if (row["case_enquiry_id"] in red) == (row["ontime"] == "OVERDUE")]
    assert (len(agree), len(closed)) == (43_664, 43_664)


def test_the_derived_rules_reproduce_46512_of_46796_due_days(
    boston: tuple[Conversion, list[dict[str, Any]]],
) -> None:
    with (BOSTON / "derived_rules.csv").open(encoding="utf-8") as file:
        kinds = {row["type"]: row["rule"] for row in csv.DictReader(file)}
    differs = {row["key"] for row in boston[1] if row["lead"]}
    assert not [row for row in boston[1] if row["level"] == "undetermined"]
    counts: Counter[tuple[str, bool]] = Counter()
    for row in requests():
        if row["target_dt"] and row["type"] in kinds:
            counts[kinds[row["type"]], row["case_enquiry_id"] not in differs] += 1
    assert (counts["busdays", True], counts["busdays", False]) == (36_356, 256)
    assert (counts["calendar", True], counts["calendar", False]) == (10_156, 28)


@pytest.fixture(scope="module")
def guangdong(tmp_path_factory: pytest.TempPathFactory) -> Conversion:
    to = tmp_path_factory.mktemp("gd") / "facts"
    items = DATA / "gd-service-items" / "policy.jsonl.gz"
    return convert(read_mapping(find_mapping("gd-service-items")), [items], to)


def policies() -> list[dict[str, Any]]:
    with gzip.open(DATA / "gd-service-items" / "policy.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def test_2262_real_items_and_their_materials_are_read(guangdong: Conversion) -> None:
    assert guangdong.facts["items"].rows == 2_262
    listed = [row["material_intro"] for row in policies() if isinstance(row["material_intro"], list)]
    assert guangdong.facts["item_materials"].rows == sum(map(len, listed)) == 3_434
    assert guangdong.faults.of("items").refused == 0


def test_the_catalogue_names_what_is_missing_or_does_not_fit(guangdong: Conversion) -> None:
    def limit(row: dict[str, Any], key: str) -> str:
        return "" if row[key] == "无" else row[key]

    legal_only = missing = other_unit = 0
    for row in policies():
        legal, promise = limit(row, "handle_time"), limit(row, "handle_time_limit")
        missing += not legal and not promise
        legal_only += bool(legal) and not promise
        other_unit += bool(legal and promise) and legal.partition("(")[2] != promise.partition("(")[2]
    counts = {gap.key: count for gap, count in look_over(guangdong.facts).counts.items()}
    told = (counts["no_limit"], counts["no_promise"], counts["other_unit"])
    assert told == (missing, legal_only, other_unit) == (512, 27, 9)
