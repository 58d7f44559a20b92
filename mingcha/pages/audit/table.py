"""The list of acts: columns and conditions."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils.html import format_html

from mingcha.accounts.act_names import ACTS, detail_of, name_of
from mingcha.base import clock
from mingcha.base.models import AuditRow
from mingcha.pages.listing.declare import Choice, Column, Day, Filter, Listing, Options, Rows
from mingcha.pages.templatetags.words import clipped, when


def moment(row: AuditRow) -> str:
    """When, to the second."""
    return f"{when(row.at)}:{row.at:%S}"


def details(row: AuditRow) -> list[tuple[str, str]]:
    """What else was recorded: name and value, without what is empty."""
    told = ((detail_of(name), value) for name, value in row.detail.items())
    return [(name, _plain(value)) for name, value in told if value not in ("", None, [], {})]


def detail(row: AuditRow) -> str:
    """The same in one line."""
    return ";".join(f"{name} {value}" for name, value in details(row))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(map(_plain, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _act(row: AuditRow) -> str:
    return format_html('<span title="{}">{}</span>', row.act, name_of(row.act))


def _sealed(row: AuditRow) -> str:
    return f"{row.block_id}" if row.block_id else "待封"


def _acts() -> Options:
    return sorted(ACTS.items(), key=lambda entry: entry[0])


def _begin(day: date) -> datetime:
    return clock.aware(datetime.combine(day, time.min))


def _by_about(rows: Rows, text: str) -> Rows:
    return rows.filter(about__startswith=text)


LISTING = Listing(
    name="audit",
    title="审计",
    place=None,
    columns=(
        Column("no", "编号", lambda row: row.pk, order="pk", numeric=True),
        Column("at", "时间", moment, order="pk"),
        Column("actor", "何人", lambda row: row.actor, order="actor"),
        Column("act", "何事", lambda row: name_of(row.act), _act, order="act"),
        Column("about", "对象", lambda row: row.about, lambda row: clipped(row.about), order="about"),
        Column("purpose", "事由", lambda row: row.purpose, lambda row: clipped(row.purpose), wide=True),
        Column("detail", "细节", detail, lambda row: clipped(detail(row)), wide=True),
        Column("address", "来自", lambda row: row.address),
        Column("block", "块", _sealed, order="block_id"),
        Column("mac", "校验码", lambda row: row.mac, shown=False),
    ),
    filters=(
        Filter("actor", "何人(账号)", lambda rows, text: rows.filter(actor=text)),
        Choice("act", "何事", lambda rows, act: rows.filter(act=act), _acts),
        Filter("about", "对象(开头)", _by_about),
        Filter("purpose", "事由(含)", lambda rows, text: rows.filter(purpose__contains=text)),
        Day("since", "自", lambda rows, day: rows.filter(at__gte=_begin(day))),
        Day("until", "至", lambda rows, day: rows.filter(at__lt=_begin(day + timedelta(days=1)))),
    ),
    order="-no",
    href=lambda row: reverse("audit-row", args=[row.pk]),
    empty="没有符合条件的审计记录",
)
