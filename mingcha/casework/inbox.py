"""Whose matters: what lies in the inbox of one person, by the roles they hold."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from mingcha.accounts.models import Account, Role
from mingcha.accounts.policy import grants_in_force
from mingcha.accounts.scopes import scope_of
from mingcha.casework.declare import Holder
from mingcha.casework.models import Matter

TURN = {
    Role.LIAISON: Holder.AGENCY,
    Role.OFFICER: Holder.AGENCY,
    Role.SUPERVISOR: Holder.OFFICE,
    Role.LEADER: Holder.LEADER,
}
"""Role -> whose turn is theirs."""


def of(account: Account) -> QuerySet[Matter]:
    """The open matters that wait for this person: those of their office that nobody else has in hand, and their own."""
    mine = Q(pk__in=())
    for grant in grants_in_force(account):
        turn = TURN.get(Role(grant.role))
        if turn is None:
            continue
        theirs = Q(holder=turn)
        if grant.role == Role.OFFICER:
            theirs &= Q(officer_code__in=["", account.officer_code])
        scope = scope_of([grant])
        if scope.regions is not None and scope.agencies is not None:
            theirs &= Q(region_code__in=sorted(scope.regions)) | Q(agency_code__in=sorted(scope.agencies))
            if turn == Holder.OFFICE:  # what another office issued comes back to that one
                theirs &= Q(issuer__in=["", *sorted(scope.regions | scope.agencies)])
        mine |= theirs
    return Matter.objects.filter(mine, closed_at=None, person__in=["", account.username])
