from django.db import migrations, models


class Migration(migrations.Migration):
    """The changes of a lawful day are found by it."""

    dependencies = [("alerts", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["lawful_at"], name="change_lawful"),
        ),
    ]
