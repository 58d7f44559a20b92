"""Addresses, robot keys and signing keys at rest: sealed, opened only to send."""

from __future__ import annotations

import json
from typing import Any

from mingcha.base import sealing


def seal(value: dict[str, Any]) -> bytes:
    """A small JSON value, sealed."""
    return sealing.seal(json.dumps(value, ensure_ascii=False).encode())


def opened(sealed: bytes | memoryview) -> dict[str, Any]:
    """What was sealed."""
    value: dict[str, Any] = json.loads(sealing.open_sealed(bytes(sealed)))
    return value
