from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0008_excuse_arrivals"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="factevaluations",
            index=models.Index(
                condition=models.Q(("seen_to__isnull", True)),
                fields=["submitted_at"],
                name="evaluations_by_time",
            ),
        ),
        migrations.AddIndex(
            model_name="factevaluations",
            index=models.Index(
                condition=models.Q(("seen_to__isnull", True)),
                fields=["agency_code", "submitted_at"],
                name="evaluations_by_agency",
            ),
        ),
    ]
