"""What is open to the public where 公示开关. A region opens for itself and everything below it.

政府信息公开条例第十七条: what is published is examined before. So nothing is open until a supervisor opens it;
鄂州方案 (公开政务服务评价信息) and 郑州规则第六条(七) (季公示) ask for it to be opened.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from mingcha.accounts.acts import By, RefusedError
from mingcha.accounts.places import places
from mingcha.base import clock
from mingcha.disclosure.models import Opened

What = Opened.What


def open_to_all(region_code: str, what: str, by: By) -> Opened:
    """Open it from now on. Raises `RefusedError` where it is open already or there is no such region."""
    if what not in What.values:
        raise RefusedError("没有这一项公示内容,请从列出的项目中选择。")
    if region_code not in places().regions:
        raise RefusedError("没有这个区划,请从列出的区划中选择。")
    with transaction.atomic():
        row, new = Opened.objects.get_or_create(
            region_code=region_code,
            what=what,
            closed_at=None,
            defaults={"opened_by": by.actor, "opened_at": clock.now()},
        )
        if not new:
            raise RefusedError(
                f"{What(what).label}已由 {row.opened_by} 于 {clock.local(row.opened_at):%Y-%m-%d %H:%M} 开放公示。"
            )
        by.record("disclosure.open", f"disclosure/{region_code}/{what}")
    return row


def close(region_code: str, what: str, by: By) -> None:
    """No longer publish it; what was published of past months stays. Raises `RefusedError` where it is not open."""
    with transaction.atomic():
        closed = Opened.objects.filter(region_code=region_code, what=what, closed_at=None).update(
            closed_by=by.actor, closed_at=clock.now()
        )
        if not closed:
            raise RefusedError("这一项现在没有在本区划开放;上级区划开放的,由上级关闭。")
        by.record("disclosure.close", f"disclosure/{region_code}/{what}")


def opened_regions() -> Mapping[str, frozenset[str]]:
    """What -> the regions in which it is open, with all below."""
    trees = places()
    found: dict[str, set[str]] = {what: set() for what in What.values}
    for region, what in Opened.objects.filter(closed_at=None).values_list("region_code", "what"):
        found[what] |= trees.regions_from(region)
    return {what: frozenset(regions) for what, regions in found.items()}


def opened_agencies() -> Mapping[str, frozenset[str]]:
    """What -> the agencies of which it is open."""
    trees = places()
    return {what: trees.agencies_within(regions) for what, regions in opened_regions().items()}
