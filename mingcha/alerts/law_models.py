"""Rules and calendars that were published here, over those that are shipped."""

from __future__ import annotations

from django.db import models


class Publication(models.Model):
    """A pack, a calendar or a list of adopted packs, as files 发布: uploaded, checked, approved by a second person.

    It is in force from the moment its difference list is applied until another of the same kind and name is, or it
    is ended. Files are kept as they were uploaded; what was once in force is never deleted.
    """

    class Kind(models.TextChoices):
        """What the files are."""

        PACK = "pack", "规则包"
        CALENDAR = "calendar", "工作日历"
        ADOPTION = "adoption", "采用的规则包"

    class State(models.TextChoices):
        """draft (checked) -> approved (difference list being made) -> in_force -> ended; or refused."""

        DRAFT = "draft", "待审定"
        APPROVED = "approved", "已审定"
        IN_FORCE = "in_force", "施行"
        ENDED = "ended", "停用"
        REFUSED = "refused", "未通过"

    kind = models.CharField("种类", max_length=10, choices=Kind)
    name = models.CharField("名称", max_length=80, help_text="规则包编号、年份或地区代码、packs")
    title = models.CharField("标题", max_length=200)
    region_code = models.CharField("行政区划", max_length=12, default="", blank=True)
    files = models.JSONField("文件", default=dict, help_text="文件名 -> 内容")
    digest = models.CharField("摘要", max_length=64)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    why = models.TextField("缘由", default="", blank=True)
    faults = models.JSONField("检查", default=list, help_text="文件、行、问题、怎么办")
    trial = models.JSONField("试行", default=dict, help_text="新增、撤回、变更,按规则与部门")
    uploaded_by = models.CharField("上传人", max_length=150)
    uploaded_at = models.DateTimeField("上传时间")
    approved_by = models.CharField("审定人", max_length=150, default="", blank=True)
    approved_at = models.DateTimeField("审定时间", null=True)
    opinion = models.TextField("审定意见", default="", blank=True)
    in_force_at = models.DateTimeField("施行时间", null=True)
    ended_at = models.DateTimeField("停用时间", null=True)
    ended_by = models.CharField("停用人", max_length=150, default="", blank=True)

    class Meta:
        """Of one kind and name, one is in force."""

        constraints = [
            models.UniqueConstraint(
                fields=["kind", "name"],
                condition=models.Q(state="in_force"),
                name="publication_in_force_once",
            )
        ]
        indexes = [models.Index(fields=["state", "kind"], name="publication_state")]
