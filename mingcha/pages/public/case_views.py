"""查办件: the form, and the page of one's case under a ticket."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mingcha.accounts.address import address
from mingcha.base import clock
from mingcha.casework.filing import appeals_open_to_the_citizen
from mingcha.pages.cases.rows import rows_of
from mingcha.pages.lookups import stored
from mingcha.pages.public import frame, lookup
from mingcha.pages.public.pictures import clocks
from mingcha.pages.public.scrub import people_of
from mingcha.pages.public.standing import standing_of


class FindForm(forms.Form):
    """What is asked for a look-up. Full-width figures and blanks are read as meant."""

    case_no = forms.CharField(
        label="办件编号",
        max_length=lookup.LONGEST_NUMBER,
        help_text="在受理通知书、回执或短信里。",
        error_messages={"required": "请填写办件编号。"},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    digits = forms.CharField(
        label="手机号后四位",
        help_text="办这件事时留的那个手机号。",
        error_messages={"required": "请填写手机号的后四位。"},
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )

    def clean_case_no(self) -> str:
        """Without blanks, in plain figures and letters."""
        return "".join(unicodedata.normalize("NFKC", self.cleaned_data["case_no"]).split())

    def clean_digits(self) -> str:
        """Four figures."""
        text = "".join(unicodedata.normalize("NFKC", self.cleaned_data["digits"]).split())
        if not (text.isascii() and text.isdigit() and len(text) == 4):
            raise ValidationError("请填四位数字,如 5678。")
        return text


@frame.open_page
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """The form of the look-up, and what it leads to."""
    if request.method != "POST":
        return _form(
            request, FindForm(initial={"case_no": request.GET.get("no", "")[: lookup.LONGEST_NUMBER]})
        )
    form = FindForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=400)
    asked = lookup.Asked(form.cleaned_data["case_no"], form.cleaned_data["digits"])
    with transaction.atomic():
        if refused := frame.challenged(request):
            return _form(request, form, refused, status=400)
        try:
            case = lookup.find(asked, address(request))
        except lookup.TooOftenError as error:
            return _form(request, form, str(error), status=429)
        except lookup.NotFoundError as error:
            return _form(request, form, str(error), status=404)
        frame.someone(request).record("public.lookup", f"case/{case.case_no}")
    return HttpResponseRedirect(reverse("public-case", args=[lookup.ticket(case.case_no)]))


def _form(request: HttpRequest, form: FindForm, refused: str = "", *, status: int = 200) -> HttpResponse:
    context = {"form": form, "refused": refused, "puzzle": frame.puzzle(request)}
    return frame.show(request, "public/find.html", context, status=status)


@frame.open_page
@require_GET
def case(request: HttpRequest, ticket: str) -> HttpResponse:
    """Where one's case stands."""
    number = lookup.case_of(ticket)
    row = stored("cases").filter(case_no=number).first() if number else None
    if row is None:
        text = "这个页面只保留半小时。请重新查询您的办件。"
        return frame.show(request, "public/gone.html", {"text": text}, status=404)
    now = clock.local_now()
    standing = standing_of(row, rows_of(row.case_no), now)
    context: dict[str, Any] = {
        "again": bool(appeals_open_to_the_citizen(row.case_no)),
        "case": standing,
        "pictures": clocks(standing.clock, people_of(row)),
        "now": now,
        "ticket": ticket,
    }
    return frame.show(request, "public/case.html", context)
