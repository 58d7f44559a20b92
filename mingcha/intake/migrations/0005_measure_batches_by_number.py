"""Measures carry the number of their batch; none was taken before."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_take_reports_of_nothing")]

    operations = [
        migrations.DeleteModel("BatchQuality"),
        migrations.CreateModel(
            name="QualityMark",
            fields=[
                (
                    "table",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="事实表"),
                ),
                ("upto", models.BigIntegerField(default=0, verbose_name="已量到")),
            ],
        ),
        migrations.CreateModel(
            name="BatchQuality",
            fields=[
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="quality",
                        serialize=False,
                        to="intake.batch",
                        verbose_name="批次",
                    ),
                ),
                ("no", models.BigIntegerField(unique=True, verbose_name="批号")),
                (
                    "window_start",
                    models.BigIntegerField(
                        help_text="此刻(当地时间,微秒)之后发生的,为及时报送", verbose_name="及时的起点"
                    ),
                ),
                ("rows", models.BigIntegerField(verbose_name="收到行数")),
                ("compliant", models.BigIntegerField(verbose_name="合规行数")),
                ("accurate_of", models.BigIntegerField(verbose_name="准确:计入行数")),
                ("accurate", models.BigIntegerField(verbose_name="准确行数")),
                ("complete_of", models.BigIntegerField(default=0, verbose_name="完整:计入行数")),
                ("complete", models.BigIntegerField(default=0, verbose_name="完整行数")),
                ("timely_of", models.BigIntegerField(default=0, verbose_name="及时:计入行数")),
                ("timely", models.BigIntegerField(default=0, verbose_name="及时行数")),
            ],
        ),
    ]
