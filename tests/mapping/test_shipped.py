"""The mappings that ship, on small invented rows: every value map, joined tables, first and last rules."""

from pathlib import Path
from typing import Any

ITEM = "11410000005184500K2000101001000"
AGENCY = "11410000005184500K"
ID = "110101199003070011"
ROWS = Path(__file__).parent / "rows"


def rows_of(mapping: str) -> dict[str, str]:
    """The invented files for a mapping, by name."""
    return {path.name: path.read_text("utf-8") for path in sorted((ROWS / mapping).iterdir())}


def test_the_national_tables_become_facts(bench: Any) -> None:
    done = bench.convert("up-pro", rows_of("up-pro"))
    assert done.faults.total == 0
    first, second = bench.rows("cases")
    assert first == {
        "case_no": "P1", "item_code": ITEM, "item_version": "2", "agency_code": AGENCY, "officer_code": "王",
        "channel": "web", "applicant_type": "person", "applicant_name": "甲", "applicant_id_type": "111",
        "applicant_id": ID, "contact_name": "甲", "contact_phone": "13800000000",
        "received_at": "2026-03-02 09:00:00", "opinion": "accept", "opinion_at": "2026-03-02 11:00:00",
        "accepted_at": "2026-03-02 11:00:00", "completed_at": "2026-03-06 15:00:00", "outcome": "granted",
        "promised_at": "2026-03-09 23:59:59", "source_version": "20260302110001", "withdrawn": "否",
    }  # fmt: skip
    assert (second["case_no"], second["channel"], second["applicant_type"]) == ("P2", "mobile", "legal")
    assert "outcome" not in second and "contact_phone" not in second
    assert done.faults.of("cases").withdrawn == 1


def test_national_children_are_numbered_and_extensions_are_no_special_procedures(bench: Any) -> None:
    bench.convert("up-pro", rows_of("up-pro"))
    assert [(row["seq"], row["name"]) for row in bench.rows("steps")] == [("2", "批准"), ("1", "审核")]
    specials = [(row["seq"], row["kind"], row.get("ended_at")) for row in bench.rows("specials")]
    assert specials == [("1", "hearing", "2026-03-06"), ("2", "other", None)]
    materials = [(row["material_code"], row["medium"], row["received_at"]) for row in bench.rows("materials")]
    assert materials == [
        ("身份证", "paper", "2026-03-02 09:00:00"),
        ("照片", "electronic", "2026-03-02 09:00:00"),
    ]
    (certificate,) = bench.rows("certificates")
    assert (certificate["case_no"], certificate["seq"]) == ("P1", "1")
    assert certificate["uploaded_at"] == "2026-03-07 08:00:00"


def test_national_items_have_limits_units_and_a_type(bench: Any) -> None:
    bench.convert("up-pro", rows_of("up-pro"))
    assert bench.rows("items") == [
        {
            "item_code": ITEM, "version": "2", "name": "体检", "agency_code": AGENCY,
            "base_code": "000101001000", "type_code": "01", "kind": "promise",
            "statutory_limit": "20", "statutory_unit": "working_day",
            "promised_limit": "5", "promised_unit": "working_day",
            "visits_promised": "1", "fee_charged": "是", "effective_from": "2025-01-01",
        }
    ]  # fmt: skip
    required = {row["name"]: row["required"] for row in bench.rows("item_materials")}
    assert required == {"身份证": "是", "照片": "否"}
    assert [(row["fee_code"], row["reducible"]) for row in bench.rows("item_fees")] == [("工本费", "是")]


def test_the_national_standard_tables_become_facts(bench: Any) -> None:
    done = bench.convert("gbt-39046", rows_of("gbt-39046"))
    assert done.faults.total == 0
    first, second = bench.rows("cases")
    assert (first["region_code"], second["region_code"]) == ("410100000000", "410105001000")
    assert (first["channel"], second["channel"]) == ("web", "mail")
    assert (first["accepted_at"], first["completed_at"]) == ("2026-03-03 10:00:00", "2026-03-09 10:00:00")
    assert (first["agency_code"], first["outcome"], first["opinion"]) == (AGENCY, "granted", "accept")
    assert second["received_at"] == "2026-03-03 09:00:00" and "opinion" not in second
    assert [(row["name"], row.get("finished_at")) for row in bench.rows("steps")] == [
        ("审核", "2026-03-03 11:00:00"), ("批准", None),
    ]  # fmt: skip
    assert [(row["kind"], row["ended_at"]) for row in bench.rows("specials")] == [("testing", "2026-03-06")]
    assert [row["name"] for row in bench.rows("materials")] == ["身份证"]
    assert bench.rows("fees") == [
        {"case_no": "B1", "seq": "1", "kind": "fee", "amount": "10.50", "paid_at": "2026-03-02 09:30:00"}
    ]


def test_the_standards_ratings_are_turned_round(bench: Any) -> None:
    bench.convert("gbt-39046", rows_of("gbt-39046"))
    found = [(row["evaluation_no"], row["channel"], row["level"]) for row in bench.rows("evaluations")]
    assert found == [("B1-1", "phone", "1"), ("B1-2", "qr", "5")]


def test_the_ten_messages_become_facts(bench: Any) -> None:
    done = bench.convert("sblsh", rows_of("sblsh"))
    assert done.faults.total == 0
    cases = {row["case_no"]: row for row in bench.rows("cases")}
    first = cases["S1"]
    assert (first["preaccepted_at"], first["accepted_at"]) == ("2026-03-02 09:30:00", "2026-03-02 10:00:00")
    assert (first["opinion"], first["outcome"], first["receipt_no"]) == ("accept", "granted", "HZ1")
    assert (first["extension_days"], first["extension_approved_by"]) == ("10", "钱")
    assert (cases["S2"]["opinion"], cases["S2"]["reject_reason"]) == ("reject", "不属本部门")
    third = cases["S3"]
    assert (third["opinion"], third["opinion_at"]) == ("correct", "2026-03-02 09:50:00")
    assert (third["outcome"], third["abnormal_reason"]) == ("returned", "逾期未补正")


def test_notices_and_supplies_are_paired_and_steps_named(bench: Any) -> None:
    bench.convert("sblsh", rows_of("sblsh"))
    assert bench.rows("corrections") == [
        {
            "case_no": "S3", "notice_no": "1", "needed_at": "2026-03-02 09:50:00",
            "notified_at": "2026-03-02 09:50:00", "material_codes": "照片;户口本",
            "supplied_at": "2026-03-03 09:00:00", "confirmed_at": "2026-03-03 09:00:00",
        },
        {
            "case_no": "S3", "notice_no": "2", "needed_at": "2026-03-04 09:00:00",
            "notified_at": "2026-03-04 09:00:00", "material_codes": "身份证",
        },
    ]  # fmt: skip
    assert {row["seq"]: row["name"] for row in bench.rows("steps")} == {"1": "承办人审查", "2": "审核"}
    assert bench.rows("specials") == [
        {
            "case_no": "S1", "seq": "1", "kind": "expert_review", "kind_name": "专家评审",
            "started_at": "2026-03-03", "limit": "5", "unit": "working_day", "ended_at": "2026-03-05", "reason": "疑难",
        }
    ]  # fmt: skip
    assert [(row["case_no"], row["amount"]) for row in bench.rows("fees")] == [("S1", "12.00")]
    (delivery,) = bench.rows("deliveries")
    assert (delivery["receiver"], delivery["delivered_at"]) == ("甲", "2026-03-07 09:00:00")
