"""Who may do what, and in which part of the city."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.http import Http404

from mingcha.accounts import places as places_module
from mingcha.accounts import policy
from mingcha.accounts.models import Account, Grant, Role
from mingcha.accounts.places import Agency, Places, Region, places, upper_region
from mingcha.accounts.policies import ADMINISTRATORS, POLICIES
from mingcha.accounts.scopes import Scope
from mingcha.alerts.models import Alert
from mingcha.intake.models import FACTS

pytestmark = pytest.mark.django_db

CITY, EAST, WEST, STREET = "410100000000", "410102000000", "410103000000", "410102001000"


@pytest.fixture
def city() -> None:
    def put(table: str, **row: object) -> None:
        FACTS[table].objects.create(seen_from=1, origin_id=0, **row)

    put("regions", code=CITY, name="市", level="city")
    put("regions", code=EAST, name="东区", level="county", parent_code=CITY)
    put("regions", code=WEST, name="西区", level="county")  # names no parent: its digits say it
    put("regions", code=STREET, name="一街道", level="township", parent_code=EAST)
    put("agencies", code="CITY-TAX", name="市税务局", region_code=CITY)
    put("agencies", code="EAST-TAX", name="东区税务局", region_code=EAST, parent_code="CITY-TAX")
    put("agencies", code="WEST-TAX", name="西区税务局", region_code=WEST, parent_code="CITY-TAX")
    put("agencies", code="EAST-WATER", name="东区水利局", region_code=EAST)


def account(role: Role, region: str = "", agency: str = "") -> Account:
    person = Account.objects.create(username=f"{role}-{region}-{agency}", name="某人")
    Grant.objects.create(account=person, role=role, region_code=region, agency_code=agency, granted_by="test")
    return person


def test_a_supervisor_of_a_district_sees_its_streets_and_not_its_neighbour(city: None) -> None:
    seen = policy.scope(account(Role.SUPERVISOR, EAST), "alerts.read")
    assert seen.holds(EAST, "") and seen.holds(STREET, "")
    assert (
        not seen.holds(WEST, "WEST-TAX") and not seen.holds(CITY, "CITY-TAX") and not seen.holds(None, None)
    )


def test_a_row_without_region_belongs_to_where_its_agency_sits(city: None) -> None:
    seen = policy.scope(account(Role.SUPERVISOR, EAST), "alerts.read")
    assert seen.holds("", "EAST-WATER") and not seen.holds("", "WEST-TAX")


def test_a_supervisor_of_the_city_sees_the_district_that_named_no_parent(city: None) -> None:
    assert policy.scope(account(Role.SUPERVISOR, CITY), "alerts.read").holds(WEST, "")


def test_a_liaison_sees_the_agency_and_those_below_it_and_no_other_of_the_region(city: None) -> None:
    seen = policy.scope(account(Role.LIAISON, "", "CITY-TAX"), "cases.read")
    assert seen.holds(EAST, "EAST-TAX") and seen.holds(WEST, "WEST-TAX") and seen.holds(CITY, "CITY-TAX")
    assert not seen.holds(EAST, "EAST-WATER") and not seen.holds(EAST, "")


def test_a_region_cuts_what_lies_below_the_agency(city: None) -> None:
    seen = policy.scope(account(Role.LIAISON, EAST, "CITY-TAX"), "cases.read")
    assert seen.holds(EAST, "EAST-TAX") and not seen.holds(WEST, "WEST-TAX")


def test_two_grants_add_up_without_crossing(city: None) -> None:
    person = account(Role.SUPERVISOR, WEST)
    Grant.objects.create(account=person, role=Role.LIAISON, agency_code="EAST-WATER", granted_by="test")
    seen = policy.scope(person, "cases.read")
    assert (
        seen.holds(WEST, "WEST-TAX") and seen.holds(EAST, "EAST-WATER") and not seen.holds(EAST, "EAST-TAX")
    )
    assert not policy.scope(person, "alerts.withdraw").holds(EAST, "EAST-WATER"), (
        "a liaison withdraws nothing"
    )


def test_a_grant_without_office_sees_everything_even_rows_of_nowhere(city: None) -> None:
    assert policy.scope(account(Role.SUPERVISOR), "alerts.read").holds("", "")


def test_an_ended_grant_admits_to_nothing(city: None) -> None:
    person = account(Role.SUPERVISOR, EAST)
    person.grants.update(ended_at="2026-01-01T00:00Z", ended_by="test")
    assert not policy.may(person, "alerts.read")
    assert not policy.scope(person, "alerts.read").holds(EAST, "")


def test_a_disabled_account_may_nothing(city: None) -> None:
    person = account(Role.SUPERVISOR)
    person.is_active = False
    assert not any(policy.may(person, name) for name in POLICIES)


def test_limit_keeps_exactly_what_holds(city: None) -> None:
    seen = policy.scope(account(Role.SUPERVISOR, EAST), "alerts.read")
    for table, columns in (("agencies", {"agency": "code"}), ("regions", {"region": "code", "agency": None})):
        rows = seen.limit(FACTS[table].objects.all(), **columns)  # type: ignore[arg-type]
        kept = {row.code for row in rows}
        expected = {
            row.code
            for row in FACTS[table].objects.all()
            if seen.holds(getattr(row, "region_code", row.code), row.code)
        }
        assert kept == expected != set()


def test_an_empty_scope_keeps_nothing_and_everything_keeps_all(city: None) -> None:
    rows = FACTS["agencies"].objects.all()
    assert not policy.NOTHING.limit(rows, agency="code").exists()
    assert policy.EVERYTHING.limit(rows, agency="code").count() == 4


def test_the_id_of_another_office_is_not_found_like_one_that_does_not_exist(city: None) -> None:
    alert = _alert(WEST)
    seen = policy.scope(account(Role.SUPERVISOR, EAST), "alerts.read")
    with pytest.raises(Http404):
        seen.find(Alert.objects.all(), pk=alert.pk)
    with pytest.raises(Http404):
        seen.find(Alert.objects.all(), pk=alert.pk + 1)
    assert seen.find(Alert.objects.all(), pk=_alert(EAST).pk).region_code == EAST


def _alert(region: str) -> Alert:
    return Alert.objects.create(
        rule="r", about="cases", key=region, region_code=region, level="red", state="open", article="", reason="",
        raised_at="2026-01-01T00:00Z", changed_at="2026-01-01T00:00Z", lawful_at=datetime(2026, 1, 1),
    )  # fmt: skip


def test_half_a_scope_cannot_be_made() -> None:
    with pytest.raises(ValueError):
        Scope(None, frozenset({"A"}))


def test_a_ring_of_agencies_is_walked_once() -> None:
    ring = {"A": Agency("A", "a", CITY, "B"), "B": Agency("B", "b", CITY, "A")}
    assert Places({CITY: Region(CITY, "市", "city", "")}, ring).agencies_from("A") == {"A", "B"}


def test_the_trees_are_read_again_only_when_a_row_of_theirs_changed(
    city: None,
) -> None:
    from mingcha.intake.models import Batch, Source

    source = Source.objects.create(code="s", name="s", way="file")
    Batch.objects.create(
        no=1, receipt="1", source=source, key="1", way="file", form="csv", digest="", size=0, state="applied",
        received_at="2026-01-01T00:00Z", applied_at="2026-01-01T00:00Z",
    )  # fmt: skip
    first = places()
    assert places() is first
    FACTS["agencies"].objects.create(seen_from=2, origin_id=0, code="NEW", name="新", region_code=EAST)
    Batch.objects.create(
        no=2, receipt="2", source=source, key="2", way="file", form="csv", digest="", size=0, state="applied",
        received_at="2026-01-01T00:00Z", applied_at="2026-01-01T00:00Z",
    )  # fmt: skip
    assert "NEW" in places().agencies


def test_the_region_above_is_told_by_the_digits() -> None:
    known = {"410000000000", CITY, EAST, STREET}
    assert upper_region(STREET, known) == EAST
    assert upper_region(EAST, known) == CITY
    assert upper_region(CITY, known) == "410000000000"
    assert upper_region("410000000000", known) == ""
    assert upper_region("", known) == ""


def test_no_policy_of_business_admits_an_administrator_and_none_of_theirs_anybody_else() -> None:
    theirs = {"organisation.manage", "accounts.read", "accounts.manage", "accounts.grant", "audit.read"}
    shared = {"organisation.read", "messages.own", "account.own", "export"}
    for name, rule in POLICIES.items():
        if name in shared:
            continue
        assert bool(rule.roles & ADMINISTRATORS) == (name in theirs), name
        assert (name not in theirs) or rule.roles <= ADMINISTRATORS, name


@pytest.mark.parametrize("name", ["rules.publish", "rules.approve", "recalculate.apply"])
@pytest.mark.django_db
def test_a_district_does_not_change_the_law_of_the_city(city: None, name: str) -> None:
    whole, district = account(Role.SUPERVISOR), account(Role.SUPERVISOR, EAST)
    assert policy.may(whole, name) and policy.scope(whole, name) == policy.EVERYTHING
    assert not policy.may(district, name) and policy.scope(district, name) == policy.NOTHING


def test_no_two_administrators_share_what_changes_anything() -> None:
    for name in ("organisation.manage", "accounts.manage", "accounts.grant", "audit.read"):
        assert len(POLICIES[name].roles) == 1


@pytest.fixture(autouse=True)
def forget_the_trees() -> None:
    places_module._kept = None
