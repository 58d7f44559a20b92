"""The audit chain 审计: who did what to what, when, why and from where.

A row carries an HMAC-SM3 and is committed with the transaction of the act, so that writers never queue for the chain.
One sealer takes what is committed about every second into a block: the Merkle root of its rows, and the digest of the
block before. Rows are sealed by being unsealed, not by their numbers: one that commits late with a lower number goes
into a later block and is not missed.

What the chain shows and what it cannot: `base.audit_check`. Certificates and disclosure: `base.audit_proofs`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection, transaction

from mingcha.base import clock, keys, merkle
from mingcha.base.models import AuditBlock, AuditRow
from mingcha.base.rows import insert
from mingcha.base.texts import storable

__all__ = [
    "GENESIS",
    "SYSTEM",
    "digest_of",
    "entry_of",
    "leaf_of",
    "mac_of",
    "record",
    "record_all",
    "row",
    "seal_blocks",
]

SYSTEM: Final = "系统"
"""The actor of what nobody did by hand."""
GENESIS: Final = "0" * 64
"""What stands for the block before the first."""
MOST_ROWS: Final = 10_000
"""Rows of a block at most."""
_SEALER: Final = 0x6D696E67
"""Number of the advisory lock of the one sealer ("ming")."""
_LONGEST: Final = {"actor": 150, "act": 60, "about": 300, "purpose": 300, "address": 60}


def record(
    actor: str,
    act: str,
    about: str,
    *,
    purpose: str = "",
    detail: Mapping[str, Any] | None = None,
    address: str = "",
) -> int:
    """Write what was done, in the caller's transaction. Returns the row's id.

    `act` is a word of the field, dotted ("alert.withdrawn"); `detail` holds texts, integers, booleans, lists and
    mappings of them, and no personal data: the chain is kept for years and shown to auditors.
    """
    made = row(actor, act, about, purpose=purpose, detail=detail, address=address)
    made.save(force_insert=True)
    return int(made.pk)


def record_all(rows: Iterable[AuditRow]) -> None:
    """Write many rows made by `row`, in the caller's transaction."""
    insert(rows)


def row(
    actor: str,
    act: str,
    about: str,
    *,
    purpose: str = "",
    detail: Mapping[str, Any] | None = None,
    address: str = "",
) -> AuditRow:
    """A row, not written yet, as `record` describes it. What is too long for its column is cut, visibly."""
    texts = {"actor": actor, "act": act, "about": about, "purpose": purpose, "address": address}
    cut = {name: _cut(text, _LONGEST[name]) for name, text in texts.items()}
    made = AuditRow(at=clock.now(), detail=_plain(detail or {}), nonce=os.urandom(8).hex(), **cut)
    made.mac = mac_of(made)
    return made


def mac_of(row: AuditRow) -> str:
    """What the row's `mac` must be."""
    return keys.mac(keys.audit_key(), b"row" + _told(row)).hex()


def leaf_of(row: AuditRow) -> bytes:
    """The row's leaf in the tree of its block."""
    return merkle.leaf(entry_of(row))


def entry_of(row: AuditRow) -> bytes:
    """The row in the chain: id, what it says as JSON, MAC, a line each. Who is shown it can compute the leaf."""
    return b"\n".join([str(row.pk).encode(), _told(row), row.mac.encode()])


def digest_of(block: AuditBlock) -> str:
    """What the block's `digest` must be."""
    header = [block.no, _instant(block.sealed_at), block.rows, block.root, block.previous]
    return keys.mac(keys.audit_key(), b"block" + _json(header)).hex()


def seal_blocks() -> int:
    """Chain what is committed and not sealed yet. Returns the number of rows; cheap where there are none.

    May be called from any number of processes: while one seals, the others do nothing.
    """
    sealed = 0
    while AuditRow.objects.filter(block=None).exists():
        rows = _seal_block()
        sealed += rows
        if rows < MOST_ROWS:
            break
    return sealed


def _seal_block() -> int:
    with transaction.atomic():
        if not _alone():
            return 0
        rows = list(AuditRow.objects.filter(block=None).order_by("id")[:MOST_ROWS])
        if not rows:
            return 0
        last = AuditBlock.objects.order_by("-no").first()
        block = AuditBlock(
            no=last.no + 1 if last else 1,
            sealed_at=clock.now(),
            rows=len(rows),
            root=merkle.root([leaf_of(row) for row in rows]).hex(),
            previous=last.digest if last else GENESIS,
        )
        block.digest = digest_of(block)
        block.save(force_insert=True)
        for i in range(0, len(rows), 500):
            AuditRow.objects.filter(pk__in=[row.pk for row in rows[i : i + 500]]).update(block=block)
    return len(rows)


def _alone() -> bool:
    """Are we the one sealer to the end of this transaction? SQLite has one writer anyway."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEALER])
        return bool(cursor.fetchone()[0])


def _told(row: AuditRow) -> bytes:
    """What a row says, as one sequence of bytes."""
    return _json(
        [
            _instant(row.at),
            row.actor,
            row.act,
            row.about,
            row.purpose,
            row.detail,
            row.address,
            row.nonce,
        ]
    )


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _json(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "surrogatepass")


def _cut(text: str, longest: int) -> str:
    plain = storable(text)
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"


def _plain(value: Any) -> Any:
    """A value that JSON columns give back as it was. Raises TypeError for others (floats among them)."""
    if isinstance(value, str):
        return storable(value)
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, Mapping):
        return {storable(str(name)): _plain(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(entry) for entry in (sorted(value) if isinstance(value, (set, frozenset)) else value)]
    raise TypeError(f"audit detail holds a {type(value).__name__}: {value!r}; write it as text or an integer")
