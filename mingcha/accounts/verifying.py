"""The audit chain verified once a day and when an auditor asks; what was found is itself an act in the chain."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from mingcha.accounts.acts import By
from mingcha.base import anchors, audit, jobs
from mingcha.base.audit_check import Checked, verify
from mingcha.base.claims import Claim
from mingcha.base.models import AuditRow

VERIFIED: Final = "audit.verified"
"""The act: `detail` holds sound, blocks, rows, unsealed and the first faults."""
_ASKED: Final = "audit.verify"
_MOST_FAULTS: Final = 5
_DAY: Final = 24 * 3600
_log = logging.getLogger("mingcha.audit")


def ask(who: By) -> None:
    """Have the chain verified by a worker, in the caller's transaction."""
    who.record(_ASKED, "审计链")
    jobs.put(_ASKED, _ASKED, {"asked_by": who.actor})


def last() -> AuditRow | None:
    """The act of the last time it was verified."""
    return AuditRow.objects.filter(about="审计链", act=VERIFIED).order_by("-id").first()


@jobs.handles(_ASKED, steps=True)
def _when_asked(claim: Claim) -> None:
    found = check()
    with claim.last_step():
        _note(found, str(claim.payload.get("asked_by", "")))


@jobs.every(_DAY, "audit.verify_daily", steps=True)
def _daily(claim: Claim) -> None:
    found = check()
    with claim.last_step():
        _note(found, "")


def check() -> Checked:
    """Verify the chain against every anchor that the installation keeps. An anchor that cannot be read is a fault."""
    kept: list[anchors.Anchor] = []
    unreadable: list[str] = []
    for folder in anchors.folders():
        for path in sorted(Path(folder).glob("*.json")):
            try:
                kept += anchors.read(path)
            except anchors.AnchorError as error:
                unreadable.append(str(error))
    found = verify(kept)
    found.faults += unreadable
    return found


def _note(found: Checked, asked_by: str) -> None:
    if not found.sound:
        _log.error("audit chain is not sound", extra={"faults": len(found.faults)})
    audit.record(
        audit.SYSTEM,
        VERIFIED,
        "审计链",
        detail={
            "sound": found.sound,
            "blocks": found.blocks,
            "rows": found.rows,
            "unsealed": found.unsealed,
            "faults": found.faults[:_MOST_FAULTS],
            "notes": found.notes[:_MOST_FAULTS],
            "asked_by": asked_by,
        },
    )
