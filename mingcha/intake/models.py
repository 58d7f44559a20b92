"""Sources and batches. The fact tables themselves are made in `fact_models` from the one declaration."""

from __future__ import annotations

from django.db import models

from mingcha.intake.archive_models import ArchivedCase, ArchivePart  # noqa: F401  as below
from mingcha.intake.fact_models import FACTS  # noqa: F401  Django finds the fact models through this module
from mingcha.intake.store_models import Awaited, Conflict, Reported, Touched  # noqa: F401  as above
from mingcha.intake.way_models import (  # noqa: F401  as above
    BatchQuality,
    Delivery,
    FeedMark,
    NilReport,
    Payload,
    QualityMark,
    Refusal,
)


class Source(models.Model):
    """Where rows come from 报送来源: a system, a hall, a form, with the office that owns it."""

    class Way(models.TextChoices):
        """The four ways of 规则第十三条."""

        EXCHANGE = "exchange", "数据交换平台"
        WEB_SERVICE = "web_service", "网络服务"
        FILE = "file", "文件"
        FORM = "form", "表单"

    code = models.CharField("编号", max_length=60, unique=True)
    name = models.CharField("名称", max_length=120)
    agency_code = models.CharField("所属部门", max_length=18, blank=True, default="")
    region_code = models.CharField("行政区划", max_length=12, blank=True, default="")
    way = models.CharField("方式", max_length=20, choices=Way)
    mapping = models.TextField("映射", blank=True, default="")
    best_rating = models.PositiveSmallIntegerField(
        "评价方向", null=True, help_text="几分为非常满意:5 或 1;未声明的不收评价"
    )
    review = models.BooleanField("审核后上报", default=False)
    schedule = models.JSONField("报送安排", default=dict, blank=True)
    key_hash = models.CharField("密钥摘要", max_length=128, blank=True, default="")
    key_hint = models.CharField("密钥提示", max_length=12, blank=True, default="")
    active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)


class SourceKeeper(models.Model):
    """Who answers for a source 责任人, and since when: the history stays."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="keepers", verbose_name="来源")
    name = models.CharField("姓名", max_length=60)
    phone = models.CharField("电话", max_length=30, blank=True, default="")
    since = models.DateTimeField("自")
    until = models.DateTimeField("至", null=True, blank=True)


class Batch(models.Model):
    """What arrived in one piece 批次. `no` is the number in which the one applier applied it: the second time axis.

    A batch that is received has a receipt and a stored payload; nothing of it counts before it is applied.
    """

    class State(models.TextChoices):
        """received -> (waiting -> ) applying -> applied; or refused; or set aside, then received again or refused."""

        RECEIVED = "received", "已接收"
        WAITING = "waiting", "待审核"
        APPLYING = "applying", "入库中"
        APPLIED = "applied", "已入库"
        REFUSED = "refused", "已拒绝"
        SET_ASIDE = "set_aside", "已搁置"

    no = models.BigIntegerField("批号", unique=True, null=True)
    receipt = models.CharField("回执号", max_length=40, unique=True)
    source = models.ForeignKey(Source, models.PROTECT, verbose_name="来源")
    key = models.CharField("幂等键", max_length=200)
    way = models.CharField("方式", max_length=20, choices=Source.Way)
    table = models.CharField("事实表", max_length=40, blank=True, default="", help_text="空:内容自己说明")
    form = models.CharField("格式", max_length=20)
    name = models.CharField("文件名", max_length=255, blank=True, default="")
    digest = models.CharField("摘要", max_length=64)
    size = models.BigIntegerField("字节数")
    state = models.CharField("状态", max_length=10, choices=State, default=State.RECEIVED)
    received_at = models.DateTimeField("接收时间")
    applied_at = models.DateTimeField("入库时间", null=True)
    sent_by = models.CharField("报送人", max_length=150, blank=True, default="")
    reviewed_by = models.CharField("审核人", max_length=150, blank=True, default="")
    reviewed_at = models.DateTimeField("审核时间", null=True)
    why = models.TextField("拒绝的原因", blank=True, default="")
    history = models.BooleanField(
        "历史数据", default=False, help_text="过去的办件一次导入,不填各行的入库时间"
    )
    counts = models.JSONField(
        "行数", default=dict, help_text="每张表:收到、新增、更正、不变、较旧、冲突、拒绝、等待"
    )
    faults = models.JSONField("问题", default=list, help_text="按种类:表、列、原因、行数、怎么办")
    tries = models.PositiveSmallIntegerField(
        "未成的次数", default=0, help_text="入库没有做完的次数;有进展时归零"
    )
    overtaken_at = models.BigIntegerField(
        "被越过的批号", null=True, help_text="搁置时最后的批号:此后各批的内容比本批新"
    )

    class Meta:
        """The same content under the same key of one source is the same batch."""

        constraints = [models.UniqueConstraint(fields=["source", "key"], name="batch_once")]
        indexes = [
            models.Index(
                fields=["id"], name="batch_unapplied", condition=models.Q(state__in=["received", "applying"])
            ),
            models.Index(fields=["id"], name="batch_set_aside", condition=models.Q(state="set_aside")),
            models.Index(fields=["source", "received_at"], name="batch_of_source"),
            models.Index(fields=["applied_at"], name="batch_applied"),
            models.Index(
                fields=["source", "reviewed_at"],
                name="batch_reviewed",
                condition=models.Q(reviewed_at__isnull=False),
            ),
        ]
