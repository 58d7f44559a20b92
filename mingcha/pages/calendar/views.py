"""日历: which day is worked, which is off, by which notice."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mingcha.accounts.policy import may, needs
from mingcha.alerts.law import law_in_force
from mingcha.base import clock
from mingcha.law.calendar import EVERY_DAY, WEEKDAYS
from mingcha.pages.calendar.months import WEEKDAYS as NAMES
from mingcha.pages.calendar.months import year_of, years_known

_BUILT_IN = {EVERY_DAY, WEEKDAYS}
"""Layers that only the clock uses."""


@require_GET
@needs("calendar.read")
def calendar(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """A year of one layer: the national one, or a region's or hall's own."""
    _, held = law_in_force()
    today = clock.local_now().date()
    year = year or today.year
    years = years_known(held)
    if year not in years and year != today.year:
        raise Http404(f"没有 {year} 年的日历")
    code = request.GET.get("layer", "") or held.layers[0].code
    layers = [layer for layer in held.layers if layer.code not in _BUILT_IN]
    places = {layer.code: index for index, layer in enumerate(held.layers)}
    if code not in places:
        raise Http404(f"没有日历层 {code}")
    shown = {
        "shown": year_of(held, places[code], year, today),
        "before": year - 1 if year - 1 in years else None,
        "after": year + 1 if year + 1 in years else None,
        "layers": layers,
        "layer": held.layers[places[code]],
        "version": held.version,
        "weekdays": NAMES,
        "publishes": may(request.user, "rules.publish"),
    }
    return render(request, "calendar/year.html", shown)
