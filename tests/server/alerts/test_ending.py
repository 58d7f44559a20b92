"""A pack that is clean is tried, comes into force by its list, and ends by another; `mingcha judge` on the store."""

from __future__ import annotations

from datetime import date

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from mingcha.alerts import law, publishing, recalculating
from mingcha.alerts.conflict import ConflictError
from mingcha.alerts.models import Alert, Change, Publication
from mingcha.base.models import AuditRow
from mingcha.cli import cli
from mingcha.intake import reading
from mingcha.rules.load import RULEBOOK
from tests.server.alerts.conftest import at
from tests.server.alerts.test_law import RECEIVED, RULE, warned, work  # noqa: F401  a fixture

pytestmark = pytest.mark.one_database

NOW = "2026-02-15T09:00:00"
STORY = """
- name: 三个工作日内没有意见的预警
  given:
    cases: [{received_at: 2026-01-05 10:00}]
    corrections: []
  at:
    2026-01-08 12:00: []
    2026-01-09 00:00: [{level: warning}]
"""


def milder() -> dict[str, str]:
    """The province's pack with a day more for an opinion; the stories of the two days do not hold for it."""
    files = {path.name: path.read_text("utf-8") for path in (RULEBOOK / "henan-2019").glob("*.yaml")}
    files["8.10.yaml"] = files["8.10.yaml"].replace("  limit: 2\n", "  limit: 3\n")
    files["8.10.test.yaml"] = STORY
    return files


def versions() -> dict[str, str]:
    """Which version of each rule is in force."""
    return {rule.id: rule.version for rule in law.law_in_force(fresh=True)[0].rules}


def applied(listed) -> None:
    recalculating.accept(listed, "sun", "执行")
    work()


def in_force(files: dict[str, str]) -> Publication:
    draft = publishing.upload("pack", "henan-2019", files, "示例", "试", "he")
    assert draft.faults == []
    work()
    draft.refresh_from_db()
    listed = publishing.approve(draft, "sun", "同意")
    work()
    listed.refresh_from_db()
    applied(listed)
    draft.refresh_from_db()
    return draft


def test_a_clean_pack_is_tried_on_the_store_and_says_what_would_be_different(warned):  # noqa: F811
    with at(NOW):
        draft = publishing.upload("pack", "henan-2019", milder(), "示例", "试", "he")
        work()
        draft.refresh_from_db()
    assert draft.faults == []
    trial = draft.trial
    assert trial["cases"] == 1
    assert ["withdrawn", RULE, 1] in trial["by_rule"]
    assert RULE in [example["rule"] for example in trial["examples"]]
    assert trial["since"] == "2025-02-01"
    assert Alert.objects.get(rule=RULE).state == "open", "trying changes nothing"
    assert Publication.objects.get(pk=draft.pk).state == Publication.State.DRAFT


def test_a_pack_that_changes_nothing_is_tried_and_says_so(warned):  # noqa: F811
    with at(NOW):
        files = {path.name: path.read_text("utf-8") for path in (RULEBOOK / "henan-2019").glob("*.yaml")}
        draft = publishing.upload("pack", "henan-2019", files, "照旧", "试", "he")
        work()
        draft.refresh_from_db()
    assert (draft.faults, draft.trial["by_rule"]) == ([], [])
    assert draft.trial["before"] == draft.trial["after"]


def test_a_publication_ends_by_its_own_list_and_the_law_before_it_holds_again(warned):  # noqa: F811
    with at(NOW):
        before = versions()
        held = in_force(milder())
        assert held.state == Publication.State.IN_FORCE
        assert {name for name, version in versions().items() if version != before[name]} == {RULE}
        assert Alert.objects.get(rule=RULE).state == "withdrawn"
        listed = publishing.end(held, "he", "上级废止")
        work()
        listed.refresh_from_db()
        assert (listed.state, listed.added) == ("open", 1)
        assert "停用" in listed.cause and "上级废止" in listed.cause
        assert Publication.objects.get(pk=held.pk).state == Publication.State.IN_FORCE, "until it is applied"
        applied(listed)
    held.refresh_from_db()
    assert (held.state, held.ended_by) == (Publication.State.ENDED, "sun")
    assert versions() == before
    alert = Alert.objects.get(rule=RULE)
    assert alert.state == "open" and alert.changes.order_by("-no").first().kind == Change.Kind.REOPENED
    assert AuditRow.objects.filter(act="difference.apply").count() == 2


def test_only_what_is_in_force_can_be_ended(warned):  # noqa: F811
    with at(NOW):
        draft = publishing.upload("pack", "henan-2019", milder(), "示例", "试", "he")
        with pytest.raises(ConflictError, match="施行中"):
            publishing.end(draft, "he", "误")


# -- mingcha judge ---------------------------------------------------------------------------------------------------


def judged(*arguments: str) -> str:
    done = CliRunner().invoke(cli, ["judge", *arguments])
    assert done.exit_code == 0, done.output + repr(done.exception)
    return done.output


def test_judging_by_hand_tells_what_it_finds_and_changes_nothing(warned, tmp_path):  # noqa: F811
    with at(NOW):
        before = list(Change.objects.values_list("pk", flat=True))
        out = tmp_path / "findings.parquet"
        said = judged("--all", "--out", str(out))
    assert "看了 1 件办件" in said and "预警 1" in said
    assert [row["rule"] for row in pq.read_table(out).to_pylist() if row["level"] == "warning"] == [RULE]
    assert list(Change.objects.values_list("pk", flat=True)) == before


def test_judging_as_of_and_as_known_on_a_day_repeats_what_could_be_known(warned):  # noqa: F811
    warned.report("2026-02-20T09:00:00", cases=[{"received_at": "2026-02-20 08:00"}])  # a correction
    with at("2026-02-21T09:00:00"):
        assert reading.known_on(date(2026, 2, 15)) < reading.last_batch()
        assert "预警 1" in judged("--all", "--as-of", "2026-02-15", "--known-at", "2026-02-15")
        assert "预警" not in judged("--all", "--as-of", "2026-02-21")


def test_judging_single_units_and_applying_it(warned):  # noqa: F811
    number = Alert.objects.get(rule=RULE).case_no
    with at(NOW):
        assert "看了 1 件办件" in judged("--unit", f"case/{number}")
        assert "没有变动" in judged("--unit", f"case/{number}", "--apply")
    with at("2026-02-28T09:00:00"):
        assert "升级" in judged("--all", "--apply")
    assert Alert.objects.get(rule=RULE).level == "red"


def test_alerts_of_archived_cases_stay_as_they_are_when_everything_is_judged(town):
    from mingcha.intake.archive import moving
    from mingcha.intake.archive_models import ArchivedCase

    done = {"completed_at": "2026-02-24 10:00", "outcome": "granted", "accepted_at": "2026-02-24 09:00"}
    town.report("2026-02-12T11:00:00", cases=[RECEIVED])
    town.sweep("2026-02-15T00:00:05")
    town.report("2026-02-24T11:00:00", cases=[{**RECEIVED, **done}])
    town.sweep("2026-04-20T09:00:00")
    Alert.objects.exclude(state="cured").update(state="cured")
    before = list(Alert.objects.order_by("pk").values())
    assert before and all(alert["found"] for alert in before[:1])
    with at("2026-04-21T09:00:00"):
        moving.archive("2026-02", "管理员", lambda *_: None)
        assert ArchivedCase.objects.count() == 1
        assert "看了 0 件办件" in judged("--all") and "另有 1 件已归档" in judged("--all")
        judged("--all", "--apply")
    assert list(Alert.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "请写 --all"),
        (["--all", "--unit", "case/A"], "请写 --all"),
        (["--unit", "case"], "不是对象"),
        (["--unit", "dog/1"], "不是对象"),
        (["--all", "--apply", "--as-of", "2026-02-01"], "不能写成信号"),
    ],
)
@pytest.mark.django_db
def test_what_cannot_be_asked_is_said_with_what_to_do(arguments, told):
    done = CliRunner().invoke(cli, ["judge", *arguments])
    assert done.exit_code == 2
    assert told in done.output
    assert "Traceback" not in done.output
