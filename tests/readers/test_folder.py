"""A folder as a whole."""

from pathlib import Path

import pytest

from mingcha.facts.schema import TABLES
from mingcha.readers import sink
from mingcha.readers.errors import UnusableError
from mingcha.readers.folder import read_folder

STEPS = "case_no,seq,name\nA1,1,受理\n"
HALL = '{"code": "H1", "name": "政务大厅", "region_code": "410100000000"}\n'


def test_facts_come_in_the_order_of_the_declarations_whatever_the_names_case(read) -> None:
    reading = read({"STEPS.CSV": STEPS, "corrections.csv": "case_no,notice_no\nA1,1\n", "Halls.jsonl": HALL})
    assert list(reading.facts) == ["halls", "steps", "corrections"]


def test_unknown_files_are_named_hidden_ones_are_not(read) -> None:
    reading = read(
        {"steps.csv": STEPS, "readme.md": "x", ".DS_Store": "x", "~$steps.xlsx": "x", "steps.txt": "x"}
    )
    assert reading.notes == ["不认识的文件,未读:readme.md", "不认识的文件,未读:steps.txt"]


def test_a_folder_with_the_name_of_a_table_is_told(read, tmp_path: Path) -> None:
    (tmp_path / "f" / "items.csv").mkdir(parents=True)
    (tmp_path / "f" / "errors").mkdir()
    (tmp_path / "f" / "steps.csv").write_text(STEPS)
    with read_folder(tmp_path / "f") as reading:
        assert reading.notes == ["是文件夹,不是文件,未读:items.csv"]


def test_one_table_in_two_spellings_is_a_fault_of_the_folder(read) -> None:
    with pytest.raises(UnusableError, match="steps.csv、steps.jsonl;只留一份"):
        read({"steps.csv": STEPS, "steps.jsonl": HALL})


def test_every_problem_of_a_folder_is_told_at_once(read) -> None:
    with pytest.raises(UnusableError) as caught:
        read({"steps.csv": "case_no\n", "fees.csv": b"\xff\xff", "halls.jsonl": "[]", "cases.xlsx": "x"})
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        "halls.jsonl",
        "cases.xlsx",
        "steps.csv",
        "fees.csv",
    ]


def test_a_folder_without_cases_is_usable_and_one_without_facts_is_not(read, tmp_path: Path) -> None:
    assert "cases" not in read({"halls.jsonl": HALL}).facts
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnusableError, match="mingcha template"):
        read_folder(tmp_path / "empty")
    with pytest.raises(UnusableError, match="不是文件夹"):
        read_folder(tmp_path / "nowhere")


def test_only_the_tables_asked_for_are_read(read) -> None:
    reading = read({"steps.csv": STEPS, "halls.jsonl": HALL}, tables=["halls"])
    assert list(reading.facts) == ["halls"]


def test_many_rows_lie_in_a_work_folder_that_goes_when_the_reading_is_closed(
    read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sink, "FEW_ROWS", 0)
    reading = read({"steps.csv": STEPS})
    (path,) = reading.facts["steps"].paths
    assert reading.facts["steps"].read().num_rows == 1
    reading.close()
    assert not path.parent.exists()


def test_a_work_folder_that_was_given_is_kept(read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sink, "FEW_ROWS", 0)
    with read({"steps.csv": STEPS}, work=tmp_path / "work") as reading:
        (path,) = reading.facts["steps"].paths
    assert path.parent == tmp_path / "work"
    assert path.exists()


def test_progress_is_told_and_an_interruption_cleans_up(
    read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mingcha.readers.csv_source.BLOCK", 64)
    monkeypatch.setattr(sink, "FEW_ROWS", 0)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    text = "case_no,seq,name\n" + "".join(f"A{n},1,受理\n" for n in range(100))
    told: list[tuple[str, int, float | None]] = []
    read({"steps.csv": text}, progress=lambda *news: told.append(news)).close()
    assert told[-1] == ("steps", 100, 1.0)
    assert told[0][2] < 0.1 < 0.7 < told[-2][2] <= 1.0
    assert [rows for _, rows, _ in told] == sorted(rows for _, rows, _ in told)

    def stop(table: str, rows: int, share: float | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read({"steps.csv": text}, progress=stop)
    assert not list((tmp_path / "tmp").iterdir())


def test_every_table_can_be_read_from_a_header_of_its_labels(read) -> None:
    files = {
        f"{table.name}.csv": ",".join(column.label for column in table.columns) + "\n"
        for table in TABLES.values()
    }
    reading = read(files)
    assert list(reading.facts) == list(TABLES)
    for name, source in reading.facts.items():
        assert source.columns == set(TABLES[name].by_name)
