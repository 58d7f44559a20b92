"""What the four ways in keep besides sources and batches: payloads, refusals, marks, deliveries, measures."""

from __future__ import annotations

from django.db import models


class Payload(models.Model):
    """What was sent, byte for byte, sealed: small ones here, large ones in a file named by their digest."""

    batch = models.OneToOneField(
        "intake.Batch", models.PROTECT, primary_key=True, related_name="stored", verbose_name="批次"
    )
    sealed = models.BinaryField("密封内容", null=True)
    file = models.CharField(
        "文件", max_length=80, blank=True, default="", help_text="数据文件夹 payloads 之下"
    )


class Refusal(models.Model):
    """What was not received 拒收, and why: the visible quarantine of every way.

    `sealed` holds what was sent where it helps to mend it (a message of a stream); never where rows were marked
    classified.
    """

    source = models.ForeignKey("intake.Source", models.PROTECT, verbose_name="来源")
    at = models.DateTimeField("时间")
    way = models.CharField("方式", max_length=20)
    name = models.CharField("名称", max_length=255, help_text="文件名,或主题/分区/位置")
    digest = models.CharField("摘要", max_length=64, blank=True, default="")
    size = models.BigIntegerField("字节数", default=0)
    why = models.TextField("原因与办法")
    sent_by = models.CharField("报送人", max_length=150, blank=True, default="")
    sealed = models.BinaryField("密封内容", null=True)
    settled_at = models.DateTimeField("处理时间", null=True)
    settled_by = models.CharField("处理人", max_length=150, blank=True, default="")

    class Meta:
        """Listed by source, newest first."""

        indexes = [models.Index(fields=["source", "-at"], name="refusal_of_source")]


class FeedMark(models.Model):
    """How far a table of another database was read 高水位; moved in the transaction of the batch."""

    source = models.ForeignKey("intake.Source", models.PROTECT, verbose_name="来源")
    feed = models.CharField("外部表", max_length=120)
    mark = models.CharField("已读到", max_length=60)
    read_at = models.DateTimeField("上次读取")

    class Meta:
        """One mark a table."""

        constraints = [models.UniqueConstraint(fields=["source", "feed"], name="feed_mark_once")]


class Delivery(models.Model):
    """A message of a stream that was taken, by its key: delivered again, it is left out."""

    source = models.ForeignKey("intake.Source", models.PROTECT, verbose_name="来源")
    key = models.CharField("消息键", max_length=200)
    batch = models.ForeignKey("intake.Batch", models.PROTECT, verbose_name="批次")

    class Meta:
        """Once a source."""

        constraints = [models.UniqueConstraint(fields=["source", "key"], name="delivery_once")]


class NilReport(models.Model):
    """零报送: the source says that there is nothing to report up to this moment."""

    source = models.ForeignKey("intake.Source", models.PROTECT, verbose_name="来源")
    at = models.DateTimeField("时间")
    sent_by = models.CharField("报送人", max_length=150)

    class Meta:
        """Looked for by source and time."""

        indexes = [models.Index(fields=["source", "at"], name="nil_of_source")]


class BatchQuality(models.Model):
    """A batch measured by the four words of 第十四条: 合规 完整 准确 及时 (see `intake.quality`).

    Each is a pair: of how many rows that the word applies to, how many satisfy it.
    """

    batch = models.OneToOneField(
        "intake.Batch", models.PROTECT, primary_key=True, related_name="quality", verbose_name="批次"
    )
    no = models.BigIntegerField("批号", unique=True)
    window_start = models.BigIntegerField("及时的起点", help_text="此刻(当地时间,微秒)之后发生的,为及时报送")
    rows = models.BigIntegerField("收到行数")
    compliant = models.BigIntegerField("合规行数")
    accurate_of = models.BigIntegerField("准确:计入行数")
    accurate = models.BigIntegerField("准确行数")
    complete_of = models.BigIntegerField("完整:计入行数", default=0)
    complete = models.BigIntegerField("完整行数", default=0)
    timely_of = models.BigIntegerField("及时:计入行数", default=0)
    timely = models.BigIntegerField("及时行数", default=0)


class QualityMark(models.Model):
    """Up to which row of a fact table batches were measured."""

    table = models.CharField("事实表", max_length=40, primary_key=True)
    upto = models.BigIntegerField("已量到", default=0)
