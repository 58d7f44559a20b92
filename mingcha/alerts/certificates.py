"""判定书 of an alert: the finding with its law, facts and calendar, recomputable offline, signed with the site's key.

Beside it goes the proof (`anchor`) that the alert's last change stands in the audit chain: block number, Merkle path.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pyarrow.compute as pc
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mingcha.alerts.judging import judgement_of
from mingcha.alerts.law import law_in_force
from mingcha.alerts.models import Alert
from mingcha.alerts.units import unit_of
from mingcha.base import audit_proofs, clock
from mingcha.base.config import config
from mingcha.base.models import AuditRow
from mingcha.certificates.facts_slice import TooManyRowsError
from mingcha.certificates.issue import Issuer
from mingcha.certificates.seal import KeyFileError, load_key, new_key
from mingcha.facts.store import Facts
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


def certificate(alert: Alert, as_of: datetime | None = None) -> bytes:
    """The certificate of an alert as it is found now (or as of a local moment). Raises `NoCertificateError`."""
    if alert.origin == Alert.Origin.MANUAL:
        raise NoCertificateError("人工录入的信号没有判定书:它不是由规则算出的,以证据文件为凭")
    law = law_in_force()
    at = as_of or clock.local_now()
    judgement, facts, _ = judgement_of({unit_of(alert.about, alert.key)}, at, None, law)
    found = judgement.findings
    for name in ("rule", "about", "key", "subject", "episode"):
        found = found.filter(pc.equal(found[name], getattr(alert, name)))
    if found.num_rows != 1:
        label = Alert.State(alert.state).label
        raise NoCertificateError(f"信号现为“{label}”,按现在的法规、数据与日历没有这条判定,不能出具判定书")
    issuer = Issuer(cast(Opened, _Held(*law, facts)), found, site_key())
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
