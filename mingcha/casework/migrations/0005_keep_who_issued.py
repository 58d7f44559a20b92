from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0004_list_by_urgency_and_place")]

    operations = [
        migrations.AddField(
            model_name="matter",
            name="issuer",
            field=models.TextField(
                blank=True,
                default="",
                help_text="行政区划或部门代码;* 为管整个系统的机关;空为不限",
                verbose_name="发出机关",
            ),
        ),
    ]
