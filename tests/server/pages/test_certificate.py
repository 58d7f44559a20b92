"""Who downloads a certificate: nobody gets by it what they do not see by the pages."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime

import pytest

from mingcha.accounts.models import Role
from mingcha.accounts.scopes import EVERYTHING, Scope
from mingcha.alerts.certificate_scope import beyond
from mingcha.alerts.certificates import Certificate
from mingcha.alerts.models import Alert
from mingcha.intake import applying
from mingcha.pages.alert import views
from tests.server.pages.conftest import HERE, OURS, THEIRS, THERE, city, enter, judged, quick_hashes

__all__ = ["city", "enter", "judged", "quick_hashes"]

LIAISON = Scope(frozenset(), frozenset({OURS}))
SUPERVISOR = Scope(frozenset({HERE}), frozenset({OURS}))


@pytest.fixture
def late(city: None) -> Alert:
    applying.write(
        {
            "evaluations": [
                {
                    "evaluation_no": number,
                    "kind": "case",
                    "case_no": case,
                    "agency_code": agency,
                    "level": 1,
                    "submitted_at": datetime(2026, 3, 1, 9),
                }
                for number, case, agency in (("P1", "BJ2", OURS), ("P2", "BJ3", THEIRS), ("P3", "BJ2", None))
            ],
            "review_handling": [{"evaluation_no": "P1"}, {"evaluation_no": "P2"}],
        },
        "test",
    )
    return Alert.objects.get(case_no="BJ2", rule="henan-8.1")


def document(**tables: list[str]) -> bytes:
    keys = {"cases": "case_no"}
    facts = {
        name: {"columns": [keys.get(name, "evaluation_no")], "rows": [[number] for number in numbers]}
        for name, numbers in tables.items()
    }
    return json.dumps({"body": {"facts": facts}}).encode()


@pytest.mark.parametrize(
    ("held", "outside"),
    [
        ({"cases": ["BJ2", "BJ1"]}, []),
        ({"cases": ["BJ2", "BJ3"]}, ["办件"]),
        ({"cases": ["BJ2", "NOBODYS"]}, ["办件"]),
        ({"evaluations": ["P1", "P3"], "review_handling": ["P1"]}, []),
        ({"evaluations": ["P2"], "cases": ["BJ3"]}, 2),
        ({"review_handling": ["P2"]}, 1),
        ({"items": []}, []),
    ],
)
def test_rows_beyond_the_readers_scope_are_found(late, held, outside):
    facts = document(**held)
    for scope in (LIAISON, SUPERVISOR):
        found = beyond(facts, late, scope)
        assert len(found) == outside if isinstance(outside, int) else found == outside
    assert beyond(facts, late, EVERYTHING) == []


def test_a_certificate_that_holds_others_rows_is_refused_and_one_of_ones_own_is_given(
    late, enter, monkeypatch
):
    path = f"/alerts/{late.pk}/certificate/"
    for client in (enter(Role.LIAISON, HERE, OURS), enter(Role.SUPERVISOR, HERE)):
        given = client.get(path)
        assert given.status_code == 200
        with zipfile.ZipFile(io.BytesIO(given.content)) as packed:
            held = json.loads(packed.read(f"判定书-{late.pk}.json"))["body"]["facts"]["cases"]
        assert [row[held["columns"].index("case_no")] for row in held["rows"]] == ["BJ2"]
    monkeypatch.setattr(views, "certificate", lambda alert: Certificate(document(cases=["BJ2", "BJ3"]), ""))
    for client in (enter(Role.LIAISON, HERE, OURS), enter(Role.SUPERVISOR, HERE)):
        refused = client.get(path, follow=True)
        assert "您权限范围以外的数据" in refused.content.decode()
        assert refused.redirect_chain[-1][0] == f"/alerts/{late.pk}/"
    assert enter(Role.SUPERVISOR).get(path)["Content-Type"] == "application/zip"
    assert enter(Role.SUPERVISOR, THERE).get(path).status_code == 404
