import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("pages", "0001_saved_views_and_walls"),
        ("pages", "0002_public_tries"),
    ]  # stores made before the first release go on

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Spent",
            fields=[
                (
                    "digest",
                    models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name="摘要"),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
            ],
        ),
        migrations.CreateModel(
            name="Wall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "region_code",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="行政区划"),
                ),
                ("token_digest", models.CharField(max_length=64, unique=True, verbose_name="令牌摘要")),
                ("made_by", models.CharField(max_length=150, verbose_name="建立人")),
                ("made_at", models.DateTimeField(verbose_name="建立时间")),
                ("ended_by", models.CharField(blank=True, default="", max_length=150, verbose_name="停用人")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="停用时间")),
            ],
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=10, verbose_name="种类")),
                ("token", models.CharField(max_length=64, verbose_name="对象")),
                ("day", models.DateField(verbose_name="日期")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="次数")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "token", "day"), name="attempt_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("list", models.CharField(max_length=40, verbose_name="列表")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("query", models.CharField(max_length=2000, verbose_name="条件")),
                ("saved_at", models.DateTimeField(auto_now=True, verbose_name="保存时间")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account", "list", "name"), name="saved_view_once")
                ],
            },
        ),
    ]
