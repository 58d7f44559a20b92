import django.db.models.deletion
from django.db import migrations, models

import mingcha.base.fields


class Migration(migrations.Migration):
    replaces = [
        ("alerts", "0001_start"),
        ("alerts", "0002_keep_law_tasks_and_differences"),
        ("alerts", "0003_hold_keys_of_any_length"),
        ("alerts", "0004_judge_without_a_lease"),
        ("alerts", "0005_apply_differences_by_a_job"),
        ("alerts", "0006_doubt_rules"),
        ("alerts", "0007_tell_of_late_tasks"),
        ("alerts", "0008_count_alerts_by_their_indexes"),
    ]  # stores made before the first release go on

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Alert",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.CharField(max_length=80, verbose_name="规则")),
                ("about", models.CharField(max_length=40, verbose_name="对象种类")),
                ("key", models.TextField(verbose_name="对象")),
                ("subject", models.TextField(blank=True, default="", verbose_name="其中")),
                ("episode", models.PositiveIntegerField(default=1, verbose_name="第几次")),
                (
                    "origin",
                    models.CharField(
                        choices=[("rule", "规则"), ("manual", "人工录入")],
                        default="rule",
                        max_length=10,
                        verbose_name="来由",
                    ),
                ),
                ("pack", models.CharField(blank=True, default="", max_length=60, verbose_name="规则包")),
                (
                    "rule_version",
                    models.CharField(blank=True, default="", max_length=80, verbose_name="规则版本"),
                ),
                (
                    "calendar_version",
                    models.CharField(blank=True, default="", max_length=80, verbose_name="日历版本"),
                ),
                ("known_at", models.BigIntegerField(null=True, verbose_name="据批次")),
                ("case_no", models.TextField(blank=True, default="", verbose_name="办件编号")),
                ("item_code", models.TextField(blank=True, default="", verbose_name="事项")),
                ("agency_code", models.TextField(blank=True, default="", verbose_name="部门")),
                ("region_code", models.TextField(blank=True, default="", verbose_name="行政区划")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("none", "未到等级"),
                            ("note", "提醒"),
                            ("warning", "预警"),
                            ("yellow", "黄牌"),
                            ("red", "红牌"),
                        ],
                        max_length=10,
                        verbose_name="级别",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "待确认"),
                            ("open", "未了结"),
                            ("cured", "已改正"),
                            ("withdrawn", "已撤回"),
                            ("superseded", "已被代替"),
                        ],
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("abnormal", models.BooleanField(default=False, verbose_name="异常办件")),
                ("manual", models.BooleanField(default=False, verbose_name="人工监察")),
                ("lead", models.BooleanField(default=False, verbose_name="线索")),
                ("provisional", models.BooleanField(default=False, verbose_name="暂定")),
                ("standing", models.BooleanField(default=False, verbose_name="持续")),
                ("found", models.BooleanField(default=True, verbose_name="最近一次判定仍有")),
                ("since", mingcha.base.fields.LocalInstant(null=True, verbose_name="自")),
                ("warn_at", mingcha.base.fields.LocalInstant(null=True, verbose_name="预警时点")),
                ("yellow_at", mingcha.base.fields.LocalInstant(null=True, verbose_name="黄牌时点")),
                ("red_at", mingcha.base.fields.LocalInstant(null=True, verbose_name="红牌时点")),
                ("due_at", mingcha.base.fields.LocalInstant(null=True, verbose_name="应办结")),
                ("next_at", mingcha.base.fields.LocalInstant(null=True, verbose_name="下一时点")),
                ("ended_at", mingcha.base.fields.LocalInstant(null=True, verbose_name="终了")),
                ("article", models.TextField(verbose_name="条款")),
                ("reason", models.TextField(verbose_name="理由")),
                ("evidence", models.TextField(default="{}", verbose_name="依据")),
                ("moment", mingcha.base.fields.LocalInstant(null=True, verbose_name="初次的法定时点")),
                (
                    "issued_at",
                    mingcha.base.fields.LocalInstant(
                        help_text="空:没有发出;时限链从这里起算", null=True, verbose_name="发出时间"
                    ),
                ),
                ("lawful_at", mingcha.base.fields.LocalInstant(verbose_name="现级别的法定时点")),
                ("raised_at", models.DateTimeField(verbose_name="首次记录")),
                ("changed_at", models.DateTimeField(verbose_name="最近变动")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="变动次数")),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["proposed", "open"])),
                        fields=[
                            "lawful_at",
                            "region_code",
                            "agency_code",
                            "level",
                            "state",
                            "abnormal",
                            "manual",
                            "lead",
                            "provisional",
                            "standing",
                        ],
                        name="alert_open",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["proposed", "open"])),
                        fields=[
                            "due_at",
                            "-id",
                            "region_code",
                            "agency_code",
                            "level",
                            "state",
                            "abnormal",
                            "manual",
                            "lead",
                            "provisional",
                            "standing",
                        ],
                        name="alert_open_due",
                    ),
                    models.Index(fields=["-changed_at", "-id"], name="alert_recent"),
                    models.Index(
                        fields=[
                            "lawful_at",
                            "region_code",
                            "agency_code",
                            "level",
                            "state",
                            "abnormal",
                            "manual",
                            "lead",
                            "provisional",
                            "standing",
                        ],
                        name="alert_lawful",
                    ),
                    models.Index(fields=["case_no"], name="alert_case"),
                    models.Index(fields=["about", "key"], name="alert_unit"),
                    models.Index(fields=["rule", "-lawful_at"], name="alert_rule"),
                    models.Index(fields=["agency_code", "-lawful_at"], name="alert_agency"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("rule", "about", "key", "subject", "episode"), name="alert_identity"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DayCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="日期")),
                ("rule", models.CharField(max_length=80, verbose_name="规则")),
                ("agency_code", models.TextField(blank=True, default="", verbose_name="部门")),
                ("region_code", models.TextField(blank=True, default="", verbose_name="行政区划")),
                ("level", models.CharField(max_length=10, verbose_name="级别")),
                ("raised", models.IntegerField(default=0, verbose_name="发出")),
                ("ended", models.IntegerField(default=0, verbose_name="了结")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "rule", "agency_code", "region_code", "level"), name="day_count_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Doubt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.CharField(max_length=80, verbose_name="规则")),
                ("since", models.DateTimeField(verbose_name="自")),
                ("overturned", models.PositiveIntegerField(verbose_name="被推翻")),
                ("decided", models.PositiveIntegerField(verbose_name="有结论")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="至")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("rule",), name="doubt_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Publication",
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
                        choices=[("pack", "规则包"), ("calendar", "工作日历"), ("adoption", "采用的规则包")],
                        max_length=10,
                        verbose_name="种类",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="规则包编号、年份或地区代码、packs", max_length=80, verbose_name="名称"
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="标题")),
                (
                    "region_code",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="行政区划"),
                ),
                ("files", models.JSONField(default=dict, help_text="文件名 -> 内容", verbose_name="文件")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "待审定"),
                            ("approved", "已审定"),
                            ("in_force", "施行"),
                            ("ended", "停用"),
                            ("refused", "未通过"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("why", models.TextField(blank=True, default="", verbose_name="缘由")),
                (
                    "faults",
                    models.JSONField(default=list, help_text="文件、行、问题、怎么办", verbose_name="检查"),
                ),
                (
                    "trial",
                    models.JSONField(
                        default=dict, help_text="新增、撤回、变更,按规则与部门", verbose_name="试行"
                    ),
                ),
                ("uploaded_by", models.CharField(max_length=150, verbose_name="上传人")),
                ("uploaded_at", models.DateTimeField(verbose_name="上传时间")),
                (
                    "approved_by",
                    models.CharField(blank=True, default="", max_length=150, verbose_name="审定人"),
                ),
                ("approved_at", models.DateTimeField(null=True, verbose_name="审定时间")),
                ("opinion", models.TextField(blank=True, default="", verbose_name="审定意见")),
                ("in_force_at", models.DateTimeField(null=True, verbose_name="施行时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="停用时间")),
                ("ended_by", models.CharField(blank=True, default="", max_length=150, verbose_name="停用人")),
            ],
            options={
                "indexes": [models.Index(fields=["state", "kind"], name="publication_state")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "in_force")),
                        fields=("kind", "name"),
                        name="publication_in_force_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Difference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
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
                ),
                ("cause", models.CharField(max_length=300, verbose_name="起因")),
                ("as_of", mingcha.base.fields.LocalInstant(null=True, verbose_name="判定时点")),
                ("known_at", models.BigIntegerField(null=True, verbose_name="据批次")),
                ("made_at", models.DateTimeField(verbose_name="提出时间")),
                ("made_by", models.CharField(max_length=150, verbose_name="提出人")),
                ("added", models.PositiveIntegerField(default=0, verbose_name="新增")),
                ("withdrawn", models.PositiveIntegerField(default=0, verbose_name="撤回")),
                ("changed", models.PositiveIntegerField(default=0, verbose_name="变更")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="执行时间")),
                (
                    "settled_by",
                    models.CharField(blank=True, default="", max_length=150, verbose_name="执行人"),
                ),
                ("why", models.TextField(blank=True, default="", verbose_name="执行意见")),
                (
                    "publication",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="differences",
                        to="alerts.publication",
                        verbose_name="发布",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待交办"),
                            ("assigned", "已交办"),
                            ("investigating", "核查中"),
                            ("found", "属实"),
                            ("unfounded", "不属实"),
                            ("dropped", "信号已撤回"),
                        ],
                        default="waiting",
                        max_length=15,
                        verbose_name="状态",
                    ),
                ),
                ("region_code", models.TextField(blank=True, default="", verbose_name="行政区划")),
                ("agency_code", models.TextField(blank=True, default="", verbose_name="部门")),
                ("opened_at", models.DateTimeField(verbose_name="开始")),
                ("due_at", mingcha.base.fields.LocalInstant(null=True, verbose_name="应办结")),
                (
                    "assigned_to",
                    models.CharField(blank=True, default="", max_length=150, verbose_name="承办人"),
                ),
                ("closed_at", models.DateTimeField(null=True, verbose_name="办结")),
                ("conclusion", models.TextField(blank=True, default="", verbose_name="结论与理由")),
                ("told_late_at", models.DateTimeField(null=True, verbose_name="逾期提醒")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="变动次数")),
                (
                    "alert",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="task",
                        to="alerts.alert",
                        verbose_name="信号",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TaskStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("no", models.PositiveIntegerField(verbose_name="序号")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待交办"),
                            ("assigned", "已交办"),
                            ("investigating", "核查中"),
                            ("found", "属实"),
                            ("unfounded", "不属实"),
                            ("dropped", "信号已撤回"),
                        ],
                        max_length=15,
                        verbose_name="状态",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("actor", models.CharField(max_length=150, verbose_name="何人")),
                ("note", models.TextField(blank=True, default="", verbose_name="记录")),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="alerts.task"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Undetermined",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.CharField(max_length=80, verbose_name="规则")),
                ("about", models.CharField(max_length=40, verbose_name="对象种类")),
                ("key", models.TextField(verbose_name="对象")),
                ("subject", models.TextField(blank=True, default="", verbose_name="其中")),
                (
                    "cause",
                    models.CharField(help_text="engine.record.CAUSES", max_length=40, verbose_name="原因"),
                ),
                ("case_no", models.TextField(blank=True, default="", verbose_name="办件编号")),
                ("item_code", models.TextField(blank=True, default="", verbose_name="事项")),
                ("agency_code", models.TextField(blank=True, default="", verbose_name="部门")),
                ("region_code", models.TextField(blank=True, default="", verbose_name="行政区划")),
                ("article", models.TextField(verbose_name="条款")),
                ("reason", models.TextField(verbose_name="理由")),
                ("evidence", models.TextField(default="{}", verbose_name="依据")),
                ("known_at", models.BigIntegerField(null=True, verbose_name="据批次")),
                ("noticed_at", models.DateTimeField(verbose_name="首次记录")),
                ("changed_at", models.DateTimeField(verbose_name="最近变动")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="了结")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["about", "key"], name="undetermined_unit"),
                    models.Index(
                        condition=models.Q(("settled_at__isnull", True)),
                        fields=["cause", "item_code"],
                        name="undetermined_open",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("rule", "about", "key", "subject"), name="undetermined_identity"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("unit", models.CharField(max_length=40, verbose_name="单位")),
                ("key", models.TextField(verbose_name="对象")),
                ("look_again_at", mingcha.base.fields.LocalInstant(verbose_name="何时再看")),
            ],
            options={
                "indexes": [models.Index(fields=["look_again_at"], name="watch_next")],
                "constraints": [models.UniqueConstraint(fields=("unit", "key"), name="watch_unit")],
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("no", models.PositiveIntegerField(verbose_name="序号")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("proposed", "待确认"),
                            ("raised", "发出"),
                            ("risen", "升级"),
                            ("lowered", "降级"),
                            ("updated", "依据更新"),
                            ("cured", "改正"),
                            ("withdrawn", "撤回"),
                            ("superseded", "被代替"),
                            ("reopened", "重新发出"),
                            ("confirmed", "确认"),
                            ("dismissed", "不予确认"),
                        ],
                        max_length=12,
                        verbose_name="变动",
                    ),
                ),
                (
                    "level_before",
                    models.CharField(blank=True, default="", max_length=10, verbose_name="原级别"),
                ),
                ("level", models.CharField(max_length=10, verbose_name="级别")),
                (
                    "state_before",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="原状态"),
                ),
                ("state", models.CharField(max_length=12, verbose_name="状态")),
                ("lawful_at", mingcha.base.fields.LocalInstant(null=True, verbose_name="法定时点")),
                ("recorded_at", models.DateTimeField(verbose_name="记录时间")),
                ("actor", models.CharField(max_length=150, verbose_name="何人")),
                ("why", models.TextField(blank=True, default="", verbose_name="原因")),
                ("batch_no", models.BigIntegerField(null=True, verbose_name="据批次")),
                ("reason", models.TextField(blank=True, default="", verbose_name="当时的理由")),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="alerts.alert"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["recorded_at"], name="change_recorded")],
                "constraints": [models.UniqueConstraint(fields=("alert", "no"), name="change_no")],
            },
        ),
        migrations.CreateModel(
            name="DifferenceLine",
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
                        choices=[("added", "新增"), ("withdrawn", "撤回"), ("changed", "变更")],
                        max_length=10,
                        verbose_name="种类",
                    ),
                ),
                ("rule", models.CharField(max_length=80, verbose_name="规则")),
                ("about", models.CharField(max_length=40, verbose_name="对象种类")),
                ("key", models.TextField(verbose_name="对象")),
                ("subject", models.TextField(blank=True, default="", verbose_name="其中")),
                ("episode", models.PositiveIntegerField(default=1, verbose_name="第几次")),
                ("case_no", models.TextField(blank=True, default="", verbose_name="办件编号")),
                ("agency_code", models.TextField(blank=True, default="", verbose_name="部门")),
                ("region_code", models.TextField(blank=True, default="", verbose_name="行政区划")),
                (
                    "level_before",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="原级别"),
                ),
                (
                    "level_after",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="新级别"),
                ),
                ("fields", models.JSONField(default=list, verbose_name="变了什么")),
                ("reason_before", models.TextField(blank=True, default="", verbose_name="原理由")),
                ("reason_after", models.TextField(blank=True, default="", verbose_name="新理由")),
                (
                    "difference",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="alerts.difference",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["difference", "kind", "rule"], name="difference_lines")],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(help_text="SHA-256", max_length=64, verbose_name="摘要")),
                ("name", models.CharField(max_length=255, verbose_name="文件名")),
                ("size", models.BigIntegerField(verbose_name="字节数")),
                ("added_by", models.CharField(max_length=150, verbose_name="添加人")),
                ("added_at", models.DateTimeField(verbose_name="添加时间")),
                ("note", models.CharField(blank=True, default="", max_length=300, verbose_name="说明")),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="alerts.alert",
                        verbose_name="信号",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("alert", "digest"), name="evidence_once")],
            },
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "assigned", "investigating"])),
                fields=["due_at"],
                name="task_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="taskstep",
            constraint=models.UniqueConstraint(fields=("task", "no"), name="task_step_no"),
        ),
    ]
