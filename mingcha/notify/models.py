"""Messages in the product 消息, who has seen them, and what goes outside."""

from __future__ import annotations

from django.db import models

from mingcha.accounts.models import Account


class Message(models.Model):
    """One thing that happened and whom it concerns, written in the transaction in which it happened (同步).

    Whom it concerns is an address, not a list of people: roles, and the region and agency they must hold. It is
    resolved when somebody looks, so that a message costs one row however many people read it.
    Only `messages.write` makes them. `no` is given once, in order, when a message is handed on to channels and
    webhooks: what reads by `no` misses nothing that was committed late.
    """

    no = models.BigIntegerField("序号", unique=True, null=True)
    kind = models.CharField("种类", max_length=60)
    level = models.CharField("级别", max_length=10, default="", blank=True)
    title = models.CharField("标题", max_length=200)
    text = models.TextField("内容", default="", blank=True)
    link = models.CharField("去处", max_length=300, default="", blank=True)
    subject = models.CharField("对象", max_length=200, default="", blank=True)
    rule = models.CharField("规则", max_length=80, default="", blank=True)
    case_no = models.CharField("办件编号", max_length=120, default="", blank=True)
    region_code = models.CharField("行政区划", max_length=12, default="", blank=True)
    agency_code = models.CharField("部门", max_length=18, default="", blank=True)
    officer_code = models.CharField("工作人员编号", max_length=60, default="", blank=True)
    roles = models.CharField("角色", max_length=200, default="", blank=True, help_text=";liaison;supervisor;")
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name="收件人")
    data = models.JSONField("数据", default=dict, help_text="给机器看的同一件事,不含个人信息")
    at = models.DateTimeField("时间")

    class Meta:
        """Listed newest first, found by agency and by person; what is not yet handed on is looked through."""

        indexes = [
            models.Index(fields=["agency_code", "-id"], name="message_agency"),
            models.Index(
                fields=["account", "-id"], name="message_person", condition=models.Q(account__isnull=False)
            ),
            models.Index(fields=["subject"], name="message_subject"),
            models.Index(fields=["id"], name="message_waiting", condition=models.Q(no__isnull=True)),
        ]


class Seen(models.Model):
    """That one person has read a message 已读, or acknowledged it 已确认收到."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="seen")
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    read_at = models.DateTimeField("阅读时间")
    acknowledged_at = models.DateTimeField("确认时间", null=True)

    class Meta:
        """Once for each person."""

        constraints = [models.UniqueConstraint(fields=["account", "message"], name="seen_once")]


class Inbox(models.Model):
    """Up to which message (its id) a person has declared everything read 全部已读."""

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="+")
    read_up_to = models.BigIntegerField("读到", default=0)
