"""Adopting packs of elsewhere: at once before anything was judged, else by two persons and a difference list."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from mingcha.alerts import adopting, law, publishing, recalculating
from mingcha.alerts.conflict import ConflictError
from mingcha.alerts.models import Alert, Publication
from mingcha.alerts.publishing import PublishingError
from mingcha.base.models import AuditRow
from mingcha.cli import cli
from tests.server.alerts.conftest import HENAN, Town, at
from tests.server.alerts.test_law import work

pytestmark = pytest.mark.one_database

BOTH = ["ezhou-2020", "henan-2019"]
NOW = "2026-03-05T09:00:00"
BAD = {
    "evaluation_no": "PJ1", "channel": "mobile", "level": 1, "satisfied": False, "is_default": False,
    "comment": "态度生硬", "submitted_at": "2026-03-02 09:00",
}  # fmt: skip
UNSIGNED = {"evaluation_no": "PJ1", "assigned_at": "2026-03-02 09:00"}


@pytest.fixture
def rated(town: Town) -> Town:
    """A bad review that nobody signed for in three days, in a town that goes by the province's pack alone."""
    import mingcha.alerts.catching_up  # noqa: F401  its jobs

    town.report(
        "2026-03-02T09:01:00", cases=[{"received_at": "2026-02-27 10:00"}], evaluations=[BAD],
        review_handling=[UNSIGNED],
    )  # fmt: skip
    town.sweep(NOW)
    assert not Alert.objects.filter(rule="ezhou-sign").exists()
    return town


def tried(packs: list[str]) -> Publication:
    draft = adopting.propose(packs, "he", "试行好差评方案")
    work()
    draft.refresh_from_db()
    return draft


def applied(listed, by: str) -> None:
    work()
    listed.refresh_from_db()
    recalculating.accept(listed, by, "执行")
    work()


def test_an_adoption_is_tried_approved_by_another_and_applied_by_its_list(rated: Town) -> None:
    with at(NOW):
        draft = tried(BOTH)
        assert ["added", "ezhou-sign", 1] in draft.trial["by_rule"]
        with pytest.raises(PublishingError, match="另一人"):
            publishing.approve(draft, "he", "同意")
        listed = publishing.approve(draft, "sun", "同意")
        assert law.law_in_force(fresh=True)[0].adopted == tuple(HENAN), "until the list is applied"
        applied(listed, "sun")
    assert law.law_in_force(fresh=True)[0].adopted == tuple(BOTH)
    assert rated.one("ezhou-sign").level == "warning"
    states = dict(Publication.objects.filter(kind="adoption").order_by("pk").values_list("pk", "state"))
    assert list(states.values()) == ["ended", "in_force"]


def test_who_asks_for_the_end_may_not_apply_its_list_and_another_may(rated: Town) -> None:
    with at(NOW):
        applied(publishing.approve(tried(BOTH), "sun", "同意"), "sun")
        held = Publication.objects.get(kind="adoption", state="in_force")
        listed = publishing.end(held, "sun", "试行期满")
        work()
        listed.refresh_from_db()
        with pytest.raises(ConflictError, match="提出停用的人"):
            recalculating.accept(listed, "sun", "执行")
        listed.refresh_from_db()
        assert (listed.state, listed.settled_by) == ("open", "")
        with pytest.raises(ConflictError, match="已提出停用"):
            publishing.end(held, "he", "也要停用")
        applied(listed, "he")
    assert law.law_in_force(fresh=True)[0].adopted == ()
    assert rated.one("ezhou-sign").state == "withdrawn"


def test_a_list_about_what_was_replaced_meanwhile_is_past(rated: Town) -> None:
    with at(NOW):
        held = Publication.objects.get(kind="adoption", state="in_force")
        old = publishing.end(held, "he", "不再需要")
        work()
        applied(publishing.approve(tried(BOTH), "sun", "同意"), "sun")
        old.refresh_from_db()
        with pytest.raises(ConflictError, match="过时"):
            recalculating.accept(old, "sun", "执行")
        recalculating.set_aside(old, "sun", "已过时")
    assert law.law_in_force(fresh=True)[0].adopted == tuple(BOTH)


def test_a_list_that_is_overtaken_after_it_was_accepted_says_so_and_does_not_hang(rated: Town) -> None:
    with at(NOW):
        held = Publication.objects.get(kind="adoption", state="in_force")
        made = publishing.end(held, "he", "不再需要")
        work()
        made.refresh_from_db()
        recalculating.accept(made, "sun", "执行")
        Publication.objects.filter(pk=held.pk).update(state="ended")
        work()
        made.refresh_from_db()
        assert made.state == "set_aside" and made.why.startswith("执行;") and "已经过时" in made.why
        listed = recalculating.ask("再算一次", "he", held)
        work()
        listed.refresh_from_db()
        assert listed.state == "set_aside" and "已经过时" in listed.why
    assert AuditRow.objects.filter(act="difference.lapse").count() == 2


def test_what_was_adopted_is_not_ended_from_under_the_adoption(rated: Town) -> None:
    with at(NOW):
        own = Publication.objects.create(
            kind="pack", name="own-2026", title="本地细则", files=pack_of("own-2026"), digest="0" * 64,
            state="in_force", uploaded_by="he", uploaded_at="2026-03-01T00:00:00Z",
        )  # fmt: skip
        applied(publishing.approve(tried([*BOTH, "own-2026"]), "sun", "同意"), "sun")
        with pytest.raises(PublishingError, match="先换掉采用的规则包"):
            publishing.end(own, "he", "不用了")


def pack_of(name: str) -> dict[str, str]:
    head = f"id: {name}\ntitle: 本地细则\nlaw:\n  name: 本地细则\n  issued: 2026-01-01\nregions: []\nfrom: 2026-01-01\n"
    return {"pack.yaml": f"{head}over: []\nsettings: {{}}\n"}


@pytest.mark.parametrize(
    ("packs", "told"),
    [([], "至少选一个"), (["nirgends"], "没有规则包 nirgends"), (HENAN, "与现行采用的规则包相同")],
)
def test_what_cannot_be_adopted_is_refused_and_not_kept(town: Town, packs: list[str], told: str) -> None:
    with pytest.raises(PublishingError, match=told):
        adopting.propose(packs, "he", "试")
    assert Publication.objects.count() == 1


# -- mingcha rules adopt ---------------------------------------------------------------------------------------------


def by_hand(*packs: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["rules", "adopt", *packs, "--why", "领导小组决定"])
    assert "Traceback" not in done.output
    return done.exit_code, done.output


def test_before_anything_is_judged_the_command_adopts_at_once(town: Town) -> None:
    with at("2026-01-05T09:00:00"):
        code, said = by_hand("henan-2019", "ezhou-2020")
    assert (code, "立即施行" in said) == (0, True)
    assert law.law_in_force(fresh=True)[0].adopted == tuple(BOTH)
    assert AuditRow.objects.get(act="law.adopt", actor="@本机").purpose == "领导小组决定"


def test_after_that_it_leaves_it_to_two_persons(rated: Town) -> None:
    with at(NOW):
        code, said = by_hand(*BOTH)
        draft = Publication.objects.get(state="draft")
        assert (code, f"/publishing/{draft.pk}/" in said) == (0, True)
        work()
    draft.refresh_from_db()
    assert draft.trial and law.law_in_force(fresh=True)[0].adopted == tuple(HENAN)


def test_a_pack_that_is_none_is_named_with_those_there_are(town: Town) -> None:
    code, said = by_hand("hubei-2020")
    assert code != 0 and "没有规则包 hubei-2020" in said and "ezhou-2020" in said
