"""The form by which staff and social supervisors register a complaint."""

from __future__ import annotations

from typing import Any

from django import forms

from mingcha.complaints.registering import LONGEST, LONGEST_NAME, LONGEST_PHONE, Report
from mingcha.complaints.topics import TOPICS
from mingcha.facts import codes
from mingcha.pages.lookups import trees

SOCIAL = "social_supervisor"
_LINES = (
    ("source", "topic"),
    ("text",),
    ("case_no", "agency_code"),
    ("received_at", "outside_no"),
    ("name", "phone"),
)


def listed(name: str) -> forms.TextInput:
    """A code, offered with its name by the `<datalist>` of that id."""
    return forms.TextInput(attrs={"list": name, "autocomplete": "off"})


class RegisterForm(forms.Form):
    """What is entered. A social supervisor names no source: they are it."""

    source = forms.ChoiceField(label="来源", choices=list(codes.COMPLAINT_SOURCE.values.items()))
    topic = forms.ChoiceField(label="反映事由", choices=list(TOPICS.items()))
    text = forms.CharField(
        label="内容", max_length=LONGEST, min_length=5, widget=forms.Textarea(attrs={"rows": 6})
    )
    case_no = forms.CharField(label="办件编号", max_length=64, required=False, help_text="没有办件的不填")
    agency_code = forms.CharField(
        label="部门", max_length=18, required=False, widget=listed("agencies"), help_text="不填则取办件的部门"
    )
    received_at = forms.DateTimeField(
        label="收到时间",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="不填为现在",
    )
    outside_no = forms.CharField(
        label="来源编号",
        max_length=60,
        required=False,
        help_text="如 12345 工单号、信访件号;同一编号只登记一次",
    )
    name = forms.CharField(
        label="反映人姓名", max_length=LONGEST_NAME, required=False, help_text="匿名的不填;加密保存"
    )
    phone = forms.CharField(
        label="反映人电话", max_length=LONGEST_PHONE, required=False, help_text="加密保存"
    )

    def __init__(self, *rest: Any, social: bool = False, **more: Any) -> None:
        super().__init__(*rest, **more)
        self.social = social
        if social:
            for name in ("source", "outside_no", "name", "phone"):
                del self.fields[name]

    def pairs(self) -> list[list[forms.BoundField]]:
        """The fields as they stand beside each other."""
        lines = (
            ("source", "topic"),
            ("text",),
            ("case_no", "agency_code"),
            ("received_at", "outside_no"),
            ("name", "phone"),
        )
        return [[self[name] for name in line if name in self.fields] for line in lines]

    def clean_agency_code(self) -> str:
        """A known agency."""
        code: str = self.cleaned_data["agency_code"].strip()
        if code and code not in trees().agencies:
            raise forms.ValidationError("没有这个部门,请从列出的部门中选择。")
        return code

    def report(self) -> Report:
        """What was entered."""
        given = self.cleaned_data
        received = given["received_at"]
        return Report(
            source=SOCIAL if self.social else given["source"],
            topic=given["topic"],
            text=given["text"],
            case_no=given["case_no"].strip(),
            agency_code=given["agency_code"],
            name=given.get("name", ""),
            phone=given.get("phone", ""),
            received_at=received.replace(tzinfo=None) if received else None,
            outside_no=given.get("outside_no", ""),
            strict=True,
        )
