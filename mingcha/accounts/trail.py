"""No write without a trace 审计: the net under all acts.

Each act records itself in its own transaction, in its own words. Where a request wrote something and recorded nothing,
this middleware records that much: who, which address, what tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

from mingcha.accounts.acts import by

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_WRITE = re.compile(r'\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)"?', re.IGNORECASE)
_AUDIT = "base_auditrow"
_OWN_BUSINESS = re.compile(
    r"django_session|accounts_signin|axes_|mfa_|socialaccount_|pages_savedview|notify_seen|notify_inbox|base_job"
)
"""Tables whose changes are no acts: the machinery of sessions and locks, how a list is looked at, and which messages
were (`notify_seen` says when; to acknowledge one is an act, and recorded)."""
_USED = re.compile(r'\s*UPDATE\s+"?\w+"?\s+SET\s+"?used_at"? = %s WHERE', re.IGNORECASE)
"""When a key was last used is noted while it is: no act either."""


class _Watch:
    """Which tables a request writes."""

    def __init__(self) -> None:
        self.tables: set[str] = set()

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        written = _WRITE.match(sql)
        if written and not _USED.match(sql):
            self.tables.add(written[1].lower())
        return execute(sql, params, many, context)

    def unrecorded(self) -> list[str]:
        """The tables written, if no audit row was among them."""
        if _AUDIT in self.tables:
            return []
        return sorted(table for table in self.tables if not _OWN_BUSINESS.match(table))


def leave_trail(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, around the views."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method in _SAFE:
            return get_response(request)
        watch = _Watch()
        with connection.execute_wrapper(watch):
            response = get_response(request)
        if response.status_code < 400 and (tables := watch.unrecorded()):
            match = request.resolver_match
            act = match.view_name if match and match.view_name else "request"
            by(request).record("write", request.path[:200], view=act, tables=tables)
        return response

    return middleware
