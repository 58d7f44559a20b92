"""Event logs into cases, steps and corrections; lists into rows; sources joined."""

from typing import Any

CODES = "      item_code: {value: 体检, coin: item}\n"
CASE = "  cases:\n    from: log\n    group: case\n    order: at\n    columns:\n      case_no: case\n" + CODES


def step(seq: str, name: str, **times: str) -> dict[str, str]:
    return {"case_no": "A", "seq": seq, "name": name, **times}


def test_first_and_last_follow_the_time_not_the_file(bench: Any) -> None:
    tables = CASE + (
        "      received_at: {first: at, where: \"what = '收件'\"}\n"
        "      accepted_at: {first: at, where: \"what = '受理'\"}\n"
        "      completed_at: {last: at, where: \"what = '办结'\"}\n"
        "      officer_code: {last: who}\n"
        "      visits: {count: true, where: \"what = '到场'\"}"
    )
    log = """case,what,at,who
B1,办结,2026-03-09 10:00,丙
B1,收件,2026-03-02 09:00,甲
B1,办结,2026-03-06 10:00,乙
B1,受理,2026-3-2 9:30,
B1,到场,2026-03-02 09:00,
B2,收件,2026-03-03,丁
"""
    bench.convert(bench.mapping(tables), {"log.csv": log})
    first, second = ({**row, "item_code": "…"} for row in bench.rows("cases"))
    assert first == {
        "case_no": "B1", "item_code": "…", "officer_code": "丙", "received_at": "2026-03-02 09:00:00",
        "accepted_at": "2026-03-02 09:30:00", "completed_at": "2026-03-09 10:00:00", "visits": "1",
    }  # fmt: skip
    assert second == {
        "case_no": "B2", "item_code": "…", "officer_code": "丁", "received_at": "2026-03-03", "visits": "0",
    }  # fmt: skip


def test_without_an_order_the_rows_of_the_file_decide(bench: Any) -> None:
    tables = CASE.replace("    order: at\n", "")
    tables += "      received_at: {first: at}\n      completed_at: {last: at}"
    log = "case,at\nA,2026-03-05\nA,\nA,2026-03-04\nA,2026-03-06\nA,\n"
    bench.convert(bench.mapping(tables), {"log.csv": log})
    (row,) = bench.rows("cases")
    assert (row["received_at"], row["completed_at"]) == ("2026-03-05", "2026-03-06")


def test_events_become_numbered_steps(bench: Any) -> None:
    tables = """  steps:
    from: log
    where: what <> '收件'
    columns:
      case_no: case
      seq: {number: case, order: at}
      name: what
      started_at: at"""
    log = "case,what,at\nA,办结,2026-03-09\nA,收件,2026-03-02\nB,受理,2026-03-03\nA,受理,2026-03-02\n"
    bench.convert(bench.mapping(tables), {"log.csv": log})
    found = [(row["case_no"], row["seq"], row["name"]) for row in bench.rows("steps")]
    assert sorted(found) == [("A", "1", "受理"), ("A", "2", "办结"), ("B", "1", "受理")]


def test_start_and_complete_events_are_paired_by_their_turn(bench: Any) -> None:
    sources = "log: {files: [log.csv], add: {nth: {number: [case, what, life], order: at}}}"
    tables = """  steps:
    from: log
    group: [case, what, nth]
    order: at
    columns:
      case_no: case
      seq: {number: case, order: at}
      name: what
      started_at: {first: at, where: "life = 'start'"}
      finished_at: {first: at, where: "life = 'complete'"}"""
    log = """case,what,life,at
A,审核,start,2026-03-02 09:00
A,审核,complete,2026-03-02 10:00
A,审核,start,2026-03-03 09:00
A,审核,complete,2026-03-03 11:00
A,批准,start,2026-03-04 09:00
"""
    bench.convert(bench.mapping(tables, sources), {"log.csv": log})
    assert bench.rows("steps") == [
        step("1", "审核", started_at="2026-03-02 09:00:00", finished_at="2026-03-02 10:00:00"),
        step("2", "审核", started_at="2026-03-03 09:00:00", finished_at="2026-03-03 11:00:00"),
        step("3", "批准", started_at="2026-03-04 09:00:00"),
    ]


def test_corrections_pair_the_nth_notice_with_the_nth_supply(bench: Any) -> None:
    sources = "log: {files: [log.csv], add: {nth: {number: [case, what], order: at}}}"
    tables = """  corrections:
    from: log
    where: what in ('告知', '补齐')
    group: [case, nth]
    order: at
    columns:
      case_no: case
      notice_no: nth
      notified_at: {first: at, where: "what = '告知'"}
      confirmed_at: {first: at, where: "what = '补齐'"}"""
    log = "case,what,at\nA,告知,2026-03-02\nA,补齐,2026-03-05\nA,告知,2026-03-06\nA,受理,2026-03-01\n"
    bench.convert(bench.mapping(tables, sources), {"log.csv": log})
    assert bench.rows("corrections") == [
        {"case_no": "A", "notice_no": "1", "notified_at": "2026-03-02", "confirmed_at": "2026-03-05"},
        {"case_no": "A", "notice_no": "2", "notified_at": "2026-03-06"},
    ]


def test_a_join_takes_one_row_the_first_or_the_last(bench: Any) -> None:
    for keep, expected in (("first", "2026-03-05"), ("last", "2026-03-09")):
        tables = f"""  cases:
    from: log
    join:
      done: {{from: result, on: {{no: case}}, where: "ok = '1'", keep: {keep}, order: at}}
    columns:
      case_no: case
{CODES}      received_at: at
      completed_at: done.at"""
        files = {
            "log.csv": "case,at\nA,2026-03-02\nB,2026-03-03\n",
            "result.csv": "no,at,ok\nA,2026-03-09,1\nA,2026-03-05,1\nA,2026-03-20,0\n",
        }
        sources = "log: {files: [log.csv]}\n  result: {files: [result.csv]}"
        bench.to = bench.root / keep
        bench.convert(bench.mapping(tables, sources), files)
        assert [row.get("completed_at") for row in bench.rows("cases")] == [expected, None]


def test_each_element_of_a_list_becomes_a_row(bench: Any) -> None:
    tables = """  materials:
    from: log
    each: {column: list, split: ";"}
    where: element is not null
    columns:
      case_no: case
      material_code: position
      name: element"""
    bench.convert(bench.mapping(tables), {"log.csv": "case,list\nA,身份证; 照片;;户口本\nB,\n"})
    assert [(r["case_no"], r["material_code"], r["name"]) for r in bench.rows("materials")] == [
        ("A", "1", "身份证"), ("A", "2", "照片"), ("A", "4", "户口本"),
    ]  # fmt: skip


def test_a_table_may_be_put_together_from_several_parts(bench: Any) -> None:
    tables = """  steps:
    - from: log
      columns: {case_no: case, seq: {value: "1"}, name: {value: 收件}, started_at: at}
    - from: log
      where: done is not null
      columns: {case_no: case, seq: {value: "2"}, name: {value: 办结}, finished_at: done}"""
    log = "case,at,done\nA,2026-03-02,2026-03-05\nB,2026-03-03,\n"
    bench.convert(bench.mapping(tables), {"log.csv": log})
    assert bench.rows("steps") == [
        {"case_no": "A", "seq": "1", "name": "收件", "started_at": "2026-03-02"},
        {"case_no": "B", "seq": "1", "name": "收件", "started_at": "2026-03-03"},
        {"case_no": "A", "seq": "2", "name": "办结", "finished_at": "2026-03-05"},
    ]


def test_the_later_version_of_a_row_wins_and_totals_reconcile(bench: Any) -> None:
    columns = "case_no: case, seq: {value: '1'}, name: what, source_version: v"
    tables = f"  steps:\n    from: log\n    columns: {{{columns}}}"
    done = bench.convert(bench.mapping(tables), {"log.csv": "case,what,v\nA,新,2\nA,旧,1\nB,甲,\n,无号,1\n"})
    assert [(row["case_no"], row["name"]) for row in bench.rows("steps")] == [("A", "新"), ("B", "甲")]
    totals = done.faults.of("steps")
    assert (totals.read, totals.refused, totals.superseded, totals.kept) == (4, 1, 1, 2)
