import io
import re

import pyarrow.parquet as pq
import pytest

from mingcha.accounts.models import Grant
from mingcha.base.models import AuditRow
from mingcha.intake.applying import apply_next, write
from mingcha.intake.models import Batch, Source
from mingcha.intake.provenance import history, row

from ..ways.conftest import ITEM
from .conftest import AGENCY, OTHER, OTHER_REGION
from .test_center import XSS, file, text, upload

CASE = {
    "case_no": "HAND1", "item_code": ITEM, "agency_code": AGENCY, "received_at": "2026-11-20 09:30",
    "channel": "window", "applicant_name": "张三丰", "contact_phone": "13812345678", "once": "o1",
}  # fmt: skip


@pytest.fixture
def officer(person):
    return person("officer")


def enter(client, table="cases", query="", **given):
    return client.post(f"/intake/enter/{table}/{query}", given)


def applied(answer):
    assert answer.status_code == 302, text(answer)
    batch = apply_next()
    assert batch.state == "applied", batch.why
    return batch


def test_a_case_is_entered_by_hand_and_becomes_a_fact(officer):
    batch = applied(enter(officer, **CASE))
    assert (batch.source.way, batch.source.agency_code, batch.sent_by) == (
        "form",
        AGENCY,
        officer.account.username,
    )
    found = row("cases", "HAND1")
    assert found.values["channel"] == "window"
    assert found.open_personal()["applicant_name"] == "张三丰"


def test_faults_stand_beside_their_fields_and_nothing_is_received(officer):
    answer = enter(officer, **CASE | {"received_at": "2026-02-30", "visits": "两次", "item_code": ""})
    page = text(answer)
    assert answer.status_code == 422
    assert "有 3 处要改" in page
    for field, fault in (("received_at", "没有这一天"), ("visits", "整数"), ("item_code", "必填")):
        part = page[page.index(f'id="f-{field}"') :]
        assert fault in part[: part.index("</div>")], field
    assert Batch.objects.filter(source__way="form", form="jsonl").count() == 0


def test_code_lists_are_selects_and_keep_what_was_chosen(officer):
    page = text(enter(officer, **CASE | {"received_at": ""}))
    assert re.search(r'<option value="window" selected>窗口</option>', page)


def test_one_cannot_enter_for_another_agency_nor_for_a_case_elsewhere(officer, person):
    assert "请填您所在的部门" in text(enter(officer, **CASE | {"agency_code": OTHER}))
    applied(enter(officer, **CASE))
    stranger = person("officer", region=OTHER_REGION, agency=OTHER)
    step = {"case_no": "HAND1", "seq": "1", "name": "受理"}
    assert "没有这件办件" in text(enter(stranger, "steps", **step))
    assert stranger.get("/intake/enter/cases/?case_no=HAND1").status_code == 404
    applied(enter(officer, "steps", **step))
    assert row("steps", ("HAND1", 1)).values["name"] == "受理"


def test_a_correction_is_in_the_name_of_the_rows_own_source_and_both_versions_stay(officer, source):
    head = "case_no,item_code,agency_code,received_at,applicant_name,contact_phone,visits\n"
    upload(officer, file(content=head + f"S1,{ITEM},{AGENCY},2026-11-20 09:30,李四,13800000001,1\n"))
    apply_next()
    page = text(officer.get("/intake/enter/cases/?case_no=S1"))
    assert "金水区示例局业务系统" in page
    assert 'value="2026-11-20 09:30"' in page
    given = {"case_no": "S1", "item_code": ITEM, "agency_code": AGENCY, "received_at": "2026-11-20 09:30",
             "visits": "2", "once": "c1"}  # fmt: skip
    applied(enter(officer, "cases", "?case_no=S1", **given))
    old, new = history("cases", "S1")
    assert (old.values["visits"], new.values["visits"]) == (1, 2)
    assert old.source == new.source == source
    assert new.open_personal() == {"applicant_name": "李四", "contact_phone": "13800000001"}


@pytest.mark.parametrize("taken_back", [False, True])
def test_the_number_of_a_case_elsewhere_cannot_be_entered_anew(officer, person, taken_back):
    theirs = person("officer", region=OTHER_REGION, agency=OTHER)
    applied(enter(theirs, **CASE | {"agency_code": OTHER, "region_code": OTHER_REGION}))
    if taken_back:
        write({"cases": [{"case_no": "HAND1", "withdrawn": True}]}, "test")
    answer = enter(officer, **CASE | {"applicant_name": "", "contact_phone": "", "once": "o2"})
    assert answer.status_code == 422
    assert "已有别的部门的办件" in text(answer)
    assert officer.get("/intake/enter/cases/?case_no=HAND1").status_code == 404
    assert row("cases", "HAND1").values["agency_code"] == OTHER
    assert not Source.objects.filter(code=f"form-{AGENCY}").exists()


def test_the_source_of_what_is_entered_by_hand_takes_no_files(officer):
    applied(enter(officer, **CASE))
    form = Source.objects.get(code=f"form-{AGENCY}")
    assert "手工填报" not in text(officer.get("/intake/upload/"))
    agencies = f"code,name,region_code,parent_code\n{OTHER},中原区示例局,{OTHER_REGION},{AGENCY}\n"
    answer = upload(officer, file("agencies.csv", agencies), source=form.code)
    assert "请选择报送来源" in text(answer)
    assert not Batch.objects.filter(source=form, form="csv").exists()


def test_a_correction_that_moves_a_case_is_made_for_the_agency_it_leaves(person):
    both = person("officer")
    Grant.objects.create(account=both.account, role="officer", agency_code=OTHER, granted_by="test")
    applied(enter(both, **CASE))
    moved = applied(enter(both, "cases", "?case_no=HAND1", **CASE | {"agency_code": OTHER, "once": "o2"}))
    assert moved.source.agency_code == AGENCY
    assert moved.counts["cases"]["corrected"] == 1
    assert row("cases", "HAND1").values["agency_code"] == OTHER


def test_a_value_that_is_emptied_is_cleared_and_what_is_not_changed_is_not_sent(officer):
    applied(enter(officer, **CASE))
    same = {k: v for k, v in CASE.items() if k not in ("applicant_name", "contact_phone")} | {"once": "c2"}
    page = officer.post("/intake/enter/cases/?case_no=HAND1", same)
    assert "没有改动" in text(page)
    applied(enter(officer, "cases", "?case_no=HAND1", **same | {"channel": ""}))
    assert row("cases", "HAND1").values["channel"] is None
    assert row("cases", "HAND1").open_personal()["contact_phone"] == "13812345678"


def test_personal_data_is_masked_until_it_is_looked_at_for_a_purpose_on_record(officer):
    applied(enter(officer, **CASE))
    page = text(officer.get("/intake/enter/cases/?case_no=HAND1"))
    assert "张三丰" not in page
    assert "13812345678" not in page
    assert "138****5678" in page
    path = "/intake/enter/cases/?case_no=HAND1"
    assert "写明查看个人信息的事由" in text(officer.post(path, {"look": "1", "purpose": "看"}))
    assert not AuditRow.objects.filter(act="personal.look").exists()
    answer = officer.post(path, {"look": "1", "purpose": "核实申请人姓名"})
    assert "张三丰" in text(answer)
    assert answer["Cache-Control"] == "no-store"
    assert AuditRow.objects.get(act="personal.look").purpose == "核实申请人姓名"


def test_the_rows_of_a_case_are_found_by_its_number(officer):
    applied(enter(officer, **CASE))
    assert "case_no=HAND1" in text(officer.get("/intake/enter/?case_no=HAND1"))
    assert "没有这件办件" in text(officer.get("/intake/enter/?case_no=NONE"))
    assert officer.get("/intake/enter/issued/").status_code == 404
    assert officer.get("/intake/enter/steps/?case_no=HAND1&seq=x").status_code == 404


def test_supervisors_do_not_enter_cases(person):
    assert person("supervisor").get("/intake/enter/").status_code == 403


def taken(client, what, form):
    answer = client.get(f"/intake/out/{what}/?format={form}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_a_table_goes_out_masked_recorded_and_only_of_ones_own_scope(officer, person):
    applied(enter(officer, **CASE | {"receipt_no": "=1+1"}))
    liaison = person("liaison")
    rows = pq.read_table(io.BytesIO(taken(liaison, "cases", "parquet"))).to_pylist()
    assert [(r["case_no"], r["applicant_name"], r["contact_phone"]) for r in rows] == [
        ("HAND1", "张**", "138****5678")
    ]
    lines = taken(liaison, "cases", "csv").decode("utf-8-sig")
    assert "办件编号" in lines
    assert "'=1+1" in lines, "a formula is guarded"
    assert taken(liaison, "cases", "xlsx")[:2] == b"PK"
    assert AuditRow.objects.filter(act="export", about="table/cases").count() == 3
    stranger = person("liaison", region=OTHER_REGION, agency=OTHER)
    assert pq.read_table(io.BytesIO(taken(stranger, "cases", "parquet"))).num_rows == 0
    applied(enter(officer, "steps", case_no="HAND1", seq="1", name="受理"))
    assert pq.read_table(io.BytesIO(taken(liaison, "steps", "parquet"))).num_rows == 1
    assert pq.read_table(io.BytesIO(taken(stranger, "steps", "parquet"))).num_rows == 0
    assert "办件" in text(liaison.get("/intake/out/"))


def test_what_went_out_comes_in_again_as_it_was(officer, person, source):
    applied(enter(officer, **CASE))
    csv_text = taken(person("liaison"), "steps", "csv").decode("utf-8-sig")
    assert csv_text.startswith("办件编号")


def test_table_11_has_its_eleven_items_in_the_lengths_of_the_standard(officer, person):
    from datetime import datetime

    from mingcha.alerts.models import Alert
    from mingcha.base import clock
    from mingcha.pages.intake.table11 import LENGTHS

    now = clock.now()
    Alert.objects.create(
        rule="henan-8.1-a-rule-with-a-long-name", about="cases", key="HAND1", case_no="HAND1", agency_code=AGENCY,
        region_code="410105000000", level="red", state="open", article="第八条", reason="超" * 2000,
        lawful_at=datetime(2026, 11, 20, 9, 30), raised_at=now, changed_at=now,
    )  # fmt: skip
    (found,) = pq.read_table(io.BytesIO(taken(person("liaison"), "table11", "parquet"))).to_pylist()
    assert list(found) == list(LENGTHS)
    assert len(LENGTHS) == 11
    assert all(len(value or "") <= LENGTHS[name] for name, value in found.items())
    assert (found["办件编号"], found["监察预警类型代码"], found["状态产生时间"]) == (
        "HAND1",
        "3",
        "20261120T093000",
    )
    assert found["责任部门"] == "金水区示例局"
    stranger = person("liaison", region=OTHER_REGION, agency=OTHER)
    assert pq.read_table(io.BytesIO(taken(stranger, "table11", "parquet"))).num_rows == 0


def test_what_was_entered_is_shown_as_text(officer):
    page = enter(officer, **CASE | {"received_at": "", "receipt_no": XSS, "channel": XSS})
    assert "<img" not in page.content.decode()
