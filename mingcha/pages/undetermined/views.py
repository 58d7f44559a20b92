"""不可判定."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from mingcha.accounts.policy import needs
from mingcha.alerts.models import Undetermined
from mingcha.pages.listing.views import answer
from mingcha.pages.undetermined.table import LISTING


@needs("alerts.read")
@require_GET
def undetermined(request: HttpRequest) -> HttpResponse:
    """The list of open ones."""
    rows = request.scope.limit(Undetermined.objects.filter(settled_at=None))  # type: ignore[attr-defined]
    return answer(request, LISTING, rows, "undetermined/undetermined.html")
