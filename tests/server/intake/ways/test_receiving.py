import gzip
import io
import json
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mingcha.base.models import AuditRow, Job
from mingcha.base.sealed_files import DamagedError
from mingcha.intake import payloads
from mingcha.intake.incoming import SMALL, taken_in
from mingcha.intake.models import Batch, Payload
from mingcha.intake.receiving import NotReceivedError, payload, receive

from .conftest import CASES, ITEM


def zipped(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in files.items():
            package.writestr(name.replace("__", "."), content)
    return out.getvalue()


def refusal(send, *args, **named):
    with pytest.raises(NotReceivedError) as caught:
        send(*args, **named)
    assert Batch.objects.count() == 0
    return caught.value


def test_a_receipt_stands_for_payload_digest_job_and_audit_row(send):
    batch = send(CASES, table="cases", key="第一批", sent_by="张三")
    assert (batch.state, batch.size, batch.way) == ("received", len(CASES.encode()), "web_service")
    assert Job.objects.filter(kind="apply", state="ready").count() == 1
    assert AuditRow.objects.filter(
        act="batch.received", about=f"batch:{batch.receipt}", actor="张三"
    ).exists()


def test_what_was_sent_is_given_back_byte_for_byte_and_lies_sealed(send):
    batch = send(CASES, table="cases")
    with payload(batch) as files:
        assert [file.name for file in files] == ["cases.csv"]
        assert files[0].read_bytes() == CASES.encode()
        place = files[0].parent
    assert not place.exists()
    assert b"BJ1" not in bytes(Payload.objects.get().sealed)


def test_a_large_payload_lies_sealed_in_a_file_of_its_digest_once(send):
    content = CASES + "".join(f"BJ{n},{ITEM},2026-11-20\n" for n in range(20_000))
    assert len(content) > SMALL
    first, second = send(content, table="cases", key="a"), send(content, table="cases", key="b")
    assert first.stored.file == second.stored.file == f"{first.digest[:2]}/{first.digest}"
    stored = (payloads.FILES.folder() / first.stored.file).read_bytes()
    assert b"BJ19999" not in stored
    with payload(first) as files:
        assert files[0].read_text("utf-8") == content


@pytest.mark.parametrize("damage", ["cut", "flip", "gone"])
def test_a_payload_that_was_tampered_with_does_not_open(send, damage):
    content = CASES + "".join(f"BJ{n},{ITEM},2026-11-21\n" for n in range(60_000)) + damage
    batch = send(content, table="cases")
    path = payloads.FILES.folder() / batch.stored.file
    data = bytearray(path.read_bytes())
    if damage == "cut":
        path.write_bytes(data[: int.from_bytes(data[:4], "big") + 4])
    elif damage == "flip":
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    else:
        path.unlink()
    with pytest.raises((DamagedError, ValueError)), payload(batch):
        pass


def test_the_same_content_under_the_same_key_gets_the_same_receipt(send):
    first = send(CASES, table="cases", key="k")
    assert send(CASES, table="cases", key="k").receipt == first.receipt
    assert Batch.objects.count() == Payload.objects.count() == 1


def test_without_a_key_the_content_is_the_key(send):
    assert send(CASES, table="cases").receipt == send(CASES, table="cases").receipt


def test_other_content_under_the_same_key_is_refused_with_the_first_receipt(send):
    first = send(CASES, table="cases", key="k")
    with pytest.raises(NotReceivedError) as caught:
        send(CASES.replace("BJ1", "BJ2"), table="cases", key="k")
    assert caught.value.status == 409
    assert first.receipt in caught.value.why


def test_a_source_that_asks_for_review_has_its_batches_wait_without_a_job(send, source):
    source.review = True
    assert send(CASES, table="cases").state == "waiting"
    assert not Job.objects.filter(kind="apply").exists()


def test_a_closed_source_is_not_heard(send, source):
    source.active = False
    assert refusal(send, CASES, table="cases").status == 403


def test_nothing_is_left_of_a_batch_whose_transaction_failed(source, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("disk full")

    monkeypatch.setattr("mingcha.intake.receiving.payloads.keep", broken)
    with pytest.raises(RuntimeError), taken_in([CASES.encode()]) as sent:
        receive(source, sent, "csv", table="cases")
    assert Batch.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "form", "table", "status", "said"),
    [
        (b"", "csv", "cases", 422, "空的"),
        (CASES, "exe", "cases", 415, "不认识的格式"),
        (CASES, "xlsx.gz", "cases", 415, "已经压缩"),
        (CASES, "csv", "nothing", 422, "没有事实表"),
        (CASES, "csv", "issued", 422, "由本系统自己记录"),
        (CASES, "parquet", "cases", 422, "不是 parquet"),
        (b"PK\x03\x04....", "csv", "cases", 422, "ZIP"),
        (b"%PDF-1.7 a,b", "csv", "cases", 422, "PDF"),
        (b"\x1f\x8bnothing", "csv.gz", "cases", 422, "gzip"),
        (gzip.compress(b"a" * 100, mtime=0)[:-9], "csv.gz", "cases", 422, "gzip"),
        (b"PK\x03\x04....", "zip", "", 422, "ZIP"),
        (zipped(), "zip", "", 422, "没有文件|ZIP"),
        (zipped(what__csv="a"), "zip", "", 422, "不认识"),
    ],
)  # fmt: skip
def test_what_cannot_be_what_it_is_said_to_be_is_refused_in_words(send, content, form, table, status, said):
    error = refusal(send, content, form, table=table)
    assert error.status == status
    assert any(word in str(error) for word in said.split("|"))
    assert error.advice


DEEP = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (DEEP, "嵌套太深"),
        ('[{"办件编号": ' + "[" * 30 + "]" * 30 + "}]", "套叠"),
        ('[{"a": 1, "a": 2}]', "出现两次"),
        ('[{"a": NaN}]', "NaN"),
        ('[{"a": "\\ud800"}]', "代理字符"),
        ('[{"a": 1}', "JSON"),
        ("[1, 2]", "对象的数组"),
        ("[]", "一行也没有"),
        ('{"cases": []}, "b": {}', "JSON|几个值"),
        ("\ufeff", "JSON"),
    ],
)
def test_json_that_is_not_plain_is_refused(send, text, said):
    error = refusal(send, text, "json", table="cases")
    assert error.status == 422
    assert any(word in str(error) for word in said.split("|"))


def test_json_that_is_not_utf8_is_refused(send):
    assert "UTF-8" in str(refusal(send, '[{"a": "中"}]'.encode("gb18030"), "json", table="cases"))


def test_a_large_json_document_is_told_to_come_as_lines(send):
    error = refusal(send, b"[" + b" " * (33 << 20) + b"]", "json", table="cases")
    assert (error.status, "JSON Lines" in error.advice) == (413, True)


def test_json_tables_are_laid_out_as_lines_with_their_numbers_untouched(send):
    text = '{"cases": [{"办件编号": "B1", "visits": 1}], "fees": [{"case_no": "B1", "seq": 1, "amount": 0.1000}]}'
    batch = send(text, "json")
    with payload(batch) as files:
        lines = {file.name: [json.loads(line) for line in file.read_text().splitlines()] for file in files}
    assert lines == {
        "cases.jsonl": [{"办件编号": "B1", "visits": "1"}],
        "fees.jsonl": [{"case_no": "B1", "seq": "1", "amount": "0.1000"}],
    }


def test_gzip_zip_and_parquet_are_unpacked_for_the_readers(send):
    with payload(
        send(gzip.compress(CASES[:40].encode()) + gzip.compress(CASES[40:].encode()), "csv.gz", table="cases")
    ) as files:
        assert files[0].name == "cases.csv"
        assert files[0].read_text() == CASES
    with payload(send(zipped(cases__csv=CASES, steps__csv="a"), "zip")) as files:
        assert sorted(file.name for file in files) == ["cases.csv", "steps.csv"]
    out = io.BytesIO()
    pq.write_table(pa.table({"case_no": ["B1"]}), out)
    with payload(send(out.getvalue(), "parquet", table="cases")) as files:
        assert pq.read_table(files[0]).to_pylist() == [{"case_no": "B1"}]


def test_names_in_a_zip_cannot_leave_their_folder(send, tmp_path):
    evil = zipped(**{"../../../evil/cases__csv": CASES})
    with payload(send(evil, "zip")) as files:
        assert [file.name for file in files] == ["cases.csv"]
        assert files[0].parent.name == "files"
    assert "两份" in str(_error(send, zipped(**{"a/cases__csv": "1", "b/cases__csv": "2"})))


def _error(send, content):
    with pytest.raises(NotReceivedError) as caught:
        send(content, "zip")
    return caught.value


def test_a_gzip_bomb_is_stopped_while_it_unpacks(send, monkeypatch):
    monkeypatch.setattr("mingcha.intake.receiving.lay_out", _with_limit(1 << 20))
    error = refusal(send, gzip.compress(b"a" * (4 << 20)), "csv.gz", table="cases")
    assert error.status == 413


def _with_limit(limit):
    from mingcha.intake.unpacking import lay_out

    return lambda *args: lay_out(*args, largest=limit)


def test_more_than_the_most_is_refused_while_it_comes():
    from mingcha.intake.incoming import taken_in

    came = []

    def parts():
        for _ in range(100):
            came.append(1)
            yield b"x" * 1000

    with pytest.raises(NotReceivedError) as caught, taken_in(parts(), most=5000):
        pass
    assert caught.value.status == 413
    assert len(came) == 6


MARKED = [
    ("csv", "办件编号,密级\nB1,\nB2,秘密\n"),
    ("csv", "办件编号,是否涉密\nB1,否\nB2,是\n"),
    ("jsonl", '{"办件编号": "B1"}\n{"办件编号": "B2", "\\u5bc6\\u7ea7": "机密"}\n'),
    ("json", '[{"办件编号": "B1"}, {"办件编号": "B2", "classification": "secret"}]'),
]


@pytest.mark.parametrize(("form", "text"), MARKED)
def test_a_batch_with_a_row_marked_classified_is_not_kept_at_all(send, form, text):
    before = set(payloads.FILES.folder().iterdir())
    error = refusal(send, text, form, table="cases")
    assert error.status == 422
    assert "涉密" in error.why
    assert "1 行标为涉密" in error.why
    assert Payload.objects.count() == 0
    assert set(payloads.FILES.folder().iterdir()) == before


def test_the_marker_is_seen_in_gbk_in_workbooks_and_in_parquet(send, tmp_path):
    import xlsxwriter

    assert "涉密" in refusal(send, "办件编号,密级\nB2,绝密\n".encode("gb18030"), table="cases").why
    book = tmp_path / "cases.xlsx"
    with xlsxwriter.Workbook(book) as made:
        made.add_worksheet().write_row(0, 0, ["办件编号", "密级"])
        made.worksheets()[0].write_row(1, 0, ["B2", "机密"])
    assert "涉密" in refusal(send, book.read_bytes(), "xlsx", table="cases").why
    out = io.BytesIO()
    pq.write_table(pa.table({"case_no": ["B1", "B2"], "涉密": [False, True]}), out)
    assert "涉密" in refusal(send, out.getvalue(), "parquet", table="cases").why


def test_rows_marked_as_open_are_received(send):
    assert send("办件编号,密级,备注\nB1,公开,密级不详\nB2,,\n", table="cases").state == "received"


def test_ratings_of_a_source_that_never_said_which_end_is_best_are_refused(send, source):
    source.best_rating = None
    assert "评价方向" in refusal(send, "评价编号\nP1\n", table="evaluations").why
    assert "评价方向" in refusal(send, zipped(evaluations__csv="评价编号\nP1\n"), "zip").why
