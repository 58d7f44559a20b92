"""One field for everything: an exact case number or alert leads there at once."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from mingcha.accounts.policy import may, needs, scope
from mingcha.alerts.models import Alert
from mingcha.base.texts import storable
from mingcha.intake.archive_models import ArchivedCase
from mingcha.pages.lookups import begins, rules, stored, trees

MOST = 10
"""Hits of a kind; the list behind each has them all."""
LONGEST = 100


@dataclass(frozen=True)
class Hit:
    """Something found: where it is, its name, and what else tells it."""

    url: str
    name: str
    note: str = ""


@dataclass(frozen=True)
class Group:
    """Hits of one kind, and the list that has all of them."""

    label: str
    hits: list[Hit]
    more: str = ""


@needs("rules.read")
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """What was found, by kind; each only as far as the account may see it."""
    text = storable(request.GET.get("q", "")).strip()[:LONGEST]
    if text and (exact := _exact(request, text)):
        return redirect(exact)
    groups = [group for group in _groups(request, text) if group.hits] if text else []
    return render(request, "search/search.html", {"searched": text, "groups": groups})


def _exact(request: HttpRequest, text: str) -> str:
    """The one thing that this is the number of; empty where there is none."""
    if may(request.user, "cases.read"):
        found = scope(request.user, "cases.read").limit(stored("cases")).filter(case_no=text).first()
        archived = scope(request.user, "cases.read").limit(ArchivedCase.objects.filter(case_no=text))
        if found is not None or archived.exists():
            return reverse("case", args=[text])
    if text.isdecimal() and len(text) < 12 and may(request.user, "alerts.read"):
        alerts = scope(request.user, "alerts.read").limit(Alert.objects.filter(pk=int(text)))
        return reverse("alert", args=[int(text)]) if alerts.exists() else ""
    return ""


def _groups(request: HttpRequest, text: str) -> list[Group]:
    groups = []
    if may(request.user, "cases.read"):
        groups += [_cases(request, text), _items(text), _agencies(request, text)]
    if may(request.user, "rules.read"):
        groups.append(_rules(text))
    return groups


def _cases(request: HttpRequest, text: str) -> Group:
    rows = begins(scope(request.user, "cases.read").limit(stored("cases")), "case_no", text)
    numbers = rows.order_by("case_no").values_list("case_no", flat=True)[:MOST]
    return Group(
        "办件",
        [Hit(reverse("case", args=[number]), number) for number in numbers],
        f"{reverse('cases')}?{urlencode({'q': text})}",
    )


def _items(text: str) -> Group:
    rows = stored("items").filter(name__contains=text) | stored("items").filter(item_code__startswith=text)
    named = dict(rows.order_by("version").values_list("item_code", "name"))
    hits = [
        Hit(f"{reverse('cases')}?{urlencode({'item': code})}", name, code)
        for code, name in sorted(named.items())[:MOST]
    ]
    return Group("事项(到它的办件)", hits)


def _agencies(request: HttpRequest, text: str) -> Group:
    allowed, known = scope(request.user, "cases.read"), trees()
    hits = [
        Hit(f"{reverse('live')}?{urlencode({'agency': code})}", agency.name, known.region_name(agency.region))
        for code, agency in known.agencies.items()
        if (text in agency.name or code.startswith(text)) and allowed.holds(agency.region, code)
    ]
    return Group("部门(到它的监察信号)", sorted(hits, key=lambda hit: hit.name)[:MOST])


def _rules(text: str) -> Group:
    hits = [
        Hit(f"{reverse('live')}?{urlencode({'rule': rule.id})}", rule.title, rule.id)
        for rule in rules().values()
        if text in rule.title or rule.id.startswith(text)
    ]
    return Group("规则(到它的监察信号)", hits[:MOST])
