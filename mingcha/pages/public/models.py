"""What the public pages keep: puzzles that were used, and how often a case or an address was tried."""

from __future__ import annotations

from django.db import models


class Spent(models.Model):
    """A puzzle that was used 已用的验证: it is taken once. Rows of more than a day ago are cleared."""

    digest = models.CharField("摘要", max_length=64, primary_key=True)
    at = models.DateTimeField("时间")


class Attempt(models.Model):
    """How often something was tried on a day 尝试次数. `token`: of the case's number or of the address, never they
    themselves."""

    kind = models.CharField("种类", max_length=10)
    token = models.CharField("对象", max_length=64)
    day = models.DateField("日期")
    count = models.PositiveIntegerField("次数", default=0)

    class Meta:
        """One row for a day."""

        constraints = [models.UniqueConstraint(fields=["kind", "token", "day"], name="attempt_once")]
