import django.db.models.deletion
from django.db import migrations, models

import mingcha.intake.store_models


class Migration(migrations.Migration):
    replaces = [
        ("intake", "0001_start"),
        ("intake", "0002_keep_payloads_and_refusals"),
        ("intake", "0003_keep_two_times_with_one_index_a_new_row"),
        ("intake", "0004_take_reports_of_nothing"),
        ("intake", "0005_measure_batches_by_number"),
        ("intake", "0006_find_batches_by_review"),
        ("intake", "0007_set_batches_aside"),
        ("intake", "0008_excuse_arrivals"),
        ("intake", "0009_find_evaluations_by_time"),
        ("intake", "0010_archive_months"),
        ("intake", "0011_list_cases_by_receipt"),
        ("intake", "0012_await_cases"),
    ]  # stores made before the first release go on

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Awaited",
            fields=[
                ("case_no", models.TextField(primary_key=True, serialize=False, verbose_name="办件编号")),
            ],
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("no", models.BigIntegerField(null=True, unique=True, verbose_name="批号")),
                ("receipt", models.CharField(max_length=40, unique=True, verbose_name="回执号")),
                ("key", models.CharField(max_length=200, verbose_name="幂等键")),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("exchange", "数据交换平台"),
                            ("web_service", "网络服务"),
                            ("file", "文件"),
                            ("form", "表单"),
                        ],
                        max_length=20,
                        verbose_name="方式",
                    ),
                ),
                (
                    "table",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="空:内容自己说明",
                        max_length=40,
                        verbose_name="事实表",
                    ),
                ),
                ("form", models.CharField(max_length=20, verbose_name="格式")),
                ("name", models.CharField(blank=True, default="", max_length=255, verbose_name="文件名")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                ("size", models.BigIntegerField(verbose_name="字节数")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "已接收"),
                            ("waiting", "待审核"),
                            ("applying", "入库中"),
                            ("applied", "已入库"),
                            ("refused", "已拒绝"),
                            ("set_aside", "已搁置"),
                        ],
                        default="received",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("received_at", models.DateTimeField(verbose_name="接收时间")),
                ("applied_at", models.DateTimeField(null=True, verbose_name="入库时间")),
                ("sent_by", models.CharField(blank=True, default="", max_length=150, verbose_name="报送人")),
                (
                    "reviewed_by",
                    models.CharField(blank=True, default="", max_length=150, verbose_name="审核人"),
                ),
                ("reviewed_at", models.DateTimeField(null=True, verbose_name="审核时间")),
                ("why", models.TextField(blank=True, default="", verbose_name="拒绝的原因")),
                (
                    "history",
                    models.BooleanField(
                        default=False,
                        help_text="过去的办件一次导入,不填各行的入库时间",
                        verbose_name="历史数据",
                    ),
                ),
                (
                    "counts",
                    models.JSONField(
                        default=dict,
                        help_text="每张表:收到、新增、更正、不变、较旧、冲突、拒绝、等待",
                        verbose_name="行数",
                    ),
                ),
                (
                    "faults",
                    models.JSONField(
                        default=list, help_text="按种类:表、列、原因、行数、怎么办", verbose_name="问题"
                    ),
                ),
                (
                    "tries",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="入库没有做完的次数;有进展时归零", verbose_name="未成的次数"
                    ),
                ),
                (
                    "overtaken_at",
                    models.BigIntegerField(
                        help_text="搁置时最后的批号:此后各批的内容比本批新",
                        null=True,
                        verbose_name="被越过的批号",
                    ),
                ),
            ],
        ),
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
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=60, unique=True, verbose_name="编号")),
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                (
                    "agency_code",
                    models.CharField(blank=True, default="", max_length=18, verbose_name="所属部门"),
                ),
                (
                    "region_code",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="行政区划"),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("exchange", "数据交换平台"),
                            ("web_service", "网络服务"),
                            ("file", "文件"),
                            ("form", "表单"),
                        ],
                        max_length=20,
                        verbose_name="方式",
                    ),
                ),
                ("mapping", models.TextField(blank=True, default="", verbose_name="映射")),
                (
                    "best_rating",
                    models.PositiveSmallIntegerField(
                        help_text="几分为非常满意:5 或 1;未声明的不收评价", null=True, verbose_name="评价方向"
                    ),
                ),
                ("review", models.BooleanField(default=False, verbose_name="审核后上报")),
                ("schedule", models.JSONField(blank=True, default=dict, verbose_name="报送安排")),
                (
                    "key_hash",
                    models.CharField(blank=True, default="", max_length=128, verbose_name="密钥摘要"),
                ),
                (
                    "key_hint",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="密钥提示"),
                ),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
            ],
        ),
        migrations.CreateModel(
            name="ArchivePart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "month",
                    models.CharField(help_text="办结的月份,如 2024-01", max_length=7, verbose_name="月份"),
                ),
                ("no", models.PositiveIntegerField(verbose_name="第几次")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("moving", "移出中"),
                            ("moved", "已归档"),
                            ("returning", "移回中"),
                            ("returned", "已移回"),
                        ],
                        default="moving",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "folder",
                    models.CharField(
                        help_text="数据文件夹 archive 之下", max_length=60, verbose_name="文件夹"
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        help_text="manifest.json 的 SHA-256", max_length=64, verbose_name="清单摘要"
                    ),
                ),
                ("cases", models.PositiveIntegerField(default=0, verbose_name="件数")),
                ("rows", models.BigIntegerField(default=0, verbose_name="行数")),
                ("size", models.BigIntegerField(default=0, verbose_name="字节数")),
                ("made_at", models.DateTimeField(verbose_name="归档时间")),
                ("made_by", models.CharField(max_length=150, verbose_name="操作人")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("month", "no"), name="archive_part_once")],
            },
        ),
        migrations.CreateModel(
            name="ArchivedCase",
            fields=[
                ("case_no", models.TextField(primary_key=True, serialize=False, verbose_name="办件编号")),
                ("item_code", models.TextField(blank=True, default="", verbose_name="事项")),
                ("agency_code", models.TextField(blank=True, default="", verbose_name="部门")),
                ("region_code", models.TextField(blank=True, default="", verbose_name="行政区划")),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="held",
                        to="intake.archivepart",
                        verbose_name="归档",
                    ),
                ),
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
        migrations.CreateModel(
            name="Payload",
            fields=[
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="stored",
                        serialize=False,
                        to="intake.batch",
                        verbose_name="批次",
                    ),
                ),
                ("sealed", models.BinaryField(null=True, verbose_name="密封内容")),
                (
                    "file",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="数据文件夹 payloads 之下",
                        max_length=80,
                        verbose_name="文件",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reported",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("no", models.BigIntegerField(verbose_name="批号")),
                ("table", models.CharField(max_length=40, verbose_name="事实表")),
                ("columns", models.JSONField(verbose_name="报送的列")),
                ("staged", models.BigIntegerField(default=0, verbose_name="已入库行数")),
                ("changed", models.BigIntegerField(default=0, verbose_name="改变的行数")),
                (
                    "mark",
                    models.BigIntegerField(default=mingcha.intake.store_models.new_mark, verbose_name="标记"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["table", "no"], name="reported_of_table"),
                    models.Index(
                        condition=models.Q(("changed__gt", 0)),
                        fields=["table", "no"],
                        name="reported_changes",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("no", "table"), name="reported_once")],
            },
        ),
        migrations.AddField(
            model_name="batch",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="intake.source", verbose_name="来源"
            ),
        ),
        migrations.CreateModel(
            name="SourceKeeper",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="姓名")),
                ("phone", models.CharField(blank=True, default="", max_length=30, verbose_name="电话")),
                ("since", models.DateTimeField(verbose_name="自")),
                ("until", models.DateTimeField(blank=True, null=True, verbose_name="至")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keepers",
                        to="intake.source",
                        verbose_name="来源",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Touched",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("no", models.BigIntegerField(verbose_name="批号")),
                ("unit", models.CharField(max_length=20, verbose_name="单位种类")),
                ("key", models.CharField(max_length=120, verbose_name="单位")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("no", "unit", "key"), name="touched_once")],
            },
        ),
        migrations.CreateModel(
            name="Refusal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("way", models.CharField(max_length=20, verbose_name="方式")),
                (
                    "name",
                    models.CharField(
                        help_text="文件名,或主题/分区/位置", max_length=255, verbose_name="名称"
                    ),
                ),
                ("digest", models.CharField(blank=True, default="", max_length=64, verbose_name="摘要")),
                ("size", models.BigIntegerField(default=0, verbose_name="字节数")),
                ("why", models.TextField(verbose_name="原因与办法")),
                ("sent_by", models.CharField(blank=True, default="", max_length=150, verbose_name="报送人")),
                ("sealed", models.BinaryField(null=True, verbose_name="密封内容")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="处理时间")),
                (
                    "settled_by",
                    models.CharField(blank=True, default="", max_length=150, verbose_name="处理人"),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="intake.source", verbose_name="来源"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["source", "-at"], name="refusal_of_source")],
            },
        ),
        migrations.CreateModel(
            name="NilReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("sent_by", models.CharField(max_length=150, verbose_name="报送人")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="intake.source", verbose_name="来源"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["source", "at"], name="nil_of_source")],
            },
        ),
        migrations.CreateModel(
            name="FeedMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("feed", models.CharField(max_length=120, verbose_name="外部表")),
                ("mark", models.CharField(max_length=60, verbose_name="已读到")),
                ("read_at", models.DateTimeField(verbose_name="上次读取")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="intake.source", verbose_name="来源"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("source", "feed"), name="feed_mark_once")],
            },
        ),
        migrations.CreateModel(
            name="FactWindows",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField(verbose_name="窗口代码")),
                ("hall_code", models.TextField(verbose_name="大厅代码")),
                ("name", models.TextField(null=True, verbose_name="窗口名称")),
                ("agency_code", models.TextField(null=True, verbose_name="部门代码")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "窗口",
                "db_table": "fact_windows",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["code", "seen_from"],
                        name="windows_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)), fields=("code",), name="windows_open"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactTickets",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ticket_no", models.TextField(verbose_name="票号")),
                ("hall_code", models.TextField(verbose_name="大厅代码")),
                ("window_code", models.TextField(null=True, verbose_name="窗口代码")),
                ("case_no", models.TextField(null=True, verbose_name="办件编号")),
                ("taken_at", models.BigIntegerField(verbose_name="取号时间")),
                ("called_at", models.BigIntegerField(null=True, verbose_name="叫号时间")),
                ("finished_at", models.BigIntegerField(null=True, verbose_name="办完时间")),
                ("status", models.TextField(null=True, verbose_name="取号状态")),
                ("abandoned_at", models.BigIntegerField(null=True, verbose_name="弃号时间")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "排队取号",
                "db_table": "fact_tickets",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["ticket_no", "seen_from"],
                        name="tickets_past",
                    ),
                    models.Index(fields=["case_no"], name="tickets_by_case"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("ticket_no",),
                        name="tickets_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactSteps",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case_no", models.TextField(verbose_name="办件编号")),
                ("seq", models.BigIntegerField(verbose_name="序号")),
                ("name", models.TextField(verbose_name="环节名称")),
                ("officer_code", models.TextField(null=True, verbose_name="办理人代码")),
                ("started_at", models.BigIntegerField(null=True, verbose_name="开始时间")),
                ("finished_at", models.BigIntegerField(null=True, verbose_name="结束时间")),
                ("result", models.TextField(null=True, verbose_name="环节结果")),
                ("opinion", models.TextField(null=True, verbose_name="办理意见")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "办理环节",
                "db_table": "fact_steps",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["case_no", "seq", "seen_from"],
                        name="steps_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("case_no", "seq"),
                        name="steps_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactSpecials",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case_no", models.TextField(verbose_name="办件编号")),
                ("seq", models.BigIntegerField(verbose_name="序号")),
                ("kind", models.TextField(verbose_name="特别程序种类")),
                ("kind_name", models.TextField(null=True, verbose_name="特别程序名称")),
                ("started_at", models.BigIntegerField(verbose_name="开始时间")),
                ("limit", models.BigIntegerField(null=True, verbose_name="特别程序时限")),
                ("unit", models.TextField(null=True, verbose_name="时限单位")),
                ("due_at", models.BigIntegerField(null=True, verbose_name="应结束时间")),
                ("ended_at", models.BigIntegerField(null=True, verbose_name="结束时间")),
                ("reason", models.TextField(null=True, verbose_name="启动理由或依据")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "特别程序",
                "db_table": "fact_specials",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["case_no", "seq", "seen_from"],
                        name="specials_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("case_no", "seq"),
                        name="specials_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactReviewHandling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("evaluation_no", models.TextField(verbose_name="评价编号")),
                ("assigned_at", models.BigIntegerField(null=True, verbose_name="交办时间")),
                ("signed_at", models.BigIntegerField(null=True, verbose_name="签收时间")),
                ("called_back_at", models.BigIntegerField(null=True, verbose_name="回访时间")),
                ("finding", models.TextField(null=True, verbose_name="核实结果")),
                ("confirmed_at", models.BigIntegerField(null=True, verbose_name="核定时间")),
                ("difficult", models.BooleanField(null=True, verbose_name="疑难")),
                ("difficult_by", models.TextField(null=True, verbose_name="疑难认定人")),
                ("settled_at", models.BigIntegerField(null=True, verbose_name="办结时间")),
                ("extension_filed_at", models.BigIntegerField(null=True, verbose_name="延期报备时间")),
                ("extended_to", models.BigIntegerField(null=True, verbose_name="延期至")),
                ("rectified_at", models.BigIntegerField(null=True, verbose_name="整改时间")),
                ("feedback_at", models.BigIntegerField(null=True, verbose_name="反馈时间")),
                ("published_at", models.BigIntegerField(null=True, verbose_name="公开时间")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "差评处理",
                "db_table": "fact_review_handling",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["evaluation_no", "seen_from"],
                        name="review_handling_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("evaluation_no",),
                        name="review_handling_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactReservations",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reservation_no", models.TextField(verbose_name="预约编号")),
                ("hall_code", models.TextField(verbose_name="大厅代码")),
                ("item_code", models.TextField(null=True, verbose_name="实施编码")),
                ("applicant_id", models.TextField(verbose_name="申请人证件号码")),
                ("channel", models.TextField(null=True, verbose_name="预约渠道")),
                ("made_at", models.BigIntegerField(verbose_name="预约提交时间")),
                ("slot_at", models.BigIntegerField(verbose_name="预约时段")),
                ("out_of_hours", models.BooleanField(null=True, verbose_name="延时服务")),
                ("confirmed_at", models.BigIntegerField(null=True, verbose_name="确认时间")),
                ("status", models.TextField(null=True, verbose_name="预约状态")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("sealed", models.BinaryField(null=True, verbose_name="密封")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "预约",
                "db_table": "fact_reservations",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["reservation_no", "seen_from"],
                        name="reservations_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("reservation_no",),
                        name="reservations_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactRegions",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField(verbose_name="区划代码")),
                ("name", models.TextField(verbose_name="区划名称")),
                ("level", models.TextField(verbose_name="行政层级")),
                ("parent_code", models.TextField(null=True, verbose_name="上级区划代码")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "行政区划",
                "db_table": "fact_regions",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["code", "seen_from"],
                        name="regions_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)), fields=("code",), name="regions_open"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactPosts",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("post_no", models.TextField(verbose_name="在岗记录号")),
                ("hall_code", models.TextField(verbose_name="大厅代码")),
                ("window_code", models.TextField(null=True, verbose_name="窗口代码")),
                ("area", models.TextField(null=True, verbose_name="区域")),
                ("officer_code", models.TextField(null=True, verbose_name="人员代码")),
                ("rostered", models.BooleanField(null=True, verbose_name="应在岗")),
                ("status", models.TextField(verbose_name="在岗状态")),
                ("started_at", models.BigIntegerField(verbose_name="开始时间")),
                ("ended_at", models.BigIntegerField(null=True, verbose_name="结束时间")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "在岗",
                "db_table": "fact_posts",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["post_no", "seen_from"],
                        name="posts_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)), fields=("post_no",), name="posts_open"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactOutages",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("outage_no", models.TextField(verbose_name="故障编号")),
                ("scope", models.TextField(null=True, verbose_name="影响范围")),
                ("started_at", models.BigIntegerField(null=True, verbose_name="开始时间")),
                ("ended_at", models.BigIntegerField(null=True, verbose_name="结束时间")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "系统故障",
                "db_table": "fact_outages",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["outage_no", "seen_from"],
                        name="outages_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("outage_no",),
                        name="outages_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactOrders",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order_no", models.TextField(verbose_name="督办编号")),
                ("agency_code", models.TextField(null=True, verbose_name="部门代码")),
                ("issued_at", models.BigIntegerField(null=True, verbose_name="发出时间")),
                ("due_at", models.BigIntegerField(null=True, verbose_name="应答复时间")),
                ("answered_at", models.BigIntegerField(null=True, verbose_name="答复时间")),
                ("closed_at", models.BigIntegerField(null=True, verbose_name="办结时间")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "督办",
                "db_table": "fact_orders",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["order_no", "seen_from"],
                        name="orders_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("order_no",),
                        name="orders_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactOfficers",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField(verbose_name="人员代码")),
                ("name", models.TextField(verbose_name="人员姓名")),
                ("agency_code", models.TextField(verbose_name="部门代码")),
                ("window_code", models.TextField(null=True, verbose_name="窗口代码")),
                ("role", models.TextField(null=True, verbose_name="岗位")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "工作人员",
                "db_table": "fact_officers",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["code", "seen_from"],
                        name="officers_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)), fields=("code",), name="officers_open"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactMonthlyReports",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("agency_code", models.TextField(verbose_name="部门代码")),
                ("month", models.TextField(verbose_name="月份")),
                ("submitted_at", models.BigIntegerField(null=True, verbose_name="报送时间")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "月报",
                "db_table": "fact_monthly_reports",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["agency_code", "month", "seen_from"],
                        name="monthly_reports_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("agency_code", "month"),
                        name="monthly_reports_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactMaterials",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case_no", models.TextField(verbose_name="办件编号")),
                ("material_code", models.TextField(verbose_name="材料编码")),
                ("medium", models.TextField(verbose_name="材料形式")),
                ("name", models.TextField(null=True, verbose_name="材料名称")),
                ("received_at", models.BigIntegerField(null=True, verbose_name="收取时间")),
                ("waiver", models.TextField(null=True, verbose_name="免交方式")),
                ("supplement_due", models.BigIntegerField(null=True, verbose_name="容缺补交期限")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "申请材料",
                "db_table": "fact_materials",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["case_no", "material_code", "medium", "seen_from"],
                        name="materials_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("case_no", "material_code", "medium"),
                        name="materials_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactItemSteps",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("item_code", models.TextField(verbose_name="实施编码")),
                ("version", models.BigIntegerField(verbose_name="事项版本")),
                ("seq", models.BigIntegerField(verbose_name="序号")),
                ("name", models.TextField(verbose_name="环节名称")),
                ("limit", models.BigIntegerField(null=True, verbose_name="环节时限")),
                ("unit", models.TextField(null=True, verbose_name="时限单位")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "事项环节",
                "db_table": "fact_item_steps",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["item_code", "version", "seq", "seen_from"],
                        name="item_steps_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("item_code", "version", "seq"),
                        name="item_steps_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactItemSpecials",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("item_code", models.TextField(verbose_name="实施编码")),
                ("version", models.BigIntegerField(verbose_name="事项版本")),
                ("kind", models.TextField(verbose_name="特别程序种类")),
                ("limit", models.BigIntegerField(null=True, verbose_name="特别程序时限")),
                ("unit", models.TextField(null=True, verbose_name="时限单位")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "允许的特别程序",
                "db_table": "fact_item_specials",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["item_code", "version", "kind", "seen_from"],
                        name="item_specials_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("item_code", "version", "kind"),
                        name="item_specials_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactItems",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("item_code", models.TextField(verbose_name="实施编码")),
                ("version", models.BigIntegerField(verbose_name="事项版本")),
                ("name", models.TextField(verbose_name="事项名称")),
                ("agency_code", models.TextField(verbose_name="部门代码")),
                ("base_code", models.TextField(null=True, verbose_name="基本编码")),
                ("type_code", models.TextField(null=True, verbose_name="事项类型")),
                ("kind", models.TextField(null=True, verbose_name="办件类型")),
                ("statutory_limit", models.BigIntegerField(null=True, verbose_name="法定时限")),
                ("statutory_unit", models.TextField(null=True, verbose_name="法定时限单位")),
                ("promised_limit", models.BigIntegerField(null=True, verbose_name="承诺时限")),
                ("promised_unit", models.TextField(null=True, verbose_name="承诺时限单位")),
                ("visits_promised", models.BigIntegerField(null=True, verbose_name="承诺跑动次数")),
                ("fee_charged", models.BooleanField(null=True, verbose_name="是否收费")),
                ("intermediary_allowed", models.BooleanField(null=True, verbose_name="允许中介服务")),
                ("certificate_expected", models.BooleanField(null=True, verbose_name="应出证照")),
                ("online_depth", models.BigIntegerField(null=True, verbose_name="网办深度")),
                ("out_of_hours", models.BooleanField(null=True, verbose_name="可延时服务")),
                ("published_at", models.BigIntegerField(null=True, verbose_name="公布时间")),
                ("guide_url", models.TextField(null=True, verbose_name="办事指南地址")),
                ("effective_from", models.BigIntegerField(null=True, verbose_name="生效日期")),
                ("effective_to", models.BigIntegerField(null=True, verbose_name="失效日期")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "事项",
                "db_table": "fact_items",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["item_code", "version", "seen_from"],
                        name="items_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("item_code", "version"),
                        name="items_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactItemRisks",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("item_code", models.TextField(verbose_name="实施编码")),
                ("version", models.BigIntegerField(verbose_name="事项版本")),
                ("risk_code", models.TextField(verbose_name="风险点编码")),
                ("name", models.TextField(verbose_name="风险点名称")),
                ("measure", models.TextField(null=True, verbose_name="防范措施")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "廉政风险点",
                "db_table": "fact_item_risks",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["item_code", "version", "risk_code", "seen_from"],
                        name="item_risks_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("item_code", "version", "risk_code"),
                        name="item_risks_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactItemOutcomes",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("item_code", models.TextField(verbose_name="实施编码")),
                ("version", models.BigIntegerField(verbose_name="事项版本")),
                ("outcome", models.TextField(verbose_name="办理结果")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "事项办理结果",
                "db_table": "fact_item_outcomes",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["item_code", "version", "outcome", "seen_from"],
                        name="item_outcomes_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("item_code", "version", "outcome"),
                        name="item_outcomes_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactItemMaterials",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("item_code", models.TextField(verbose_name="实施编码")),
                ("version", models.BigIntegerField(verbose_name="事项版本")),
                ("material_code", models.TextField(verbose_name="材料编码")),
                ("name", models.TextField(verbose_name="材料名称")),
                ("required", models.BooleanField(verbose_name="是否必要")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "材料目录",
                "db_table": "fact_item_materials",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["item_code", "version", "material_code", "seen_from"],
                        name="item_materials_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("item_code", "version", "material_code"),
                        name="item_materials_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactItemFees",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("item_code", models.TextField(verbose_name="实施编码")),
                ("version", models.BigIntegerField(verbose_name="事项版本")),
                ("fee_code", models.TextField(verbose_name="收费项目编码")),
                ("name", models.TextField(verbose_name="收费项目名称")),
                ("basis", models.TextField(null=True, verbose_name="收费依据")),
                ("min_amount", models.BigIntegerField(null=True, verbose_name="最低金额")),
                ("max_amount", models.BigIntegerField(null=True, verbose_name="最高金额")),
                ("reducible", models.BooleanField(null=True, verbose_name="允许减免")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "收费标准",
                "db_table": "fact_item_fees",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["item_code", "version", "fee_code", "seen_from"],
                        name="item_fees_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("item_code", "version", "fee_code"),
                        name="item_fees_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactIssued",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.TextField(verbose_name="规则")),
                ("about", models.TextField(verbose_name="对象表")),
                ("key", models.TextField(verbose_name="对象主键")),
                ("subject", models.TextField(verbose_name="对象内行")),
                ("episode", models.BigIntegerField(verbose_name="次数")),
                ("level", models.TextField(null=True, verbose_name="等级")),
                ("moment", models.BigIntegerField(null=True, verbose_name="法定时刻")),
                ("issued_at", models.BigIntegerField(null=True, verbose_name="发出时间")),
                ("ended_at", models.BigIntegerField(null=True, verbose_name="解除时间")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "已发信号",
                "db_table": "fact_issued",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["rule", "about", "key", "subject", "episode", "seen_from"],
                        name="issued_past",
                    ),
                    models.Index(fields=["about", "key"], name="issued_by_unit"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("rule", "about", "key", "subject", "episode"),
                        name="issued_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactHeadcounts",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hall_code", models.TextField(verbose_name="大厅代码")),
                ("area", models.TextField(verbose_name="区域")),
                ("counted_at", models.BigIntegerField(verbose_name="计数时间")),
                ("people", models.BigIntegerField(verbose_name="人数")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "人流",
                "db_table": "fact_headcounts",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["hall_code", "area", "counted_at", "seen_from"],
                        name="headcounts_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("hall_code", "area", "counted_at"),
                        name="headcounts_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactHalls",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField(verbose_name="大厅代码")),
                ("name", models.TextField(verbose_name="大厅名称")),
                ("region_code", models.TextField(verbose_name="区划代码")),
                ("kind", models.TextField(null=True, verbose_name="大厅类别")),
                ("video_connected", models.BooleanField(null=True, verbose_name="视频已接入")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "大厅",
                "db_table": "fact_halls",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["code", "seen_from"],
                        name="halls_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)), fields=("code",), name="halls_open"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactHallHours",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hall_code", models.TextField(verbose_name="大厅代码")),
                ("weekday", models.BigIntegerField(verbose_name="星期")),
                ("opens", models.BigIntegerField(verbose_name="开门时间")),
                ("closes", models.BigIntegerField(verbose_name="关门时间")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "办公时间",
                "db_table": "fact_hall_hours",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["hall_code", "weekday", "opens", "seen_from"],
                        name="hall_hours_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("hall_code", "weekday", "opens"),
                        name="hall_hours_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactHallChecks",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("check_no", models.TextField(verbose_name="检查编号")),
                ("hall_code", models.TextField(verbose_name="大厅代码")),
                ("window_code", models.TextField(null=True, verbose_name="窗口代码")),
                ("officer_code", models.TextField(null=True, verbose_name="人员代码")),
                ("case_no", models.TextField(null=True, verbose_name="办件编号")),
                ("kind", models.TextField(verbose_name="检查种类")),
                ("result", models.TextField(verbose_name="检查结果")),
                ("source", models.TextField(null=True, verbose_name="检查来源")),
                ("checked_at", models.BigIntegerField(verbose_name="检查时间")),
                ("note", models.TextField(null=True, verbose_name="说明")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "环境态度",
                "db_table": "fact_hall_checks",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["check_no", "seen_from"],
                        name="hall_checks_past",
                    ),
                    models.Index(fields=["case_no"], name="hall_checks_by_case"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("check_no",),
                        name="hall_checks_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactFees",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case_no", models.TextField(verbose_name="办件编号")),
                ("seq", models.BigIntegerField(verbose_name="序号")),
                ("kind", models.TextField(null=True, verbose_name="收费类别")),
                ("fee_code", models.TextField(null=True, verbose_name="收费项目编码")),
                ("name", models.TextField(null=True, verbose_name="收费项目名称")),
                ("amount", models.BigIntegerField(verbose_name="应收金额")),
                ("reduced_amount", models.BigIntegerField(null=True, verbose_name="减免金额")),
                ("reduction_basis", models.TextField(null=True, verbose_name="减免依据")),
                ("deferred_until", models.BigIntegerField(null=True, verbose_name="缓缴至")),
                ("paid_at", models.BigIntegerField(null=True, verbose_name="缴费时间")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "收费(税)",
                "db_table": "fact_fees",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["case_no", "seq", "seen_from"],
                        name="fees_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("case_no", "seq"),
                        name="fees_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactExplanations",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("explanation_no", models.TextField(verbose_name="说明编号")),
                ("alert", models.TextField(null=True, verbose_name="信号")),
                ("agency_code", models.TextField(null=True, verbose_name="部门代码")),
                ("due_at", models.BigIntegerField(null=True, verbose_name="应提交时间")),
                ("submitted_at", models.BigIntegerField(null=True, verbose_name="提交时间")),
                ("accepted_at", models.BigIntegerField(null=True, verbose_name="采纳时间")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "情况说明",
                "db_table": "fact_explanations",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["explanation_no", "seen_from"],
                        name="explanations_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("explanation_no",),
                        name="explanations_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactEvaluations",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("evaluation_no", models.TextField(verbose_name="评价编号")),
                ("case_no", models.TextField(null=True, verbose_name="办件编号")),
                ("service_seq", models.BigIntegerField(null=True, verbose_name="服务次数")),
                ("kind", models.TextField(null=True, verbose_name="评价类别")),
                ("agency_code", models.TextField(null=True, verbose_name="部门代码")),
                ("officer_code", models.TextField(null=True, verbose_name="经办人代码")),
                ("window_code", models.TextField(null=True, verbose_name="窗口代码")),
                ("channel", models.TextField(null=True, verbose_name="评价渠道")),
                ("level", models.BigIntegerField(null=True, verbose_name="满意度")),
                ("satisfied", models.BooleanField(null=True, verbose_name="是否满意")),
                ("is_default", models.BooleanField(null=True, verbose_name="默认评价")),
                ("real_name", models.BooleanField(null=True, verbose_name="实名")),
                ("tags", models.TextField(null=True, verbose_name="评价标签")),
                ("comment", models.TextField(null=True, verbose_name="文字评价")),
                ("submitted_at", models.BigIntegerField(verbose_name="评价时间")),
                ("extra_materials", models.BooleanField(null=True, verbose_name="多收材料")),
                ("extra_fees", models.BooleanField(null=True, verbose_name="多收费")),
                ("intermediary_forced", models.BooleanField(null=True, verbose_name="强制中介")),
                ("over_promised", models.BooleanField(null=True, verbose_name="超承诺时限")),
                ("over_statutory", models.BooleanField(null=True, verbose_name="超法定时限")),
                ("actual_visits", models.BigIntegerField(null=True, verbose_name="实际跑动次数")),
                ("attitude", models.TextField(null=True, verbose_name="服务态度")),
                ("environment", models.TextField(null=True, verbose_name="服务环境")),
                ("other_issue", models.TextField(null=True, verbose_name="其他问题")),
                ("follows", models.TextField(null=True, verbose_name="追评对象")),
                ("pushed_at", models.BigIntegerField(null=True, verbose_name="推送时间")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "评价",
                "db_table": "fact_evaluations",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["evaluation_no", "seen_from"],
                        name="evaluations_past",
                    ),
                    models.Index(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=["submitted_at"],
                        name="evaluations_by_time",
                    ),
                    models.Index(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=["agency_code", "submitted_at"],
                        name="evaluations_by_agency",
                    ),
                    models.Index(fields=["case_no"], name="evaluations_by_case"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("evaluation_no",),
                        name="evaluations_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactDeviceStates",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("device_code", models.TextField(verbose_name="设备编码")),
                ("started_at", models.BigIntegerField(verbose_name="开始时间")),
                ("status", models.TextField(verbose_name="设备状态")),
                ("ended_at", models.BigIntegerField(null=True, verbose_name="结束时间")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "设备状态",
                "db_table": "fact_device_states",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["device_code", "started_at", "seen_from"],
                        name="device_states_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("device_code", "started_at"),
                        name="device_states_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactDevices",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("device_code", models.TextField(verbose_name="设备编码")),
                ("hall_code", models.TextField(verbose_name="大厅代码")),
                ("kind", models.TextField(verbose_name="设备种类")),
                ("name", models.TextField(null=True, verbose_name="设备名称")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "设备",
                "db_table": "fact_devices",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["device_code", "seen_from"],
                        name="devices_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("device_code",),
                        name="devices_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactDeliveries",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case_no", models.TextField(verbose_name="办件编号")),
                ("handed_over_at", models.BigIntegerField(null=True, verbose_name="移交时间")),
                ("method", models.TextField(null=True, verbose_name="送达方式")),
                ("notified_at", models.BigIntegerField(null=True, verbose_name="通知领取时间")),
                ("delivered_at", models.BigIntegerField(null=True, verbose_name="送达时间")),
                ("tracking_no", models.TextField(null=True, verbose_name="快递单号")),
                ("receiver", models.TextField(null=True, verbose_name="领取人")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("sealed", models.BinaryField(null=True, verbose_name="密封")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "领取送达",
                "db_table": "fact_deliveries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["case_no", "seen_from"],
                        name="deliveries_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("case_no",),
                        name="deliveries_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactCorrections",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case_no", models.TextField(verbose_name="办件编号")),
                ("notice_no", models.TextField(verbose_name="告知书编号")),
                ("needed_at", models.BigIntegerField(null=True, verbose_name="认定需补正时间")),
                ("notified_at", models.BigIntegerField(null=True, verbose_name="告知时间")),
                ("material_codes", models.TextField(null=True, verbose_name="需补正材料编码")),
                ("supplied_at", models.BigIntegerField(null=True, verbose_name="补交时间")),
                ("confirmed_at", models.BigIntegerField(null=True, verbose_name="确认补齐时间")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "补正",
                "db_table": "fact_corrections",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["case_no", "notice_no", "seen_from"],
                        name="corrections_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("case_no", "notice_no"),
                        name="corrections_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactConsultations",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("consultation_no", models.TextField(verbose_name="咨询编号")),
                ("hall_code", models.TextField(null=True, verbose_name="大厅代码")),
                ("agency_code", models.TextField(null=True, verbose_name="部门代码")),
                ("topic", models.TextField(null=True, verbose_name="咨询事由")),
                ("complex", models.BooleanField(null=True, verbose_name="复杂咨询")),
                ("asked_at", models.BigIntegerField(verbose_name="咨询时间")),
                ("answered_at", models.BigIntegerField(null=True, verbose_name="答复时间")),
                ("told_once", models.BooleanField(null=True, verbose_name="一次告知")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "咨询",
                "db_table": "fact_consultations",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["consultation_no", "seen_from"],
                        name="consultations_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("consultation_no",),
                        name="consultations_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactComplaints",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("complaint_no", models.TextField(verbose_name="投诉编号")),
                ("source", models.TextField(verbose_name="线索来源")),
                ("case_no", models.TextField(null=True, verbose_name="办件编号")),
                ("agency_code", models.TextField(null=True, verbose_name="部门代码")),
                ("about", models.TextField(null=True, verbose_name="反映事由")),
                ("received_at", models.BigIntegerField(verbose_name="收到时间")),
                ("verified", models.TextField(null=True, verbose_name="是否查实")),
                ("verified_at", models.BigIntegerField(null=True, verbose_name="查实时间")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "投诉与线索",
                "db_table": "fact_complaints",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["complaint_no", "seen_from"],
                        name="complaints_past",
                    ),
                    models.Index(fields=["case_no"], name="complaints_by_case"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("complaint_no",),
                        name="complaints_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactCirculars",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("office", models.TextField(verbose_name="通报单位")),
                ("month", models.TextField(verbose_name="月份")),
                ("issued_at", models.BigIntegerField(null=True, verbose_name="发布时间")),
                ("reported_up_at", models.BigIntegerField(null=True, verbose_name="上报时间")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "通报",
                "db_table": "fact_circulars",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["office", "month", "seen_from"],
                        name="circulars_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("office", "month"),
                        name="circulars_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactCertificates",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case_no", models.TextField(verbose_name="办件编号")),
                ("seq", models.BigIntegerField(verbose_name="序号")),
                ("certificate_no", models.TextField(null=True, verbose_name="证照编号")),
                ("type_code", models.TextField(null=True, verbose_name="证照类型代码")),
                ("holder", models.TextField(null=True, verbose_name="持证者")),
                ("issuer", models.TextField(null=True, verbose_name="发证单位")),
                ("issued_at", models.BigIntegerField(null=True, verbose_name="发证时间")),
                ("valid_from", models.BigIntegerField(null=True, verbose_name="有效期起")),
                ("valid_to", models.BigIntegerField(null=True, verbose_name="有效期止")),
                ("ministry_pending", models.BooleanField(null=True, verbose_name="部委待定")),
                ("determined_at", models.BigIntegerField(null=True, verbose_name="部委确定时间")),
                ("uploaded_at", models.BigIntegerField(null=True, verbose_name="上传时间")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("sealed", models.BinaryField(null=True, verbose_name="密封")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "证照",
                "db_table": "fact_certificates",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["case_no", "seq", "seen_from"],
                        name="certificates_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("case_no", "seq"),
                        name="certificates_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactCases",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case_no", models.TextField(verbose_name="办件编号")),
                ("item_code", models.TextField(verbose_name="实施编码")),
                ("item_version", models.BigIntegerField(null=True, verbose_name="事项版本")),
                ("agency_code", models.TextField(null=True, verbose_name="部门代码")),
                ("region_code", models.TextField(null=True, verbose_name="区划代码")),
                ("hall_code", models.TextField(null=True, verbose_name="大厅代码")),
                ("window_code", models.TextField(null=True, verbose_name="窗口代码")),
                ("officer_code", models.TextField(null=True, verbose_name="经办人代码")),
                ("channel", models.TextField(null=True, verbose_name="申报渠道")),
                ("applicant_type", models.TextField(null=True, verbose_name="申请人类型")),
                ("applicant_name", models.TextField(null=True, verbose_name="申请人名称")),
                ("applicant_id_type", models.TextField(null=True, verbose_name="申请人证件类型")),
                ("applicant_id", models.TextField(null=True, verbose_name="申请人证件号码")),
                ("contact_name", models.TextField(null=True, verbose_name="联系人")),
                ("contact_phone", models.TextField(null=True, verbose_name="联系电话")),
                ("received_at", models.BigIntegerField(verbose_name="收件时间")),
                ("preaccepted_at", models.BigIntegerField(null=True, verbose_name="预受理时间")),
                ("opinion", models.TextField(null=True, verbose_name="受理意见")),
                ("opinion_at", models.BigIntegerField(null=True, verbose_name="受理意见时间")),
                ("reject_reason", models.TextField(null=True, verbose_name="不受理原因")),
                ("accepted_at", models.BigIntegerField(null=True, verbose_name="受理时间")),
                ("completed_at", models.BigIntegerField(null=True, verbose_name="办结时间")),
                ("outcome", models.TextField(null=True, verbose_name="办理结果")),
                ("abnormal_reason", models.TextField(null=True, verbose_name="非正常办结原因")),
                ("visits", models.BigIntegerField(null=True, verbose_name="跑动次数")),
                ("extension_days", models.BigIntegerField(null=True, verbose_name="延长审批天数")),
                ("extension_approved_by", models.TextField(null=True, verbose_name="延长审批批准人")),
                ("receipt_no", models.TextField(null=True, verbose_name="接收凭证号")),
                ("promised_at", models.BigIntegerField(null=True, verbose_name="承诺办结时间")),
                ("joint_no", models.TextField(null=True, verbose_name="一件事编号")),
                ("lead_agency", models.TextField(null=True, verbose_name="牵头部门代码")),
                ("evaluation_offered_at", models.BigIntegerField(null=True, verbose_name="推送评价时间")),
                ("source_system", models.TextField(null=True, verbose_name="来源系统")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("sealed", models.BinaryField(null=True, verbose_name="密封")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "办件",
                "db_table": "fact_cases",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["case_no", "seen_from"],
                        name="cases_past",
                    ),
                    models.Index(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=["agency_code", "received_at", "outcome", "withdrawn"],
                        name="cases_by_agency",
                    ),
                    models.Index(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=["item_code", "received_at"],
                        name="cases_by_item",
                    ),
                    models.Index(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=["received_at", "region_code", "agency_code", "outcome", "withdrawn"],
                        name="cases_by_received",
                    ),
                    models.Index(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=["completed_at", "received_at", "region_code", "agency_code", "withdrawn"],
                        name="cases_by_completed",
                    ),
                    models.Index(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=["applicant_id"],
                        name="cases_by_id",
                    ),
                    models.Index(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=["applicant_name"],
                        name="cases_by_name",
                    ),
                    models.Index(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=["contact_phone"],
                        name="cases_by_phone",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)), fields=("case_no",), name="cases_open"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactArrivals",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.TextField(verbose_name="来源")),
                ("day", models.BigIntegerField(verbose_name="日期")),
                ("rows", models.BigIntegerField(null=True, verbose_name="行数")),
                ("nil", models.BooleanField(null=True, verbose_name="零报送")),
                ("arrived_at", models.BigIntegerField(null=True, verbose_name="到达时间")),
                ("reviewed_by", models.TextField(null=True, verbose_name="审核人")),
                ("exempt", models.BooleanField(null=True, verbose_name="免报")),
                ("agency_code", models.TextField(null=True, verbose_name="来源所属部门")),
                ("region_code", models.TextField(null=True, verbose_name="来源所属区划")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "报送",
                "db_table": "fact_arrivals",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["source", "day", "seen_from"],
                        name="arrivals_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("source", "day"),
                        name="arrivals_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactAppeals",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("appeal_no", models.TextField(verbose_name="申诉编号")),
                ("alert", models.TextField(null=True, verbose_name="信号")),
                ("case_no", models.TextField(null=True, verbose_name="办件编号")),
                ("judged_at", models.BigIntegerField(null=True, verbose_name="判定异常时间")),
                ("filed_at", models.BigIntegerField(null=True, verbose_name="申诉时间")),
                ("second_evaluation_no", models.TextField(null=True, verbose_name="二次评价编号")),
                ("decided_at", models.BigIntegerField(null=True, verbose_name="结论时间")),
                ("decision", models.TextField(null=True, verbose_name="申诉结论")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "申诉",
                "db_table": "fact_appeals",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["appeal_no", "seen_from"],
                        name="appeals_past",
                    ),
                    models.Index(fields=["case_no"], name="appeals_by_case"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)),
                        fields=("appeal_no",),
                        name="appeals_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactAgencies",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField(verbose_name="部门统一社会信用代码")),
                ("name", models.TextField(verbose_name="部门名称")),
                ("region_code", models.TextField(verbose_name="区划代码")),
                ("parent_code", models.TextField(null=True, verbose_name="上级部门代码")),
                ("central", models.BooleanField(null=True, verbose_name="中央驻豫单位")),
                ("source_version", models.BigIntegerField(null=True, verbose_name="来源版本")),
                ("withdrawn", models.BooleanField(null=True, verbose_name="已撤回")),
                ("reported_at", models.BigIntegerField(null=True, verbose_name="入库时间")),
                ("seen_from", models.BigIntegerField(verbose_name="自批次")),
                ("seen_to", models.BigIntegerField(null=True, verbose_name="至批次")),
                ("column_versions", models.TextField(null=True, verbose_name="各列版本")),
                ("batch_row", models.BigIntegerField(null=True, verbose_name="批内行号")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "部门",
                "db_table": "fact_agencies",
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_to__isnull", False)),
                        fields=["code", "seen_from"],
                        name="agencies_past",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_to__isnull", True)), fields=("code",), name="agencies_open"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=200, verbose_name="消息键")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="intake.batch", verbose_name="批次"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="intake.source", verbose_name="来源"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("source", "key"), name="delivery_once")],
            },
        ),
        migrations.CreateModel(
            name="Conflict",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("table", models.CharField(max_length=40, verbose_name="事实表")),
                ("row", models.BigIntegerField(verbose_name="批内行号")),
                ("key", models.CharField(max_length=300, verbose_name="主键")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conflicts",
                        to="intake.batch",
                        verbose_name="批次",
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                        verbose_name="先报来源",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["batch", "table", "row"], name="conflict_of_batch")],
            },
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(
                condition=models.Q(("state__in", ["received", "applying"])),
                fields=["id"],
                name="batch_unapplied",
            ),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(
                condition=models.Q(("state", "set_aside")), fields=["id"], name="batch_set_aside"
            ),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(fields=["source", "received_at"], name="batch_of_source"),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(fields=["applied_at"], name="batch_applied"),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(
                condition=models.Q(("reviewed_at__isnull", False)),
                fields=["source", "reviewed_at"],
                name="batch_reviewed",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(fields=("source", "key"), name="batch_once"),
        ),
    ]
