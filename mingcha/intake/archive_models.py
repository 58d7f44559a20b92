"""Which cases were moved out of the live tables 归档, and into which files."""

from __future__ import annotations

from django.db import models


class ArchivePart(models.Model):
    """Cases that were completed in a month and moved out together: a folder of Parquet files with a manifest.

    A month may have several: what could not go at first, and what had been brought back, goes later.
    """

    class State(models.TextChoices):
        """moving -> moved -> returning -> returned; what was interrupted is gone on with."""

        MOVING = "moving", "移出中"
        MOVED = "moved", "已归档"
        RETURNING = "returning", "移回中"
        RETURNED = "returned", "已移回"

    month = models.CharField("月份", max_length=7, help_text="办结的月份,如 2024-01")
    no = models.PositiveIntegerField("第几次")
    state = models.CharField("状态", max_length=10, choices=State, default=State.MOVING)
    folder = models.CharField("文件夹", max_length=60, help_text="数据文件夹 archive 之下")
    digest = models.CharField("清单摘要", max_length=64, help_text="manifest.json 的 SHA-256")
    cases = models.PositiveIntegerField("件数", default=0)
    rows = models.BigIntegerField("行数", default=0)
    size = models.BigIntegerField("字节数", default=0)
    made_at = models.DateTimeField("归档时间")
    made_by = models.CharField("操作人", max_length=150)

    class Meta:
        """Numbered within the month."""

        constraints = [models.UniqueConstraint(fields=["month", "no"], name="archive_part_once")]


class ArchivedCase(models.Model):
    """A case whose rows are in the files of a part and nowhere else: where a search for it ends."""

    case_no = models.TextField("办件编号", primary_key=True)
    part = models.ForeignKey(ArchivePart, models.PROTECT, related_name="held", verbose_name="归档")
    item_code = models.TextField("事项", default="", blank=True)
    agency_code = models.TextField("部门", default="", blank=True)
    region_code = models.TextField("行政区划", default="", blank=True)
