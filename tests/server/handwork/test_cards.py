"""人工录入 and evidence: entered by whom, seen before it is issued, issued once; files that prove it (S7)."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mingcha.accounts.models import Role
from mingcha.alerts import evidence
from mingcha.alerts.models import Alert, Evidence
from mingcha.base.models import AuditRow
from mingcha.intake.fact_models import FACTS
from mingcha.notify.models import Message
from tests.server.pages.conftest import HERE, OURS, PAYLOAD, THERE

CARD = {
    "unit": "case", "key": "BJ2", "source": "complaint", "rule": "zhengzhou-16", "level": "yellow",
    "happened_at": "2026-03-04T10:00", "text": f"投诉查实:窗口要求重复提交{PAYLOAD}",
}  # fmt: skip
PHOTO = b"\xff\xd8\xff\xe0photo"


def text_of(answer, status=200) -> str:
    assert answer.status_code == status, answer
    return answer.content.decode()


def photo(name="现场.jpg", content=PHOTO) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def seen(browser, card=CARD) -> str:
    """The token of the preview."""
    return browser.post("/cards/preview/", card, headers={"HX-Request": "true"}).context["seen"]


def issue(browser, card=CARD, **more):
    return browser.post(
        "/cards/new/", {**card, "seen": seen(browser, card), "files": [photo()], **more}, follow=True
    )


def test_a_card_is_seen_with_its_article_and_consequence_before_it_is_issued(city, enter):
    answer = enter().post("/cards/preview/", {**CARD, "level": "red"}, headers={"HX-Request": "true"})
    text = text_of(answer)
    assert "<html" not in text and "第十六条" in text and "投诉查实、媒体曝光查证" in text
    assert "第十八条" in text and "随即通知金水区" in text and "签发办件的红牌" in text
    assert "<img src=x" not in text
    assert not Alert.objects.filter(origin="manual").exists()


def test_a_card_issued_is_an_alert_told_counted_and_proved(city, enter):
    text = text_of(issue(enter(), note="窗口监控截图"))
    alert = Alert.objects.get(origin="manual")
    assert (alert.rule, alert.level, alert.state, alert.case_no) == ("zhengzhou-16", "yellow", "open", "BJ2")
    assert (alert.agency_code, alert.region_code) == (OURS, HERE)
    assert "已签发" in text and "现场.jpg" in text and "窗口监控截图" in text and "<img src=x" not in text
    assert FACTS["issued"]._default_manager.filter(rule="zhengzhou-16", key="BJ2", seen_to=None).exists()
    assert Message.objects.filter(subject=f"alert/{alert.pk}").exists()
    assert "下载判定书" not in text and "不由系统再判定" in text
    assert "人工录入的信号没有判定书" in text_of(enter().get(f"/alerts/{alert.pk}/certificate/", follow=True))


def test_a_card_sent_twice_is_issued_once(city, enter):
    browser = enter()
    told = {**CARD, "seen": seen(browser)}
    browser.post("/cards/new/", {**told, "files": [photo()]})
    text = text_of(browser.post("/cards/new/", {**told, "files": [photo()]}, follow=True))
    assert "没有另发一条" in text
    assert Alert.objects.filter(origin="manual").count() == 1
    assert "第 2 次" in text_of(browser.post("/cards/preview/", CARD, headers={"HX-Request": "true"}))


def test_what_was_changed_after_the_preview_is_not_issued(city, enter):
    browser = enter()
    text = text_of(
        browser.post("/cards/new/", {**CARD, "level": "red", "seen": seen(browser), "files": [photo()]}), 422
    )
    assert "在预览之后有改动" in text and not Alert.objects.filter(origin="manual").exists()
    told = {**CARD, "seen": seen(enter()), "files": [photo()]}
    assert "在预览之后有改动" in text_of(browser.post("/cards/new/", told), 422), "what another saw"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"key": "NOSUCH"}, "没有这个编号"),
        ({"key": ""}, "没有这个编号"),
        ({"unit": "moon"}, "请选择对象的种类"),
        ({"rule": "henan-8.1"}, "请另选条款"),
        ({"rule": "henan-9.10"}, "请另选条款"),
        ({"rule": ""}, "请选择条款"),
        ({"level": "none"}, "请选择等级"),
        ({"source": "rumour"}, "请选择来源"),
        ({"happened_at": "2026-03-06T10:00"}, "发生时间不能晚于现在"),
        ({"happened_at": "昨天"}, "请写明发生的日期和时间"),
        ({"happened_at": "2026-03-04"}, "请写明发生的日期和时间"),
        ({"text": "短"}, "不少于5个字"),
        ({"text": "长" * 2001}, "不要超过 2000 字"),
    ],
)
def test_what_is_filled_in_wrongly_is_told_at_its_field_and_kept(city, enter, wrong, said):
    text = text_of(enter().post("/cards/new/", {**CARD, **wrong}), 422)
    assert said in text and ("key" in wrong or 'value="BJ2"' in text)
    assert not Alert.objects.filter(origin="manual").exists()


def test_a_card_without_evidence_is_refused(city, enter):
    browser = enter()
    assert "请至少附一份证据文件" in text_of(
        browser.post("/cards/new/", {**CARD, "seen": seen(browser)}), 422
    )


def test_a_card_about_another_district_or_by_another_role_is_refused(city, enter):
    assert "不在您的管辖范围内" in text_of(enter(region=THERE).post("/cards/new/", CARD), 422)
    for role in (Role.LIAISON, Role.OFFICER, Role.LEADER):
        assert enter(role).get("/cards/new/").status_code == 403
        assert enter(role).post("/cards/new/", CARD).status_code == 403


@pytest.mark.parametrize(
    ("unit", "key", "agency"), [("agency", OURS, OURS), ("case", "BJ3", "11410102MB0000025R")]
)
def test_a_card_belongs_where_what_it_is_about_belongs(city, enter, unit, key, agency):
    issue(enter(), {**CARD, "unit": unit, "key": key})
    alert = Alert.objects.get(origin="manual")
    assert (alert.key, alert.agency_code) == (key, agency) and alert.region_code


# -- evidence --------------------------------------------------------------------------------------------------------

NAMES = {
    "../../etc/passwd.pdf": "passwd.pdf",
    "..\\..\\windows\\x.pdf": "x.pdf",
    "a\u202efdp.exe.pdf": "afdp.exe.pdf",
    "a\u200b\u2066b.pdf": "ab.pdf",
    f"{PAYLOAD[:40]}.pdf": None,
    "长" * 300 + ".pdf": ("长" * 300 + ".pdf")[-200:],
}


@pytest.mark.parametrize("name", list(NAMES))
def test_a_hostile_name_becomes_a_plain_one_and_never_a_place(city, name):
    plain = evidence.plain_name(name)
    assert NAMES[name] is None or plain == NAMES[name]
    assert not set(plain) & set("/\\\0\u202e\u2066\u200b") and len(plain) <= 200
    alert = Alert.objects.first()
    row = evidence.attach(alert, name, [b"%PDF-1.7 "], "sun")
    assert row.digest == hashlib.sha256(b"%PDF-1.7 ").hexdigest()


def test_a_name_with_nul_is_kept_without_it(city):
    assert evidence.attach(Alert.objects.first(), "a\0b.txt", [b"x"], "sun").name == "ab.txt"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.svg", b"<svg onload='window.pwned=1'/>", "不收"),
        ("x.html", b"<script>1</script>", "不收"),
        ("x.exe", b"MZ", "不收"),
        ("照片", b"\xff\xd8\xff", "不收"),
        ("x.pdf.", b"MZ\x90", "不是 pdf 文件"),
        ("x.jpg", b"<svg/>", "不是 jpg 文件"),
        ("x.png", b"\x89PNG", "不是 png 文件"),
        ("x.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "不是 docx 文件"),
        ("x.pdf", b"", "是空的"),
    ],
)
def test_what_proves_nothing_or_pretends_is_refused_and_leaves_nothing(city, enter, name, content, said):
    alert = Alert.objects.filter(case_no="BJ2").first()
    before = {path for path in evidence.FILES.folder().rglob("*")}
    answer = enter().post(f"/cards/evidence/of/{alert.pk}/", {"files": [photo(name, content)]}, follow=True)
    assert "没有附上" in text_of(answer) and (said in text_of(answer) or name.endswith(".") or not content)
    assert not alert.files.exists()
    assert {path for path in evidence.FILES.folder().rglob("*")} == before


def test_what_is_too_large_or_too_many_is_refused(city, enter, monkeypatch):
    alert = Alert.objects.filter(case_no="BJ2").first()
    monkeypatch.setattr(evidence, "LARGEST", 1 << 20)
    with pytest.raises(evidence.EvidenceError, match="超过 1 MB"):
        evidence.attach(alert, "x.txt", (b"x" * 65536 for _ in range(17)), "sun")
    many = [photo(f"{n}.jpg") for n in range(21)]
    answer = enter().post(f"/cards/evidence/of/{alert.pk}/", {"files": many}, follow=True)
    assert "一次至多 20 份" in text_of(answer) and not alert.files.exists()


POLYGLOT = b"%PDF-1.7\n<html><script>window.pwned=1</script></html>PK\x03\x04"


def test_a_file_is_handed_out_only_to_be_saved_and_each_time_recorded(city, enter):
    alert = Alert.objects.filter(case_no="BJ2").first()
    row = evidence.attach(alert, "两面.pdf", [POLYGLOT], "sun")
    answer = enter().get(f"/cards/evidence/{row.pk}/")
    assert b"".join(answer.streaming_content) == POLYGLOT
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    read = AuditRow.objects.get(act="evidence.read")
    assert read.about == f"alert/{alert.pk}" and read.detail["file"] == row.pk


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [
        (Role.SUPERVISOR, {}, 200), (Role.LEADER, {}, 200), (Role.LIAISON, {"agency": OURS}, 200),
        (Role.OFFICER, {"agency": OURS}, 403), (Role.ASSESSOR, {}, 403), (Role.SUPERVISOR, {"region": THERE}, 404),
        (Role.AUDITOR, {}, 403),
    ],
)  # fmt: skip
def test_evidence_is_seen_by_those_who_may(city, enter, role, place, status):
    alert = Alert.objects.filter(case_no="BJ2").first()
    row = evidence.attach(alert, "录音.mp3", [b"ID3 voice"], "sun")
    browser = enter(role, **place)
    assert browser.get(f"/cards/evidence/{row.pk}/").status_code == status
    assert AuditRow.objects.filter(act="evidence.read").exists() == (status == 200)
    if role == Role.OFFICER:
        text = text_of(browser.get(f"/alerts/{alert.pk}/"))
        assert "录音.mp3" not in text and "有 1 份证据;您的角色看不到其内容" in text


def test_a_file_that_is_not_what_was_taken_is_not_handed_out(city, enter):
    alert = Alert.objects.filter(case_no="BJ2").first()
    row = evidence.attach(alert, "x.txt", [b"as it was, and nowhere else"], "sun")
    held = evidence.FILES.folder() / row.digest[:2] / row.digest
    assert b"nowhere else" not in held.read_bytes(), "it is sealed"
    whole = held.read_bytes()
    held.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert "打不开" in text_of(enter().get(f"/cards/evidence/{row.pk}/", follow=True))
    held.unlink()
    assert "不在服务器上" in text_of(enter().get(f"/cards/evidence/{row.pk}/", follow=True))
    assert not AuditRow.objects.filter(act="evidence.read").exists()


def test_the_same_file_is_kept_once_and_further_files_are_added_from_the_alert(city, enter):
    alert = Alert.objects.filter(case_no="BJ2").first()
    browser = enter()
    told = {"files": [photo("1.jpg"), photo("2.jpg"), photo("3.pdf", b"%PDF-3")], "note": PAYLOAD}
    text = text_of(browser.post(f"/cards/evidence/of/{alert.pk}/", told, follow=True))
    assert "已附上" in text and "<img src=x" not in text
    assert list(Evidence.objects.filter(alert=alert).order_by("pk").values_list("name", flat=True)) == [
        "1.jpg",
        "3.pdf",
    ]
    assert "没有选择文件" in text_of(browser.post(f"/cards/evidence/of/{alert.pk}/", {}, follow=True))
