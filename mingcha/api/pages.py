"""Reading on 续读: lists come in pages, each with the cursor of the next."""

from __future__ import annotations

from typing import Annotated, Any, Final, Generic, TypeVar

from django.db.models import QuerySet
from ninja import Schema
from pydantic import Field

from mingcha.api.problem import Refused

T = TypeVar("T")
LARGEST_ID: Final = 2**63 - 1

Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Code = Annotated[str, Field(max_length=120)]


class Paging(Schema):
    """Which page is asked for."""

    cursor: str = Field("", max_length=19, pattern=r"^[0-9]*$", description="上一页的 next;第一页不写")
    limit: int = Field(50, ge=1, le=200, description="一页几条,至多 200")


class Page(Schema, Generic[T]):
    """One page of a list."""

    items: list[T]
    next: str | None = Field(description="续读的 cursor;null 为没有更多")


def newest_first(rows: QuerySet[Any], paging: Paging) -> tuple[list[Any], str | None]:
    """One page by falling id, and the cursor of the next.

    Ids first: an index that has the conditions has the ids too, and what does not come on the page is not read.
    """
    if paging.cursor:
        rows = rows.filter(pk__lt=number(paging.cursor))
    newest = list(rows.order_by("-pk").values_list("pk", flat=True)[: paging.limit + 1])
    page = newest[: paging.limit]
    found = list(rows.filter(pk__in=page).order_by("-pk"))
    return found, str(page[-1]) if len(newest) > paging.limit else None


def number(cursor: str) -> int:
    """The number a cursor stands for. Raises `Refused` 422 where it can be none."""
    value = int(cursor or 0)
    if value > LARGEST_ID:
        raise Refused(422, f"cursor 不能是 {cursor}", "请原样传回上一页的 next")
    return value
