"""What intake keeps sealed: the personal values of fact rows, payloads in rows and in files, messages held back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Final

from mingcha.base import keys, resealing
from mingcha.base.resealing import Sealed
from mingcha.facts.schema import TABLES
from mingcha.intake import payloads, personal
from mingcha.intake.archive.sealed import ArchivedValues
from mingcha.intake.fact_models import FACTS
from mingcha.intake.way_models import Payload, Refusal


def about_refusal(name: str) -> str:
    """What the content of a message that was held back is about: where it stood in its stream."""
    return f"refusal:{name}"


class PayloadFiles:
    """The files of large payloads, block by block; see `base.resealing.Holding`."""

    label: Final = "原始报文(文件)"

    def used(self) -> dict[int, int]:
        """See `Holding`."""
        return dict(Counter(number for path in payloads.files() for number in payloads.key_numbers(path)))

    def reseal(self) -> Iterator[int]:
        """See `Holding`: a file is one step."""
        present, done = keys.seal_numbers()[-1], 0
        for path in payloads.files():
            old = sum(number != present for number in payloads.key_numbers(path))
            if old:
                digest = path.name
                sealed = (
                    resealing.anew(frame, payloads.about(digest, place))
                    for place, frame in enumerate(payloads.frames(path))
                )
                payloads.rewrite(path, sealed)
                done += old
            yield done


resealing.holds(
    *(
        Sealed(FACTS[name], "sealed", table.keys, partial(personal.about, table))
        for name, table in TABLES.items()
        if personal.personal_columns(table)
    ),
    Sealed(
        Payload,
        "sealed",
        ("batch__digest",),
        lambda row: payloads.about(row["batch__digest"]),
        "原始报文(小的)",
    ),
    PayloadFiles(),
    ArchivedValues(),
    Sealed(Refusal, "sealed", ("name",), lambda row: about_refusal(row["name"]), "拒收的内容"),
)
