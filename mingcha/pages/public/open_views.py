"""公示: the months as they were published, and answers to bad reviews."""

from __future__ import annotations

import json
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from mingcha.disclosure import answers as published_answers
from mingcha.disclosure.models import Month, Opened
from mingcha.evaluations.published import Answered
from mingcha.pages.public import frame
from mingcha.pages.public.scrub import people_of_rating, scrub

PARTS: Final = {
    Opened.What.SATISFACTION: "public/satisfaction.html",
    Opened.What.RECTIFICATIONS: "public/rectifications.html",
    Opened.What.RED_CARDS: "public/red_cards.html",
}
"""What a month tells, each on a page of its own."""


@frame.open_page
@require_GET
def months(request: HttpRequest) -> HttpResponse:
    """The months that were published, the last first."""
    rows = Month.objects.order_by("-month").values_list("month", flat=True)[:60]
    answered = Opened.objects.filter(closed_at=None, what=Opened.What.ANSWERS).exists()
    context = {"months": [(name, spoken(name)) for name in rows], "answered": answered}
    return frame.show(request, "public/months.html", context, fresh=frame.FRESH)


@frame.open_page
@require_GET
def month(request: HttpRequest, month: str) -> HttpResponse:
    """One month: what it tells, and its digest; `month.json` is the text itself."""
    name, _, form = month.partition(".")
    row = Month.objects.filter(month=name).first()
    if row is None or form not in ("", "json"):
        return _nothing(request)
    if form == "json":
        answer = HttpResponse(row.text, content_type="application/json; charset=utf-8")
        answer["Cache-Control"] = f"public, max-age={frame.FRESH}"
        return answer
    told = json.loads(row.text)
    parts = [(what, Opened.What(what).label) for what in PARTS if what in told]
    return frame.show(
        request,
        "public/month.html",
        {"row": row, "told": told, "parts": parts, "spoken": spoken(name)},
        fresh=frame.FRESH,
    )


@frame.open_page
@require_GET
def part(request: HttpRequest, month: str, part: str) -> HttpResponse:
    """One part of a month, by agency."""
    row = Month.objects.filter(month=month).first()
    told = json.loads(row.text) if row else {}
    if part not in PARTS or part not in told:
        return _nothing(request)
    context = shown(told, part)
    return frame.show(request, PARTS[Opened.What(part)], context, fresh=frame.FRESH)


def spoken(month: str) -> str:
    """2026年10月."""
    year, number = month.split("-")
    return f"{year}年{int(number)}月"


def shown(told: dict[str, Any], part: str) -> dict[str, Any]:
    """A part with names, as its template reads it."""
    names, rows = told["names"], told[part]
    agencies = rows["agencies"] if part == Opened.What.SATISFACTION else rows
    items = rows["items"] if part == Opened.What.SATISFACTION else []

    def named(row: dict[str, Any]) -> dict[str, Any]:
        code = row["agency"]
        return {
            **row,
            "name": names["agencies"].get(code, code),
            "region": names["regions"].get(code, ""),
            "item_name": names["items"].get(row.get("item", ""), ""),
            "percent": row.get("share", 0) / 100,
        }

    by_agency: dict[str, list[dict[str, Any]]] = {}
    for row in items:
        by_agency.setdefault(row["agency"], []).append(named(row))
    return {
        "month": told["month"],
        "spoken": spoken(told["month"]),
        "told": rows,
        "rows": [{**named(row), "items": by_agency.get(row["agency"], [])} for row in agencies],
        "total": rows.get("total") if isinstance(rows, dict) else None,
    }


@frame.open_page
@require_GET
def answers(request: HttpRequest) -> HttpResponse:
    """Bad reviews that were dealt with, and what was answered."""
    page = frame.page_asked(request)
    found, further = published_answers.published(page)
    context = {
        "rows": [_answer(each) for each in found],
        "page": page,
        "more": f"?page={page + 1}" if further and page < frame.MOST_PAGES else "",
    }
    return frame.show(request, "public/answers.html", context, fresh=frame.FRESH)


def _answer(each: Answered) -> dict[str, Any]:
    """As it is shown: without the names that are known of the people in it; the month instead of the day."""
    people = people_of_rating(each.no)
    return {
        "agency": each.agency,
        "level": each.level,
        "month": f"{each.day:%Y-%m}",
        "tags": each.tags,
        "words": scrub(each.words, people),
        "answer": scrub(each.answer, people),
        "rectified": scrub(each.rectified, people),
    }


def _nothing(request: HttpRequest) -> HttpResponse:
    return frame.say(request, "没有这份公示", "这个月没有公示,或还没有到公示的时候。", status=404)
