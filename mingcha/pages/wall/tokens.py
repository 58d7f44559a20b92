"""Addresses of wall screens: made, found by their token, ended. Only a digest of the token is kept."""

from __future__ import annotations

import hashlib
import secrets

from django.db import transaction

from mingcha.accounts.acts import By
from mingcha.accounts.places import places
from mingcha.accounts.policy import EVERYTHING, Scope
from mingcha.base import clock
from mingcha.pages.models import Wall


def make(name: str, region_code: str, by: By) -> tuple[Wall, str]:
    """A new address; its token is told here once and never again."""
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        wall = Wall.objects.create(
            name=name,
            region_code=region_code,
            token_digest=_digest(token),
            made_by=by.actor,
            made_at=clock.now(),
        )
        by.record("wall.make", f"wall/{wall.pk}", name=name, region=region_code)
    return wall, token


def end(wall: Wall, by: By) -> None:
    """It shows nothing from now on."""
    with transaction.atomic():
        Wall.objects.filter(pk=wall.pk, ended_at=None).update(ended_by=by.actor, ended_at=clock.now())
        by.record("wall.end", f"wall/{wall.pk}", name=wall.name)


def find(token: str) -> Wall | None:
    """The address in force that has the token."""
    return Wall.objects.filter(token_digest=_digest(token), ended_at=None).first()


def scope_of(wall: Wall) -> Scope:
    """What it shows: its region and all below; everything where it names none."""
    if not wall.region_code:
        return EVERYTHING
    regions = places().regions_from(wall.region_code)
    return Scope(regions, places().agencies_within(regions))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
