"""Adopting packs 采用: which of the packs at hand hold here, for every region and date.

Without an adoption packs hold in their own regions. With one, those that it names hold, and no others.
An adoption goes the way of every publication; only before anything was judged it may be in force at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import transaction

from mingcha.alerts import law
from mingcha.alerts.models import Alert, Publication, Undetermined, Watch
from mingcha.alerts.publishing import TRY, PublishingError
from mingcha.alerts.turn import every_judge
from mingcha.base import audit, clock, jobs

PACKS: Final = "packs"
"""Name of every adoption, so that one takes the place of the other."""


def propose(packs: Iterable[str], actor: str, why: str) -> Publication:
    """Keep an adoption as a draft; a job tries it, a second person approves it. Raises `PublishingError`."""
    with transaction.atomic():
        draft = _kept(packs, actor, why)
        jobs.put(TRY, str(draft.pk), {"publication": draft.pk})
    return draft


def adopt(packs: Iterable[str], actor: str, why: str) -> Publication:
    """Adopt at once where nothing was judged yet; else `propose`. Raises `PublishingError`."""
    with every_judge():
        if judged():
            return propose(packs, actor, why)
        with transaction.atomic():
            held = Publication.objects.filter(
                kind=Publication.Kind.ADOPTION, state=Publication.State.IN_FORCE
            )
            adoption, now = _kept(packs, actor, why), clock.now()
            held.update(state=Publication.State.ENDED, ended_at=now, ended_by=actor)
            adoption.state, adoption.in_force_at = Publication.State.IN_FORCE, now
            adoption.save(update_fields=["state", "in_force_at"])
    law.forget()
    return adoption


def judged() -> bool:
    """Whether anything was ever judged here."""
    return Alert.objects.exists() or Undetermined.objects.exists() or Watch.objects.exists()


def _kept(packs: Iterable[str], actor: str, why: str) -> Publication:
    chosen = _chosen(set(packs))
    files = {"packs": chosen}
    kept = Publication.objects.create(
        kind=Publication.Kind.ADOPTION, name=PACKS, title=f"采用{'、'.join(chosen)}"[:200], files=files,
        digest=law.digest_of({**files}), why=why, uploaded_by=actor, uploaded_at=clock.now(),
    )  # fmt: skip
    audit.record(actor, "law.adopt", f"publication/{kept.pk}", purpose=why, detail={"packs": chosen})
    return kept


def _chosen(packs: set[str]) -> list[str]:
    """The packs by name, each once. Raises `PublishingError` for none, for unknown ones, and for those of now."""
    book, _ = law.law_in_force(fresh=True)
    known = {pack.id for pack in book.packs}
    if unknown := sorted(packs - known):
        raise PublishingError(f"没有规则包 {'、'.join(unknown)};现有:{'、'.join(sorted(known))}")
    if not packs:
        raise PublishingError("请至少选一个规则包;要恢复各规则包按自己的地区施行,请停用现行的采用")
    if packs == set(book.adopted):
        raise PublishingError("与现行采用的规则包相同,不必再提交")
    return sorted(packs)
