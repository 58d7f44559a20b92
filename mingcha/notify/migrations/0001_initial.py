import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("notify", "0001_messages"),
        ("notify", "0002_ways_outside"),
        ("notify", "0003_webhook_failing_since"),
        ("notify", "0004_empty_until_sealed"),
        ("notify", "0005_codes_of_any_length"),
    ]  # stores made before the first release go on

    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Inbox",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("read_up_to", models.BigIntegerField(default=0, verbose_name="读到")),
            ],
        ),
        migrations.CreateModel(
            name="CalendarLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True, verbose_name="摘要")),
                ("hint", models.CharField(max_length=12, verbose_name="开头")),
                ("made_at", models.DateTimeField(verbose_name="生成时间")),
                ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="最近使用")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="停用时间")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_links",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Channel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("mail", "邮件"),
                            ("dingtalk", "钉钉"),
                            ("wecom", "企业微信"),
                            ("feishu", "飞书"),
                        ],
                        max_length=10,
                        verbose_name="渠道",
                    ),
                ),
                ("sealed", models.BinaryField(default=b"", verbose_name="密封的地址")),
                ("hint", models.CharField(max_length=60, verbose_name="地址")),
                ("made_at", models.DateTimeField(verbose_name="登记时间")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="停用时间")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="channels",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("no", models.BigIntegerField(null=True, unique=True, verbose_name="序号")),
                ("kind", models.CharField(max_length=60, verbose_name="种类")),
                ("level", models.CharField(blank=True, default="", max_length=10, verbose_name="级别")),
                ("title", models.CharField(max_length=200, verbose_name="标题")),
                ("text", models.TextField(blank=True, default="", verbose_name="内容")),
                ("link", models.CharField(blank=True, default="", max_length=300, verbose_name="去处")),
                ("subject", models.CharField(blank=True, default="", max_length=200, verbose_name="对象")),
                ("rule", models.CharField(blank=True, default="", max_length=80, verbose_name="规则")),
                ("case_no", models.TextField(blank=True, default="", verbose_name="办件编号")),
                ("region_code", models.TextField(blank=True, default="", verbose_name="行政区划")),
                ("agency_code", models.TextField(blank=True, default="", verbose_name="部门")),
                ("officer_code", models.TextField(blank=True, default="", verbose_name="工作人员编号")),
                (
                    "roles",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text=";liaison;supervisor;",
                        max_length=200,
                        verbose_name="角色",
                    ),
                ),
                (
                    "data",
                    models.JSONField(
                        default=dict, help_text="给机器看的同一件事,不含个人信息", verbose_name="数据"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="收件人",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Mute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "region_code",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="行政区划"),
                ),
                ("agency_code", models.CharField(blank=True, default="", max_length=18, verbose_name="部门")),
                ("rule", models.CharField(blank=True, default="", max_length=80, verbose_name="规则")),
                (
                    "case_no",
                    models.CharField(blank=True, default="", max_length=120, verbose_name="办件编号"),
                ),
                ("author", models.CharField(max_length=150, verbose_name="何人")),
                ("reason", models.CharField(max_length=300, verbose_name="事由")),
                ("since", models.DateTimeField(verbose_name="自")),
                ("until", models.DateTimeField(verbose_name="至")),
                (
                    "ended_by",
                    models.CharField(blank=True, default="", max_length=150, verbose_name="提前结束人"),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="提前结束")),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="对谁",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Seen",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("read_at", models.DateTimeField(verbose_name="阅读时间")),
                ("acknowledged_at", models.DateTimeField(null=True, verbose_name="确认时间")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="seen", to="notify.message"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="种类的开头;空为全部",
                        max_length=60,
                        verbose_name="种类",
                    ),
                ),
                (
                    "least_level",
                    models.CharField(blank=True, default="", max_length=10, verbose_name="最低级别"),
                ),
                (
                    "timing",
                    models.CharField(
                        choices=[
                            ("at_once", "随时立即"),
                            ("working_hours", "工作时间内立即,其余在下次上班时"),
                            ("digest", "每个工作日汇总一次"),
                        ],
                        default="working_hours",
                        max_length=15,
                        verbose_name="时间",
                    ),
                ),
                ("digest_at", models.TimeField(blank=True, null=True, verbose_name="汇总时刻")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="退订时间")),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscriptions",
                        to="notify.channel",
                        verbose_name="渠道",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Held",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("send_at", models.DateTimeField(verbose_name="何时发")),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="notify.message"
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="held",
                        to="notify.subscription",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="用途")),
                ("url", models.CharField(max_length=500, verbose_name="地址")),
                ("secret", models.BinaryField(default=b"", verbose_name="签名密钥")),
                (
                    "signing",
                    models.CharField(
                        choices=[("sha256", "HMAC-SHA256"), ("sm3", "HMAC-SM3")],
                        default="sha256",
                        max_length=10,
                        verbose_name="签名",
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="种类的开头;空为全部",
                        max_length=60,
                        verbose_name="种类",
                    ),
                ),
                (
                    "least_level",
                    models.CharField(blank=True, default="", max_length=10, verbose_name="最低级别"),
                ),
                ("rule", models.CharField(blank=True, default="", max_length=80, verbose_name="规则")),
                (
                    "region_code",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="行政区划"),
                ),
                ("agency_code", models.CharField(blank=True, default="", max_length=18, verbose_name="部门")),
                ("failures", models.PositiveIntegerField(default=0, verbose_name="连续失败")),
                ("failing_since", models.DateTimeField(blank=True, null=True, verbose_name="自何时失败")),
                ("last_error", models.TextField(blank=True, default="", verbose_name="上次的错误")),
                ("delivered_at", models.DateTimeField(blank=True, null=True, verbose_name="最近送达")),
                ("made_at", models.DateTimeField(verbose_name="登记时间")),
                ("disabled_at", models.DateTimeField(blank=True, null=True, verbose_name="停用时间")),
                (
                    "disabled_why",
                    models.CharField(blank=True, default="", max_length=300, verbose_name="停用原因"),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="webhooks",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["agency_code", "-id"], name="message_agency"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("account__isnull", False)),
                fields=["account", "-id"],
                name="message_person",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["subject"], name="message_subject"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("no__isnull", True)), fields=["id"], name="message_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="mute",
            index=models.Index(fields=["until"], name="mute_until"),
        ),
        migrations.AddConstraint(
            model_name="seen",
            constraint=models.UniqueConstraint(fields=("account", "message"), name="seen_once"),
        ),
        migrations.AddIndex(
            model_name="held",
            index=models.Index(fields=["send_at"], name="held_due"),
        ),
        migrations.AddConstraint(
            model_name="held",
            constraint=models.UniqueConstraint(fields=("subscription", "message"), name="held_once"),
        ),
    ]
