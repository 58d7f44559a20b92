"""投诉: the form, the number one is given, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from mingcha.accounts.acts import RefusedError
from mingcha.accounts.address import address
from mingcha.complaints.models import Complaint
from mingcha.complaints.registering import LONGEST, Report, by_receipt, known_of, register
from mingcha.complaints.topics import TOPICS
from mingcha.pages.lookups import stored, trees
from mingcha.pages.public import attempts, frame, lookup
from mingcha.pages.public.scrub import people_of, scrub

STATES: Final = {
    "registered": ("已经收到,正在核查", "核实以后会在这里答复您。"),
    "asked": ("正在请部门说明情况", "部门看不到您是谁。核实以后会在这里答复您。"),
    "explained": ("部门已经说明,正在核实", "核实以后会在这里答复您。"),
    "verified": ("已经核实,正在认定", "认定以后会在这里答复您。"),
    "proved": ("反映的问题属实", "正在处理,处理以后会在这里答复您。"),
    "unfounded": ("已经核实", "正在准备答复。"),
    "answered": ("已经答复", ""),
    "dropped": ("没有受理", ""),
}
"""State of the matter -> what the complainant is told, and what comes next."""
_OUT_OF_TIME: Final = "您查办件的页面已经失效。请在下面填写办件编号,再提交一次。"
_TOO_OFTEN: Final = "今天从您这里提交的次数太多了。请明天再来,或拨打 12345。"


class ComplainForm(forms.Form):
    """What is asked for a complaint. Only what it is about and what happened must be said."""

    topic = forms.ChoiceField(
        label="反映什么问题?",
        choices=list(TOPICS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "请选一项。", "invalid_choice": "请从列出的里面选一项。"},
    )
    text = forms.CharField(
        label="怎么回事?",
        help_text="什么时候,在哪个窗口,发生了什么。请不要写别人的身份证号。",
        min_length=5,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={
            "required": "请写明情况。",
            "min_length": "请写得具体一点,至少 5 个字。",
            "max_length": f"请不要超过 {LONGEST} 个字。",
        },
    )
    agency_code = forms.ChoiceField(label="哪个部门?", required=False)
    case_no = forms.CharField(
        label="办件编号", required=False, max_length=lookup.LONGEST_NUMBER, help_text="有的话,查得更快。"
    )
    name = forms.CharField(
        label="您的姓名", required=False, max_length=60, help_text="可以匿名。留下姓名和电话,我们才能回访。",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    phone = forms.CharField(
        label="您的电话", required=False, max_length=30, help_text="加密保存。被反映的部门看不到。",
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip

    def __init__(self, *rest: Any, about_case: bool = False, **more: Any) -> None:
        super().__init__(*rest, **more)
        if about_case:
            del self.fields["agency_code"], self.fields["case_no"]
        else:
            field = self.fields["agency_code"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "不清楚"), *_agencies()]
            field.error_messages["invalid_choice"] = "请从列出的部门里选一个,或选“不清楚”。"


def _agencies() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Agencies by region."""
    known = trees()
    for region in sorted(known.regions):
        here = [(code, known.agency_name(code)) for code in known.agencies_in.get(region, ())]
        if here:
            yield known.region_name(region), here


@frame.open_page
@require_http_methods(["GET", "HEAD", "POST"])
def complain(request: HttpRequest) -> HttpResponse:
    """The form of a complaint; with a ticket it is about that case."""
    ticket = request.POST.get("ticket", "") or request.GET.get("ticket", "")
    case_no = lookup.case_of(ticket[:400]) if ticket else None
    if request.method != "POST":
        return _form(request, ComplainForm(about_case=bool(case_no)), ticket if case_no else "")
    form = ComplainForm(request.POST, about_case=bool(case_no))
    if ticket and case_no is None:
        return _form(request, form, "", _OUT_OF_TIME, status=400)
    if not form.is_valid():
        return _form(request, form, ticket, status=400)
    given = {
        name: form.cleaned_data.get(name, "") for name in ("topic", "text", "agency_code", "name", "phone")
    }
    report = Report(source="web", case_no=case_no or form.cleaned_data.get("case_no", ""), **given)
    try:
        with transaction.atomic():
            if refused := frame.challenged(request):
                return _form(request, form, ticket, refused, status=400)
            if attempts.tried("complaint", address(request)):
                return _form(request, form, ticket, _TOO_OFTEN, status=429)
            made = register(report, frame.someone(request))
    except RefusedError as error:
        return _form(request, form, ticket, str(error), status=400)
    return frame.show(request, "public/complained.html", {"receipt": made.receipt}, status=201)


def _form(
    request: HttpRequest, form: ComplainForm, ticket: str, refused: str = "", *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form, "ticket": ticket, "about": lookup.case_of(ticket[:400]) if ticket else "", "refused": refused,
        "puzzle": frame.puzzle(request),
    }  # fmt: skip
    return frame.show(request, "public/complain.html", context, status=status)


class ReceiptForm(forms.Form):
    """What is asked to see what became of a complaint."""

    receipt = forms.CharField(
        label="查询号",
        max_length=40,
        help_text="投诉以后给您的那一串,如 ABCD-EFGH-JKMN。",
        error_messages={"required": "请填写查询号。"},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


@frame.open_page
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """What became of a complaint."""
    if request.method != "POST":
        return _ask(request, ReceiptForm())
    form = ReceiptForm(request.POST)
    if not form.is_valid():
        return _ask(request, form, status=400)
    with transaction.atomic():
        if refused := frame.challenged(request):
            return _ask(request, form, refused, status=400)
        if attempts.tried("receipt", address(request)):
            return _ask(request, form, _TOO_OFTEN, status=429)
        found = by_receipt(form.cleaned_data["receipt"])
        if found is not None:
            frame.someone(request).record("public.receipt", f"complaint/{found.matter.no}")
    if found is None:
        return _ask(request, form, "没有找到。请核对查询号;字母和数字不要漏。", status=404)
    state, following = STATES[found.matter.state]
    context = {
        "state": state, "following": following, "reply": _reply(found), "matter": found.matter,
        "topic": TOPICS.get(found.topic, ""),
    }  # fmt: skip
    return frame.show(request, "public/receipt.html", context)


def _ask(request: HttpRequest, form: ReceiptForm, refused: str = "", *, status: int = 200) -> HttpResponse:
    context = {"form": form, "refused": refused, "puzzle": frame.puzzle(request)}
    return frame.show(request, "public/receipt_find.html", context, status=status)


def _reply(complaint: Complaint) -> str:
    """The answer without the names and numbers that are known of the people in it."""
    case_no = complaint.case_no
    case = stored("cases").filter(case_no=case_no).first() if case_no else None
    return scrub(complaint.reply, [*known_of(complaint), *(people_of(case) if case else ())])
