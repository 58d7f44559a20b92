from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0004_judge_without_a_lease")]

    operations = [
        migrations.AlterField(
            model_name="difference",
            name="state",
            field=models.CharField(
                choices=[
                    ("making", "计算中"),
                    ("open", "待执行"),
                    ("applying", "执行中"),
                    ("applied", "已执行"),
                    ("set_aside", "不执行"),
                ],
                default="making",
                max_length=10,
                verbose_name="状态",
            ),
        )
    ]
