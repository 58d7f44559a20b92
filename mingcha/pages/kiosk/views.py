"""A tablet or terminal at a window, opened once by its signed address: it asks the citizen who stands there.

Where the window's system has asked for the rating of a case (`offers.offer`, way kiosk), that case is rated; else the
visit. Either is rated once: what is touched twice is counted once.
"""

from __future__ import annotations

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from mingcha.base import clock
from mingcha.evaluations import offers, taking, tokens, windows
from mingcha.evaluations.models import Rating
from mingcha.evaluations.refused import NotTakenError
from mingcha.pages.public import attempts
from mingcha.pages.public.frame import show
from mingcha.pages.rate import asking
from mingcha.pages.rate.views import told

CHANNELS = {"": "tablet", "terminal": "terminal"}


class TooOftenError(Exception):
    """More visits were rated at a terminal than people can have stood there that day."""


@told
def kiosk(request: HttpRequest, token: str) -> HttpResponse:
    """The idle page with its faces; a POST takes the rating and thanks."""
    found = windows.window(tokens.terminal_of(token))
    if request.method == "POST":
        return _taken(request, token, found)
    now = clock.local_now()
    offer = offers.waiting_at(found.code, now)
    ticket = (
        tokens.of_rating(offer.no)
        if offer
        else tokens.of_visit(tokens.new_number(now), found.code, now, terminal=True)
    )
    shown = {
        "window": found,
        "about": asking.about(offer.case_no, offer.agency_code, offer.item_code)
        if offer
        else asking.about("", found.agency_code, ""),
        "levels": asking.levels(),
        "ticket": ticket,
        "offer": offer.no if offer else "",
        "waiting": reverse("kiosk-waiting", args=[token]),
        "device": request.GET.get("device", "") if request.GET.get("device", "") in CHANNELS else "",
    }
    return show(request, "kiosk/kiosk.html", shown)


def _taken(request: HttpRequest, token: str, found: windows.Window) -> HttpResponse:
    """Thanks; or the faces again where nothing could be taken: nobody is left before a page that stays."""
    ticket, device = request.POST.get("ticket", "")[:500], request.POST.get("device", "")
    try:
        subject, answer = _subject(ticket, found), asking.answer(request.POST)
        _bound(subject)
        taking.take(
            subject, answer, channel=CHANNELS.get(device, "tablet"), device=f"window:{found.code}"[:44]
        )
    except NotTakenError as refused:
        if refused.status != 409:  # what was rated already is thanked for as well
            return redirect(reverse("kiosk", args=[token]) + _asked(device))
    except (DatabaseError, TooOftenError):
        return _thanked(request, token, device, busy=True)
    return redirect(reverse("kiosk-thanks", args=[token]) + _asked(device))


def _subject(ticket: str, found: windows.Window) -> taking.Subject:
    """What the page was drawn for: an offer, or a visit at this very window."""
    now = clock.local_now()
    try:
        asked = offers.opened(ticket, now)
    except NotTakenError as refused:
        if refused.status != 404:
            raise
        no, code = tokens.visit_of(ticket, now, terminal=True)
        if code != found.code:
            raise NotTakenError("这一页属于另一个窗口,请回到首页再评价", 404) from refused
        return windows.visit(no, code, now)
    if asked.rated:
        raise NotTakenError("已经评价过了,一事一评,不能重复评价", 409)
    return taking.of_offer(asked.offer)


def _bound(subject: taking.Subject) -> None:
    """What was asked for is taken once; visits that nobody asked for, so many a day. Raises TooOftenError."""
    if subject.case_no or Rating.objects.filter(no=subject.no).exists():
        return
    if attempts.tried("terminal", subject.window_code):
        raise TooOftenError


@told
def waiting(request: HttpRequest, token: str) -> HttpResponse:
    """The number of the offer that waits here, "" for none: the page asks and draws itself anew."""
    found = offers.waiting_at(tokens.terminal_of(token), clock.local_now())
    answer = JsonResponse({"offer": found.no if found else ""})
    answer["Cache-Control"] = "no-store"
    return answer


@told
def thanks(request: HttpRequest, token: str) -> HttpResponse:
    """Thanks, and back to the faces by itself."""
    tokens.terminal_of(token)
    return _thanked(request, token, request.GET.get("device", ""))


def _thanked(request: HttpRequest, token: str, device: str, *, busy: bool = False) -> HttpResponse:
    back = reverse("kiosk", args=[token]) + _asked(device)
    return show(request, "kiosk/thanks.html", {"back": back, "busy": busy}, status=503 if busy else 200)


def _asked(device: str) -> str:
    return f"?device={device}" if device and device in CHANNELS else ""
