"""Pages answer 503 with a plain sentence where the machine is short of something (`base.shortage`)."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from mingcha.base import shortage

_log = logging.getLogger("mingcha.request")


class Shortage:
    """Middleware: what a view could not do for want of room, files or the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of what lies below."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The answer; None where the error is of another kind. No template may ask the database for anything."""
        told = shortage.told(error)
        if told is None:
            return None
        _log.error("short of something", extra={"what": told}, exc_info=error)
        page = render_to_string("503.html", {"told": told, "again": shortage.AGAIN})
        return HttpResponse(page, status=503, headers={"Retry-After": "30"})
