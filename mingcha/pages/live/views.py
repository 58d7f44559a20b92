"""The live list, and acts on several alerts at once."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from mingcha.accounts.policy import may, needs, scope
from mingcha.alerts.deciding import NoReasonError
from mingcha.alerts.listing import SEVERITY
from mingcha.alerts.models import Alert
from mingcha.pages.alert.acts import ACTS, act_on
from mingcha.pages.listing.asked import read
from mingcha.pages.listing.declare import Rows
from mingcha.pages.listing.views import answer
from mingcha.pages.live.table import LISTING

MOST_AT_ONCE = 500
"""Alerts changed by one act: more is no longer a decision about each of them."""

EVERY = 10
"""Seconds between two refreshes."""


def visible(request: HttpRequest) -> Rows:
    """The alerts in the reader's scope."""
    return request.scope.limit(Alert.objects.annotate(severity=SEVERITY))  # type: ignore[attr-defined, no-any-return]


@needs("alerts.read")
@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """实时监察."""
    offered = [act for act in ACTS.values() if may(request.user, act.policy)]
    context = {
        "offered": offered,
        "choosing": bool(offered),
        "live": True,
        "every": EVERY,
        "most": MOST_AT_ONCE,
    }
    return answer(request, LISTING, visible(request), "live/live.html", context)


@needs("alerts.read")
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """One act on the alerts that were chosen, or on all that the conditions name."""
    back = request.POST.get("query", "")
    target = redirect(f"/live/{back}" if back.startswith("?") else "/live/")
    act = ACTS.get(request.POST.get("act", ""))
    if act is None or not may(request.user, act.policy):
        raise PermissionDenied("您的角色不能这样处理监察信号")
    asked = _asked(request, back)
    reach = scope(request.user, act.policy)
    chosen = list(reach.limit(asked)[: MOST_AT_ONCE + 1])
    if len(chosen) > MOST_AT_ONCE:
        messages.error(request, f"一次最多处理 {MOST_AT_ONCE} 条;请缩小范围后分几次处理")
        return target
    try:
        done, refused = act_on(
            chosen, act, request.POST.get(f"why-{act.name}", ""), request.user.get_username()
        )
    except NoReasonError as error:
        messages.error(request, f"没有{act.label}:{error}")
        return target
    if done:
        messages.success(request, f"已{act.label} {done} 条监察信号")
    for why in refused[:5]:
        messages.warning(request, why)
    if len(refused) > 5:
        messages.warning(request, f"另有 {len(refused) - 5} 条没有处理,原因类似")
    if reach != request.scope and (beyond := asked.count() - reach.limit(asked).count()):  # type: ignore[attr-defined]
        messages.warning(request, f"另有 {beyond} 条所在的区划、部门不由您{act.label},没有处理")
    elif not chosen:
        messages.warning(request, "没有选中任何监察信号")
    return target


def _asked(request: HttpRequest, query: str) -> Rows:
    """The alerts that were marked, or all that the conditions name."""
    rows = visible(request)
    if request.POST.get("all"):
        return read(LISTING, QueryDict(query.removeprefix("?"))).narrowed(rows)
    keys = [key for key in request.POST.getlist("key") if key.isdecimal() and len(key) < 19]
    return rows.filter(pk__in=keys[: MOST_AT_ONCE + 1])
