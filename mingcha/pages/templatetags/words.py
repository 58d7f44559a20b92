"""How levels, moments and numbers are written on every page: one function each."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils import timezone
from django.utils.html import escape, format_html, strip_tags
from django.utils.safestring import SafeString

from mingcha.law.instants import DATE_ALONE
from mingcha.report.marks import BY_NAME, sprite
from mingcha.report.spoken import spoken_day

register = template.Library()

MINUS = "−"


@register.simple_tag
def shapes() -> str:
    """What the badges of `mark` point to; once a page."""
    return sprite()


@register.simple_tag
def mark(name: str, count: int | None = None) -> str:
    """The badge of a mark (`report.marks`): shape, word and colour together. An unknown or empty name is 合规."""
    known = BY_NAME.get(name)
    if known is None:
        return SafeString('<span class="mark mark-none">合规</span>')
    said = known.label if count is None else f"{known.label} {number(count)}"
    return _badge(known.name, said)


@lru_cache(maxsize=256)
def _badge(name: str, said: str) -> SafeString:
    """The same few stand on every line of a list."""
    return format_html(
        '<span class="mark mark-{0}"><svg aria-hidden="true"><use href="#m-{0}"/></svg>{1}</span>', name, said
    )


@register.simple_block_tag(takes_context=True)
def drill(context: Context, content: str, address: str, *column: str, **query: Any) -> str:
    """A number that leads to the list it counts, `address?query`; `column` is a further name and its value.

    Where `may_drill` does not say that the list may be seen, the words stand in the same place, and lead nowhere.
    """
    if not context.get("may_drill"):
        return format_html("<a>{}</a>", content)
    asked = urlencode({**query, **dict(zip(column[::2], column[1::2], strict=True))})
    return format_html('<a href="{}">{}</a>', f"{address}?{asked}" if asked else address, content)


@register.simple_block_tag
def scroll(content: str) -> str:
    """A table that may be wider than its place; the arrow keys reach what lies outside."""
    return format_html(
        '<div class="scroll" tabindex="0" role="group" aria-label="可左右滚动的表">{}</div>', content
    )


@register.filter
def when(value: Any) -> str:
    """A moment as 2026-10-14 周三 09:30; a date, or a date alone (microsecond 1), as 2026-10-14 周三; None as —.

    What the system itself did (aware, UTC) is shown in the zone of the installation.
    """
    if value is None or value == "":
        return "—"
    if isinstance(value, datetime):
        if timezone.is_aware(value):
            value = timezone.localtime(value)
        if value.microsecond != DATE_ALONE:
            return f"{spoken_day(value)} {value:%H:%M}"
    return spoken_day(value) if isinstance(value, date) else str(value)


@register.filter
def number(value: Any) -> str:
    """1,234,567; None as —."""
    if value is None or value == "":
        return "—"
    return f"{value:,}".replace("-", MINUS) if isinstance(value, int | float) else str(value)


@register.filter
def signed(value: int | None) -> str:
    """A difference: +12, −3, 持平; None as —."""
    if value is None:
        return "—"
    return "持平" if value == 0 else ("+" if value > 0 else "") + number(value)


@register.filter
def share(value: float | None, digits: int = 1) -> str:
    """A share of one as 12.5%."""
    return "—" if value is None else f"{value * 100:.{digits}f}%"


def clipped(text: str) -> str:
    """A text in one line of a list; the whole of it shows under the pointer, in print and in files."""
    said = escape(text)
    return SafeString(f'<span class="clip" title="{said}">{said}</span>')


class _Said(template.Node):
    """The words of a block once more, without tags."""

    def __init__(self, block: str) -> None:
        self._block = block

    def render(self, context: Context) -> SafeString:
        """Does not take the block from the chain: it is drawn again where it stands."""
        blocks = context.render_context[BLOCK_CONTEXT_KEY]
        block = blocks.get_block(self._block)
        text = strip_tags(block.nodelist.render(context)) if block else ""
        return SafeString(re.sub(r"\s+", " ", text).strip())


@register.tag
def said(parser: Parser, token: Token) -> _Said:
    """`{% said title %}`: the words of the block `title`, for the head of the document."""
    _, block = token.split_contents()
    return _Said(block)
