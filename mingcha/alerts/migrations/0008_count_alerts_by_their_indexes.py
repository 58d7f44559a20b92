"""What alerts are counted by stands in the indexes that they are listed by."""

from __future__ import annotations

from django.db import migrations, models

COUNTED = [
    "region_code",
    "agency_code",
    "level",
    "state",
    "abnormal",
    "manual",
    "lead",
    "provisional",
    "standing",
]
LIVE = models.Q(("state__in", ["proposed", "open"]))


class Migration(migrations.Migration):
    """See above."""

    dependencies = [("alerts", "0007_tell_of_late_tasks")]
    operations = [
        migrations.RemoveIndex("alert", "alert_open"),
        migrations.RemoveIndex("alert", "alert_lawful"),
        migrations.AddIndex(
            "alert", models.Index(fields=["lawful_at", *COUNTED], name="alert_open", condition=LIVE)
        ),
        migrations.AddIndex(
            "alert", models.Index(fields=["due_at", "-id", *COUNTED], name="alert_open_due", condition=LIVE)
        ),
        migrations.AddIndex("alert", models.Index(fields=["lawful_at", *COUNTED], name="alert_lawful")),
    ]
