"""Demo accounts of every role. They exist only in the database of a demo city, and share one password made for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction

from mingcha.accounts import grants, people
from mingcha.accounts.acts import THE_HOST
from mingcha.accounts.models import Account, Role
from mingcha.base.secret import own_secret
from mingcha.demo.places import CITY, agencies

_COUNTY: Final = "410105000000"
_WHERE: Final = "demo-accounts"


@dataclass(frozen=True)
class DemoAccount:
    """One of them: account name, the person's name, role and office."""

    username: str
    name: str
    role: Role
    region: str = ""
    agency: str = ""
    sees: str = ""


def demo_accounts() -> list[DemoAccount]:
    """At least one for each role; two supervisors, since a second person approves."""
    bureau = next(agency for agency in agencies() if agency.region.code == _COUNTY)
    one = {"region": _COUNTY, "agency": bureau.code}
    return [
        DemoAccount("jiancha", "示例监察员甲", Role.SUPERVISOR, CITY, sees="全市"),
        DemoAccount("jiancha2", "示例监察员乙", Role.SUPERVISOR, CITY, sees="全市(审定他人提交的规则)"),
        DemoAccount("jinshui", "示例监察员丙", Role.SUPERVISOR, _COUNTY, sees="金水区"),
        DemoAccount("lingdao", "示例领导", Role.LEADER, CITY, sees="全市,只读"),
        DemoAccount("lianluo", "示例联络员", Role.LIAISON, **one, sees=bureau.name),
        DemoAccount("chuangkou", "示例窗口人员", Role.OFFICER, **one, sees=bureau.name),
        DemoAccount("kaohe", "示例考核员", Role.ASSESSOR, CITY, sees="全市"),
        DemoAccount("disanfang", "示例第三方", Role.THIRD_PARTY, CITY, sees="授予的范围"),
        DemoAccount("shehui", "示例社会监督员", Role.SOCIAL_SUPERVISOR, CITY, sees="自己反映的问题"),
        DemoAccount("baosong", "示例报送账号", Role.REPORTING, CITY, sees="数据报送"),
        DemoAccount("xitong", "示例系统管理员", Role.SYSTEM_ADMIN, sees="账号、组织机构"),
        DemoAccount("anquan", "示例安全管理员", Role.SECURITY_ADMIN, sees="授权"),
        DemoAccount("shenji", "示例审计员", Role.AUDITOR, sees="审计"),
    ]


def demo_password(home: Path) -> str:
    """The password of all of them here; upper and lower case, a sign, and digits of chance."""
    return f"Demo-{own_secret(home, _WHERE)[:8]}"


@transaction.atomic
def make_demo_accounts(home: Path) -> list[DemoAccount]:
    """Make those that are not there yet; all of them. Regions and agencies must have been loaded."""
    hashed = make_password(demo_password(home))  # once: hashing is slow on purpose
    for wanted in demo_accounts():
        if Account.objects.filter(username=wanted.username).exists():
            continue
        account, _ = people.create(wanted.username, wanted.name, THE_HOST)
        account.password = hashed
        account.must_change_password = False
        account.save(update_fields=["password", "must_change_password"])
        grants.give(account, wanted.role, wanted.region, wanted.agency, THE_HOST)
    return demo_accounts()
