"""Accounts, the roles they were given, their sessions and their former passwords."""

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
    SOCIAL_SUPERVISOR = "social_supervisor", "社会监督员"
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

    def __str__(self) -> str:
        return f"{self.name}({self.username})"


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

    class Meta:
        """The same role for the same office is given once at a time."""

        constraints = [
            models.UniqueConstraint(
                fields=["account", "role", "region_code", "agency_code"],
                condition=models.Q(ended_at=None),
                name="grant_once",
            )
        ]


class SignIn(models.Model):
    """One session 登录: from where, since when, when last used, and how it ended. Rows stay."""

    class End(models.TextChoices):
        """Why a session is over."""

        LEFT = "left", "本人退出"
        IDLE = "idle", "长时间没有操作"
        ELSEWHERE = "elsewhere", "在别处登录"
        ENDED = "ended", "被结束"
        PASSWORD = "password", "口令已更改"  # noqa: S105

    account = models.ForeignKey(Account, models.PROTECT, related_name="sign_ins", verbose_name="账号")
    session = models.CharField("会话", max_length=64, unique=True, help_text="会话标识的 SHA-256")
    address = models.CharField("来自", max_length=60, blank=True, default="")
    agent = models.CharField("浏览器", max_length=200, blank=True, default="")
    started_at = models.DateTimeField("登录时间")
    used_at = models.DateTimeField("最近操作")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    end = models.CharField("如何结束", max_length=10, choices=End, blank=True, default="")

    class Meta:
        """Those under way are looked up by account."""

        indexes = [
            models.Index(
                fields=["account", "used_at"], name="sign_in_open", condition=models.Q(ended_at=None)
            )
        ]


class PastPassword(models.Model):
    """A password that was used before, as its hash: it may not come again too soon."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="past_passwords", verbose_name="账号")
    password = models.CharField("口令的散列", max_length=128)
    replaced_at = models.DateTimeField("更换时间")
