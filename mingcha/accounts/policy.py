"""The one place that says who may do what: a policy has a name, the roles it admits, and whether it is scoped.

Every page and every endpoint declares one of these by name (`needs`); an endpoint without one fails the build.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mingcha.accounts.models import Account


@dataclass(frozen=True)
class Scope:
    """What part of the city an account sees under a policy: rows whose region and agency lie in these sets.

    None means every one. Regions and agencies include everything below those that were granted.
    """

    regions: frozenset[str] | None
    agencies: frozenset[str] | None

    def holds(self, region_code: str, agency_code: str) -> bool:
        """Whether something of that region and agency lies in the scope."""
        raise NotImplementedError

    def limit(self, rows: Any, region: str = "region_code", agency: str = "agency_code") -> Any:
        """A queryset cut to the scope."""
        raise NotImplementedError


def may(account: Account, policy: str) -> bool:
    """Whether the account has a role that the policy admits."""
    raise NotImplementedError


def scope(account: Account, policy: str) -> Scope:
    """What the account may see under the policy; an empty scope where it may nothing."""
    raise NotImplementedError


def needs(policy: str) -> Callable[..., Any]:
    """Decorator of a view: signed in, second factor done, and admitted by the policy; else 403 or the login page.

    Sets `request.scope`. Registers the view, so that the test of the matrix finds it.
    """
    raise NotImplementedError
