"""The secrets of second factors and their recovery codes as what is sealed here: texts inside JSON, kept by allauth."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.db import transaction

from mingcha.accounts.second_factor import ABOUT
from mingcha.base import keys, resealing, sealing

_SECRETS: Final = ("secret", "seed")
"""What `Adapter.encrypt` has sealed of an authenticator's data: of a phone, of recovery codes."""


class SecondFactors:
    """See `base.resealing.Holding`."""

    label: Final = "动态验证码"

    def used(self) -> dict[int, int]:
        """See `Holding`."""
        rows = Authenticator.objects.values_list("data", flat=True)
        return dict(Counter(sealing.key_number(blob) for data in rows for blob in _blobs(data).values()))

    def reseal(self) -> Iterator[int]:
        """See `Holding`; one authenticator a transaction: there are few, and a code may be used meanwhile."""
        present, done = keys.seal_numbers()[-1], 0
        for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
            with transaction.atomic():
                kept = Authenticator.objects.select_for_update().filter(pk=pk).first()
                old = {
                    name: blob
                    for name, blob in (_blobs(kept.data) if kept else {}).items()
                    if sealing.key_number(blob) != present
                }
                if kept and old:
                    kept.data |= {name: _text(resealing.anew(blob, ABOUT)) for name, blob in old.items()}
                    kept.save(update_fields=["data"])
                    done += len(old)
            yield done


def _blobs(data: dict[str, Any]) -> dict[str, bytes]:
    return {name: base64.b64decode(data[name]) for name in _SECRETS if name in data}


def _text(blob: bytes) -> str:
    return base64.b64encode(blob).decode()


resealing.holds(SecondFactors())
