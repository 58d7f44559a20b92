"""Text that comes from outside, in a form that every database takes."""

from __future__ import annotations


def storable(text: str) -> str:
    """Text that every database gives back as it was: without NUL and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
