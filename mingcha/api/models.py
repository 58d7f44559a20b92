"""Keys of the web service."""

from __future__ import annotations

from django.db import models

from mingcha.accounts.models import Account


class ApiKey(models.Model):
    """A key 接口密钥: acts for one account, within the policies and the part of the city it was given.

    The key itself is shown once; `digest` is its SHA-256 (it has 256 random bits, so it needs no salt). Ended, never
    deleted. What the account may not, its key may not either.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="api_keys", verbose_name="账号")
    name = models.CharField("用途", max_length=120)
    hint = models.CharField("开头", max_length=12)
    digest = models.CharField("摘要", max_length=64, unique=True)
    policies = models.JSONField("权限", default=list)
    region_code = models.CharField("限于区划", max_length=12, blank=True, default="")
    agency_code = models.CharField("限于部门", max_length=18, blank=True, default="")
    per_minute = models.PositiveIntegerField("每分钟请求数", default=600)
    made_by = models.CharField("发放人", max_length=150)
    made_at = models.DateTimeField("发放时间")
    expires_at = models.DateTimeField("有效期至", null=True, blank=True)
    used_at = models.DateTimeField("最近使用", null=True, blank=True)
    ended_by = models.CharField("停用人", max_length=150, blank=True, default="")
    ended_at = models.DateTimeField("停用时间", null=True, blank=True)
