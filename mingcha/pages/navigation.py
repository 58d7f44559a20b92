"""The navigation on the left: one declaration; a page that a role may not use is not shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from mingcha.accounts.models import Account
from mingcha.accounts.policy import may


@dataclass(frozen=True)
class Entry:
    """A page: its name, the name of its address, and the policy that its view declares."""

    label: str
    address: str
    policy: str


@dataclass(frozen=True)
class Section:
    """A heading with its pages; one whose only page has its own name is that page."""

    label: str
    entries: tuple[Entry, ...]


SECTIONS = (
    Section("总览", (Entry("总览", "overview", "overview.read"),)),
    Section(
        "实时监察",
        (Entry("监察信号", "live", "alerts.read"), Entry("不可判定", "undetermined", "alerts.read")),
    ),
    Section(
        "督办整改",
        (
            Entry("待办", "inbox", "casework.read"),
            Entry("事项", "matters", "casework.read"),
            Entry("人工监察", "tasks", "tasks.read"),
            Entry("人工录入", "card-new", "alerts.manual"),
            Entry("值守", "duty", "casework.duty"),
        ),
    ),
    Section("办件", (Entry("办件", "cases", "cases.read"),)),
    Section(
        "评价",
        (
            Entry("评价概况", "evaluations", "evaluations.read"),
            Entry("评价列表", "evaluation-list", "evaluations.read"),
            Entry("差评台账", "evaluation-ledger", "evaluations.read"),
            Entry("投诉线索", "complaints", "complaints.read"),
            Entry("窗口二维码", "evaluation-windows", "evaluations.record"),
        ),
    ),
    Section("数据报送", (Entry("数据报送", "intake", "intake.read"),)),
    Section(
        "规则目录",
        (
            Entry("规则", "rules", "rules.read"),
            Entry("事项目录", "catalogue", "catalogue.read"),
            Entry("日历", "calendar", "calendar.read"),
            Entry("发布与审定", "publications", "rules.read"),
            Entry("重算差异单", "differences", "alerts.read"),
        ),
    ),
    Section("公示", (Entry("公示", "disclosure", "disclosure.read"),)),
    Section(
        "系统",
        (
            Entry("消息", "messages", "messages.own"),
            Entry("大屏", "walls", "walls.manage"),
            Entry("组织机构", "organisation", "organisation.read"),
            Entry("账号", "accounts", "accounts.read"),
            Entry("审计", "audit", "audit.read"),
        ),
    ),
)


@dataclass(frozen=True)
class Link:
    """An entry as it is shown; `here`: the present page lies under it."""

    label: str
    url: str
    here: bool


@dataclass(frozen=True)
class Shown:
    """A section as it is shown; without `links` it is a link itself."""

    label: str
    links: tuple[Link, ...]
    alone: bool


def navigation(account: Account, path: str) -> list[Shown]:
    """What the account sees at the address `path`."""
    shown = []
    for section in SECTIONS:
        links = tuple(_links(section, account, path))
        if links:
            shown.append(Shown(section.label, links, alone=len(section.entries) == 1))
    return shown


def _links(section: Section, account: Account, path: str) -> Iterator[Link]:
    for entry in section.entries:
        if may(account, entry.policy):
            url = reverse(entry.address)
            yield Link(entry.label, url, path == url or (url != "/" and path.startswith(url)))
