"""How often a rule was right: each alert counts once, as it ended last, and nobody's but those one may see."""

from __future__ import annotations

from datetime import datetime

import pytest

from mingcha.accounts.policy import EVERYTHING, Scope
from mingcha.alerts.changing import Move, change
from mingcha.alerts.models import Alert
from mingcha.casework.subjects import subject_of
from mingcha.intake import applying, reading
from mingcha.pages.rules.precision import Precision, precision
from tests.server.pages.conftest import HERE, OURS, THEIRS, THERE

RULE = "henan-9.10"
"""A rule of which the town has no alerts."""
DAY = datetime(2026, 3, 4, 9)


def issue(key: str, kind: str = "raised", agency: str = OURS, region: str = HERE) -> Alert:
    alert = Alert(
        rule=RULE, about="cases", key=key, agency_code=agency, region_code=region, level="none", version=0,
        article="条", reason="由",
    )  # fmt: skip
    change([Move(alert, kind, "red", DAY, issued_at=DAY if kind == "raised" else None)], "system", batch_no=1)
    return alert


def end(alert: Alert, kind: str, batch_no: int | None = None) -> None:
    change([Move(alert, kind, "", DAY, "理由")], "system" if batch_no else "sun", batch_no=batch_no)


def appeal(no: str, alert: Alert, decision: str) -> None:
    row = {"appeal_no": no, "case_no": "BJ1", "alert": subject_of(alert), "filed_at": DAY, "decided_at": DAY}
    applying.write({"appeals": [{**row, "decision": decision}]}, "test")


@pytest.fixture
def raised(city) -> None:
    issue("K1")  # stands
    issue("K2", "proposed")  # nobody was given it
    end(issue("K3", "proposed"), "dismissed")
    end(issue("K4", "proposed"), "withdrawn", reading.last_batch())  # went by itself, never issued
    end(issue("K5"), "withdrawn", reading.last_batch())
    end(issue("K6"), "withdrawn")
    revoked = issue("K7/2026")
    appeal("SS1", revoked, "revoked")
    end(revoked, "withdrawn")
    upheld = issue("K8")
    appeal("SS2", upheld, "upheld")
    theirs = issue("K9", agency=THEIRS, region=THERE)
    appeal("SS3", theirs, "revoked")
    end(theirs, "withdrawn")


def test_each_alert_counts_once_by_its_last_ending(raised):
    assert precision(EVERYTHING)[RULE] == Precision(
        raised=6, standing=2, corrected=1, withdrawn=1, dismissed=1, appealed=3, revoked=2
    )


def test_an_alert_that_was_revoked_and_came_again_stands(raised):
    alert = Alert.objects.get(key="K7/2026")
    change([Move(alert, "reopened", "", DAY, issued_at=DAY)], "system", batch_no=1)
    told = precision(EVERYTHING)[RULE]
    assert (told.standing, told.revoked, told.appealed) == (3, 1, 3)


def test_what_is_appealed_elsewhere_is_not_counted(raised):
    here = precision(Scope(frozenset({HERE}), frozenset({OURS})))[RULE]
    assert (here.raised, here.appealed, here.revoked) == (5, 2, 1)
    assert here.share == pytest.approx(1 - 4 / 6)
    assert RULE not in precision(Scope(frozenset(), frozenset()))


def test_the_page_of_the_rule_tells_it(raised, enter):
    text = enter().get(f"/rules/{RULE}/").content.decode()
    assert "<dt>人工撤回</dt><dd>1</dd>" in text and "<dt>数据、规则更正后撤回</dt><dd>1</dd>" in text
    assert "<dt>申诉</dt><dd>3,撤销 2</dd>" in text
