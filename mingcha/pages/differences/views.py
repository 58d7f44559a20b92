"""重算差异单."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from mingcha.accounts.policy import needs
from mingcha.alerts.models import Difference
from mingcha.pages.differences.table import LISTING, counted
from mingcha.pages.listing.views import answer


@needs("alerts.read")
@require_GET
def differences(request: HttpRequest) -> HttpResponse:
    """The list. That a list was made is no secret; what stands in it is counted and shown in scope."""
    rows = counted(request.scope, Difference.objects.all())  # type: ignore[attr-defined]
    return answer(request, LISTING, rows, "differences/differences.html")
