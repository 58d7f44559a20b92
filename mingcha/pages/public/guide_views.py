"""办事指南: searched, and one to read, to print, to scan."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from mingcha.base import clock
from mingcha.base.config import config
from mingcha.base.texts import storable
from mingcha.pages.public import frame
from mingcha.pages.public.guides import guide as guide_of
from mingcha.pages.public.guides import search
from mingcha.pages.public.pictures import qr

LONGEST = 40


@frame.open_page
@require_GET
def guides(request: HttpRequest) -> HttpResponse:
    """Guides by name."""
    text = " ".join(storable(request.GET.get("q", "")).split())[:LONGEST]
    page = frame.page_asked(request)
    found = search(clock.local_now().date(), text, page)
    more = "?" + urlencode({"q": text, "page": page + 1}) if found.more and page < frame.MOST_PAGES else ""
    context = {"q": text, "page": page, "guides": found.guides, "more": more}
    return frame.show(request, "public/guides.html", context, fresh=frame.FRESH)


@frame.open_page
@require_GET
def guide(request: HttpRequest, item_code: str) -> HttpResponse:
    """One guide."""
    found = guide_of(item_code, clock.local_now().date())
    if found is None:
        return frame.say(request, "没有这个事项", "事项可能已经变更。请按名称再查一次。", status=404)
    path = reverse("public-guide", args=[found.item_code])
    address = config().site_url.rstrip("/") + path if config().site_url else request.build_absolute_uri(path)
    context = {"guide": found, "qr": qr(address, f"{found.name}办事指南的二维码"), "address": address}
    return frame.show(request, "public/guide.html", context, fresh=frame.FRESH)
