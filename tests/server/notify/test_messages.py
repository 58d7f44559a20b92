"""Whom a message concerns, and who has read it."""

from __future__ import annotations

import pytest
from django.db import transaction

from mingcha.accounts.models import Grant, Role
from mingcha.base import clock
from mingcha.base.models import AuditRow
from mingcha.notify import inbox, messages
from mingcha.notify.models import Message
from tests.server.notify.cast import BY, CITY, EAST, EAST_TAX, EAST_WATER, WEST, WEST_TAX, notice, person

pytestmark = pytest.mark.usefixtures("city")


def written(**more: object) -> Message:
    messages.write([notice(**more)])
    return Message.objects.latest("id")


@pytest.mark.parametrize(
    ("role", "region", "agency", "concerned"),
    [
        (Role.SUPERVISOR, EAST, "", True),
        (Role.SUPERVISOR, CITY, "", True),
        (Role.SUPERVISOR, WEST, "", False),
        (Role.LIAISON, EAST, EAST_TAX, True),
        (Role.LIAISON, EAST, EAST_WATER, False),
        (Role.LIAISON, WEST, WEST_TAX, False),
        (Role.OFFICER, EAST, EAST_TAX, True),
        (Role.LEADER, CITY, "", False),
        (Role.AUDITOR, "", "", False),
        (Role.SYSTEM_ADMIN, "", "", False),
    ],
)
def test_an_alert_concerns_its_agency_and_the_supervisors_above(role, region, agency, concerned):
    written()
    assert inbox.of(person(role, region, agency)).exists() is concerned


def test_of_the_officers_only_the_one_named_is_told():
    written(officer_code="7")
    assert inbox.of(person(Role.OFFICER, EAST, EAST_TAX, "seven", officer_code="7")).exists()
    assert not inbox.of(person(Role.OFFICER, EAST, EAST_TAX, "eight", officer_code="8")).exists()
    assert inbox.of(person(Role.LIAISON, EAST, EAST_TAX)).exists()


def test_a_role_that_ended_tells_nothing_more():
    liaison = person(Role.LIAISON, EAST, EAST_TAX)
    written()
    Grant.objects.filter(account=liaison).update(ended_at=clock.now())
    assert not inbox.of(liaison).exists()


def test_two_roles_do_not_mix_their_offices():
    """Supervisor in the east and liaison in the west: not told what supervisors of the west are."""
    both = person(Role.SUPERVISOR, EAST)
    Grant.objects.create(
        account=both, role=Role.LIAISON, region_code=WEST, agency_code=WEST_TAX, granted_by="test"
    )
    written(region_code=WEST, agency_code=WEST_TAX, roles=(Role.SUPERVISOR,))
    assert not inbox.of(both).exists()


def test_a_message_to_one_person_is_that_persons_alone():
    one, other = person(Role.AUDITOR, name="one"), person(Role.AUDITOR, name="other")
    written(roles=(), account_id=one.pk)
    assert inbox.unread(one) == 1 and inbox.unread(other) == 0


def test_the_message_is_there_with_what_it_tells_of_or_not_at_all():
    with pytest.raises(RuntimeError), transaction.atomic():
        messages.write([notice()])
        raise RuntimeError
    assert not Message.objects.exists()


def test_what_was_read_by_one_is_unread_by_the_other():
    liaison, supervisor = person(Role.LIAISON, EAST, EAST_TAX), person(Role.SUPERVISOR, EAST)
    message = written()
    assert inbox.read(liaison, [message.pk]) == 1
    assert inbox.unread(liaison) == 0 and inbox.unread(supervisor) == 1
    assert inbox.read(liaison, [message.pk]) == 0


def test_reading_everything_leaves_what_comes_later():
    liaison = person(Role.LIAISON, EAST, EAST_TAX)
    messages.write(notice() for _ in range(3))
    inbox.read_everything(liaison, BY)
    assert inbox.unread(liaison) == 0
    assert AuditRow.objects.filter(act="messages.read").count() == 1, "one act, not one a message"
    written()
    assert inbox.unread(liaison) == 1


def test_counting_stops_after_ninety_nine():
    liaison = person(Role.LIAISON, EAST, EAST_TAX)
    messages.write(notice() for _ in range(250))
    assert inbox.unread(liaison) == inbox.MANY + 1


def test_acknowledging_is_recorded_once_and_only_of_ones_own_messages():
    liaison, stranger = person(Role.LIAISON, EAST, EAST_TAX), person(Role.LIAISON, WEST, WEST_TAX)
    message = written()
    assert inbox.acknowledge(stranger, [message.pk], BY) == 0
    assert inbox.acknowledge(liaison, [message.pk], BY) == 1
    assert inbox.acknowledge(liaison, [message.pk], BY) == 0
    assert AuditRow.objects.filter(act="messages.acknowledge").count() == 1
    shown = inbox.listed(liaison).get()
    assert shown.acknowledged_at is not None and shown.read_at is not None


def test_a_new_account_does_not_find_the_messages_of_those_before():
    written()
    newcomer = person(Role.LIAISON, EAST, EAST_TAX)
    newcomer.date_joined = clock.now()
    assert inbox.unread(newcomer) == 0
