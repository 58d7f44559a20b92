import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("base", "0001_start"),
        ("base", "0002_work_of_one_name_waits_once"),
        ("base", "0003_mark_keys_and_number_audit_rows_by_id"),
        ("base", "0004_find_audit_rows_by_day"),
    ]  # stores made before the first release go on

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AuditBlock",
            fields=[
                ("no", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="块号")),
                ("sealed_at", models.DateTimeField(verbose_name="封块时间")),
                ("rows", models.PositiveIntegerField(verbose_name="行数")),
                ("root", models.CharField(max_length=64, verbose_name="根")),
                ("previous", models.CharField(max_length=64, verbose_name="前块")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
            ],
        ),
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
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=200, verbose_name="名称")),
                ("kind", models.CharField(max_length=60, verbose_name="种类")),
                ("payload", models.JSONField(default=dict, verbose_name="内容")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ready", "待办"),
                            ("leased", "进行中"),
                            ("done", "完成"),
                            ("failed", "失败"),
                        ],
                        default="ready",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("run_at", models.DateTimeField(verbose_name="何时做")),
                ("lease_until", models.DateTimeField(null=True, verbose_name="占用至")),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="次数")),
                ("last_error", models.TextField(blank=True, default="", verbose_name="上次的错误")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="放入")),
                ("done_at", models.DateTimeField(null=True, verbose_name="完成")),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "leased")), fields=["kind", "key"], name="job_under_way"
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["ready", "leased"])),
                        fields=["run_at", "id"],
                        name="job_waiting",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "ready")), fields=("kind", "key"), name="job_waits_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Outgoing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=200, unique=True, verbose_name="幂等键")),
                ("channel", models.CharField(max_length=30, verbose_name="渠道")),
                ("address", models.CharField(max_length=500, verbose_name="地址")),
                ("body", models.JSONField(verbose_name="内容")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "待发"), ("sent", "已发"), ("given_up", "放弃")],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("next_at", models.DateTimeField(verbose_name="下次")),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="次数")),
                ("last_error", models.TextField(blank=True, default="", verbose_name="上次的错误")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="写入")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="发出")),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["next_at"], name="outgoing_waiting"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("actor", models.CharField(max_length=150, verbose_name="何人")),
                ("act", models.CharField(max_length=60, verbose_name="何事")),
                ("about", models.CharField(max_length=300, verbose_name="对象")),
                ("purpose", models.CharField(blank=True, default="", max_length=300, verbose_name="事由")),
                ("detail", models.JSONField(default=dict, verbose_name="细节")),
                ("address", models.CharField(blank=True, default="", max_length=60, verbose_name="来自")),
                ("nonce", models.CharField(max_length=16, verbose_name="随机数")),
                ("mac", models.CharField(max_length=64, verbose_name="校验码")),
                (
                    "block",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="base.auditblock",
                        verbose_name="块",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["about", "id"], name="audit_about"),
                    models.Index(fields=["actor", "id"], name="audit_actor"),
                    models.Index(fields=["at"], name="audit_at"),
                    models.Index(fields=["block", "id"], name="audit_block"),
                    models.Index(condition=models.Q(("block", None)), fields=["id"], name="audit_unsealed"),
                ],
            },
        ),
    ]
