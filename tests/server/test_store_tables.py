from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from mingcha.facts.schema import TABLES
from mingcha.intake.fact_models import FACTS
from mingcha.pages.lookups import begins, stored


@pytest.mark.django_db
def test_every_fact_table_is_in_the_store_with_its_columns():
    for name, table in TABLES.items():
        with connection.cursor() as cursor:
            columns = {c.name for c in connection.introspection.get_table_description(cursor, f"fact_{name}")}
        assert {c.name for c in table.columns} | {"seen_from", "seen_to", "origin_id", "batch_row"} <= columns
        assert FACTS[name]._meta.db_table == f"fact_{name}"


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())


def test_the_database_is_the_one_asked_for(request):
    wanted = "postgresql" if request.config.getoption("--postgresql") else "sqlite"
    assert connection.vendor == wanted


@pytest.mark.django_db
@pytest.mark.parametrize(("table", "column"), [("cases", "case_no"), ("evaluations", "evaluation_no")])
def test_a_number_is_found_by_its_beginning_without_reading_the_table(table, column):
    if connection.vendor == "sqlite":
        assert f"{column}>? AND {column}<?" in begins(stored(table), column, "SL-2026").order_by().explain()
        return
    with (
        connection.cursor() as cursor
    ):  # which of its indexes it takes is a matter of how many rows there are
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [f"fact_{table}_begins"])
        assert f"({column} text_pattern_ops) WHERE (seen_to IS NULL)" in cursor.fetchone()[0]
