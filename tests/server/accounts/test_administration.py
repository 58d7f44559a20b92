"""Administrators at work: accounts, roles, organisation, audit (test-plan S2, A2)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from mingcha.accounts import grants, people, verifying
from mingcha.accounts.acts import By, RefusedError
from mingcha.accounts.models import Account, Grant, Role
from mingcha.accounts.policies import ADMINISTRATORS
from mingcha.base import audit, jobs
from mingcha.base.models import AuditRow
from mingcha.intake.models import FACTS
from tests.server.accounts.conftest import WHO

pytestmark = pytest.mark.django_db

Someone = Callable[..., Account]
REGION, AGENCY = "410105000000", "11410105MB0000000X"


@pytest.fixture
def offices(db: None) -> None:
    FACTS["regions"].objects.create(seen_from=1, origin_id=0, code=REGION, name="金水区", level="county")
    FACTS["agencies"].objects.create(
        seen_from=1, origin_id=0, code=AGENCY, name="金水税务", region_code=REGION
    )


@pytest.fixture
def at(someone: Someone) -> Callable[[Role], Client]:
    """A browser of someone with that role."""

    def go(role: Role) -> Client:
        browser = Client()
        browser.force_login(someone(f"a-{role}", role, REGION if role == Role.SUPERVISOR else ""))
        return browser

    return go


@pytest.fixture(autouse=True)
def no_second_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    from mingcha.base.config import config

    monkeypatch.setattr(config(), "second_factor", [])


# -- three administrators -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", sorted(ADMINISTRATORS))
@pytest.mark.parametrize("second", list(Role))
def test_an_administrator_holds_no_other_role(offices: None, first: Role, second: Role) -> None:
    for one, other in ((first, second), (second, first)):
        if one == other:
            continue
        account, _ = people.create(f"{one}-{other}", "某人", WHO)
        grants.give(account, one, *_office(one), WHO)
        with pytest.raises(RefusedError, match="三员分立"):
            grants.give(account, other, *_office(other), WHO)


def _office(role: Role) -> tuple[str, str]:
    if role in ADMINISTRATORS:
        return "", ""
    return (REGION, AGENCY) if role in {Role.LIAISON, Role.OFFICER} else (REGION, "")


def test_after_the_role_is_taken_back_another_may_be_given(offices: None) -> None:
    account, _ = people.create("wang", "王", WHO)
    grants.end(grants.give(account, Role.AUDITOR, "", "", WHO), WHO)
    assert grants.give(account, Role.SUPERVISOR, REGION, "", WHO)
    assert account.grants.count() == 2, "ended, not deleted"


@pytest.mark.parametrize(
    ("role", "region", "agency", "says"),
    [
        (Role.LIAISON, REGION, "", "须写明部门"),
        (Role.THIRD_PARTY, "", "", "须写明行政区划或部门"),
        (Role.AUDITOR, REGION, "", "不填行政区划"),
        (Role.SUPERVISOR, "999999999999", "", "没有代码"),
        (Role.LIAISON, "", "NOSUCH", "没有代码"),
    ],
)
def test_a_role_needs_an_office_that_fits(
    offices: None, role: Role, region: str, agency: str, says: str
) -> None:
    account, _ = people.create("wang", "王", WHO)
    with pytest.raises(RefusedError, match=says):
        grants.give(account, role, region, agency, WHO)


def test_nobody_gives_or_takes_a_role_of_oneself(offices: None) -> None:
    account, _ = people.create("wang", "王", WHO)
    with pytest.raises(RefusedError, match="给自己"):
        grants.give(account, Role.SUPERVISOR, REGION, "", By("wang"))
    held = grants.give(account, Role.SECURITY_ADMIN, "", "", WHO)
    with pytest.raises(RefusedError, match="自己"):
        grants.end(held, By("wang"))


def test_the_first_three_administrators_are_made_once() -> None:
    made = people.create_administrators(WHO)
    held = {grant.role for grant in Grant.objects.all()}
    assert held == ADMINISTRATORS and len(made) == 3
    with pytest.raises(RefusedError):
        people.create_administrators(WHO)


def test_a_name_that_differs_only_in_case_or_width_is_the_same_name() -> None:
    people.create("Wang", "王", WHO)
    for name in ("wang", "WANG", "Wang"):
        with pytest.raises(RefusedError, match="已有账号"):
            people.create(name, "王", WHO)


@pytest.mark.parametrize("name", ["", "a b", "a/b", "x" * 151, "\x00", "王\x00"])
def test_a_name_that_cannot_be_one_is_refused_in_words(name: str) -> None:
    with pytest.raises(RefusedError, match="账号"):
        people.create(name, "王", WHO)


def test_text_that_no_database_takes_is_refused_in_words() -> None:
    with pytest.raises(RefusedError, match="姓名"):
        people.create("wang", "王\x00", WHO)


# -- pages --------------------------------------------------------------------------------------------------------


def test_an_account_is_made_given_a_role_used_and_disabled(
    offices: None, at: Callable[[Role], Client]
) -> None:
    system, security = at(Role.SYSTEM_ADMIN), at(Role.SECURITY_ADMIN)
    made = system.post("/accounts/new/", {"username": "chen", "name": "陈"})
    password = re.search(r'<dt>口令</dt><dd class="secret">([^<]+)', made.content.decode())
    assert password
    pk = Account.objects.get(username="chen").pk
    given = security.post(f"/accounts/{pk}/grants/", {"role": "supervisor", "region": REGION})
    assert given.status_code == 302
    person = Client()
    assert person.post("/login/", {"username": "chen", "password": password[1]}).status_code == 302
    assert person.get("/organisation/")["Location"] == "/own/password/", "the first password must be changed"
    new = {"old": password[1], "new": "Neues-Wort-77", "again": "Neues-Wort-77"}
    assert person.post("/own/password/", new).status_code == 302
    assert "金水税务" in person.get("/organisation/").content.decode()
    assert system.post(f"/accounts/{pk}/disable/", {"why": "调离"}).status_code == 302
    assert person.get("/organisation/")["Location"].startswith("/login/")


def test_the_password_of_an_account_stands_nowhere_in_the_audit(at: Callable[[Role], Client]) -> None:
    answer = at(Role.SYSTEM_ADMIN).post("/accounts/new/", {"username": "chen", "name": "陈"})
    found = re.search(r'<dt>口令</dt><dd class="secret">([^<]+)', answer.content.decode())
    assert found and answer["Cache-Control"].startswith("max-age=0")
    assert not any(found[1] in str(row.detail) for row in AuditRow.objects.all())


def test_a_refused_act_shows_the_page_again_with_the_reason(
    offices: None, at: Callable[[Role], Client]
) -> None:
    account, _ = people.create("wang", "王", WHO)
    answer = at(Role.SECURITY_ADMIN).post(f"/accounts/{account.pk}/grants/", {"role": "liaison"})
    assert answer.status_code == 400 and "部门联络员须写明部门" in answer.content.decode()


@pytest.mark.parametrize("act", ["disable/", "enable/", "reset/"])
def test_the_security_administrator_makes_no_accounts(at: Callable[[Role], Client], act: str) -> None:
    account, _ = people.create("wang", "王", WHO)
    assert at(Role.SECURITY_ADMIN).post(f"/accounts/{account.pk}/{act}", {"why": "x"}).status_code == 403


@pytest.mark.parametrize("act", ["grants/", "unlock/", "code/remove/", "sessions/end/"])
def test_the_system_administrator_gives_no_roles(at: Callable[[Role], Client], act: str) -> None:
    account, _ = people.create("wang", "王", WHO)
    assert at(Role.SYSTEM_ADMIN).post(f"/accounts/{account.pk}/{act}", {"role": "leader"}).status_code == 403


def test_the_list_finds_accounts_by_role_and_exports_nothing_to_an_administrator(
    at: Callable[[Role], Client],
) -> None:
    browser = at(Role.SYSTEM_ADMIN)
    people.create("wang", "王五", WHO)
    assert "王五" in browser.get("/accounts/?role=none").content.decode()
    assert "王五" not in browser.get("/accounts/?role=auditor").content.decode()
    assert browser.get("/accounts/?format=csv").status_code == 403


def test_the_page_of_an_account_escapes_what_was_entered(at: Callable[[Role], Client]) -> None:
    payload = "<img src=x onerror=alert(1)>"
    account, _ = people.create("wang", payload, WHO, phone="\"'><script>", email="")
    page = at(Role.SECURITY_ADMIN).get(f"/accounts/{account.pk}/").content.decode()
    assert payload not in page and "<script>" not in page.replace("<script src", "")


# -- organisation -------------------------------------------------------------------------------------------------


def test_an_agency_entered_by_hand_counts_at_once_and_keeps_its_past(
    offices: None, at: Callable[[Role], Client]
) -> None:
    browser = at(Role.SYSTEM_ADMIN)
    row = {"code": "11410105005252073Y", "name": "金水区水利局", "region_code": REGION}
    from mingcha.facts.checks import credit_check_character

    row["code"] = row["code"][:17] + credit_check_character(row["code"][:17])
    assert browser.post("/organisation/agency/new/", row).status_code == 302
    assert (
        browser.post(f"/organisation/agency/{row['code']}/edit/", row | {"name": "水利局"}).status_code == 302
    )
    assert "水利局" in browser.get(f"/organisation/region/{REGION}/").content.decode()
    names = (
        FACTS["agencies"]
        .objects.filter(code=row["code"])
        .order_by("seen_from")
        .values_list("name", "seen_to")
    )
    assert [name for name, _ in names] == ["金水区水利局", "水利局"] and names[0][1] is not None
    assert AuditRow.objects.filter(act="organisation.change", actor="a-system_admin").count() == 2


@pytest.mark.parametrize(
    ("where", "row", "says"),
    [
        ("agency", {"code": "123", "name": "x", "region_code": REGION}, "应为 18 位"),
        ("agency", {"code": AGENCY, "name": "x", "region_code": "1"}, "没有这个区划"),
        ("region", {"code": "41", "name": "x", "level": "county"}, "12 位"),
        ("region", {"code": REGION, "name": "x", "level": "county", "parent_code": REGION}, "不能是自己"),
        ("region", {"code": REGION, "name": "", "level": "planet"}, "没有保存"),
    ],
)
def test_what_is_entered_wrongly_is_told_beside_its_field(
    offices: None, at: Callable[[Role], Client], where: str, row: dict[str, str], says: str
) -> None:
    answer = at(Role.SYSTEM_ADMIN).post(f"/organisation/{where}/new/", row)
    assert answer.status_code == 400 and says in answer.content.decode()


def test_a_supervisor_sees_the_organisation_of_the_own_region_only(
    offices: None, at: Callable[[Role], Client]
) -> None:
    FACTS["regions"].objects.create(
        seen_from=1, origin_id=0, code="410102000000", name="中原区", level="county"
    )
    browser = at(Role.SUPERVISOR)
    assert "中原区" not in browser.get("/organisation/?q=区").content.decode()
    assert browser.get("/organisation/region/410102000000/").status_code == 404
    assert browser.get(f"/organisation/region/{REGION}/").status_code == 200
    assert browser.get("/organisation/region/new/").status_code == 403


# -- audit --------------------------------------------------------------------------------------------------------


def test_the_auditor_finds_an_act_and_exports_what_is_shown(at: Callable[[Role], Client]) -> None:
    people.create("wang", "王", WHO)
    auditor = at(Role.AUDITOR)
    assert "account/wang" in auditor.get("/audit/?act=account.create").content.decode()
    assert "account/wang" not in auditor.get("/audit/?actor=nobody").content.decode()
    file = auditor.get("/audit/?about=account/wang&format=csv")
    assert file.status_code == 200 and "account/wang" in file.content.decode("utf-8-sig")
    assert AuditRow.objects.filter(act="export", actor="a-auditor").exists()


def test_one_act_is_shown_whole_and_a_changed_one_says_so(at: Callable[[Role], Client]) -> None:
    people.create("wang", "王", WHO)
    audit.seal_blocks()
    row = AuditRow.objects.get(act="account.create", about="account/wang")
    auditor = at(Role.AUDITOR)
    assert "相符" in auditor.get(f"/audit/{row.pk}/").content.decode()
    AuditRow.objects.filter(pk=row.pk).update(about="account/li")
    assert "内容被改动过" in auditor.get(f"/audit/{row.pk}/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_verifying_is_done_by_a_worker_and_told_on_the_page(at: Callable[[Role], Client]) -> None:
    people.create("wang", "王", WHO)
    audit.seal_blocks()
    auditor = at(Role.AUDITOR)
    auditor.post("/audit/verify/")
    assert "核验中" in auditor.get("/audit/").content.decode()
    while jobs.work_once():
        pass
    assert "审计链完好" in auditor.get("/audit/").content.decode()
    AuditRow.objects.filter(act="account.create").update(actor="someone else")
    auditor.post("/audit/verify/")
    while jobs.work_once():
        pass
    assert "审计链不完好" in auditor.get("/audit/").content.decode()
    found = verifying.last()
    assert found and found.detail["faults"]
