"""Posting to an address outside: to the checked address only, no redirects, little time, a short answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from mingcha.notify.outside import guard

TIMEOUT: Final = urllib3.Timeout(connect=5, read=10)
MOST: Final = 64 * 1024
"""Bytes of an answer that are read."""


class _CheckedHTTP(HTTPConnection):
    """Connects to the address that the guard checked, under the name that was asked for."""

    def _new_conn(self) -> Any:
        name = self._dns_host
        self._dns_host = guard.address_of(self.host, self.port)
        try:
            return super()._new_conn()
        finally:
            self._dns_host = name


class _CheckedHTTPS(_CheckedHTTP, HTTPSConnection):
    """The same over TLS: the certificate must be that of the name."""


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _CheckedHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _CheckedHTTPS


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes

    @property
    def taken(self) -> bool:
        """Whether the receiver took it."""
        return 200 <= self.status < 300

    def __str__(self) -> str:
        return f"HTTP {self.status} {self.body[:200].decode('utf-8', 'replace')}".strip()


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """POST, and the answer, whatever its status; a redirect is an answer like any other.

    Raises `guard.NotAdmittedError`; ConnectionError in Chinese where nothing came back.
    """
    guard.check_url(url)
    manager = urllib3.PoolManager(retries=False, timeout=TIMEOUT)
    manager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}
    try:
        with manager.request(
            "POST", url, body=body, headers=dict(headers), redirect=False, preload_content=False
        ) as answer:
            return Answer(answer.status, answer.read(MOST, decode_content=False))
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise ConnectionError(f"没有连上或没有答复:{type(error).__name__} {error}"[:500]) from error
    finally:
        manager.clear()
