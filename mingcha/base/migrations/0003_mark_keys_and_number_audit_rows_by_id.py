"""Remember which keys wrote a database; a row of the audit chain has a nonce, and its place in a block is its id's."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("base", "0002_work_of_one_name_waits_once")]

    operations = [
        migrations.CreateModel(
            name="KeyMark",
            fields=[
                (
                    "name",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="密钥"),
                ),
                ("digest", models.CharField(max_length=32, verbose_name="特征")),
                ("since", models.DateTimeField(verbose_name="自")),
            ],
        ),
        migrations.RemoveField(model_name="auditrow", name="place"),
        migrations.AddField(
            model_name="auditrow",
            name="nonce",
            field=models.CharField(default="", max_length=16, verbose_name="随机数"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="auditrow",
            name="block",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="base.auditblock",
                verbose_name="块",
            ),
        ),
        migrations.AddIndex(
            model_name="auditrow", index=models.Index(fields=["block", "id"], name="audit_block")
        ),
    ]
