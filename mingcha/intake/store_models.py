"""What the store keeps beside the rows: which columns a batch reported, what it touched, what it did not take."""

from __future__ import annotations

import secrets

from django.db import models


def new_mark() -> int:
    """A number that no other has."""
    return secrets.randbits(62)


class Reported(models.Model):
    """One table of one batch: from here is known which columns each version of a row was reported with."""

    no = models.BigIntegerField("批号")
    table = models.CharField("事实表", max_length=40)
    columns = models.JSONField("报送的列")
    staged = models.BigIntegerField("已入库行数", default=0)
    """How far the batch has come in this table: what an interrupted batch goes on from."""
    changed = models.BigIntegerField("改变的行数", default=0)
    mark = models.BigIntegerField("标记", default=new_mark)
    """Names the state of the table: a number that was rolled back may be given again, a mark is not."""

    class Meta:
        """Found by batch, and by table for what was reported last."""

        constraints = [models.UniqueConstraint(fields=["no", "table"], name="reported_once")]
        indexes = [
            models.Index(fields=["table", "no"], name="reported_of_table"),
            models.Index(fields=["table", "no"], name="reported_changes", condition=models.Q(changed__gt=0)),
        ]


class Touched(models.Model):
    """A unit that a batch touched: it has to be judged again. Kept until it was (`reading.settle_touched`)."""

    no = models.BigIntegerField("批号")
    unit = models.CharField("单位种类", max_length=20)
    key = models.CharField("单位", max_length=120)

    class Meta:
        """Once a batch."""

        constraints = [models.UniqueConstraint(fields=["no", "unit", "key"], name="touched_once")]


class Awaited(models.Model):
    """A case of which rows came before itself: when it comes, they are settled (`intake.claiming`)."""

    case_no = models.TextField("办件编号", primary_key=True)


class Conflict(models.Model):
    """A row that was not taken because its case or key belongs to another source 冲突; the first stays."""

    batch = models.ForeignKey("intake.Batch", models.PROTECT, related_name="conflicts", verbose_name="批次")
    table = models.CharField("事实表", max_length=40)
    row = models.BigIntegerField("批内行号")
    key = models.CharField("主键", max_length=300)
    holder = models.ForeignKey(
        "intake.Source", models.PROTECT, null=True, related_name="+", verbose_name="先报来源"
    )

    class Meta:
        """Found by batch."""

        indexes = [models.Index(fields=["batch", "table", "row"], name="conflict_of_batch")]
