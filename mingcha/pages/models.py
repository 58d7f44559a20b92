"""What pages keep: views that people saved, and the addresses of wall screens."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from mingcha.pages.public.models import Attempt, Spent  # noqa: F401  Django finds them through this module


class SavedView(models.Model):
    """A list with its conditions, order and columns, under a name of one's own 我的视图."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="账号"
    )
    list = models.CharField("列表", max_length=40)
    name = models.CharField("名称", max_length=40)
    query = models.CharField("条件", max_length=2000)
    saved_at = models.DateTimeField("保存时间", auto_now=True)

    class Meta:
        """One of a name for a person and a list; saving again replaces it."""

        constraints = [models.UniqueConstraint(fields=["account", "list", "name"], name="saved_view_once")]


class Wall(models.Model):
    """An address of the wall screen 大屏: shows the numbers of one region to whoever has its token. Ended, never
    deleted."""

    name = models.CharField("名称", max_length=60)
    region_code = models.CharField("行政区划", max_length=12, blank=True, default="")
    token_digest = models.CharField("令牌摘要", max_length=64, unique=True)
    made_by = models.CharField("建立人", max_length=150)
    made_at = models.DateTimeField("建立时间")
    ended_by = models.CharField("停用人", max_length=150, blank=True, default="")
    ended_at = models.DateTimeField("停用时间", null=True)
