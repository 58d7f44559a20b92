"""What lists of cases are sorted and cut by has an index that holds who may see a row."""

from __future__ import annotations

from django.db import migrations, models

PRESENT = models.Q(("seen_to__isnull", True))
BEFORE = {"agency": ["agency_code", "received_at"], "item": ["item_code"]}
NOW = {
    "agency": ["agency_code", "received_at", "outcome", "withdrawn"],
    "item": ["item_code", "received_at"],
    "received": ["received_at", "region_code", "agency_code", "outcome", "withdrawn"],
    "completed": ["completed_at", "received_at", "region_code", "agency_code", "withdrawn"],
}


class Migration(migrations.Migration):
    """See above."""

    dependencies = [("intake", "0010_archive_months")]
    operations = [
        *(migrations.RemoveIndex("factcases", f"cases_by_{name}") for name in BEFORE),
        *(
            migrations.AddIndex(
                "factcases", models.Index(fields=fields, name=f"cases_by_{name}", condition=PRESENT)
            )
            for name, fields in NOW.items()
        ),
    ]
