from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0001_keep_offers_and_ratings")]

    operations = [
        migrations.AddField(
            model_name="offer",
            name="appeal",
            field=models.CharField(
                blank=True,
                default="",
                help_text="二次评价据以决定的申诉编号",
                max_length=40,
                verbose_name="所答复的申诉",
            ),
        ),
    ]
