"""The office that issues something 发出机关: who closes, cancels or prolongs an order is of it, or of one above."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mingcha.accounts.models import Account, Grant
from mingcha.accounts.policies import POLICIES
from mingcha.accounts.policy import grants_in_force
from mingcha.accounts.scopes import Scope, covers_everything, scope_of

WHOLE: Final = "*"
"""The office whose charge is the whole installation."""

Office = Callable[[str, str], str]
"""Gives the office by which a person acts on what lies in a region and belongs to an agency."""


def office_of(actor: str, policy: str) -> Office:
    """The office of an account, as the code of its region or agency: where several of its roles would do, the widest.

    "" for what the system does itself, and where no role of the account reaches there.
    """
    account = Account.objects.filter(username=actor).first()
    grants = grants_in_force(account) if account is not None else []
    held = [(grant, scope_of([grant])) for grant in grants if grant.role in POLICIES[policy].roles]
    held.sort(key=lambda pair: _width(pair[1]), reverse=True)

    def office(region_code: str, agency_code: str) -> str:
        found = (grant for grant, scope in held if scope.holds(region_code, agency_code))
        return next(map(_code, found), "")

    return office


def _width(scope: Scope) -> float:
    if scope.regions is None or scope.agencies is None:
        return float("inf")
    return len(scope.regions) + len(scope.agencies)


def _code(grant: Grant) -> str:
    if covers_everything(grant.region_code, grant.agency_code):
        return WHOLE
    return grant.agency_code or grant.region_code
