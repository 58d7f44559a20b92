"""A month is published once, as far as it was opened, with a digest that fits the chain or says that it does not."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
import time_machine
from click.testing import CliRunner

from mingcha.accounts.acts import RefusedError
from mingcha.alerts import deciding
from mingcha.alerts.changing import Move, change
from mingcha.alerts.models import Alert, Change
from mingcha.base import audit, clock
from mingcha.base.audit_proofs import NotSealedError, month_root_of, proof
from mingcha.base.models import AuditRow
from mingcha.disclosure import checking, counting, publishing, switches
from mingcha.disclosure.counting import span_of
from mingcha.disclosure.models import Month
from tests.server.disclosure.conftest import HERE, MONTH, OURS, SUN, THEIRS
from tests.server.pages.conftest import THERE

pytestmark = pytest.mark.django_db


def told(month: str = MONTH) -> dict:
    row = publishing.publish(month)
    assert row is not None
    return json.loads(row.text)


def in_april():
    return time_machine.travel("2026-04-02T10:00:00+08:00", tick=True)


def test_nothing_is_published_where_nothing_is_open(city):
    assert publishing.publish(MONTH) is None and not Month.objects.exists()


def test_satisfaction_is_told_by_agency_and_item_without_small_groups(rated, opened):
    rated("BJ1", [5, 5, 5, 4, 3, 2, 1, 5])
    rated("BJ3", [5, 5, 5, 5, 5, 5], THEIRS)
    found = told()["satisfaction"]
    assert {row["agency"]: (row["rated"], row["satisfied"]) for row in found["agencies"]} == {
        OURS: (8, 6),
        THEIRS: (6, 6),
    }
    assert found["total"] == {"rated": 14, "satisfied": 12, "share": 8571}
    assert {(row["agency"], row["rated"]) for row in found["items"]} == {(OURS, 8), (THEIRS, 6)}


def test_a_small_agency_is_hidden_and_one_more_with_it(rated, opened):
    rated("BJ1", [5] * 8)
    rated("BJ3", [1, 1], THEIRS)
    found = told()["satisfaction"]
    assert found["agencies"] == [] and found["hidden"] == 2 and found["total"]["rated"] == 10


def test_too_few_for_a_sum_tell_nothing(rated, opened):
    rated("BJ1", [1, 5])
    found = told()["satisfaction"]
    assert (found["agencies"], found["items"], found["total"]) == ([], [], None)


def test_ratings_by_default_and_of_other_months_do_not_count(rated, opened):
    rated("BJ1", [5] * 6)
    rated("BJ1", [5] * 9, is_default=True, month=1)
    rated("BJ2", [5] * 9, is_default=True)
    found = told()["satisfaction"]
    assert found["total"]["rated"] == 6


def test_only_what_is_open_is_told_and_only_where(rated):
    rated("BJ1", [5] * 6)
    rated("BJ3", [5] * 6, THEIRS)
    switches.open_to_all(HERE, "satisfaction", SUN)
    found = told()
    assert [row["agency"] for row in found["satisfaction"]["agencies"]] == [OURS]
    assert "red_cards" not in found and THEIRS not in json.dumps(found)


def test_red_cards_and_their_withdrawals_are_counted_in_the_month_they_were_recorded(city, opened):
    with in_april():
        march = told("2026-03")
    raised = Change.objects.filter(level="red", kind__in=["raised", "risen"]).count()
    assert raised and sum(row["issued"] for row in march["red_cards"]) == raised
    assert march["verdicts"]["raised"] == Change.objects.filter(kind="raised").count()


def test_a_month_is_written_down_once_and_stays(rated, opened):
    rated("BJ1", [5] * 6)
    before = publishing.publish(MONTH)
    rated("BJ1", [1] * 9, month=2, window_code="W2")
    switches.close("410100000000", "satisfaction", SUN)
    assert publishing.publish(MONTH) is None
    assert before is not None and Month.objects.get(month=MONTH).text == before.text


def test_a_month_that_is_not_over_is_not_published(city, opened):
    with pytest.raises(NotSealedError):
        publishing.publish("2026-03")


def test_the_job_publishes_the_month_before(city, opened):
    publishing.publish_what_is_due()
    publishing.publish_what_is_due()
    assert list(Month.objects.values_list("month", flat=True)) == [MONTH]
    row = AuditRow.objects.get(act="disclosure.month")
    assert row.detail["digest"] == publishing.digest_of(Month.objects.get().text)


def test_months_the_worker_was_away_for_are_published_when_it_is_back(city, opened):
    with time_machine.travel("2026-07-20T10:00:00+08:00", tick=True):
        publishing.publish_what_is_due()
        assert list(Month.objects.order_by("pk").values_list("month", flat=True)) == [
            "2026-02", "2026-03", "2026-04", "2026-05", "2026-06",
        ]  # fmt: skip
        assert publishing.due(clock.local_now()) == []


def test_months_while_nothing_was_open_are_not_published_afterwards(city):
    switches.open_to_all(HERE, "red_cards", SUN)
    switches.close(HERE, "red_cards", SUN)
    with time_machine.travel("2026-07-20T10:00:00+08:00", tick=True):
        switches.open_to_all(HERE, "red_cards", SUN)
        publishing.publish_what_is_due()
        assert set(Month.objects.values_list("month", flat=True)) == {"2026-02", "2026-06"}


def of_ours(month: str = "2026-03") -> dict[str, int]:
    with in_april():
        return next(row for row in counting.red_cards(span_of(month), {OURS}) if row["agency"] == OURS)


def test_a_red_card_that_is_only_proposed_is_not_published_until_somebody_confirms_it(city):
    same = {"rule": "henan-8.10", "about": "cases", "agency_code": OURS, "region_code": HERE}
    before, day = of_ours(), datetime(2026, 3, 4)
    confirmed, dismissed, gone = (
        Alert(**same, key=key, level="none", version=0, article="条", reason="由", issued_at=None)
        for key in ("P1", "P2", "P3")
    )
    for alert in (confirmed, dismissed, gone):
        change([Move(alert, "proposed", "warning", day), Move(alert, "risen", "red", day)], "test")
    assert of_ours() == before
    change([Move(gone, "withdrawn", "", day)], "test")
    deciding.dismiss(dismissed.pk, dismissed.version, "sun", "不属实")
    assert of_ours() == before
    deciding.confirm(confirmed.pk, confirmed.version, "sun", "属实")
    assert of_ours() == {**before, "issued": before["issued"] + 1}
    change([Move(Alert.objects.get(pk=confirmed.pk), "withdrawn", "", day)], "test")
    assert of_ours()["withdrawn"] == before["withdrawn"] + 1


def test_a_verdict_of_the_month_leads_to_the_published_root(city, opened):
    alert = Alert.objects.filter(level="red").first()
    assert alert is not None
    audit.seal_blocks()
    row = AuditRow.objects.filter(about=f"alert/{alert.pk}").order_by("pk").first()
    assert row is not None
    with in_april():
        month = publishing.publish("2026-03")
        assert month is not None and month_root_of(proof(row.pk)) == month.root


def test_what_was_changed_afterwards_is_found(city, opened):
    audit.seal_blocks()
    with in_april():
        publishing.publish("2026-03")
        assert [each.faults for each in checking.check()] == [()]
        text = Month.objects.get().text
        Month.objects.update(text=text.replace('"raised"', '"raisee"'))
        assert "公示内容在公示之后被改动过" in checking.check()[0].faults[0]
        Month.objects.update(text=text)
        last = AuditRow.objects.exclude(block=None).latest("pk").block
        assert last is not None
        type(last).objects.filter(pk=last.pk).update(root="0" * 64)
        assert "与审计链不符" in checking.check()[0].faults[0]


def test_audit_verify_tells_month_by_month(city, opened, monkeypatch):
    from mingcha.cli import audit as command

    monkeypatch.setattr(command, "_prepare", lambda: None)
    audit.seal_blocks()
    with in_april():
        month = publishing.publish("2026-03")
        assert month is not None
        sound = CliRunner().invoke(command.verify_command)
        assert sound.exit_code == 0 and f"2026-03 的公示值与审计链相符:{month.root}" in sound.output
        Month.objects.update(root="0" * 64)
        broken = CliRunner().invoke(command.verify_command)
        assert broken.exit_code == 1 and "与审计链不符" in broken.output


def test_a_region_opens_for_all_below_it_and_once(city):
    switches.open_to_all("410100000000", "red_cards", SUN)
    assert {HERE, THERE} <= switches.opened_regions()["red_cards"]
    assert switches.opened_agencies()["red_cards"] == {OURS, THEIRS}
    with pytest.raises(RefusedError, match="已由 sun"):
        switches.open_to_all("410100000000", "red_cards", SUN)
    with pytest.raises(RefusedError, match="上级"):
        switches.close(HERE, "red_cards", SUN)
    switches.close("410100000000", "red_cards", SUN)
    assert not switches.opened_regions()["red_cards"]
    switches.open_to_all("410100000000", "red_cards", SUN)


@pytest.mark.parametrize(("region", "what"), [("999999999999", "red_cards"), (HERE, "names")])
def test_what_is_not_there_is_not_opened(city, region, what):
    with pytest.raises(RefusedError):
        switches.open_to_all(region, what, SUN)


def test_months_begin_and_end_where_they_do():
    assert span_of("2026-12").after == clock.local(clock.aware(span_of("2027-01").first))
    with pytest.raises(ValueError):
        span_of("2026-13")
