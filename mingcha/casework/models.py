"""Matters and what happened to them; the duty roster and its log."""

from __future__ import annotations

from typing import Final

from django.db import models

from mingcha.base.fields import LocalInstant
from mingcha.casework.duty_models import Duty, LogEntry

__all__ = ["Duty", "LogEntry", "Mark", "Matter", "Proof", "Transition"]

UNHURRIED: Final = 2**62
"""The urgency of what is never due: after everything that is."""


class Matter(models.Model):
    """One thing that is being worked on 事项: its present. Its past is in `Transition`; its kind says what may happen.

    `subject_kind` and `subject` say what it is about: an alert (`rule/about/key/subject/episode`), an evaluation, a
    complaint, or itself (an order). Only `casework.moving` writes this table.
    """

    no = models.CharField("编号", max_length=40, unique=True)
    kind = models.CharField("种类", max_length=20)
    state = models.CharField("状态", max_length=20)
    subject_kind = models.CharField("对象种类", max_length=20)
    subject = models.TextField("对象")
    nth = models.PositiveSmallIntegerField("第几次", default=1)
    alert = models.ForeignKey(
        "alerts.Alert", models.PROTECT, null=True, related_name="matters", verbose_name="信号"
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="children", verbose_name="上级事项"
    )
    group = models.CharField("同一批", max_length=40, default="", blank=True)
    title = models.CharField("标题", max_length=200)
    case_no = models.TextField("办件编号", default="", blank=True)
    item_code = models.TextField("事项", default="", blank=True)
    agency_code = models.TextField("部门", default="", blank=True)
    region_code = models.TextField("行政区划", default="", blank=True)
    officer_code = models.TextField("经办人", default="", blank=True)
    level = models.CharField("等级", max_length=10, default="", blank=True)
    holder = models.CharField("该谁办", max_length=10, default="", blank=True)
    issuer = models.TextField(
        "发出机关", default="", blank=True, help_text="行政区划或部门代码;* 为管整个系统的机关;空为不限"
    )
    person = models.CharField("承办人", max_length=150, default="", blank=True)
    opened_at = models.DateTimeField("开始")
    opened_by = models.CharField("发起人", max_length=150)
    due_at = LocalInstant("应办结", null=True)
    urgency = models.BigIntegerField("次序", default=UNHURRIED, help_text="应办结的时刻;没有的排在最后")
    reminded = models.BigIntegerField("已提醒的期限", default=0, help_text="为哪个期限提醒过:当时的次序")
    due_rule = models.CharField("依据的规则", max_length=80, default="", blank=True)
    wakes_at = LocalInstant("自动办理时点", null=True)
    closed_at = models.DateTimeField("办结", null=True)
    changed_at = models.DateTimeField("最近变动")
    fact = models.JSONField("事实行", default=dict, help_text="所写事实表的一行:列 → 值,时刻为 ISO 文本")
    told = models.JSONField("填写的内容", default=dict)
    version = models.PositiveIntegerField("变动次数", default=1)

    class Meta:
        """Open ones are listed by whose turn it is and when they are due; all by what they are about."""

        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_kind", "subject", "nth"], name="matter_once_about_its_subject"
            )
        ]
        indexes = [
            models.Index(
                fields=["holder", "urgency", "id"],
                name="matter_held",
                condition=models.Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["agency_code", "urgency", "id"],
                name="matter_open_of_agency",
                condition=models.Q(closed_at__isnull=True),
            ),
            models.Index(fields=["urgency", "id"], name="matter_urgency"),
            models.Index(
                fields=["kind", "agency_code", "region_code"],
                name="matter_open_kind",
                condition=models.Q(closed_at__isnull=True),
            ),
            models.Index(fields=["agency_code", "kind"], name="matter_agency"),
            models.Index(fields=["region_code", "kind"], name="matter_region"),
            models.Index(
                fields=["wakes_at"], name="matter_wakes", condition=models.Q(wakes_at__isnull=False)
            ),
            models.Index(fields=["subject_kind", "subject"], name="matter_subject"),
            models.Index(fields=["case_no"], name="matter_case"),
            models.Index(fields=["-changed_at", "-id"], name="matter_recent"),
            models.Index(fields=["kind", "state", "-changed_at"], name="matter_kind"),
            models.Index(fields=["group"], name="matter_group", condition=~models.Q(group="")),
        ]

    def __str__(self) -> str:
        return f"{self.no} {self.title}"


class Mark(models.Model):
    """Up to when something recurring has looked."""

    name = models.CharField("名称", max_length=40, primary_key=True)
    at = models.DateTimeField("至")


class Transition(models.Model):
    """One act on a matter 经过: written once; what it says is in the audit chain too."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="transitions")
    no = models.PositiveIntegerField("序号")
    act = models.CharField("办理", max_length=30)
    before = models.CharField("原状态", max_length=20, default="", blank=True)
    after = models.CharField("状态", max_length=20)
    actor = models.CharField("何人", max_length=150)
    reason = models.TextField("理由", default="", blank=True)
    evidence = models.JSONField("证据", default=list, help_text="证据文件的摘要(SHA-256)")
    entered = models.JSONField("填写的内容", default=dict)
    lawful_at = LocalInstant("法定时点")
    recorded_at = models.DateTimeField("记录时间")
    due_at = LocalInstant("此后应办结", null=True)

    class Meta:
        """Numbered within its matter."""

        constraints = [models.UniqueConstraint(fields=["matter", "no"], name="transition_no")]
        indexes = [models.Index(fields=["recorded_at"], name="transition_recorded")]


class Proof(models.Model):
    """A file that belongs to a matter 证据; kept once under its digest (`alerts.evidence`), served as an attachment."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="proofs")
    digest = models.CharField("摘要", max_length=64, help_text="SHA-256")
    name = models.CharField("文件名", max_length=255)
    size = models.BigIntegerField("字节数")
    added_by = models.CharField("添加人", max_length=150)
    added_at = models.DateTimeField("添加时间")

    class Meta:
        """The same file once a matter."""

        constraints = [models.UniqueConstraint(fields=["matter", "digest"], name="proof_once")]
