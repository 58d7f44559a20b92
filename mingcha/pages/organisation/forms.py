"""Entering a region or an agency by hand. What is entered goes the way of everything reported: a batch, two times."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from mingcha.accounts.places import Places
from mingcha.facts import checks
from mingcha.facts.codes import REGION_LEVEL


def _checked(fault: str) -> None:
    if fault and not fault.startswith(checks.NOTE):
        raise ValidationError(fault + "。")


def _chosen(listed: str) -> forms.TextInput:
    """A code, offered with its name by the `<datalist>` of that id."""
    return forms.TextInput(attrs={"list": listed, "autocomplete": "off"})


class RegionForm(forms.Form):
    """A region 行政区划."""

    table = "regions"
    code = forms.CharField(label="区划代码", max_length=12, help_text="12 位数字")
    name = forms.CharField(label="区划名称", max_length=60)
    level = forms.ChoiceField(label="行政层级", choices=list(REGION_LEVEL.values.items()))
    parent_code = forms.CharField(
        label="上级区划代码", max_length=12, required=False, help_text="最高一级不填"
    )

    def __init__(self, trees: Places, *rest: Any, **more: Any) -> None:
        super().__init__(*rest, **more)
        self.trees = trees

    def clean_code(self) -> str:
        """Digits of GB/T 2260."""
        code: str = self.cleaned_data["code"]
        _checked(checks.region_code(code))
        return code

    def clean_parent_code(self) -> str:
        """A region that is known, and does not lie below this one."""
        parent: str = self.cleaned_data["parent_code"]
        if parent and parent not in self.trees.regions:
            raise ValidationError("没有这个区划。先录入上级,再录入下级。")
        if parent and parent in self.trees.regions_from(self.cleaned_data.get("code", "")):
            raise ValidationError("上级不能是自己或自己的下级。")
        return parent


class AgencyForm(forms.Form):
    """An agency 部门."""

    table = "agencies"
    code = forms.CharField(label="统一社会信用代码", max_length=18, help_text="18 位")
    name = forms.CharField(label="部门名称", max_length=120)
    region_code = forms.CharField(label="区划代码", max_length=12)
    parent_code = forms.CharField(
        label="上级部门代码", max_length=18, required=False, help_text="没有上级不填"
    )

    def __init__(self, trees: Places, *rest: Any, **more: Any) -> None:
        super().__init__(*rest, **more)
        self.trees = trees

    def clean_code(self) -> str:
        """GB 32100—2015."""
        code: str = self.cleaned_data["code"]
        _checked(checks.credit_code(code))
        return code

    def clean_region_code(self) -> str:
        """A region that is known."""
        region: str = self.cleaned_data["region_code"]
        if region not in self.trees.regions:
            raise ValidationError("没有这个区划。先录入区划,再录入部门。")
        return region

    def clean_parent_code(self) -> str:
        """An agency that is known, and does not lie below this one."""
        parent: str = self.cleaned_data["parent_code"]
        if parent and parent not in self.trees.agencies:
            raise ValidationError("没有这个部门。先录入上级,再录入下级。")
        if parent and parent in self.trees.agencies_from(self.cleaned_data.get("code", "")):
            raise ValidationError("上级不能是自己或自己的下级。")
        return parent
