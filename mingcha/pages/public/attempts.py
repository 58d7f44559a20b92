"""How often the public may try 次数: counted for a day by case and by address, whatever process answers.

Cases and addresses are kept as keyed digests. A number that is no case is counted like one that is.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import connection
from django.db.models import F

from mingcha.base import clock, keys
from mingcha.base.jobs import every
from mingcha.pages.public.models import Attempt, Spent

MOST: Final = {
    "case": 10,
    "address": 60,
    "sum": 20,
    "complaint": 20,
    "receipt": 60,
    "visit": 20,
    "terminal": 600,
}
"""Tries of a day: wrong ones for one case and from one address; sums instead of puzzles, complaints and questions for
receipts from one address; visits that one device begins to rate at one window (the phones of a hall share an address,
and some look alike), and visits rated at one terminal. Ten guesses at four digits find one in a thousand."""
_KEPT: Final = timedelta(days=2)


def tried(kind: str, what: str) -> bool:
    """Count one try; True where that is one too many.

    Counted before it is looked whether it is right, so that a hundred tries at once are a hundred.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO pages_attempt (kind, token, day, count) VALUES (%s, %s, %s, 1)"
            " ON CONFLICT (kind, token, day) DO UPDATE SET count = pages_attempt.count + 1 RETURNING count",
            [kind, _token(kind, what), clock.local_now().date()],
        )
        found = cursor.fetchone()[0]
    return bool(found > MOST[kind])


def right(kind: str, what: str) -> None:
    """The last try was right: it does not count."""
    today = clock.local_now().date()
    Attempt.objects.filter(kind=kind, token=_token(kind, what), day=today, count__gt=0).update(
        count=F("count") - 1
    )


def count(kind: str, what: str) -> int:
    """Tries of today."""
    rows = Attempt.objects.filter(kind=kind, token=_token(kind, what), day=clock.local_now().date())
    found: int | None = rows.values_list("count", flat=True).first()
    return found or 0


@every(3600, "pages.public.clear")
def clear() -> None:
    """Forget the tries and the puzzles of days that are over."""
    before = clock.now() - _KEPT
    Spent.objects.filter(at__lt=before).delete()
    Attempt.objects.filter(day__lt=clock.local(before).date()).delete()


def _token(kind: str, what: str) -> str:
    return keys.mac(keys.key(keys.SEARCH, "public attempts"), f"{kind}\0{what}".encode()).hex()
