"""A complaint is called by its number: its title went out in messages to who was asked to explain, and of one that was
reported it held what was said."""

from typing import Any

from django.db import migrations, models


def by_number(apps: Any, schema_editor: Any) -> None:
    apps.get_model("casework", "Matter").objects.filter(kind="complaint").update(title=models.F("no"))


class Migration(migrations.Migration):
    dependencies = [("complaints", "0001_start"), ("casework", "0004_list_by_urgency_and_place")]

    operations = [migrations.RunPython(by_number, migrations.RunPython.noop)]
