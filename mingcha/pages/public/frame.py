"""What all public pages have in common: open to everyone, without cookies, so many a minute, cached where they may be.

Templates are drawn without the request, so that nothing about a visitor can get into a page that others are shown.
Forms carry a puzzle that is taken once (`challenge`) instead of a CSRF cookie: a form of another site would have to
solve it, and could then do no more than what everybody may.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final, cast

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.csrf import csrf_exempt

from mingcha.accounts.acts import By
from mingcha.accounts.address import address
from mingcha.accounts.policy import public
from mingcha.api.limits import Buckets
from mingcha.base import clock
from mingcha.base.config import config
from mingcha.pages.public import challenge

View = Callable[..., HttpResponse]

READ_A_MINUTE: Final = 600
"""Pages one address may open; a hall full of people has one."""
FRESH: Final = 60
"""Seconds for which a page that is the same for everyone may be kept by browsers and proxies."""
MOST_PAGES: Final = 200
"""Pages of a list that can be turned to."""
_asked = Buckets()


def open_page(view: View) -> View:
    """Declares a page of the public: open to everyone, limited by address, deaf to forms of other sites."""

    @functools.wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if _asked.take(address(request), READ_A_MINUTE):
            return say(
                request, "请稍等一分钟", "从您这里打开页面的次数太多了。请等一分钟再打开。", status=429
            )
        if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
            return say(request, "没有提交", "请从本网站的页面里提交。", status=403)
        return view(request, *args, **kwargs)

    return cast(View, csrf_exempt(public(opened)))


def show(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
    fresh: int = 0,
) -> HttpResponse:
    """A page. `fresh`: seconds for which it may be kept, as one that is the same for everyone; 0: by nobody."""
    shared = {"site_name": config().site_name, "path": request.path, "printed_at": clock.local_now()}
    answer = HttpResponse(render_to_string(template, {**shared, **(context or {})}), status=status)
    answer["Cache-Control"] = f"public, max-age={fresh}" if fresh and status == 200 else "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    if not fresh:
        answer["X-Robots-Tag"] = "noindex"
    return answer


def page_asked(request: HttpRequest) -> int:
    """The page of a list that the address names, from 1."""
    text = request.GET.get("page", "")
    return min(max(int(text), 1), MOST_PAGES) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def say(request: HttpRequest, title: str, text: str, *, status: int) -> HttpResponse:
    """A page that says one thing, and the way back."""
    return show(request, "public/said.html", {"title": title, "text": text}, status=status)


def puzzle(request: HttpRequest) -> challenge.Puzzle:
    """A fresh puzzle for the form of a page."""
    return challenge.puzzle(address(request))


def challenged(request: HttpRequest) -> str:
    """Why the form's challenge is not met, to be told; "" where it is, and spent. In the form's transaction."""
    given = [request.POST.get(name, "")[:100] for name in ("puzzle", "answer", "total")]
    refusal = challenge.check(given[0], given[1], given[2], address(request))
    return refusal.value if refusal else ""


def someone(request: HttpRequest) -> By:
    """Who acts where nobody signs in."""
    return By("公众", address(request))
