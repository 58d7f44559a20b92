"""Accounts and the roles they were given."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models


class Role(models.TextChoices):
    """Who uses the system. The three administrators (三员) exclude each other and every other role."""

    SUPERVISOR = "supervisor", "监察员"
    LIAISON = "liaison", "部门联络员"
    OFFICER = "officer", "窗口人员"
    LEADER = "leader", "领导"
    ASSESSOR = "assessor", "考核员"
    THIRD_PARTY = "third_party", "第三方"
    REPORTING = "reporting", "报送账号"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDITOR = "auditor", "审计员"


class Account(AbstractUser):
    """A person or a reporting system that signs in. `first_name` and `last_name` are not used; `name` is."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField("姓名", max_length=60)
    officer_code = models.CharField("工作人员编号", max_length=60, blank=True, default="")
    phone = models.CharField("电话", max_length=30, blank=True, default="")
    must_change_password = models.BooleanField("须改密码", default=False)
    password_changed_at = models.DateTimeField("改密时间", null=True, blank=True)


class Grant(models.Model):
    """One role, for one region and below and, where named, one agency and below. Ended, never deleted."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="grants", verbose_name="账号")
    role = models.CharField("角色", max_length=20, choices=Role)
    region_code = models.CharField("行政区划", max_length=12, blank=True, default="")
    agency_code = models.CharField("部门", max_length=18, blank=True, default="")
    granted_by = models.CharField("授予人", max_length=150)
    granted_at = models.DateTimeField("授予时间", auto_now_add=True)
    ended_by = models.CharField("收回人", max_length=150, blank=True, default="")
    ended_at = models.DateTimeField("收回时间", null=True, blank=True)
