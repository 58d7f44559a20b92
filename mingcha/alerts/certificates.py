"""判定书 of an alert: the finding with its law, facts and calendar, recomputable offline, signed with the site's key.

As it is found now; where it is found no more (withdrawn, taken the place of, judged by other facts or another law), as
it was found when it was raised last, and a note says so.

Beside it goes the proof (`anchor`) that the alert's last change stands in the audit chain: block number, Merkle path.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

import pyarrow.compute as pc
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mingcha.alerts.judging import judgement_of
from mingcha.alerts.law import Law, law_at, law_in_force
from mingcha.alerts.models import Alert, Change
from mingcha.alerts.transitions import OPENING
from mingcha.alerts.units import unit_of
from mingcha.base import audit_proofs, clock
from mingcha.base.config import config
from mingcha.base.models import AuditRow
from mingcha.certificates.facts_slice import TooManyRowsError
from mingcha.certificates.issue import Issuer
from mingcha.certificates.seal import KeyFileError, load_key, new_key
from mingcha.facts.store import Facts
from mingcha.intake.archive.finding import archived, told
from mingcha.law.calendar import Calendar
from mingcha.report.checking import Opened
from mingcha.rules.model import Rulebook


class NoCertificateError(ValueError):
    """Why there is none, in Chinese."""


@dataclass(frozen=True)
class _Held:
    """What `Issuer` asks of a folder that was opened."""

    book: Rulebook
    calendar: Calendar
    facts: Facts


@dataclass(frozen=True)
class Certificate:
    """A certificate, and what has to be known beside it, in Chinese: that the alert is not as it says any more."""

    document: bytes
    note: str


@dataclass(frozen=True)
class _Asked:
    """What is judged: as of a local moment, as known at a batch (None: now), by a law."""

    as_of: datetime
    known_at: int | None
    law: Law


_STANDING: Final = (Change.Kind.PROPOSED, *sorted(OPENING))
"""Changes that say what was found."""


def certificate(alert: Alert) -> Certificate:
    """The certificate of an alert. Raises `NoCertificateError` for one that no rule found, and where what it was found
    by is not here any more."""
    if alert.origin == Alert.Origin.MANUAL:
        raise NoCertificateError("人工录入的信号没有判定书:它不是由规则算出的,以证据文件为凭")
    case = archived(alert.case_no) if alert.case_no else None
    if case is not None:
        raise NoCertificateError(f"判定所据的数据不在库里,移回后才能出具判定书。{told(case)}")
    now = _Asked(clock.local_now(), None, law_in_force())
    if (document := _document(alert, now, "")) is not None:
        return Certificate(document, since(alert))
    raised = _raised(alert)
    if raised is not None:
        for asked in _then(raised):
            if (document := _document(alert, asked, raised.level)) is not None:
                return Certificate(document, _as_of_then(raised, asked) + since(alert))
    label = Alert.State(alert.state).label
    raise NoCertificateError(
        f"信号现为“{label}”;按现在的法规、数据与日历没有这条判定,当时所据的也已不全,不能出具判定书。"
        "以信号的变动记录和审计为凭"
    )


def since(alert: Alert) -> str:
    """What has become of an alert that does not stand any more; "" of one that does."""
    if alert.state not in (Alert.State.WITHDRAWN, Alert.State.SUPERSEDED):
        return ""
    last = alert.changes.filter(state=alert.state).exclude(kind=Change.Kind.UPDATED).order_by("-no").first()
    if last is None:
        return ""
    when, label = clock.local(last.recorded_at), Alert.State(alert.state).label
    return f"这条信号{label}({when:%Y-%m-%d %H:%M},{last.actor}:{last.why}),判定书所载不再有效。"


def _as_of_then(raised: Change, asked: _Asked) -> str:
    return (
        f"判定书是这条信号最近一次“{Change.Kind(raised.kind).label}”时的判定:按截至第 {asked.known_at} 批的数据、"
        f"当时施行的法规与日历,判到 {asked.as_of:%Y-%m-%d %H:%M:%S}。按现在的法规与数据没有这条判定。"
    )


def _raised(alert: Alert) -> Change | None:
    """The last change by which the judge said that it is so."""
    return alert.changes.filter(kind__in=_STANDING, batch_no__isnull=False).order_by("-no").first()


def _then(raised: Change) -> Iterator[_Asked]:
    """As it was judged: when it was recorded, or, where that shows more than there was, at its lawful moment."""
    law, recorded = law_at(raised.recorded_at), clock.local(raised.recorded_at)
    yield _Asked(recorded, raised.batch_no, law)
    if (at := raised.lawful_at) is not None:
        moment = at if isinstance(at, datetime) else datetime.combine(at, datetime.min.time())
        yield _Asked(moment, raised.batch_no, law)


def _document(alert: Alert, asked: _Asked, level: str) -> bytes | None:
    """The certificate as asked; None where the alert is not found so, or at another level than the one named."""
    unit = unit_of(alert.about, alert.key)
    judgement, facts, _ = judgement_of({unit}, asked.as_of, asked.known_at, asked.law)
    found = judgement.findings
    for name in ("rule", "about", "key", "subject", "episode"):
        found = found.filter(pc.equal(found[name], getattr(alert, name)))
    if found.num_rows != 1 or (level and found["level"][0].as_py() != level):
        return None
    issuer = Issuer(cast(Opened, _Held(*asked.law, facts)), found, site_key())
    try:
        return issuer.certificate(found)
    except TooManyRowsError as error:
        raise NoCertificateError(str(error)) from error


def anchor(alert: Alert) -> dict[str, Any] | None:
    """The proof that the alert's last sealed change stands in the audit chain (row, Merkle path, block); None before
    anything of it is sealed."""
    row = AuditRow.objects.filter(about=f"alert/{alert.pk}", block__isnull=False).order_by("-id").first()
    return None if row is None else audit_proofs.proof(row.pk)


def site_key() -> Ed25519PrivateKey:
    """The site's key, made where there is none yet; only this account of the machine may read it."""
    path = key_path()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            new_key(path)
        except KeyFileError:  # another process was quicker
            return load_key(path)
    return load_key(path)


def key_path() -> Path:
    """Where the site's key lies; its public key beside it is what others verify by."""
    return config().home.resolve() / "secrets" / "certificates.pem"
