"""The form of a card: filled in, seen as it will be issued, issued with its evidence."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from mingcha.accounts.policy import needs
from mingcha.alerts import evidence, manual
from mingcha.alerts.conflict import ConflictError
from mingcha.alerts.evidence import EvidenceError
from mingcha.alerts.law import law_in_force
from mingcha.alerts.manual import CardError
from mingcha.alerts.models import Alert
from mingcha.base import clock
from mingcha.engine.holds import in_force
from mingcha.pages.cards.files import files_of
from mingcha.pages.cards.preview import Filled, consequences, episode_seen, first, read, seen


@needs("alerts.manual")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form; or the card issued."""
    if request.method == "GET":
        return _form(request, Filled(first(request.GET.dict())))
    filled = read(request.POST.dict(), request.scope)  # type: ignore[attr-defined]
    if filled.card is None:
        return _form(request, filled, status=422)
    who = request.user.get_username()
    try:
        episode = episode_seen(request.POST.get("seen", ""), filled.given, who)
        alert = manual.enter(filled.card, files_of(request), who, episode)
    except (CardError, EvidenceError) as error:
        filled.faults["files" if isinstance(error, EvidenceError) or "证据" in str(error) else "seen"] = str(
            error
        )
        return _form(request, filled, status=422)
    except ConflictError:
        return _issued_already(request, filled)
    messages.success(request, f"已签发,监察信号 {alert.pk}")
    return redirect("alert", alert.pk)


def _issued_already(request: HttpRequest, filled: Filled) -> HttpResponse:
    """Sent twice, or somebody else was quicker: what was issued is shown."""
    assert filled.card is not None
    last = Alert.objects.filter(rule=filled.card.rule, key=filled.card.key, origin=Alert.Origin.MANUAL)
    found = last.order_by("-episode").first()
    if found is None:
        filled.faults["seen"] = "签发时有冲突;请再预览一次"
        return _form(request, filled, status=409)
    by = found.changes.order_by("no").values_list("actor", flat=True).first()
    messages.warning(
        request,
        f"这个对象依这一条款的信号刚才已由 {by} 签发,就是这一条;没有另发一条。确有另一件事的,请重新录入",
    )
    return redirect("alert", found.pk)


@needs("alerts.manual")
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What would be issued: a part of the form's page, or the whole page where no script asks."""
    filled = read(request.POST.dict(), request.scope)  # type: ignore[attr-defined]
    if request.headers.get("HX-Request"):
        return render(request, "cards/preview.html", _shown(request, filled))
    return _form(request, filled, status=422 if filled.faults else 200)


def _shown(request: HttpRequest, filled: Filled) -> dict[str, Any]:
    """What the preview says; nothing of a card that cannot be issued but its faults."""
    card, rule = filled.card, filled.rule
    if card is None or rule is None:
        return {"filled": filled, "faults": list(filled.faults.values())}
    return {
        "filled": filled,
        "card": card,
        "rule": rule,
        "episode": manual.next_episode(card),
        "source": manual.SOURCES[card.source],
        "unit": manual.UNITS[card.unit],
        "consequences": consequences(card, rule),
        "seen": seen(card, filled.given, request.user.get_username()),
    }


def _form(request: HttpRequest, filled: Filled, status: int = 200) -> HttpResponse:
    book, _ = law_in_force()
    enterable = [
        rule
        for pack in in_force(book)
        for rule in pack.rules
        if rule.form == "manual" and rule.id not in manual.PROCEDURES
    ]
    context = {
        **_shown(request, filled),
        "given": filled.given,
        "faults": filled.faults,
        "rules": enterable,
        "sources": manual.SOURCES.items(),
        "units": manual.UNITS.items(),
        "levels": [(level.value, level.label) for level in manual.LEVELS],
        "latest": f"{clock.local_now():%Y-%m-%dT%H:%M}",
        "longest": manual.LONGEST,
        "accepted": evidence.ACCEPTED,
        "largest": evidence.LARGEST >> 20,
        "most": evidence.MOST_FILES,
    }
    return render(request, "cards/card.html", context, status=status)
