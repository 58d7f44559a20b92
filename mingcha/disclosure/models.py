"""What was opened to the public, where and by whom; and the pages of the months as they were published."""

from __future__ import annotations

from django.db import models


class Opened(models.Model):
    """Something of a region, and of all below it, is published 公示开关. Closed, never deleted."""

    class What(models.TextChoices):
        """What may be published."""

        SATISFACTION = "satisfaction", "满意度"
        ANSWERS = "answers", "评价与答复"
        RECTIFICATIONS = "rectifications", "整改情况"
        RED_CARDS = "red_cards", "红牌"

    region_code = models.CharField("行政区划", max_length=12)
    what = models.CharField("内容", max_length=20, choices=What)
    opened_by = models.CharField("开放人", max_length=150)
    opened_at = models.DateTimeField("开放时间")
    closed_by = models.CharField("关闭人", max_length=150, blank=True, default="")
    closed_at = models.DateTimeField("关闭时间", null=True)

    class Meta:
        """Open once at a time."""

        constraints = [
            models.UniqueConstraint(
                fields=["region_code", "what"], condition=models.Q(closed_at=None), name="opened_once"
            )
        ]


class Month(models.Model):
    """What was published of a month 月度公示, word for word: `text` is JSON, `digest` its SHA-256, `root` the root
    of the month in the audit chain. Written once."""

    month = models.CharField("月份", max_length=7, unique=True, help_text="如 2026-10")
    text = models.TextField("公示内容")
    digest = models.CharField("摘要", max_length=64)
    root = models.CharField("审计链月根", max_length=64)
    made_at = models.DateTimeField("公示时间")
