"""A complaint beside its matter: what was said, and, sealed, who said it."""

from __future__ import annotations

from django.db import models


class Complaint(models.Model):
    """What was reported 投诉内容. Its state and its past are its matter's (kind `complaint`).

    What it is about (`case_no`, `agency_code`) stands here and not on the matter until the agency is asked or the
    complaint is found true: who is complained of could tell from the case who complains.

    `text` is shown with the numbers of people masked; the words as they were written lie in `sealed`, together with who
    complains. `receipt` is the digest of the number the complainant asks by: who reads the table cannot ask in their
    place.
    """

    matter = models.OneToOneField(
        "casework.Matter", models.PROTECT, related_name="complaint", verbose_name="事项"
    )
    receipt = models.CharField("查询号摘要", max_length=64, unique=True)
    source = models.CharField("线索来源", max_length=20)
    topic = models.CharField("反映事由", max_length=20)
    text = models.TextField("内容")
    case_no = models.TextField("办件编号", blank=True, default="")
    agency_code = models.TextField("部门", blank=True, default="")
    anonymous = models.BooleanField("匿名", default=True)
    sealed = models.BinaryField("投诉人(密封)", null=True)
    outside_no = models.CharField(
        "来源编号", max_length=60, blank=True, default="", help_text="如 12345 工单号"
    )
    filed_by = models.CharField("登记账号", max_length=150, blank=True, default="")
    reply = models.TextField("答复", blank=True, default="")

    class Meta:
        """A number of another system comes once; everybody finds what they filed."""

        constraints = [
            models.UniqueConstraint(
                fields=["source", "outside_no"],
                condition=~models.Q(outside_no=""),
                name="complaint_outside_once",
            )
        ]
        indexes = [models.Index(fields=["filed_by", "-id"], name="complaint_filed_by")]
