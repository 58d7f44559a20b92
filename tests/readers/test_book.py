"""The error book: the sender's own layout, every faulty row once, and back again."""

import csv
from pathlib import Path

import openpyxl

HEADER = "办件编号,备用,序号,应收金额,缴费时间\n"


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_each_faulty_row_stands_once_in_the_senders_layout_with_all_its_faults(read) -> None:
    text = HEADER + "A1,一,1,5,2026-03-01\nA2,二,x,1.234,2026-02-30\nA3,三,3\nA4,四,4,4,昨天\n"
    reading = read({"fees.csv": text})
    book = lines(reading.books["fees"])
    assert list(book[0]) == [
        "办件编号",
        "备用",
        "序号",
        "应收金额",
        "缴费时间",
        "行号",
        "列",
        "原值",
        "原因",
        "怎么办",
    ]
    assert [(row["办件编号"], row["备用"], row["行号"], row["列"]) for row in book] == [
        ("A2", "二", "3", "序号;应收金额;缴费时间"),
        ("A3", "三", "4", ""),
        ("A4", "四", "5", "缴费时间"),
    ]
    assert book[0]["原值"] == "x;1.234;2026-02-30"
    assert "整行拒收" in book[0]["原因"]
    assert "该值置空" in book[2]["原因"]
    assert all(row["怎么办"] for row in book)


def test_a_corrected_book_is_read_like_any_file(read) -> None:
    reading = read({"fees.csv": HEADER + "A1,一,x,5,2026-03-01\n"})
    corrected = reading.books["fees"].read_text(encoding="utf-8-sig").replace("A1,一,x", "A1,一,1")
    again = read({"fees.csv": corrected})
    assert again.facts["fees"].rows == 1
    assert not again.faults
    assert again.notes == ["fees.csv:不认识的列,未读:备用"]


def test_no_book_is_written_where_there_are_no_faults(read, tmp_path: Path) -> None:
    reading = read({"fees.csv": HEADER + "A1,一,1,5,2026-03-01\n"})
    assert not reading.books
    assert not (tmp_path / "errors").exists()


def test_a_value_that_looks_like_a_formula_is_guarded_in_the_book_and_bare_again_when_read(read) -> None:
    text = HEADER.replace("缴费时间", "减免依据") + '"=HYPERLINK(""x"")",-,x,5,@sum\n'
    reading = read({"fees.csv": text})
    raw = reading.books["fees"].read_text(encoding="utf-8-sig")
    assert "\"'=HYPERLINK" in raw
    assert "'@sum" in raw
    again = read({"fees.csv": raw.replace(",x,", ",1,")})
    row = again.facts["fees"].read().to_pylist()[0]
    assert (row["case_no"], row["reduction_basis"]) == ('=HYPERLINK("x")', "@sum")


def test_the_book_of_a_workbook_is_a_workbook_of_texts(read, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["case_no", "seq", "amount", "reduction_basis"])
    book.active.append(["A1", "x", 5, "=1+1"])
    book.active.append(["A1", "y", 5, "+1"])
    book.save(tmp_path / "x.xlsx")
    reading = read({"fees.xlsx": (tmp_path / "x.xlsx").read_bytes()})
    path = reading.books["fees"]
    assert path.suffix == ".xlsx"
    sheet = openpyxl.load_workbook(path).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("case_no", "seq", "amount", "reduction_basis", "行号", "列", "原值", "原因", "怎么办")
    assert rows[2][:6] == ("A1", "y", "5", "+1", "3", "seq")
    assert all(cell.data_type == "s" for row in sheet.iter_rows() for cell in row if cell.value is not None)


def test_bad_cells_of_json_stand_in_the_book_as_they_were_sent(read) -> None:
    text = '{"case_no": "A1", "seq": 1, "amount": true}\n{"case_no": NaN}\n'
    book = lines(read({"fees.jsonl": text}).books["fees"])
    assert [(row["case_no"], row["amount"], row["行号"]) for row in book] == [
        ("A1", "true", "1"),
        ("", "", "2"),
    ]
    assert book[1]["原值"] == '{"case_no": NaN}'
