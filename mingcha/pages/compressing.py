"""Pages and answers of the web service are sent compressed, also where no proxy (deploy/nginx.conf) does it.

Files are left as they are: they are compressed already, or streamed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware

WORTH_IT: Final = 1_400
"""Bytes that fit into one packet anyway."""
KINDS: Final = ("text/html", "application/json", "application/problem+json")


def compressed(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware. Django's own compression, which hides the length of secrets (BREACH) by bytes of chance."""
    compress = GZipMiddleware(get_response).process_response

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        text = not response.streaming and response.headers.get("Content-Type", "").startswith(KINDS)
        if text and len(response.content) > WORTH_IT:
            compress(request, response)  # in place
        return response

    return middleware
