import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mingcha.base.models import AuditRow
from mingcha.intake import silence
from mingcha.intake.applying import apply_next
from mingcha.intake.models import Batch, Source
from mingcha.intake.way_models import NilReport, Refusal

from ..ways.conftest import CASES, ITEM
from .conftest import AGENCY, OTHER, OTHER_REGION, REGION

XSS = '<img src=x onerror="alert(1)">'


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def upload(client, *files, follow=True, **named):
    data = {"source": AGENCY, "once": "a" * 32, "files": list(files), **named}
    return client.post("/intake/upload/", data, follow=follow)


def file(name="cases.csv", content=CASES):
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def test_the_center_lists_sources_of_ones_own_scope_with_their_days(person, source):
    from datetime import datetime

    silence.supervise(datetime(2026, 11, 17, 18))
    page = text(person("supervisor", agency="").get("/intake/"))
    assert "金水区示例局业务系统" in page
    assert "张三" in page
    assert "未报" in page
    other = text(person("supervisor", region=OTHER_REGION).get("/intake/"))
    assert "金水区示例局业务系统" not in other
    assert "还没有登记报送来源" in other


def test_every_page_of_another_office_is_not_found(person, source):
    client = person("liaison")
    upload(client, file())
    receipt = Batch.objects.get(source=source).receipt
    refusal = Refusal.objects.create(source=source, at=source.created_at, way="file", name="x", why="y")
    stranger = person("liaison", region=OTHER_REGION, agency=OTHER)
    for path in (
        f"/intake/sources/{AGENCY}/", f"/intake/batches/{receipt}/", f"/intake/batches/{receipt}/errors/",
        f"/intake/refusals/{refusal.pk}/",
    ):  # fmt: skip
        assert client.get(path).status_code in (200, 302), path
        assert stranger.get(path).status_code == 404, path
    assert stranger.post(f"/intake/batches/{receipt}/review/", {"decision": "admit"}).status_code == 404
    assert stranger.post(f"/intake/sources/{AGENCY}/nil/").status_code == 404


def test_an_uploaded_file_gets_a_receipt_and_its_batch_shows_rows_faults_and_the_book(person, source):
    client = person("liaison")
    page = upload(client, file("cases-11月.csv", CASES + f"BJ2,{ITEM},昨天\n"))
    batch = Batch.objects.get(source=source)
    assert batch.receipt in text(page)
    assert batch.way == "file"
    apply_next()
    page = text(client.get(f"/intake/batches/{batch.receipt}/"))
    assert "认不出的日期时间" in page
    assert "昨天" in page
    book = client.get(f"/intake/batches/{batch.receipt}/errors/")
    assert "attachment" in book["Content-Disposition"]
    assert book["X-Content-Type-Options"] == "nosniff"
    assert "BJ2" in b"".join(book.streaming_content).decode("utf-8-sig")
    assert AuditRow.objects.filter(act="batch.book", about=f"batch:{batch.receipt}").exists()


def test_an_upload_sent_twice_by_impatience_is_one_batch(person, source):
    client = person("liaison")
    upload(client, file())
    upload(client, file())
    assert Batch.objects.filter(source=source).count() == 1


def test_what_an_upload_refuses_is_told_on_the_page_and_kept_in_the_quarantine(person, source):
    client = person("liaison")
    page = text(upload(client, file("报表.doc"), file("cases.csv", "办件编号,密级\nB1,机密\n")))
    assert "不认识的格式" in page
    assert "涉密" in page
    assert Refusal.objects.count() == 2
    listed = text(client.get("/intake/refusals/"))
    assert "报表.doc" in listed
    one = Refusal.objects.first()
    client.post(f"/intake/refusals/{one.pk}/settle/")
    one.refresh_from_db()
    assert one.settled_by == client.account.username


@pytest.mark.parametrize(
    "name", ["../../etc/cases.csv", "cases\u202evsc.csv", f"cases{XSS}.csv", "cases.svg"]
)
def test_a_hostile_file_name_is_shown_as_text_and_opens_nothing(person, source, name):
    page = text(upload(person("liaison"), file(name)))
    assert XSS not in page
    assert not Batch.objects.filter(source=source, name__contains="/").exists()


def test_the_script_of_the_upload_is_told_where_to_go(person, source):
    client = person("liaison")
    answer = client.post(
        "/intake/upload/",
        {"source": AGENCY, "once": "b", "files": [file()]},
        headers={"X-Requested-With": "upload"},
    )
    assert answer.json()["url"] == f"/intake/batches/{Batch.objects.get(source=source).receipt}/"


def test_a_waiting_batch_counts_after_somebody_else_has_admitted_it(person, source):
    sender, other = person("liaison"), person("liaison")
    upload(sender, file(), review="1")
    batch = Batch.objects.get(source=source)
    assert batch.state == "waiting"
    path = f"/intake/batches/{batch.receipt}/review/"
    assert "不能审核自己" in text(sender.post(path, {"decision": "admit"}, follow=True))
    assert "写明退回的原因" in text(other.post(path, {"decision": "back", "why": " "}, follow=True))
    other.post(path, {"decision": "admit"})
    batch.refresh_from_db()
    assert (batch.state, batch.reviewed_by) == ("received", other.account.username)


def test_a_source_is_registered_with_its_keeper_and_its_key_is_shown_once(person, city):
    client = person("supervisor")
    given = {"code": "ywxt", "name": "业务系统", "agency_code": AGENCY, "way": "web_service", "best_rating": "1",
             "keeper": "李四", "phone": "", "daily": "1", "mapping": ""}  # fmt: skip
    assert client.post("/intake/sources/new/", given).status_code == 302
    source = Source.objects.get(code="ywxt")
    assert (source.region_code, source.best_rating, source.schedule["daily"]) == (REGION, 1, True)
    shown = text(client.post("/intake/sources/ywxt/key/"))
    key = re.search(r"mcs_[0-9a-f]{40}", shown)[0]
    source.refresh_from_db()
    assert key not in source.key_hash
    assert key not in text(client.get("/intake/sources/ywxt/"))
    client.post("/intake/sources/ywxt/keeper/", {"keeper": "王五", "phone": "1"})
    page = text(client.get("/intake/sources/ywxt/"))
    assert page.index("王五") < page.index("李四")
    assert AuditRow.objects.filter(about="source:ywxt").count() == 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": ""}, "写明来源的编号"),
        ({"keeper": " "}, "责任人"),
        ({"agency_code": OTHER}, "不在您的权限范围内"),
        ({"agency_code": "nothing"}, "组织机构里没有这个部门"),
        ({"way": "pigeon"}, "四种方式"),
        ({"mapping": "id: x\ntables: 3"}, "映射不能用:第"),
    ],
)
def test_a_wrong_registration_says_beside_the_field_what_to_do(person, city, change, said):
    given = {"code": "a", "name": "b", "agency_code": AGENCY, "way": "file", "keeper": "张", "mapping": ""}
    answer = person("supervisor").post("/intake/sources/new/", given | change)
    assert answer.status_code == 422
    assert said in text(answer)
    assert not Source.objects.filter(code="a").exists()


def test_a_changed_source_keeps_its_feeds_and_the_day_it_is_supervised_since(person, source):
    source.schedule["feeds"] = [{"table": "t"}]
    source.save()
    given = {
        "name": "新名",
        "agency_code": AGENCY,
        "way": "exchange",
        "best_rating": "5",
        "daily": "1",
        "active": "1",
    }
    person("supervisor").post(f"/intake/sources/{AGENCY}/change/", given)
    source.refresh_from_db()
    assert source.name == "新名"
    assert source.schedule == {"daily": True, "since": "2026-11-16", "feeds": [{"table": "t"}]}


def test_nothing_to_report_is_one_button(person, source):
    client = person("liaison")
    client.post(f"/intake/sources/{AGENCY}/nil/")
    assert NilReport.objects.get().sent_by == client.account.username


def test_templates_of_every_table_can_be_had_but_not_of_what_the_system_writes(person, city):
    client = person("liaison")
    answer = client.get("/intake/templates/cases.xlsx")
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert "办件编号" in b"".join(client.get("/intake/templates/cases.csv").streaming_content).decode(
        "utf-8-sig"
    )
    assert client.get("/intake/templates/issued.xlsx").status_code == 404
    assert client.get("/intake/templates/nothing.csv").status_code == 404


def test_what_people_wrote_is_shown_as_text(person, source):
    source.name = XSS
    source.save()
    batch = upload(person("liaison"), file()) and Batch.objects.get(source=source)
    Batch.objects.filter(pk=batch.pk).update(name=XSS, why=XSS, sent_by=XSS, faults=[
        {"table": "cases", "column": XSS, "cause": XSS, "effect": XSS, "advice": XSS, "count": 1,
         "samples": [{"row": 1, "raw": XSS, "reason": XSS}]}])  # fmt: skip
    Refusal.objects.create(source=source, at=source.created_at, way="file", name=XSS, why=XSS)
    client = person("supervisor")
    for path in ("/intake/", f"/intake/sources/{AGENCY}/", "/intake/batches/", "/intake/refusals/?state=open",
                 f"/intake/batches/{batch.receipt}/", f"/intake/refusals/{Refusal.objects.get().pk}/"):  # fmt: skip
        page = client.get(path)
        assert page.status_code == 200, path
        assert "<img" not in page.content.decode(), path
