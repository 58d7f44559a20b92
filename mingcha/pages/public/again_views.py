"""Rating one's case, and rating it again after reading the appeal 二次评价 (河南规则第九条(十)).

The ticket of the look-up is the right to do so; what follows is the page of the rating itself.
"""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from mingcha.casework.filing import appeals_open_to_the_citizen
from mingcha.casework.models import Matter
from mingcha.evaluations.again import offer_again
from mingcha.evaluations.offers import offer
from mingcha.evaluations.refused import NotTakenError
from mingcha.pages.lookups import stored
from mingcha.pages.public import frame, lookup
from mingcha.pages.public.scrub import people_of, scrub


def _gone(request: HttpRequest) -> HttpResponse:
    text = "这个页面只保留半小时。请重新查询您的办件。"
    return frame.show(request, "public/gone.html", {"text": text}, status=404)


@frame.open_page
@require_POST
def rate(request: HttpRequest, ticket: str) -> HttpResponse:
    """Ask for the rating of the case, and go there; `again`: the number of the appeal that a second one answers."""
    case_no = lookup.case_of(ticket)
    if case_no is None:
        return _gone(request)
    actor, again = frame.someone(request).actor, request.POST.get("again", "")
    open_ones = {matter.no: matter for matter, _ in appeals_open_to_the_citizen(case_no)} if again else {}
    if again and again not in open_ones:
        return _decided(request)
    try:
        with transaction.atomic():
            offered = offer_again(open_ones[again], actor) if again else offer(case_no=case_no, by=actor)
            if offered.new:
                frame.someone(request).record("public.offer", f"evaluations/{offered.offer.no}")
    except NotTakenError as error:
        return frame.say(request, "不能评价", f"{error}。", status=error.status)
    return redirect("rate", offered.token)


def _decided(request: HttpRequest) -> HttpResponse:
    return frame.say(request, "没有要您评的", "部门没有申诉,或者申诉已经有了结论。", status=404)


@frame.open_page
@require_GET
def appeal(request: HttpRequest, ticket: str) -> HttpResponse:
    """What the department says against the abnormal state, and the way to rate again."""
    case_no = lookup.case_of(ticket)
    case = stored("cases").filter(case_no=case_no).first() if case_no else None
    if case is None:
        return _gone(request)
    people = people_of(case)
    appeals = [
        {
            "no": matter.no,
            "said": scrub(_reason(matter), people),
            "about": scrub(_about(matter), people),
            "last": last,
        }
        for matter, last in appeals_open_to_the_citizen(case.case_no)
    ]
    if not appeals:
        return _decided(request)
    return frame.show(request, "public/appeal.html", {"appeals": appeals, "ticket": ticket})


def _reason(matter: Matter) -> str:
    """What was written when it was filed."""
    first = matter.transitions.order_by("no").first()
    return first.reason if first else ""


def _about(matter: Matter) -> str:
    return matter.alert.reason if matter.alert else ""
