"""The list of what waits for one person, and one act on several of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from mingcha.accounts.acts import RefusedError, by
from mingcha.accounts.models import Account
from mingcha.accounts.policy import may, needs
from mingcha.alerts.conflict import ConflictError
from mingcha.base import clock
from mingcha.casework import inbox as inboxes
from mingcha.casework.declare import Act, kind_of, kinds
from mingcha.casework.models import Matter
from mingcha.casework.moving import Step, move_all
from mingcha.casework.offering import offered
from mingcha.casework.proofs import EvidenceError, Kept
from mingcha.pages.casework.forms import Offered, accepted, kept_files, offer
from mingcha.pages.casework.table import FILTERS, LISTING, read_by
from mingcha.pages.listing.views import answer

MOST_AT_ONCE: Final = 200
"""Matters moved by one act."""

INBOX: Final = replace(
    LISTING,
    name="inbox",
    title="待办",
    filters=tuple(each for each in FILTERS if each.name not in ("state",)),
    empty="没有待您办理的事项",
    empty_next="轮到您或您的部门办理的说明、整改、申诉、督办会出现在这里,按剩余的工作时间排列。",
)

KEYS: Final = {
    "s": ("提交", "提交说明或答复:同一原因(如系统故障)的可一并说明,须由另一人审核。"),
    "a": ("通过", "采纳说明、验收销号、办结督办。本人办理的由另一人审核。"),
    "b": ("退回", "退回后部门须在新的期限前重新办理。"),
}
"""Keys that mean the same for several kinds; what another one does, its acts say (`Act.key`)."""


@dataclass(frozen=True)
class Pressed:
    """One key: the acts it stands for among what waits, and the dialog that asks for what they demand."""

    key: str
    acts: tuple[Act, ...]

    @property
    def label(self) -> str:
        """What it does."""
        usual, _ = KEYS.get(self.key, ("", ""))
        return usual or "、".join(dict.fromkeys(act.label for act in self.acts))

    @property
    def said(self) -> list[str]:
        """What follows, of each act."""
        if self.key in KEYS:
            return [KEYS[self.key][1]]
        if len(self.acts) == 1:
            return [self.acts[0].consequence]
        return [f"{act.label}:{act.consequence}" for act in self.acts]

    @property
    def fields(self) -> list[tuple[str, Any, str]]:
        """(name in the form, entry, the value it begins with); what several acts ask is asked once."""
        offers: list[Offered] = [offer(act) for act in self.acts]
        asked = {entry.name: (entry, value) for each in offers for entry, value in each.fields}
        return [(f"{self.key}-{name}", entry, value) for name, (entry, value) in asked.items()]

    @property
    def asked(self) -> str:
        """What the words are called."""
        return "、".join(dict.fromkeys(act.asked for act in self.acts))

    @property
    def must(self) -> bool:
        """Whether words are demanded by each."""
        return all(act.reason for act in self.acts)

    @property
    def proof(self) -> str:
        """Of which acts files are demanded."""
        return "、".join(dict.fromkeys(act.label for act in self.acts if act.evidence))


def pressed(account: Account) -> list[Pressed]:
    """The keys of what waits for this person, in the order in which acts are declared."""
    waiting = set(inboxes.of(account).order_by().values_list("kind", "state").distinct())
    found: dict[str, dict[tuple[str, str], Act]] = {}
    for kind in kinds().values():
        for act in kind.acts:
            if (
                act.key
                and may(account, act.policy)
                and any((kind.name, state) in waiting for state in act.moves)
            ):
                found.setdefault(act.key, {})[kind.name, act.name] = act
    usual = [key for key in KEYS if key in found]
    return [Pressed(key, tuple(found[key].values())) for key in dict.fromkeys([*usual, *found])]


@needs("casework.read")
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """待办."""
    account = cast(Account, request.user)
    context: dict[str, Any] = {
        "choosing": True,
        "most": MOST_AT_ONCE,
        "keys": pressed(account),
        **{name: value for name, value in accepted().items() if name != "most"},
    }
    return answer(request, read_by(INBOX, account), inboxes.of(account), "inbox/inbox.html", context)


@needs("casework.read")
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """One act on the matters chosen, all or none: what is said is said of each of them."""
    back = request.POST.get("query", "")
    target = redirect(f"/inbox/{back}" if back.startswith("?") else "/inbox/")
    key = request.POST.get("act", "")
    if key not in {act.key for kind in kinds().values() for act in kind.acts if act.key}:
        raise PermissionDenied("没有这种办理")
    chosen = _chosen(request)
    if not chosen:
        messages.warning(request, "没有选中任何一项;请在左侧勾选,或用 j、k 移到要办的一项")
        return target
    label = _label(key, chosen)
    try:
        steps = _steps(request, chosen, key, kept_files(request, f"{key}-files"))
        move_all(steps, by(request))
    except ConflictError as error:
        messages.warning(request, f"{error}。选中的 {len(chosen)} 项都没有办理")
    except (RefusedError, EvidenceError) as error:
        messages.error(request, f"没有{label}:{error}选中的 {len(chosen)} 项都没有办理")
    else:
        messages.success(request, f"已{label} {len(chosen)} 项,记入各项的经过")
    return target


def _label(key: str, chosen: Iterable[Matter]) -> str:
    """What the key does to these."""
    acts = [
        act for matter in chosen for act in kind_of(matter.kind).acts_from(matter.state) if act.key == key
    ]
    return Pressed(key, tuple(acts)).label or "办理"


def _chosen(request: HttpRequest) -> list[Matter]:
    keys = [key for key in request.POST.getlist("key") if key.isascii() and key.isdigit() and len(key) < 19]
    rows = inboxes.of(cast(Account, request.user)).filter(pk__in=keys[:MOST_AT_ONCE])
    return list(rows.select_related("alert").order_by("pk"))


def _steps(request: HttpRequest, chosen: list[Matter], key: str, files: list[Kept]) -> list[Step]:
    """A step each. Raises RefusedError for one that has no act of that key."""
    account = cast(Account, request.user)
    together = (
        f"PL{clock.local_now():%Y%m%d%H%M%S}-{chosen[0].pk}" if key == "s" and len(chosen) > 1 else None
    )
    steps = []
    for matter in chosen:
        act = next((act for act in offered(matter, account) if act.key == key), None)
        if act is None:
            raise RefusedError(
                f"{matter.no} 不能这样办理:现在的状态没有这一步,或须由另一人办理。请单独打开办理。"
            )
        steps.append(
            Step(
                matter,
                act.name,
                request.POST.get(f"why-{key}", ""),
                files,
                _entered(request, act, key),
                group=together,
            )
        )
    return steps


def _entered(request: HttpRequest, act: Act, key: str) -> dict[str, Any]:
    """Of what the dialog of the key asks, what this act takes."""
    return {entry.name: request.POST.get(f"{key}-{entry.name}", "") for entry in act.entries}
