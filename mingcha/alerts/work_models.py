"""What people do about alerts: difference lists, tasks of manual supervision, evidence files."""

from __future__ import annotations

from django.db import models

from mingcha.base.fields import LocalInstant


class Difference(models.Model):
    """A difference list 重算差异单: what another calendar, rule or item version makes of what was judged before.

    Its lines name alerts to add, withdraw and change. It is applied by a person as a recorded act, or set aside;
    what follows from new versions of items is applied at once by the system and listed here.
    """

    class State(models.TextChoices):
        """making -> open -> applying -> applied; or set aside."""

        MAKING = "making", "计算中"
        OPEN = "open", "待执行"
        APPLYING = "applying", "执行中"
        APPLIED = "applied", "已执行"
        SET_ASIDE = "set_aside", "不执行"

    state = models.CharField("状态", max_length=10, choices=State, default=State.MAKING)
    cause = models.CharField("起因", max_length=300)
    publication = models.ForeignKey(
        "alerts.Publication", models.PROTECT, null=True, related_name="differences", verbose_name="发布"
    )
    as_of = LocalInstant("判定时点", null=True)
    known_at = models.BigIntegerField("据批次", null=True)
    made_at = models.DateTimeField("提出时间")
    made_by = models.CharField("提出人", max_length=150)
    added = models.PositiveIntegerField("新增", default=0)
    withdrawn = models.PositiveIntegerField("撤回", default=0)
    changed = models.PositiveIntegerField("变更", default=0)
    settled_at = models.DateTimeField("执行时间", null=True)
    settled_by = models.CharField("执行人", max_length=150, default="", blank=True)
    why = models.TextField("执行意见", default="", blank=True)


class DifferenceLine(models.Model):
    """One alert that would be added, withdrawn or changed."""

    class Kind(models.TextChoices):
        """Words of `trials.compare_runs`."""

        ADDED = "added", "新增"
        WITHDRAWN = "withdrawn", "撤回"
        CHANGED = "changed", "变更"

    difference = models.ForeignKey(Difference, models.CASCADE, related_name="lines")
    kind = models.CharField("种类", max_length=10, choices=Kind)
    rule = models.CharField("规则", max_length=80)
    about = models.CharField("对象种类", max_length=40)
    key = models.TextField("对象")
    subject = models.TextField("其中", default="", blank=True)
    episode = models.PositiveIntegerField("第几次", default=1)
    case_no = models.TextField("办件编号", default="", blank=True)
    agency_code = models.TextField("部门", default="", blank=True)
    region_code = models.TextField("行政区划", default="", blank=True)
    level_before = models.CharField("原级别", max_length=12, default="", blank=True)
    level_after = models.CharField("新级别", max_length=12, default="", blank=True)
    fields = models.JSONField("变了什么", default=list)
    reason_before = models.TextField("原理由", default="", blank=True)
    reason_after = models.TextField("新理由", default="", blank=True)

    class Meta:
        """Listed within their difference."""

        indexes = [models.Index(fields=["difference", "kind", "rule"], name="difference_lines")]


class Task(models.Model):
    """A task of manual supervision 人工监察: assigned, investigated, found or unfounded with reasons, on its own
    clock."""

    class State(models.TextChoices):
        """waiting -> assigned -> investigating -> found | unfounded; the alert gone: dropped."""

        WAITING = "waiting", "待交办"
        ASSIGNED = "assigned", "已交办"
        INVESTIGATING = "investigating", "核查中"
        FOUND = "found", "属实"
        UNFOUNDED = "unfounded", "不属实"
        DROPPED = "dropped", "信号已撤回"

    alert = models.OneToOneField("alerts.Alert", models.PROTECT, related_name="task", verbose_name="信号")
    state = models.CharField("状态", max_length=15, choices=State, default=State.WAITING)
    region_code = models.TextField("行政区划", default="", blank=True)
    agency_code = models.TextField("部门", default="", blank=True)
    opened_at = models.DateTimeField("开始")
    due_at = LocalInstant("应办结", null=True)
    assigned_to = models.CharField("承办人", max_length=150, default="", blank=True)
    closed_at = models.DateTimeField("办结", null=True)
    conclusion = models.TextField("结论与理由", default="", blank=True)
    told_late_at = models.DateTimeField("逾期提醒", null=True)
    version = models.PositiveIntegerField("变动次数", default=1)

    class Meta:
        """Open ones are listed by their due moment."""

        indexes = [
            models.Index(
                fields=["due_at"],
                name="task_open",
                condition=models.Q(state__in=["waiting", "assigned", "investigating"]),
            )
        ]


class TaskStep(models.Model):
    """One step of a task: who did what, when, and why."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="steps")
    no = models.PositiveIntegerField("序号")
    state = models.CharField("状态", max_length=15, choices=Task.State)
    at = models.DateTimeField("时间")
    actor = models.CharField("何人", max_length=150)
    note = models.TextField("记录", default="", blank=True)

    class Meta:
        """Numbered within their task."""

        constraints = [models.UniqueConstraint(fields=["task", "no"], name="task_step_no")]


class Evidence(models.Model):
    """A file that proves an alert or was found in its task 证据; kept under its digest, served as an attachment."""

    alert = models.ForeignKey("alerts.Alert", models.PROTECT, related_name="files", verbose_name="信号")
    digest = models.CharField("摘要", max_length=64, help_text="SHA-256")
    name = models.CharField("文件名", max_length=255)
    size = models.BigIntegerField("字节数")
    added_by = models.CharField("添加人", max_length=150)
    added_at = models.DateTimeField("添加时间")
    note = models.CharField("说明", max_length=300, default="", blank=True)

    class Meta:
        """The same file once an alert."""

        constraints = [models.UniqueConstraint(fields=["alert", "digest"], name="evidence_once")]
