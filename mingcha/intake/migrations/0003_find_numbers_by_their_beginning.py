"""Numbers are looked for by their first characters (`pages.lookups.begins`). SQLite does that with the index it has;
PostgreSQL needs one that orders by bytes, not by the letters of a language."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

NUMBERS = (("fact_cases", "case_no"), ("fact_evaluations", "evaluation_no"))


def make(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """On PostgreSQL alone."""
    if editor.connection.vendor == "postgresql":
        for table, column in NUMBERS:
            editor.execute(
                f"CREATE INDEX {table}_begins ON {table} ({column} text_pattern_ops) WHERE seen_to IS NULL"
            )


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """As it was."""
    for table, _ in NUMBERS:
        editor.execute(f"DROP INDEX IF EXISTS {table}_begins")


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_complaints_have_a_region")]

    operations = [migrations.RunPython(make, drop)]
