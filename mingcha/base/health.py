"""Is it alive, is it ready, what does it measure: for supervisors of processes, balancers and Prometheus.

`/healthz` asks nothing but the process. `/readyz` asks whether requests can be answered. `/metrics` is for this
machine alone, or for who brings the token of the settings.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import Final

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST

from mingcha.base import keys, metrics
from mingcha.base.config import config

_FORWARDED: Final = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """200 if requests can be answered, else 503 and why."""
    problems = list(_problems())
    told = {"ready": not problems, "problems": problems}
    return JsonResponse(told, status=503 if problems else 200, json_dumps_params={"ensure_ascii": False})


def prometheus(request: HttpRequest) -> HttpResponse:
    """The metrics. 403 for whom they are not meant."""
    if not _admitted(request):
        told = "只许本机读取;从别处读要在设置里写 metrics_token,并带 Authorization: Bearer 令牌\n"
        return HttpResponse(told, status=403, content_type="text/plain; charset=utf-8")
    return HttpResponse(metrics.page(), content_type=CONTENT_TYPE_LATEST)


def _problems() -> Iterator[str]:
    checks: tuple[Callable[[], list[str]], ...] = (_tables, _keys)
    try:
        for check in checks:
            yield from check()
    except DatabaseError:
        yield "连不上数据库"


def _tables() -> list[str]:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return ["数据库表还不是本版本的"] if waiting else []


def _keys() -> list[str]:
    try:
        keys.check(mark=False)
    except keys.KeysError:
        return ["密钥与库里的数据不符"]
    return []


def _admitted(request: HttpRequest) -> bool:
    token = config().metrics_token.get_secret_value()
    if token:
        brought = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(brought.encode(), token.encode())
    try:
        near = ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        near = False
    return near and not any(name in request.META for name in _FORWARDED)
