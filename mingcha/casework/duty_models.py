"""The duty roster 值守 and the daily log 日志: 郑州规则第八条 安排工作人员值守…并做好日常记录."""

from __future__ import annotations

from django.db import models

from mingcha.accounts.models import Account


class Duty(models.Model):
    """Who keeps watch on a day, for which region. Taken off, never deleted."""

    day = models.DateField("日期")
    account = models.ForeignKey(Account, models.PROTECT, related_name="duties", verbose_name="值守人")
    region_code = models.TextField("行政区划", default="", blank=True)
    set_by = models.CharField("安排人", max_length=150)
    set_at = models.DateTimeField("安排时间")
    ended_by = models.CharField("取消人", max_length=150, default="", blank=True)
    ended_at = models.DateTimeField("取消时间", null=True, blank=True)

    class Meta:
        """One person once a day and region."""

        constraints = [
            models.UniqueConstraint(
                fields=["day", "account", "region_code"], name="duty_once", condition=models.Q(ended_at=None)
            )
        ]
        indexes = [models.Index(fields=["day"], name="duty_day")]


class LogEntry(models.Model):
    """What was seen and done on watch 日常记录. Written once; a correction is a further entry."""

    day = models.DateField("日期")
    region_code = models.TextField("行政区划", default="", blank=True)
    author = models.CharField("记录人", max_length=150)
    at = models.DateTimeField("记录时间")
    text = models.TextField("记录")
    handled = models.TextField("处置", default="", blank=True)
    matter = models.ForeignKey(
        "casework.Matter", models.PROTECT, null=True, related_name="log_entries", verbose_name="事项"
    )

    class Meta:
        """Read day by day."""

        indexes = [models.Index(fields=["day", "id"], name="log_day")]
