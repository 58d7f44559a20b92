"""账号: the list, one account, a new one."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from mingcha.accounts import people, second_factor
from mingcha.accounts.acts import RefusedError, by
from mingcha.accounts.models import Account, Role
from mingcha.accounts.places import places
from mingcha.accounts.policies import ADMINISTRATORS
from mingcha.accounts.policy import may, needs
from mingcha.pages.accounts.table import LISTING, office, rows
from mingcha.pages.listing.views import answer
from mingcha.pages.login import sessions

_FIELDS = ("username", "name", "officer_code", "phone", "email")


@require_GET
@needs("accounts.read")
def accounts(request: HttpRequest) -> HttpResponse:
    """The list."""
    return answer(
        request, LISTING, rows(), "accounts/list.html", {"may_make": may(request.user, "accounts.manage")}
    )


@require_GET
@needs("accounts.read")
@never_cache
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: who it is, what it may, where it is signed in; and what may be done with it."""
    person = get_object_or_404(Account, pk=pk)
    return render(request, "accounts/account.html", shown(request, person))


def shown(request: HttpRequest, person: Account, fault: str = "", said: Any = None) -> dict[str, Any]:
    """What the page of an account shows; `fault`: why an act was refused, `said`: what had been entered."""
    trees = places()
    return {
        "person": person,
        "grants": [
            (grant, Role(grant.role).label, office(grant))
            for grant in person.grants.order_by(F("ended_at").desc(nulls_first=True), "id")
        ],
        "sessions": sessions.shown(person),
        "has_code": second_factor.is_set_up(person),
        "codes_left": second_factor.recovery_codes_left(person),
        "manages": may(request.user, "accounts.manage"),
        "grants_roles": may(request.user, "accounts.grant"),
        "oneself": person.pk == request.user.pk,
        "roles": [(role.value, role.label, role in ADMINISTRATORS) for role in Role],
        "regions": [trees.regions[code] for code in sorted(trees.regions)],
        "agencies": [trees.agencies[code] for code in sorted(trees.agencies)],
        "fault": fault,
        "said": said or {},
    }


@needs("accounts.manage")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new account, without roles; its first password is shown once."""
    said = {name: request.POST.get(name, "").strip() for name in _FIELDS}
    fault = ""
    if request.method == "POST":
        try:
            person, password = people.create(who=by(request), **said)
        except RefusedError as error:
            fault = str(error)
        else:
            return render(
                request, "accounts/secret.html", {"person": person, "password": password, "made": True}
            )
    return render(request, "accounts/new.html", {"said": said, "fault": fault}, status=400 if fault else 200)
