"""What is being looked into, or was only proposed, is not known to the agency concerned: it stands without that agency,
as matters that begin from now on do."""

from typing import Any

from django.db import migrations


def withhold(apps: Any, schema_editor: Any) -> None:
    matters = apps.get_model("casework", "Matter").objects
    transitions = apps.get_model("casework", "Transition").objects
    decided = transitions.filter(act="decide").values("matter_id")
    matters.filter(kind="clue").update(agency_code="")
    matters.filter(kind="accountability").exclude(pk__in=decided).update(agency_code="")


class Migration(migrations.Migration):
    dependencies = [("casework", "0005_keep_who_issued")]

    operations = [migrations.RunPython(withhold, migrations.RunPython.noop)]
