"""Proofs from the audit chain that need no key: for certificates and for disclosure.

    row -> leaf -> (path) -> root of its block -> block -> (path) -> root of its month, which is published

Whoever holds a proof and the published root of the month computes the one from the other (`month_root_of`): the row
was in the chain then, and is unchanged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mingcha.base import audit, clock, merkle
from mingcha.base.models import AuditBlock, AuditRow


class NotSealedError(LookupError):
    """The row, or its month, is not closed yet; the text is Chinese."""


def month_root(month: str) -> str:
    """The root over the blocks of a month of local time ("2026-11"), hexadecimal: what is published.

    Raises `NotSealedError` before the month is over: later blocks would change it.
    """
    return merkle.root([_block_leaf(_header(block)) for block in _blocks(month)]).hex()


def proof(row_id: int) -> dict[str, Any]:
    """The proof of a row to the root of its block, and of its month once that is over.

    Raises `NotSealedError` for a row of the last second, AuditRow.DoesNotExist for none.
    """
    row = AuditRow.objects.select_related("block").get(pk=row_id)
    if row.block is None:
        raise NotSealedError(f"审计记录 {row_id} 还没有封块,稍后再取")
    ids = list(AuditRow.objects.filter(block=row.block).order_by("id"))
    place = next(i for i, each in enumerate(ids) if each.pk == row.pk)
    made: dict[str, Any] = {
        "row": audit.entry_of(row).decode(),
        "place": place,
        "path": [each.hex() for each in merkle.path([audit.leaf_of(each) for each in ids], place)],
        "block": _header(row.block),
    }
    month = f"{clock.local(row.block.sealed_at):%Y-%m}"
    try:
        blocks = list(_blocks(month))
    except NotSealedError:
        return made
    leaves = [_block_leaf(_header(block)) for block in blocks]
    place = next(i for i, block in enumerate(blocks) if block.no == row.block.no)
    path = [each.hex() for each in merkle.path(leaves, place)]
    return {**made, "month": {"name": month, "place": place, "count": len(leaves), "path": path}}


def month_root_of(proof: Mapping[str, Any]) -> str:
    """The root of the month that a proof leads to. Raises ValueError where its parts do not fit together."""
    block, month = proof["block"], proof["month"]
    if root_of(proof) != block["root"]:
        raise ValueError("the row does not lead to the root of its block")
    path = [bytes.fromhex(each) for each in month["path"]]
    return merkle.root_by(_block_leaf(block), month["place"], month["count"], path).hex()


def root_of(proof: Mapping[str, Any]) -> str:
    """The root of the block that a proof leads to. Raises ValueError for a malformed path."""
    path = [bytes.fromhex(each) for each in proof["path"]]
    return merkle.root_by(
        merkle.leaf(proof["row"].encode()), proof["place"], proof["block"]["rows"], path
    ).hex()


def _blocks(month: str) -> list[AuditBlock]:
    year, number = map(int, month.split("-"))
    first = clock.aware(datetime(year, number, 1))
    after = clock.aware(datetime(year + number // 12, number % 12 + 1, 1))
    if clock.now() < after:
        raise NotSealedError(f"{month} 还没有过完,下月 1 日起才有它的根")
    return list(AuditBlock.objects.filter(sealed_at__gte=first, sealed_at__lt=after).order_by("no"))


def _header(block: AuditBlock) -> dict[str, Any]:
    sealed_at = block.sealed_at.isoformat()
    parts = {"root": block.root, "previous": block.previous, "digest": block.digest}
    return {"no": block.no, "sealed_at": sealed_at, "rows": block.rows, **parts}


def _block_leaf(header: Mapping[str, Any]) -> bytes:
    return merkle.leaf(json.dumps(header, sort_keys=True, separators=(",", ":")).encode())
