"""Every text that a person or a system may write, with a payload at its end (test-plan S4)."""

from __future__ import annotations

from django.apps import apps
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Concat, Left

from mingcha.base import audit
from mingcha.facts.declare import Kind
from mingcha.facts.schema import TABLES
from mingcha.intake.fact_models import FACTS

PAYLOAD = (
    """"'><img src=x onerror="window.pwned=1"><script>window.pwned=1</script>"""
    """<svg/onload=window.pwned=1></textarea></title><a href="javascript:window.pwned=1">x</a>{{7*7}}{%raw%}"""
)

FREE_TEXT = frozenset({
    "actor", "added_by", "agent", "approved_by", "article", "assigned_to", "author", "cause", "conclusion",
    "disabled_why", "ended_by", "granted_by", "handled", "last_error", "made_by", "name", "note", "opened_by",
    "opinion", "person", "phone", "purpose", "reason", "reason_after", "reason_before", "reviewed_by", "sent_by",
    "set_by", "settled_by", "text", "title", "uploaded_by", "why",
})  # fmt: skip
"""Columns whose words are somebody's own; the others hold codes, keys and what the system itself compares."""
CODES = frozenset({("Publication", "name"), ("Undetermined", "cause")})
"""Columns of these names that hold codes."""
PLACES = frozenset({"region_code", "agency_code"})
"""By these a row is in somebody's scope: with a payload nobody of the place could see it."""
OURS = frozenset({"accounts", "alerts", "api", "casework", "evaluations", "intake", "notify", "pages"})


def poison() -> list[str]:
    """Put the payload behind every text of every row; the columns, as `Model.column`."""
    done = []
    facts = {model: table for table, model in FACTS.items()}
    for model in apps.get_models():
        if model in facts:
            table = TABLES[facts[model]]
            texts = [
                c.name
                for c in table.columns
                if c.kind is Kind.TEXT
                and not c.personal
                and c.name not in table.keys
                and c.name not in PLACES
            ]
        elif model._meta.app_label in OURS:
            texts = [field.name for field in model._meta.fields if _free(model, field)]
        else:
            continue
        for text in texts:
            if _put(model, text):
                done.append(f"{model.__name__}.{text}")
    audit.record(f"甲{PAYLOAD}"[:150], "account.new", f"账号/{PAYLOAD}"[:200], purpose=PAYLOAD)
    return done


def _free(model: type[models.Model], field: models.Field[object, object]) -> bool:
    if not isinstance(field, models.CharField | models.TextField) or field.choices:
        return False
    return field.name in FREE_TEXT and (model.__name__, field.name) not in CODES


def _put(model: type[models.Model], text: str) -> int:
    longest = model._meta.get_field(text).max_length
    rows = model._default_manager.exclude(**{text: None}).exclude(**{text: ""})
    if longest is None:
        return rows.update(**{text: Concat(F(text), Value(PAYLOAD), output_field=models.TextField())})
    short = PAYLOAD[: max(longest - 8, 0)]
    return rows.update(**{text: Concat(Left(F(text), 8), Value(short), output_field=models.TextField())})
