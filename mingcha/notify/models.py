"""Messages in the product 消息, who has seen them, and what goes outside."""

from __future__ import annotations

from django.db import models

from mingcha.accounts.models import Account


class Message(models.Model):
    """One thing that happened and whom it concerns, written in the transaction in which it happened (同步).

    Whom it concerns is an address, not a list of people: roles, and the region and agency they must hold. It is
    resolved when somebody looks, so that a message costs one row however many people read it.
    Only `messages.write` makes them. `no` is given once, in order, when a message is handed on to channels and
    webhooks: what reads by `no` misses nothing that was committed late.
    """

    no = models.BigIntegerField("序号", unique=True, null=True)
    kind = models.CharField("种类", max_length=60)
    level = models.CharField("级别", max_length=10, default="", blank=True)
    title = models.CharField("标题", max_length=200)
    text = models.TextField("内容", default="", blank=True)
    link = models.CharField("去处", max_length=300, default="", blank=True)
    subject = models.CharField("对象", max_length=200, default="", blank=True)
    rule = models.CharField("规则", max_length=80, default="", blank=True)
    case_no = models.TextField("办件编号", default="", blank=True)
    region_code = models.TextField("行政区划", default="", blank=True)
    agency_code = models.TextField("部门", default="", blank=True)
    officer_code = models.TextField("工作人员编号", default="", blank=True)
    roles = models.CharField("角色", max_length=200, default="", blank=True, help_text=";liaison;supervisor;")
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name="收件人")
    data = models.JSONField("数据", default=dict, help_text="给机器看的同一件事,不含个人信息")
    at = models.DateTimeField("时间")

    class Meta:
        """Listed newest first, found by agency and by person; what is not yet handed on is looked through."""

        indexes = [
            models.Index(fields=["agency_code", "-id"], name="message_agency"),
            models.Index(
                fields=["account", "-id"], name="message_person", condition=models.Q(account__isnull=False)
            ),
            models.Index(fields=["subject"], name="message_subject"),
            models.Index(fields=["id"], name="message_waiting", condition=models.Q(no__isnull=True)),
        ]


class Seen(models.Model):
    """That one person has read a message 已读, or acknowledged it 已确认收到."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="seen")
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    read_at = models.DateTimeField("阅读时间")
    acknowledged_at = models.DateTimeField("确认时间", null=True)

    class Meta:
        """Once for each person."""

        constraints = [models.UniqueConstraint(fields=["account", "message"], name="seen_once")]


class Inbox(models.Model):
    """Up to which message (its id) a person has declared everything read 全部已读."""

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="+")
    read_up_to = models.BigIntegerField("读到", default=0)


class Channel(models.Model):
    """A way to reach one person outside the product 外部渠道: a mail address, a chat robot.

    `sealed` holds the address or the robot's key (`base.sealing`); `hint` is what may be shown of it.
    """

    class Kind(models.TextChoices):
        """What sends by it: `notify.outside`."""

        MAIL = "mail", "邮件"
        DINGTALK = "dingtalk", "钉钉"
        WECOM = "wecom", "企业微信"
        FEISHU = "feishu", "飞书"

    account = models.ForeignKey(Account, models.CASCADE, related_name="channels", verbose_name="账号")
    kind = models.CharField("渠道", max_length=10, choices=Kind)
    sealed = models.BinaryField("密封的地址", default=b"")
    hint = models.CharField("地址", max_length=60)
    made_at = models.DateTimeField("登记时间")
    ended_at = models.DateTimeField("停用时间", null=True, blank=True)


class Subscription(models.Model):
    """What of one's messages goes to a channel, and when 订阅."""

    class Timing(models.TextChoices):
        """At once at any hour; at once in working hours and else at their next beginning; once a working day."""

        AT_ONCE = "at_once", "随时立即"
        WORKING_HOURS = "working_hours", "工作时间内立即,其余在下次上班时"
        DIGEST = "digest", "每个工作日汇总一次"

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="subscriptions", verbose_name="渠道")
    what = models.CharField("种类", max_length=60, blank=True, default="", help_text="种类的开头;空为全部")
    least_level = models.CharField("最低级别", max_length=10, blank=True, default="")
    timing = models.CharField("时间", max_length=15, choices=Timing, default=Timing.WORKING_HOURS)
    digest_at = models.TimeField("汇总时刻", null=True, blank=True)
    ended_at = models.DateTimeField("退订时间", null=True, blank=True)


class Held(models.Model):
    """A message on its way to a channel, held until its moment; what is due together is sent as one."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="held")
    message = models.ForeignKey(Message, models.CASCADE, related_name="+")
    send_at = models.DateTimeField("何时发")

    class Meta:
        """Once for each subscription; taken by moment."""

        constraints = [models.UniqueConstraint(fields=["subscription", "message"], name="held_once")]
        indexes = [models.Index(fields=["send_at"], name="held_due")]


class Mute(models.Model):
    """Messages that are not sent outside for a while 静音, by whom and why. It ends by itself, or earlier; the message
    in the product is never muted.

    For one person (`account`), or for everybody in a region or agency. `rule` and `case_no` narrow it.
    """

    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="+", verbose_name="对谁")
    region_code = models.CharField("行政区划", max_length=12, blank=True, default="")
    agency_code = models.CharField("部门", max_length=18, blank=True, default="")
    rule = models.CharField("规则", max_length=80, blank=True, default="")
    case_no = models.CharField("办件编号", max_length=120, blank=True, default="")
    author = models.CharField("何人", max_length=150)
    reason = models.CharField("事由", max_length=300)
    since = models.DateTimeField("自")
    until = models.DateTimeField("至")
    ended_by = models.CharField("提前结束人", max_length=150, blank=True, default="")
    ended_at = models.DateTimeField("提前结束", null=True, blank=True)

    class Meta:
        """Only those that may still hold are looked through."""

        indexes = [models.Index(fields=["until"], name="mute_until")]


class Webhook(models.Model):
    """An address of another system that is told of what happens 回调, as CloudEvents 1.0, signed.

    It is told what its owner may see, narrowed by the filter. After `webhooks.MOST_FAILURES` failures in a row over
    `webhooks.FAILING_FOR` it is switched off, visibly, and its owner is told.
    """

    class Signing(models.TextChoices):
        """How the body is signed."""

        SHA256 = "sha256", "HMAC-SHA256"
        SM3 = "sm3", "HMAC-SM3"

    account = models.ForeignKey(Account, models.PROTECT, related_name="webhooks", verbose_name="账号")
    name = models.CharField("用途", max_length=120)
    url = models.CharField("地址", max_length=500)
    secret = models.BinaryField("签名密钥", default=b"")
    signing = models.CharField("签名", max_length=10, choices=Signing, default=Signing.SHA256)
    what = models.CharField("种类", max_length=60, blank=True, default="", help_text="种类的开头;空为全部")
    least_level = models.CharField("最低级别", max_length=10, blank=True, default="")
    rule = models.CharField("规则", max_length=80, blank=True, default="")
    region_code = models.CharField("行政区划", max_length=12, blank=True, default="")
    agency_code = models.CharField("部门", max_length=18, blank=True, default="")
    failures = models.PositiveIntegerField("连续失败", default=0)
    failing_since = models.DateTimeField("自何时失败", null=True, blank=True)
    last_error = models.TextField("上次的错误", blank=True, default="")
    delivered_at = models.DateTimeField("最近送达", null=True, blank=True)
    made_at = models.DateTimeField("登记时间")
    disabled_at = models.DateTimeField("停用时间", null=True, blank=True)
    disabled_why = models.CharField("停用原因", max_length=300, blank=True, default="")


class CalendarLink(models.Model):
    """The address of a person's calendar of due cases 日程订阅: whoever has it reads, so it can be ended.

    `digest` is the SHA-256 of the token in it.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="calendar_links", verbose_name="账号")
    digest = models.CharField("摘要", max_length=64, unique=True)
    hint = models.CharField("开头", max_length=12)
    made_at = models.DateTimeField("生成时间")
    used_at = models.DateTimeField("最近使用", null=True, blank=True)
    ended_at = models.DateTimeField("停用时间", null=True, blank=True)
