"""The first page of the public: one task a line."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from mingcha.pages.public import frame


@frame.open_page
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What can be done here."""
    return frame.show(request, "public/home.html", fresh=frame.FRESH)
