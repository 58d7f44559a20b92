"""So many requests, so large 限流: whoever asks too often or sends too much is refused cheaply, the others are served.

Counted in each web process by itself: what a client may do in all is the figure times the number of processes.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from ninja.throttling import BaseThrottle

from mingcha.accounts.address import address
from mingcha.api.keys import Caller
from mingcha.api.problem import Refused, problem
from mingcha.base.config import config

MANY: Final = 20_000
"""Clients remembered; those that have not been heard of longest are forgotten."""
UPLOADS: Final = ("/api/v1/submit/", "/soap/", "/intake/")
"""Addresses that take whole batches and bound their size themselves (`intake.incoming`)."""
EVIDENCE: Final = ("/cards/", "/tasks/", "/casework/", "/inbox/")
"""Addresses whose forms take files of evidence (`alerts.evidence.LARGEST`)."""
API: Final = "/api/"
_MB: Final = 1 << 20
LARGEST_API_BODY: Final = 1 * _MB
LARGEST_FORM: Final = 16 * _MB
LARGEST_EVIDENCE: Final = 128 * _MB
LARGEST_OF_STRANGERS: Final = 1 * _MB
FAILURES_A_MINUTE: Final = 60
"""Requests without a valid key from one address, and attempts to sign in that fail: a whole office has one address."""
_NOT_COUNTED: Final = ("/static/", "/healthz", "/readyz")


class Buckets:
    """Token buckets: each client may do `per_minute` requests a minute, a sixth of them at once."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, client: str, per_minute: int) -> float:
        """Take one request from the client's bucket: 0 where there was one, else the seconds until there is."""
        return self._ask(client, per_minute, 1)

    def wait(self, client: str, per_minute: int) -> float:
        """As `take`, but nothing is taken."""
        return self._ask(client, per_minute, 0)

    def _ask(self, client: str, per_minute: int, taken: int) -> float:
        now, size, rate = time.monotonic(), max(per_minute / 6, 1.0), per_minute / 60
        with self._lock:
            level, at = self._held.pop(client, (size, now))
            level = min(size, level + (now - at) * rate)
            enough = level >= 1
            self._held[client] = (level - taken if enough else level, now)
            while len(self._held) > MANY:
                self._held.popitem(last=False)
        return 0.0 if enough else (1 - level) / rate


_by_key, _by_address, _failed = Buckets(), Buckets(), Buckets()


class KeyThrottle(BaseThrottle):
    """So many requests a minute as the key says (`ApiKey.per_minute`); what has another key is not counted here."""

    def __init__(self) -> None:
        self._said = threading.local()

    def allow_request(self, request: HttpRequest) -> bool:
        """Whether the key has one left."""
        caller = getattr(request, "auth", None)
        if not isinstance(caller, Caller):
            return True
        self._said.wait = _by_key.take(str(caller.key.pk), caller.key.per_minute)
        return bool(self._said.wait == 0)

    def wait(self) -> float:
        """Seconds until there is another."""
        return max(1.0, float(self._said.wait))


def limits(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: refuses what is too large, has no stated length, holds NUL, or comes too often."""

    def middleware(request: HttpRequest) -> HttpResponse:
        client = address(request)
        refused = _unfit(request) or _too_often(request, client)
        if refused is not None:
            return _answer(request, refused)
        response = get_response(request)
        if response.status_code == 401 or (_signing_in(request) and response.status_code != 302):
            _failed.take(client, FAILURES_A_MINUTE)
        return response

    return middleware


def strangers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware behind authentication: who has not signed in sends no files. Refused before the body is read.

    Django reads a form for its token before the view's policy is asked; the web service knows its callers by key.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        large = not length.isdigit() or int(length[:18]) > LARGEST_OF_STRANGERS
        if large and not request.path.startswith((API, "/soap/")) and not request.user.is_authenticated:
            return _answer(request, Refused(413, "没有登录,或登录已经过期,不能上传文件", "请登录后再试"))
        return get_response(request)

    return middleware


def _unfit(request: HttpRequest) -> Refused | None:
    if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
        return Refused(400, "地址里有 NUL 字符", "请去掉它再试")
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return None
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length:
        if request.META.get("HTTP_TRANSFER_ENCODING"):
            return Refused(411, "没有说明内容长度(Content-Length)", "请写明 Content-Length,不要用分块传输")
        return None
    most = _largest(request.path)
    if not length.isascii() or not length.isdigit():
        return Refused(400, "Content-Length 不是数字", "请写明内容的字节数")
    if most and int(length[:18]) > most:
        return Refused(413, f"内容有 {length[:18]} 字节,超过 {most // _MB} MB", "请缩小内容,或改用报送接口")
    return None


def _largest(path: str) -> int:
    """The largest body an address takes; 0 where it bounds it itself."""
    if path.startswith(UPLOADS):
        return 0
    if path.startswith(EVIDENCE):
        return LARGEST_EVIDENCE
    return LARGEST_API_BODY if path.startswith(API) else LARGEST_FORM


def _too_often(request: HttpRequest, client: str) -> Refused | None:
    if request.path.startswith(_NOT_COUNTED):
        return None
    wait = 0.0
    if request.path.startswith((API, "/soap/")) or _signing_in(request):
        wait = _failed.wait(client, FAILURES_A_MINUTE)
    elif config().requests_a_minute:
        wait = _by_address.take(client, config().requests_a_minute)
    if not wait:
        return None
    return Refused(429, "请求过于频繁", f"请在 {math.ceil(wait)} 秒后再试", wait=math.ceil(wait))


def _signing_in(request: HttpRequest) -> bool:
    return request.method == "POST" and request.path.startswith("/login")


def _answer(request: HttpRequest, refused: Refused) -> HttpResponse:
    """A problem to machines, a sentence to people."""
    if request.path.startswith((API, "/soap/")):
        return problem(request, refused)
    text = f"{refused.detail}。{refused.advice}。"
    answer = HttpResponse(text, status=refused.status, content_type="text/plain; charset=utf-8")
    if refused.wait:
        answer["Retry-After"] = str(refused.wait)
    return answer
