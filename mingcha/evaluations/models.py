"""What is kept of ratings beside the facts: that they were asked for, and what was said, from the moment it was said.

`Rating` is where a rating is durable before it is acknowledged; within a second or two `writing` makes it a row of
the fact table `evaluations`, and from there it is judged, listed and counted like any reported one. Who the citizen
is lies sealed here and nowhere else: the fact table knows only that a rating was given under a name.
"""

from __future__ import annotations

from django.db import models

from mingcha.base.fields import LocalInstant

NUMBER_LENGTH = 60


class Offer(models.Model):
    """A citizen was asked to rate 请评: one case, or one visit. The rating has a number of its own and the same `once`:
    by the number of the offer, who asked does not find it."""

    class Way(models.TextChoices):
        """By what the citizen was asked."""

        PAGE = "page", "办结后页面"
        QR = "qr", "二维码"
        KIOSK = "kiosk", "窗口评价器"
        SMS = "sms", "短信"

    no = models.CharField("编号", max_length=NUMBER_LENGTH, unique=True)
    once = models.CharField(
        "一事一次", max_length=200, unique=True, help_text="办件、到厅服务或追评只请评一次"
    )
    kind = models.CharField("评价类别", max_length=20)
    case_no = models.TextField("办件编号", blank=True, default="")
    service_seq = models.IntegerField("服务次数", null=True)
    window_code = models.TextField("窗口", blank=True, default="")
    officer_code = models.TextField("经办人", blank=True, default="")
    agency_code = models.TextField("部门", blank=True, default="")
    item_code = models.TextField("事项", blank=True, default="")
    follows = models.CharField("追评对象", max_length=NUMBER_LENGTH, blank=True, default="")
    appeal = models.CharField(
        "所答复的申诉", max_length=40, blank=True, default="", help_text="二次评价据以决定的申诉编号"
    )
    way = models.CharField("方式", max_length=10, choices=Way)
    offered_at = LocalInstant("请评时间")
    offered_by = models.CharField("请评人", max_length=150, blank=True, default="")
    expires_at = LocalInstant("有效至")
    batch_no = models.BigIntegerField("写入批次", null=True, help_text="办件的请评时间已写入事实表")

    class Meta:
        """Found by window while it waits at a terminal, by case, and while it is not yet in the facts."""

        indexes = [
            models.Index(fields=["case_no"], name="offer_case"),
            models.Index(fields=["window_code", "-offered_at"], name="offer_window"),
            models.Index(
                fields=["id"], name="offer_unwritten", condition=models.Q(batch_no=None, kind="case")
            ),
        ]


class Rating(models.Model):
    """A rating that was taken 评价: what was said, when, through what. Written once; `batch_no` is set when it has
    become a fact, `sealed` is emptied when nobody needs to know any more who it was."""

    no = models.CharField("评价编号", max_length=NUMBER_LENGTH, unique=True)
    once = models.CharField("一事一次", max_length=200, unique=True)
    said = models.JSONField("内容", help_text="事实表 evaluations 的各列")
    sealed = models.BinaryField("评价人(密封)", null=True)
    device = models.CharField(
        "设备", max_length=44, blank=True, default="", help_text="当日有效的摘要,不能还原"
    )
    taken_at = models.DateTimeField("收到时间")
    taken_by = models.CharField("录入人", max_length=150, blank=True, default="")
    batch_no = models.BigIntegerField("写入批次", null=True)
    opens = models.BooleanField("待跟进", default=False, help_text="差评还没有交办,追评还没有用来决定申诉")

    class Meta:
        """What is not yet in the facts, and what is not yet followed up, is taken in order; ratings of one device are
        found together."""

        indexes = [
            models.Index(fields=["id"], name="rating_opens", condition=models.Q(opens=True)),
            models.Index(fields=["id"], name="rating_unwritten", condition=models.Q(batch_no=None)),
            models.Index(fields=["device", "taken_at"], name="rating_device"),
        ]
