"""Verifying the audit chain: what was changed, deleted, inserted, moved or cut off, the first such row or block first.

What is in the chain cannot be changed without the key; the last blocks can only be seen to be missing by an anchor
that was exported before (`base.anchors`); of the rows of the last second, not sealed yet, only their contents are
protected. The report tells how many those are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from django.db.models import Count, Max, Min

from mingcha.base import audit, merkle
from mingcha.base.anchors import Anchor
from mingcha.base.models import AuditBlock, AuditRow

MOST_FAULTS: Final = 20
"""So many are named; the first is what matters."""
_CLOCKS_DIFFER: Final = timedelta(seconds=5)


@dataclass
class Checked:
    """What verifying showed. `faults` and `notes` are Chinese sentences, the first fault first."""

    blocks: int = 0
    rows: int = 0
    head: str = audit.GENESIS
    unsealed: int = 0
    unsealed_since: datetime | None = None
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Was nothing found?"""
        return not self.faults


def verify(anchors: Sequence[Anchor] = ()) -> Checked:
    """Go through the whole chain. Blocks sealed meanwhile are left for the next time."""
    found = Checked()
    last = AuditBlock.objects.aggregate(last=Max("no"))["last"] or 0
    rows = _rows_by_block(last)
    held = next(rows, None)
    for block in AuditBlock.objects.filter(no__lte=last).order_by("no").iterator():
        while held and held[0] < block.no:
            found.faults.append(f"块 {held[0]} 不在了,审计记录 {held[1][0].pk} 等 {len(held[1])} 行属于它")
            held = next(rows, None)
        own: list[AuditRow] = []
        if held and held[0] == block.no:
            own, held = held[1], next(rows, None)
        _check_link(block, found)
        _check_rows(block, own, found)
        found.blocks, found.rows, found.head = block.no, found.rows + len(own), block.digest
        if len(found.faults) >= MOST_FAULTS:
            found.notes.append("问题很多,其余没有再查")
            return found
    _check_tail(last, found)
    _check_copies(found)
    for anchor in anchors:
        _check_anchor(anchor, last, found)
    return found


def _rows_by_block(last: int) -> Iterator[tuple[int, list[AuditRow]]]:
    rows = AuditRow.objects.filter(block__lte=last).order_by("block_id", "id").iterator(chunk_size=2000)
    for no, members in groupby(rows, key=lambda row: int(row.block_id or 0)):
        yield no, list(members)


def _check_link(block: AuditBlock, found: Checked) -> None:
    """The block itself, and that it follows the one before."""
    if block.no != found.blocks + 1:
        found.faults.append(f"块 {found.blocks + 1} 到块 {block.no - 1} 不在了")
    elif block.previous != found.head:
        found.faults.append(f"块 {block.no} 接不上前一块:其中一块被换过")
    if audit.digest_of(block) != block.digest:
        found.faults.append(f"块 {block.no} 的封条被改动过")
    before = AuditBlock.objects.filter(no=block.no - 1).values_list("sealed_at", flat=True).first()
    if before and block.sealed_at < before:
        found.notes.append(f"块 {block.no} 的封块时间早于前一块:服务器的时钟曾被拨回")


def _check_rows(block: AuditBlock, rows: Sequence[AuditRow], found: Checked) -> None:
    """Every row of a block, their number and their order."""
    bad = [row for row in rows if audit.mac_of(row) != row.mac]
    found.faults += [f"审计记录 {row.pk}(块 {block.no})的内容被改动过,或不是本系统写的" for row in bad]
    if len(rows) != block.rows:
        word = "有记录被删去" if len(rows) < block.rows else "有记录被加入"
        found.faults.append(f"块 {block.no} 封块时 {block.rows} 行,现有 {len(rows)} 行:{word}")
    elif not bad and merkle.root([audit.leaf_of(row) for row in rows]).hex() != block.root:
        found.faults.append(f"块 {block.no} 的记录换了次序,或有记录被换成别的块的(审计记录 {rows[0].pk} 起)")
    late = [row for row in rows if row.at > block.sealed_at + _CLOCKS_DIFFER]
    if late:
        found.notes.append(f"审计记录 {late[0].pk} 的时间晚于它的封块时间:写它的机器时钟快了,或曾被拨动")


def _check_tail(last: int, found: Checked) -> None:
    """What is not sealed yet, and rows of blocks that are not there."""
    lost = AuditRow.objects.filter(block__gt=last).exclude(block__in=AuditBlock.objects.filter(no__gt=last))
    if (first := lost.order_by("block_id", "id").first()) is not None:
        found.faults.append(f"块 {first.block_id} 不在了,审计记录 {first.pk} 等 {lost.count()} 行属于它")
    tail = AuditRow.objects.filter(block=None)
    facts = tail.aggregate(count=Count("id"), since=Min("at"))
    found.unsealed, found.unsealed_since = facts["count"], facts["since"]
    for row in tail.order_by("id").iterator(chunk_size=2000):
        if audit.mac_of(row) != row.mac:
            found.faults.append(f"审计记录 {row.pk}(未封块)的内容被改动过,或不是本系统写的")


def _check_copies(found: Checked) -> None:
    """A copy of a row carries a right MAC; its nonce gives it away."""
    copied = AuditRow.objects.values("nonce", "mac").annotate(
        count=Count("id"), first=Min("id"), second=Max("id")
    )
    for entry in copied.filter(count__gt=1).order_by("second")[:MOST_FAULTS]:
        found.faults.append(f"审计记录 {entry['second']} 是记录 {entry['first']} 的复制品")


def _check_anchor(anchor: Anchor, last: int, found: Checked) -> None:
    block = AuditBlock.objects.filter(no=anchor.block).first()
    where = f"锚点 {anchor.name}"
    if not anchor.genuine:
        found.faults.append(f"{where} 不是本系统写的,或被改动过:换一份没有动过的")
    elif block is None:
        found.faults.append(f"{where} 记到块 {anchor.block},库里只到块 {last}:末尾的块被截去")
    elif block.digest != anchor.digest:
        found.faults.append(f"块 {anchor.block} 与{where} 不同:整条链被重写过")
