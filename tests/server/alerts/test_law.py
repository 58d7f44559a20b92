"""Another law: uploaded, checked, approved by a second person, told as a difference list, applied as one act."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mingcha.alerts import deciding, law, publishing, recalculating
from mingcha.alerts.certificates import NoCertificateError, anchor, certificate, key_path
from mingcha.alerts.conflict import ConflictError
from mingcha.alerts.models import Alert, Change, Difference, Publication, Undetermined
from mingcha.base import audit, clock, jobs
from mingcha.base.models import AuditRow
from mingcha.certificates.seal import load_public, public_path
from mingcha.certificates.verify import verify
from mingcha.intake.archive_models import ArchivedCase, ArchivePart
from mingcha.law.load import BUILT_IN
from mingcha.rules.load import RULEBOOK
from tests.server.alerts.conftest import at

pytestmark = pytest.mark.one_database

RULE = "henan-8.10"
RECEIVED = {"received_at": "2026-02-12 10:00"}
DAY_OFF = "  - {date: 2026-02-13, name: 冰雪停业, off: true}\n"


def work() -> None:
    while jobs.work_once():
        pass


@pytest.fixture
def warned(town):
    """A warning of Sunday 15 February: Friday the 13th and the make-up Saturday were the two working days."""
    import mingcha.alerts.catching_up  # noqa: F401  its jobs

    town.report("2026-02-12T11:00:00", cases=[RECEIVED])
    town.sweep("2026-02-15T00:00:05")
    return town


def calendar_with_a_day_off() -> dict[str, str]:
    text = (BUILT_IN / "2026.yaml").read_text("utf-8")
    place = text.index("  - {date: 2026-02-14")
    return {"2026.yaml": text[:place] + DAY_OFF + text[place:]}


def published(kind: str, name: str, files: dict[str, Any]) -> Difference:
    draft = publishing.upload(kind, name, files, "示例", "上级通知", "he")
    assert draft.faults == []
    work()
    draft.refresh_from_db()
    asked = publishing.approve(draft, "sun", "同意")
    work()
    asked.refresh_from_db()
    return asked


def test_another_calendar_withdraws_nothing_before_its_list_is_applied_by_a_person(warned):
    with at("2026-02-15T09:00:00"):
        listed = published("calendar", "2026", calendar_with_a_day_off())
        assert (listed.state, listed.added, listed.withdrawn) == ("open", 0, 1)
        line = listed.lines.get()
        assert (line.rule, line.level_before, line.level_after) == (RULE, "warning", "")
        assert warned.one(RULE).state == "open"
        before = law.law_in_force(fresh=True)[1].version
        recalculating.accept(listed, "sun", "执行")
        work()
    alert = warned.one(RULE)
    assert alert.state == "withdrawn"
    assert f"重算差异单 {listed.pk}" in alert.changes.get(no=alert.version).why
    assert law.law_in_force(fresh=True)[1].version != before
    assert Alert.objects.count() == 1
    assert AuditRow.objects.filter(act="difference.apply", actor="sun").count() == 1


def test_the_alert_comes_again_at_the_moment_of_the_new_calendar(warned):
    with at("2026-02-15T09:00:00"):
        recalculating.accept(published("calendar", "2026", calendar_with_a_day_off()), "sun", "执行")
        work()
    warned.sweep("2026-02-25T09:00:00")
    alert = warned.one(RULE)
    assert (alert.state, str(alert.since)) == ("open", "2026-02-25 00:00:00")


def test_what_waits_when_a_list_is_applied_is_judged_before_it_by_the_law_of_then(warned):
    with at("2026-02-15T09:00:00"):
        listed = published("calendar", "2026", calendar_with_a_day_off())
    warned.report("2026-02-15T09:10:00", judged=False, cases=[{**RECEIVED, "withdrawn": True}])
    with at("2026-02-15T09:20:00"):
        recalculating.accept(listed, "sun", "执行")
        recalculating.apply(listed)
    alert = warned.one(RULE)
    told = alert.changes.get(no=alert.version)
    assert (told.kind, told.why.split(";")[-1]) == ("withdrawn", "办件已撤回")
    assert "重算差异单" not in told.why


def test_a_list_that_was_set_aside_leaves_everything_and_cannot_be_applied(warned):
    with at("2026-02-15T09:00:00"):
        listed = published("calendar", "2026", calendar_with_a_day_off())
        recalculating.set_aside(listed, "sun", "通知有误")
        with pytest.raises(ConflictError, match="不执行"):
            recalculating.accept(listed, "he", "执行")
    assert warned.one(RULE).state == "open"
    assert Publication.objects.get(kind="calendar").state == "refused"


def test_who_uploads_cannot_approve_and_faults_cannot_be_approved(warned):
    with at("2026-02-15T09:00:00"):
        good = publishing.upload("calendar", "2026", calendar_with_a_day_off(), "示例", "通知", "he")
        work()
        good.refresh_from_db()
        with pytest.raises(publishing.PublishingError, match="另一人"):
            publishing.approve(good, "he", "同意")
        bad = publishing.upload("calendar", "x", {"2026.yaml": "year: 二零二六\n"}, "坏", "", "he")
        assert bad.faults and "/" not in bad.faults[0]["file"]
        with pytest.raises(publishing.PublishingError, match="检查没有通过"):
            publishing.approve(bad, "sun", "同意")


def test_what_is_no_text_is_not_uploaded(warned):
    with pytest.raises(publishing.PublishingError, match="2026.yaml 不是 UTF-8"):
        publishing.upload("calendar", "2026", {"2026.yaml": "year: 2026\0\n"}, "坏", "", "he")


def test_a_pack_with_another_number_is_linted_tested_and_makes_a_list(warned):
    folder = RULEBOOK / "henan-2019"
    files = {path.name: path.read_text("utf-8") for path in folder.glob("*.yaml")}
    files["8.10.yaml"] = files["8.10.yaml"].replace("  limit: 2\n", "  limit: 3\n")
    with at("2026-02-15T09:00:00"):
        draft = publishing.upload("pack", "henan-2019", files, "示例", "试", "he")
        work()
        draft.refresh_from_db()
    assert draft.faults and all("测试没有通过" in fault["message"] for fault in draft.faults)
    assert {fault["rule"] for fault in draft.faults} == {RULE}


@pytest.mark.parametrize("name", ["../x.yaml", "pack.yml", "a/b.yaml", "..yaml"])
def test_files_that_would_lie_elsewhere_are_refused(town, name):
    with pytest.raises(publishing.PublishingError):
        publishing.upload("pack", "henan-2019", {"pack.yaml": "", name: ""}, "示例", "", "he")


def test_a_provisional_year_raises_no_red_card(town):
    """test-plan T2: of 2027 only the days that the law itself names are known."""
    town.report("2027-03-01T11:00:00", cases=[{"received_at": "2027-03-01 10:00"}])
    town.sweep("2027-04-20T09:00:00")
    assert not Alert.objects.filter(level="red").exists()
    assert Alert.objects.filter(rule=RULE, provisional=True).exists()


def test_what_cannot_be_judged_is_kept_and_settled_when_it_can(town):
    town.report("2026-02-12T11:00:00", cases=[{**RECEIVED, "channel": None}])
    town.sweep("2026-02-16T09:00:00")
    held = Undetermined.objects.get(rule=RULE)
    assert (held.cause, held.settled_at) == ("missing_value", None)
    town.report("2026-02-24T09:00:00", cases=[{**RECEIVED, "channel": "window"}])
    held.refresh_from_db()
    assert held.settled_at is not None and town.one(RULE).state == "open"


def test_a_certificate_of_an_alert_can_be_checked_offline_by_the_site_key(warned):
    with at("2026-02-15T09:00:00"):
        made = certificate(warned.one(RULE))
        audit.seal_blocks()
        assert anchor(warned.one(RULE))["block"]["no"] == 1
    assert made.note == ""
    checked = verify(made.document, load_public(str(public_path(key_path()))))
    assert checked.same and checked.signer, checked


def sound(made):
    """What is found, of a certificate that can be recomputed."""
    checked = verify(made.document, load_public(str(public_path(key_path()))))
    assert checked.same and checked.signer, checked
    return json.loads(made.document)["body"]["finding"]


def test_an_alert_whose_facts_changed_has_the_certificate_of_then_with_a_note(warned):
    with at("2026-02-16T09:00:00"):
        warned.report("2026-02-16T09:00:00", cases=[{"received_at": "2026-02-14 10:00"}])
        alert = warned.one(RULE)
        assert alert.state == "withdrawn"
        made = certificate(alert)
    assert sound(made)["level"] == "warning"
    assert "已撤回(2026-02-16 09:00" in made.note and "不再有效" in made.note
    assert "截至第 1 批的数据" in made.note


def test_an_alert_under_another_law_has_the_certificate_of_the_law_of_then(warned):
    with at("2026-02-15T09:00:00"):
        before = sound(certificate(warned.one(RULE)))
        recalculating.accept(published("calendar", "2026", calendar_with_a_day_off()), "sun", "执行")
        work()
        made = certificate(warned.one(RULE))
    told = sound(made)
    assert (told["level"], told["calendar_version"]) == ("warning", before["calendar_version"])
    assert law.law_in_force(fresh=True)[1].version != told["calendar_version"]
    assert "重算差异单" in made.note


def test_an_alert_that_a_person_withdrew_has_its_certificate_and_the_note_says_why(warned):
    with at("2026-02-15T09:00:00"):
        alert = warned.one(RULE)
        deciding.withdraw(alert.pk, alert.version, "sun", "系统故障所致")
        made = certificate(warned.one(RULE))
    assert sound(made)["level"] == "warning"
    assert made.note == "这条信号已撤回(2026-02-15 09:00,sun:系统故障所致),判定书所载不再有效。"


def test_a_cured_alert_has_its_certificate_without_a_note(warned):
    with at("2026-02-20T09:00:00"):
        warned.report(
            "2026-02-20T09:00:00", cases=[{**RECEIVED, "opinion": "accept", "opinion_at": "2026-02-16 09:00"}]
        )
        alert = warned.one(RULE)
        assert alert.state == "cured"
        made = certificate(alert)
    assert sound(made)["ended_at"] and made.note == ""


def test_an_alert_of_an_archived_case_says_where_its_facts_are(warned):
    with at("2026-02-15T09:00:00"):
        alert = warned.one(RULE)
        part = ArchivePart.objects.create(
            folder="2026-02-1",
            month="2026-02",
            no=1,
            digest="x",
            state="moved",
            made_by="he",
            made_at=clock.now(),
        )
        ArchivedCase.objects.create(case_no=alert.case_no, part=part)
        with pytest.raises(NoCertificateError, match="mingcha archive --restore 2026-02"):
            certificate(alert)


def test_a_verdict_that_nothing_here_gives_any_more_says_by_what_it_can_be_proved(warned):
    with at("2026-02-16T09:00:00"):
        warned.report("2026-02-16T09:00:00", cases=[{"received_at": "2026-02-14 10:00"}])
        Change.objects.update(batch_no=None)
        with pytest.raises(NoCertificateError, match="变动记录和审计"):
            certificate(warned.one(RULE))
