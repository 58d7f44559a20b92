"""Three-valued logic: True, False, and None for what a missing value could still change."""

from __future__ import annotations

Three = bool | None


def both(*parts: Three) -> Three:
    if any(part is False for part in parts):
        return False
    return None if any(part is None for part in parts) else True


def either(*parts: Three) -> Three:
    if any(part is True for part in parts):
        return True
    return None if any(part is None for part in parts) else False


def opposite(part: Three) -> Three:
    return None if part is None else not part


def among(value: object, values: tuple[object, ...]) -> Three:
    return None if value is None else value in values
