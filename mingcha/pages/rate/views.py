"""Rating: open the page of an offer, send it, learn that it was kept. The token in the address is the right to do so:
there is no session that a form of another site could borrow."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Final, cast

from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mingcha.accounts.acts import RefusedError
from mingcha.accounts.policy import by_token
from mingcha.alerts.conflict import ConflictError
from mingcha.base import clock
from mingcha.evaluations import following, looking, offers, taking, tokens, windows
from mingcha.evaluations.models import Offer, Rating
from mingcha.evaluations.refused import NotTakenError
from mingcha.pages.public import attempts, frame
from mingcha.pages.public.frame import say, show
from mingcha.pages.rate import asking

View = Callable[..., HttpResponse]
_TOO_OFTEN: Final = "今天用这部手机在这个窗口评价的次数太多了。请明天再来,或拨打 12345 反映。"


def told(view: View) -> View:
    """Declares a page that its token opens; what is not taken is told in a sentence, never as an error page."""

    @functools.wraps(view)
    @require_http_methods(["GET", "HEAD", "POST"])
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        try:
            return view(request, token)
        except NotTakenError as refused:
            return say(request, "不能评价", f"{refused}。", status=refused.status)
        except DatabaseError:
            return say(
                request,
                "暂时收不下",
                "系统正忙,您的评价还没有收下。请稍等一分钟,返回上一页再提交一次。",
                status=503,
            )

    return cast(View, by_token(csrf_exempt(opened)))


@told
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """One offer: the form, or that it was rated and what becomes of it."""
    try:
        found = offers.opened(token)
    except NotTakenError as unknown:
        given = _given(token)
        if given is None:
            raise unknown
        return _followed(request, given, token)
    if request.method == "POST":
        return _taken(request, found, token)
    about = _about(found.offer)
    if found.rated:
        shown = {"about": about, "told": following.told(found.offer.no), "token": token}
        return show(request, "rate/thanks.html", shown)
    return show(request, "rate/form.html", asking.context(about))


def _given(token: str) -> Rating | None:
    """A rating that nobody was asked for and somebody gave themselves: that of a visit, by a window's code."""
    return Rating.objects.filter(no=tokens.rating_of(token), taken_by="").first()


def _followed(request: HttpRequest, given: Rating, token: str) -> HttpResponse:
    said = given.said
    about = asking.about("", said.get("agency_code", ""), "", _window_name(said.get("window_code", "")))
    shown = {"about": about, "told": following.told(given.no), "token": token}
    return show(request, "rate/thanks.html", shown)


def _window_name(code: str) -> str:
    """As the page of its code names it; empty where the window is gone by now."""
    try:
        found = windows.window(code)
    except NotTakenError:
        return ""
    return f"{found.hall} {found.name}"


def _about(offer: Offer) -> asking.About:
    return asking.about(offer.case_no, offer.agency_code, offer.item_code)


def _taken(request: HttpRequest, found: offers.Opened, token: str) -> HttpResponse:
    offer = found.offer
    if found.rated:  # sent twice, or rated meanwhile by another way
        return redirect("rate", token)
    try:
        answer = asking.answer(request.POST)
    except NotTakenError as refused:
        shown = asking.context(_about(offer), request.POST, refused.faults)
        return show(request, "rate/form.html", shown, status=422)
    scanned = offer.way == Offer.Way.QR
    taking.take(
        taking.of_offer(offer),
        answer,
        channel=asking.channel(request, scanned),
        device=asking.device(request),
    )
    return redirect("rate", token)


@told
def contest(request: HttpRequest, token: str) -> HttpResponse:
    """The citizen objects to a review not being adopted: it is verified anew by somebody else."""
    given = _given(token)
    no = given.no if given else offers.opened(token).offer.no
    reason = " ".join(request.POST.get("reason", "").split())[:1000]
    if request.method != "POST" or not reason:
        return redirect("rate", token)
    try:
        looking.contest(no, reason)
    except (ConflictError, RefusedError):
        return say(request, "没有提交", "异议期限已过,或者已经提出过异议。可以拨打 12345 反映。", status=409)
    return redirect("rate", token)


@told
def window(request: HttpRequest, token: str) -> HttpResponse:
    """A window's printed code: who scans it and solves the puzzle begins the rating of this visit."""
    found = windows.window(tokens.window_of(token))
    if request.method != "POST":
        return _entry(request, found)
    with transaction.atomic():
        if refused := frame.challenged(request):
            return _entry(request, found, refused, status=400)
        if attempts.tried("visit", f"{found.code}\0{asking.device(request)}"):
            return _entry(request, found, _TOO_OFTEN, status=429)
        frame.someone(request).record("public.visit", f"windows/{found.code}")
    now = clock.local_now()
    return redirect("rate-visit", tokens.of_visit(tokens.new_number(now), found.code, now))


def _entry(
    request: HttpRequest, found: windows.Window, refused: str = "", *, status: int = 200
) -> HttpResponse:
    shown = {"window": found, "about": _of_window(found), "refused": refused, "puzzle": frame.puzzle(request)}
    return show(request, "rate/window.html", shown, status=status)


@told
def visit(request: HttpRequest, token: str) -> HttpResponse:
    """A visit at a window, rated within a quarter of an hour after its code was scanned."""
    now = clock.local_now()
    no, code = tokens.visit_of(token, now)
    if Rating.objects.filter(no=no).exists():  # sent twice, or the way back was taken
        return redirect("rate", tokens.of_rating(no))
    about = _of_window(windows.window(code))
    if request.method == "POST":
        return _visit_taken(request, windows.visit(no, code, now), about)
    return show(request, "rate/form.html", asking.context(about))


def _visit_taken(request: HttpRequest, subject: taking.Subject, about: asking.About) -> HttpResponse:
    try:
        answer = asking.answer(request.POST)
    except NotTakenError as refused:
        shown = asking.context(about, request.POST, refused.faults)
        return show(request, "rate/form.html", shown, status=422)
    taken = taking.take(subject, answer, channel="qr", device=asking.device(request))
    return redirect("rate", tokens.of_rating(taken.no))


def _of_window(found: windows.Window) -> asking.About:
    return asking.about("", found.agency_code, "", f"{found.hall} {found.name}")
