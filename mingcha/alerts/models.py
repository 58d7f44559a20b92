"""Alerts, their changes, what could not be judged, and when to look again."""

from __future__ import annotations

from django.db import models

from mingcha.alerts.doubt_models import Doubt
from mingcha.alerts.law_models import Publication
from mingcha.alerts.work_models import Difference, DifferenceLine, Evidence, Task, TaskStep
from mingcha.base.fields import LocalInstant

__all__ = [
    "Alert",
    "Change",
    "DayCount",
    "Difference",
    "DifferenceLine",
    "Doubt",
    "Evidence",
    "Publication",
    "Task",
    "TaskStep",
    "Undetermined",
    "Watch",
]

_COUNTED = (
    "region_code",
    "agency_code",
    "level",
    "state",
    "abnormal",
    "manual",
    "lead",
    "provisional",
    "standing",
)
"""What alerts are counted by, and who may see them: it stands in the indexes, so that counting reads no alert."""
_LIVE = models.Q(state__in=["proposed", "open"])


class Alert(models.Model):
    """One alert 监察信号: its present. Who it is: (rule, about, key, subject, episode). Its past is in `Change`.

    Only `alerts.changing.change` writes this table.
    """

    class Level(models.TextChoices):
        """In rising order; the words of findings."""

        NONE = "none", "未到等级"
        NOTE = "note", "提醒"
        WARNING = "warning", "预警"
        YELLOW = "yellow", "黄牌"
        RED = "red", "红牌"

    class State(models.TextChoices):
        """proposed 待确认 -> open 未了结 -> cured 已改正 | withdrawn 已撤回 | superseded 已被代替; a withdrawn one
        may be raised again."""

        PROPOSED = "proposed", "待确认"
        OPEN = "open", "未了结"
        CURED = "cured", "已改正"
        WITHDRAWN = "withdrawn", "已撤回"
        SUPERSEDED = "superseded", "已被代替"

    class Origin(models.TextChoices):
        """Raised by a rule, or entered by a person 人工录入."""

        RULE = "rule", "规则"
        MANUAL = "manual", "人工录入"

    rule = models.CharField("规则", max_length=80)
    about = models.CharField("对象种类", max_length=40)
    key = models.TextField("对象")
    subject = models.TextField("其中", default="", blank=True)
    episode = models.PositiveIntegerField("第几次", default=1)
    origin = models.CharField("来由", max_length=10, choices=Origin, default=Origin.RULE)
    pack = models.CharField("规则包", max_length=60, default="", blank=True)
    rule_version = models.CharField("规则版本", max_length=80, default="", blank=True)
    calendar_version = models.CharField("日历版本", max_length=80, default="", blank=True)
    known_at = models.BigIntegerField("据批次", null=True)
    case_no = models.TextField("办件编号", default="", blank=True)
    item_code = models.TextField("事项", default="", blank=True)
    agency_code = models.TextField("部门", default="", blank=True)
    region_code = models.TextField("行政区划", default="", blank=True)
    level = models.CharField("级别", max_length=10, choices=Level)
    state = models.CharField("状态", max_length=12, choices=State)
    abnormal = models.BooleanField("异常办件", default=False)
    manual = models.BooleanField("人工监察", default=False)
    lead = models.BooleanField("线索", default=False)
    provisional = models.BooleanField("暂定", default=False)
    standing = models.BooleanField("持续", default=False)
    found = models.BooleanField("最近一次判定仍有", default=True)
    since = LocalInstant("自", null=True)
    warn_at = LocalInstant("预警时点", null=True)
    yellow_at = LocalInstant("黄牌时点", null=True)
    red_at = LocalInstant("红牌时点", null=True)
    due_at = LocalInstant("应办结", null=True)
    next_at = LocalInstant("下一时点", null=True)
    ended_at = LocalInstant("终了", null=True)
    article = models.TextField("条款")
    reason = models.TextField("理由")
    evidence = models.TextField("依据", default="{}")
    moment = LocalInstant("初次的法定时点", null=True)
    issued_at = LocalInstant("发出时间", null=True, help_text="空:没有发出;时限链从这里起算")
    lawful_at = LocalInstant("现级别的法定时点")
    raised_at = models.DateTimeField("首次记录")
    changed_at = models.DateTimeField("最近变动")
    version = models.PositiveIntegerField("变动次数", default=1)

    class Meta:
        """Listed and counted by time, open ones apart; all are found by case."""

        constraints = [
            models.UniqueConstraint(
                fields=["rule", "about", "key", "subject", "episode"], name="alert_identity"
            )
        ]
        indexes = [
            models.Index(fields=["lawful_at", *_COUNTED], name="alert_open", condition=_LIVE),
            models.Index(fields=["due_at", "-id", *_COUNTED], name="alert_open_due", condition=_LIVE),
            models.Index(fields=["-changed_at", "-id"], name="alert_recent"),
            models.Index(fields=["lawful_at", *_COUNTED], name="alert_lawful"),
            models.Index(fields=["case_no"], name="alert_case"),
            models.Index(fields=["about", "key"], name="alert_unit"),
            models.Index(fields=["rule", "-lawful_at"], name="alert_rule"),
            models.Index(fields=["agency_code", "-lawful_at"], name="alert_agency"),
        ]


class Change(models.Model):
    """One change of an alert 变动. Written once; what it says is in the audit chain too."""

    class Kind(models.TextChoices):
        """What happened to the alert."""

        PROPOSED = "proposed", "待确认"
        RAISED = "raised", "发出"
        RISEN = "risen", "升级"
        LOWERED = "lowered", "降级"
        UPDATED = "updated", "依据更新"
        CURED = "cured", "改正"
        WITHDRAWN = "withdrawn", "撤回"
        SUPERSEDED = "superseded", "被代替"
        REOPENED = "reopened", "重新发出"
        CONFIRMED = "confirmed", "确认"
        DISMISSED = "dismissed", "不予确认"

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="changes")
    no = models.PositiveIntegerField("序号")
    kind = models.CharField("变动", max_length=12, choices=Kind)
    level_before = models.CharField("原级别", max_length=10, default="", blank=True)
    level = models.CharField("级别", max_length=10)
    state_before = models.CharField("原状态", max_length=12, default="", blank=True)
    state = models.CharField("状态", max_length=12)
    lawful_at = LocalInstant("法定时点", null=True)
    recorded_at = models.DateTimeField("记录时间")
    actor = models.CharField("何人", max_length=150)
    why = models.TextField("原因", default="", blank=True)
    batch_no = models.BigIntegerField("据批次", null=True)
    reason = models.TextField("当时的理由", default="", blank=True)

    class Meta:
        """Numbered within its alert."""

        constraints = [models.UniqueConstraint(fields=["alert", "no"], name="change_no")]
        indexes = [
            models.Index(fields=["recorded_at"], name="change_recorded"),
            models.Index(fields=["lawful_at"], name="change_lawful"),
        ]


class Undetermined(models.Model):
    """A verdict that could not be reached 不可判定, and why: counted, shown and chased, never green.

    No alert: nothing was found. It is closed (`settled_at`) when the verdict can be reached or nothing is asked any
    more, and never deleted.
    """

    rule = models.CharField("规则", max_length=80)
    about = models.CharField("对象种类", max_length=40)
    key = models.TextField("对象")
    subject = models.TextField("其中", default="", blank=True)
    cause = models.CharField("原因", max_length=40, help_text="engine.record.CAUSES")
    case_no = models.TextField("办件编号", default="", blank=True)
    item_code = models.TextField("事项", default="", blank=True)
    agency_code = models.TextField("部门", default="", blank=True)
    region_code = models.TextField("行政区划", default="", blank=True)
    article = models.TextField("条款")
    reason = models.TextField("理由")
    evidence = models.TextField("依据", default="{}")
    known_at = models.BigIntegerField("据批次", null=True)
    noticed_at = models.DateTimeField("首次记录")
    changed_at = models.DateTimeField("最近变动")
    settled_at = models.DateTimeField("了结", null=True)

    class Meta:
        """Chased by cause, item and agency."""

        constraints = [
            models.UniqueConstraint(fields=["rule", "about", "key", "subject"], name="undetermined_identity")
        ]
        indexes = [
            models.Index(fields=["about", "key"], name="undetermined_unit"),
            models.Index(
                fields=["cause", "item_code"],
                name="undetermined_open",
                condition=models.Q(settled_at__isnull=True),
            ),
        ]


class Watch(models.Model):
    """When to look at a unit again: one row per open unit."""

    unit = models.CharField("单位", max_length=40)
    key = models.TextField("对象")
    look_again_at = LocalInstant("何时再看")

    class Meta:
        """The sweep takes those whose moment has come."""

        constraints = [models.UniqueConstraint(fields=["unit", "key"], name="watch_unit")]
        indexes = [models.Index(fields=["look_again_at"], name="watch_next")]


class DayCount(models.Model):
    """How many alerts a day, kept by the one function that changes an alert: the numbers of the overview.

    The day is the lawful one. `raised` counts each level an alert reached on its day (RAISED, RISEN, CONFIRMED,
    REOPENED), `ended` those that were no longer open since then, by the level they had; each alert once a day.
    """

    day = models.DateField("日期")
    rule = models.CharField("规则", max_length=80)
    agency_code = models.TextField("部门", default="", blank=True)
    region_code = models.TextField("行政区划", default="", blank=True)
    level = models.CharField("级别", max_length=10)
    raised = models.IntegerField("发出", default=0)
    ended = models.IntegerField("了结", default=0)

    class Meta:
        """Added up by day."""

        constraints = [
            models.UniqueConstraint(
                fields=["day", "rule", "agency_code", "region_code", "level"], name="day_count_once"
            )
        ]
