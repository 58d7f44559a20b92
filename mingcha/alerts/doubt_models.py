"""Rules that are doubted: too many of their alerts were overturned."""

from __future__ import annotations

from django.db import models


class Doubt(models.Model):
    """Since when alerts of a rule wait for a person before they are issued 先由人工确认, and why. Never deleted."""

    rule = models.CharField("规则", max_length=80)
    since = models.DateTimeField("自")
    overturned = models.PositiveIntegerField("被推翻")
    decided = models.PositiveIntegerField("有结论")
    ended_at = models.DateTimeField("至", null=True)

    class Meta:
        """A rule is doubted once at a time."""

        constraints = [
            models.UniqueConstraint(fields=["rule"], name="doubt_once", condition=models.Q(ended_at=None))
        ]
