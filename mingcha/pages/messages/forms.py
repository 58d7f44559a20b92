"""What people write about channels, subscriptions, mutes, keys and webhooks."""

from __future__ import annotations

from typing import Any

from django import forms

from mingcha.accounts.models import Account
from mingcha.accounts.policies import POLICIES
from mingcha.accounts.policy import may
from mingcha.api.keys import LONGEST, OFFERED
from mingcha.notify.levels import LABELS
from mingcha.notify.models import Channel, Subscription, Webhook

LEVELS = [("", "不限"), *LABELS.items()]
KINDS = [("", "全部"), ("alert.", "监察信号"), ("task.", "人工监察任务"), ("webhook.", "回调停用")]
HOURS = [
    (1, "1 小时"),
    (4, "4 小时"),
    (8, "8 小时"),
    (24, "1 天"),
    (72, "3 天"),
    (168, "7 天"),
    (720, "30 天"),
]


class ChannelForm(forms.Form):
    """A new way outside, with its first subscription."""

    kind = forms.ChoiceField(label="渠道", choices=Channel.Kind.choices)
    address = forms.CharField(
        label="地址", max_length=500, help_text="邮件写邮箱地址;群机器人粘贴其 Webhook 地址或密钥"
    )
    secret = forms.CharField(
        label="加签密钥", max_length=200, required=False, help_text="钉钉、飞书启用加签时填写"
    )
    what = forms.ChoiceField(label="种类", choices=KINDS, required=False)
    least_level = forms.ChoiceField(label="最低级别", choices=LEVELS, required=False, initial="warning")
    timing = forms.ChoiceField(
        label="时间", choices=Subscription.Timing.choices, initial=Subscription.Timing.WORKING_HOURS
    )
    digest_at = forms.TimeField(
        label="汇总时刻",
        required=False,
        initial="08:30",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )


class MuteForm(forms.Form):
    """A mute: for how long, why, of what."""

    hours = forms.TypedChoiceField(label="静音多久", choices=HOURS, coerce=int, initial=8)
    reason = forms.CharField(label="事由", max_length=300)
    rule = forms.CharField(label="只对规则", max_length=80, required=False, help_text="规则编号;不填为全部")
    case_no = forms.CharField(label="只对办件", max_length=120, required=False)
    region_code = forms.CharField(label="只对区划", max_length=12, required=False)
    agency_code = forms.CharField(label="只对部门", max_length=18, required=False)
    everybody = forms.BooleanField(
        label="对辖区内所有人", required=False, help_text="限监察员;须写明区划或部门"
    )


class KeyForm(forms.Form):
    """A new key of the web service."""

    name = forms.CharField(label="用途", max_length=120, help_text="哪个系统、做什么用")
    policies = forms.MultipleChoiceField(label="权限", widget=forms.CheckboxSelectMultiple)
    days = forms.IntegerField(label="有效天数", min_value=1, max_value=LONGEST.days, initial=365)
    per_minute = forms.IntegerField(label="每分钟请求数", min_value=1, max_value=60_000, initial=600)
    region_code = forms.CharField(label="限于区划", max_length=12, required=False)
    agency_code = forms.CharField(label="限于部门", max_length=18, required=False)

    def __init__(self, account: Account, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        offered = [(name, POLICIES[name].label) for name in OFFERED if may(account, name)]
        self.fields["policies"].choices = offered  # type: ignore[attr-defined]


class HookForm(forms.Form):
    """A new webhook."""

    name = forms.CharField(label="用途", max_length=120)
    url = forms.CharField(label="地址", max_length=500, help_text="https://…;内网地址须由系统管理员先准许")
    signing = forms.ChoiceField(label="签名", choices=Webhook.Signing.choices)
    what = forms.ChoiceField(label="种类", choices=KINDS, required=False, initial="alert.")
    least_level = forms.ChoiceField(label="最低级别", choices=LEVELS, required=False)
    rule = forms.CharField(label="只要规则", max_length=80, required=False)
    region_code = forms.CharField(label="只要区划", max_length=12, required=False)
    agency_code = forms.CharField(label="只要部门", max_length=18, required=False)
