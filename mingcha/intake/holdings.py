"""What intake keeps sealed: the personal values of fact rows, payloads in rows and in files, messages held back."""

from __future__ import annotations

from functools import partial

from mingcha.base import resealing
from mingcha.base.resealing import Sealed
from mingcha.facts.schema import TABLES
from mingcha.intake import payloads, personal
from mingcha.intake.archive.sealed import ArchivedValues
from mingcha.intake.fact_models import FACTS
from mingcha.intake.way_models import Payload, Refusal


def about_refusal(name: str) -> str:
    """What the content of a message that was held back is about: where it stood in its stream."""
    return f"refusal:{name}"


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
        lambda row: payloads.FILES.said(row["batch__digest"]),
        "原始报文(小的)",
    ),
    payloads.FILES,
    ArchivedValues(),
    Sealed(Refusal, "sealed", ("name",), lambda row: about_refusal(row["name"]), "拒收的内容"),
)
