"""Secrets of an installation that it makes for itself, each a file of its own that only its user may read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def own_secret(home: Path, name: str) -> str:
    """The secret of that name, made the first time it is asked for (256 bits, hexadecimal)."""
    place = home / "secrets" / name
    try:
        return place.read_text("ascii").strip()
    except FileNotFoundError:
        pass
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = place.with_name(f"{name}.{os.getpid()}.tmp")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
    try:
        os.link(draft, place)  # the first of several processes wins
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return place.read_text("ascii").strip()
