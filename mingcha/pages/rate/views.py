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
    """One offer: the form, or that it was rated and no more: who asked for the rating knows the address too. What
    becomes of a rating is told by a token of its own, which only who gave it was led to."""
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
        return show(request, "rate/thanks.html", {"about": about})
    form = tokens.of_form(found.offer.no, tokens.new_number(clock.local_now()))
    return show(request, "rate/form.html", {**asking.context(about), "form": form})


def _given(token: str) -> Rating | None:
    """A rating that somebody gave themselves, by the token of its own number."""
    no = tokens.rating_of(token)
    asked = Offer.objects.filter(no=no).exists()  # who asked has that token too
    return None if asked else Rating.objects.filter(no=no, taken_by="").first()


def _followed(request: HttpRequest, given: Rating, token: str) -> HttpResponse:
    about = _about_given(given)
    shown = {"about": about, "told": following.told(given.no), "token": token}
    return show(request, "rate/thanks.html", shown)


def _about_given(given: Rating) -> asking.About:
    """As the page said on which it was given."""
    offer = Offer.objects.filter(once=given.once).first()
    if offer is not None:
        return _about(offer)
    said = given.said
    return asking.about("", said.get("agency_code", ""), "", _window_name(said.get("window_code", "")))


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
    offer, form = found.offer, request.POST.get("form", "")
    no = tokens.form_of(form, offer.no)
    if found.rated:
        sent_twice = Rating.objects.filter(no=no, once=offer.once).exists()
        return redirect("rate", tokens.of_rating(no) if sent_twice else token)
    try:
        answer = asking.answer(request.POST)
    except NotTakenError as refused:
        shown = {**asking.context(_about(offer), request.POST, refused.faults), "form": form}
        return show(request, "rate/form.html", shown, status=422)
    scanned = offer.way == Offer.Way.QR
    try:
        taken = taking.take(
            taking.of_offer(offer, no),
            answer,
            channel=asking.channel(request, scanned),
            device=asking.device(request),
        )
    except NotTakenError:  # another was quicker
        return redirect("rate", token)
    return redirect("rate", tokens.of_rating(taken.no))


@told
def contest(request: HttpRequest, token: str) -> HttpResponse:
    """The citizen objects to a review not being adopted: it is verified anew by somebody else."""
    given = _given(token)
    if given is None:
        offers.opened(token)
        return redirect("rate", token)
    reason = " ".join(request.POST.get("reason", "").split())[:1000]
    if request.method != "POST" or not reason:
        return redirect("rate", token)
    try:
        looking.contest(given.no, reason)
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
