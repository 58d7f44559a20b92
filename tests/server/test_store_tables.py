from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from mingcha.facts.schema import TABLES
from mingcha.intake.fact_models import FACTS


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
