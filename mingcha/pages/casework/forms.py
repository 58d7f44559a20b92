"""What a form of an act sends: words, entries and files; and how an act is offered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest

from mingcha.accounts.acts import RefusedError
from mingcha.alerts import evidence
from mingcha.alerts.conflict import ConflictError
from mingcha.base import clock
from mingcha.casework import clocks
from mingcha.casework.declare import Act
from mingcha.casework.proofs import EvidenceError, Kept, keep

LONGEST: Final = 5_000


@dataclass(frozen=True)
class Offered:
    """An act with the values its form begins with."""

    act: Act
    reason: str = ""
    usual: dict[str, str] | None = None

    @property
    def fields(self) -> list[tuple[Any, str]]:
        """Each entry with the value it begins with."""
        return [(entry, (self.usual or {}).get(entry.name, "")) for entry in self.act.entries]


def offer(act: Act, reason: str = "") -> Offered:
    """The act, with the usual last day where it asks for one."""
    usual = {entry.name: usual_due() for entry in act.entries if entry.name == "due_at"}
    return Offered(act, reason, usual)


def usual_due() -> str:
    """The day that is usually given for an answer."""
    last = clocks.working_days_after(clock.local_now(), int(clocks.setting("order_days", "", 5)))
    return last.isoformat() if last else ""


def entered(request: HttpRequest, act: Act) -> dict[str, Any]:
    """What was entered, by the names of the act's entries."""
    return {entry.name: request.POST.get(entry.name, "") for entry in act.entries}


def kept_files(request: HttpRequest, name: str = "files") -> list[Kept]:
    """The files of a form, written under their digests. Raises `EvidenceError`."""
    sent = request.FILES.getlist(name)
    if len(sent) > evidence.MOST_FILES:
        raise EvidenceError(f"一次至多 {evidence.MOST_FILES} 份文件,现有 {len(sent)} 份;请分几次上传")
    actor = request.user.get_username()
    return [keep(file.name or "", file.chunks(), actor) for file in sent]


def accepted() -> dict[str, Any]:
    """What a form says of files."""
    return {
        "accepted": evidence.ACCEPTED,
        "largest": evidence.LARGEST >> 20,
        "most": evidence.MOST_FILES,
        "longest": LONGEST,
    }


def done(request: HttpRequest, label: str, act: Callable[[], object], success: str) -> bool:
    """Do it in one transaction and tell how it went, in Chinese; whether it was done."""
    try:
        with transaction.atomic():
            act()
    except ConflictError as error:
        messages.warning(request, str(error))
    except (RefusedError, EvidenceError) as error:
        messages.error(request, f"没有{label}:{error}")
    else:
        messages.success(request, success)
        return True
    return False
