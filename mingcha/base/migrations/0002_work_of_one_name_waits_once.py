"""Work that is under way may be put in again: only what waits is unique by its name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("base", "0001_start")]

    operations = [
        migrations.AlterField(
            model_name="job", name="key", field=models.CharField(max_length=200, verbose_name="名称")
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "ready")), fields=("kind", "key"), name="job_waits_once"
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("state", "leased")), fields=["kind", "key"], name="job_under_way"
            ),
        ),
    ]
