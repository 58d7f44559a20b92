"""Jobs, the outbox, and the audit chain."""

from __future__ import annotations

from django.db import models


class Job(models.Model):
    """Work to be done once: claimed under a lease, its effect and its end in one transaction (`base.jobs`).

    `kind` and `key` name the work, so that the same work is not put in twice while it waits; while it is under way
    it may be put in again. `attempts` fences: only the claim with the present number may finish the job.
    """

    class State(models.TextChoices):
        """ready -> leased -> done; a lease that runs out makes it ready again; failed after the last attempt."""

        READY = "ready", "待办"
        LEASED = "leased", "进行中"
        DONE = "done", "完成"
        FAILED = "failed", "失败"

    key = models.CharField("名称", max_length=200)
    kind = models.CharField("种类", max_length=60)
    payload = models.JSONField("内容", default=dict)
    state = models.CharField("状态", max_length=10, choices=State, default=State.READY)
    run_at = models.DateTimeField("何时做")
    lease_until = models.DateTimeField("占用至", null=True)
    attempts = models.PositiveIntegerField("次数", default=0)
    last_error = models.TextField("上次的错误", default="", blank=True)
    created_at = models.DateTimeField("放入", auto_now_add=True)
    done_at = models.DateTimeField("完成", null=True)

    class Meta:
        """Only what waits or is under way is looked through; work of one name waits once."""

        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], name="job_waits_once", condition=models.Q(state="ready")
            )
        ]
        indexes = [
            models.Index(fields=["kind", "key"], name="job_under_way", condition=models.Q(state="leased")),
            models.Index(
                fields=["run_at", "id"],
                name="job_waiting",
                condition=models.Q(state__in=["ready", "leased"]),
            ),
        ]


class Outgoing(models.Model):
    """One message to the outside 外发: written with what caused it, sent by a worker, at least once under one key."""

    class State(models.TextChoices):
        """waiting -> sent, or given up after the last attempt."""

        WAITING = "waiting", "待发"
        SENT = "sent", "已发"
        GIVEN_UP = "given_up", "放弃"

    key = models.CharField("幂等键", max_length=200, unique=True)
    channel = models.CharField("渠道", max_length=30)
    address = models.CharField("地址", max_length=500)
    body = models.JSONField("内容")
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    next_at = models.DateTimeField("下次")
    attempts = models.PositiveIntegerField("次数", default=0)
    last_error = models.TextField("上次的错误", default="", blank=True)
    created_at = models.DateTimeField("写入", auto_now_add=True)
    sent_at = models.DateTimeField("发出", null=True)

    class Meta:
        """Only what waits is looked through."""

        indexes = [
            models.Index(fields=["next_at"], name="outgoing_waiting", condition=models.Q(state="waiting"))
        ]


class KeyMark(models.Model):
    """Which key the rows of this database were written with (`base.keys`): a digest of it, never the key."""

    name = models.CharField("密钥", max_length=40, primary_key=True)
    digest = models.CharField("特征", max_length=32)
    since = models.DateTimeField("自")


class AuditBlock(models.Model):
    """What was committed within about a second, chained: the root of its rows' tree, and the block before.

    `digest` is an HMAC-SM3: nobody without the key can write a chain anew.
    """

    no = models.BigIntegerField("块号", primary_key=True)
    sealed_at = models.DateTimeField("封块时间")
    rows = models.PositiveIntegerField("行数")
    root = models.CharField("根", max_length=64)
    previous = models.CharField("前块", max_length=64)
    digest = models.CharField("摘要", max_length=64)


class AuditRow(models.Model):
    """One act 审计记录. `mac` (HMAC-SM3) stands for the row from the moment it is committed, its block from the next
    sealing; within a block rows are in the order of their ids. `nonce` makes two equal acts two rows."""

    at = models.DateTimeField("时间")
    actor = models.CharField("何人", max_length=150)
    act = models.CharField("何事", max_length=60)
    about = models.CharField("对象", max_length=300)
    purpose = models.CharField("事由", max_length=300, default="", blank=True)
    detail = models.JSONField("细节", default=dict)
    address = models.CharField("来自", max_length=60, default="", blank=True)
    nonce = models.CharField("随机数", max_length=16)
    mac = models.CharField("校验码", max_length=64)
    block = models.ForeignKey(AuditBlock, models.PROTECT, null=True, verbose_name="块", db_index=False)

    class Meta:
        """Searched by what it is about, by who did it, and by day."""

        indexes = [
            models.Index(fields=["about", "id"], name="audit_about"),
            models.Index(fields=["actor", "id"], name="audit_actor"),
            models.Index(fields=["at"], name="audit_at"),
            models.Index(fields=["block", "id"], name="audit_block"),
            models.Index(fields=["id"], name="audit_unsealed", condition=models.Q(block=None)),
        ]
