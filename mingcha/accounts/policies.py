"""The table of policies 权限: what may be done, by whom, and whether it is cut to one's own office and below.

The three administrators (三员) stand apart: the system administrator makes accounts and keeps the organisation,
the security administrator gives and takes roles, the auditor reads the audit. None of them sees a case, and nobody
else does what they do.
"""

from __future__ import annotations

from dataclasses import dataclass

from mingcha.accounts.models import Role

ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})
"""系统管理员、安全管理员、审计员: each excludes every other role."""

SIGNED_IN = frozenset(Role)
"""Whoever has any role; a policy with `open_to_all` asks not even for that."""

_S, _L, _O, _LEADER = Role.SUPERVISOR, Role.LIAISON, Role.OFFICER, Role.LEADER
_ASSESSOR, _THIRD, _REPORTING = Role.ASSESSOR, Role.THIRD_PARTY, Role.REPORTING
_SOCIAL = Role.SOCIAL_SUPERVISOR
_SYSTEM, _SECURITY, _AUDITOR = Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR

_READERS = (_S, _L, _O, _LEADER, _ASSESSOR)
_STAFF = (*_READERS, _THIRD)


@dataclass(frozen=True)
class Policy:
    """One thing that may be done.

    `scoped`: only rows of one's own office and below. `whole`: what is decided holds for the whole installation,
    so only a role that reaches over all of it counts (a county does not change the city's law). `own`: about oneself
    alone, for every account, even one without a role or whose password has run out.
    """

    name: str
    label: str
    roles: frozenset[Role]
    scoped: bool = True
    own: bool = False
    whole: bool = False


def _policy(name: str, label: str, *roles: Role, scoped: bool = True, whole: bool = False) -> Policy:
    return Policy(name, label, frozenset(roles), scoped, whole=whole)


POLICIES: dict[str, Policy] = {
    policy.name: policy
    for policy in (
        _policy("overview.read", "看总览", *_STAFF),
        _policy("alerts.read", "看监察信号", *_READERS),
        _policy("alerts.confirm", "确认监察信号", _S),
        _policy("alerts.withdraw", "撤回监察信号", _S),
        _policy("alerts.manual", "人工监察、人工录入", _S),
        _policy("tasks.read", "看人工监察", _S, _LEADER),
        _policy("evidence.read", "看证据文件", _S, _L, _LEADER),
        _policy("evaluations.read", "看评价", *_READERS),
        _policy("evaluations.record", "录入评价、请评", _S, _L, _O, _REPORTING),
        _policy("evaluations.look", "看评价人(写明事由)", _S, _L),
        _policy("casework.read", "看督办整改", *_READERS),
        _policy("casework.answer", "说明、整改、答复督办", _L, _O),
        _policy("casework.appeal", "申诉", _L, _O),
        _policy("casework.supervise", "督办、审核、作出结论", _S),
        _policy("casework.decide", "审定问责与移交", _LEADER, _S),
        _policy("casework.duty", "值守与日志", _S),
        _policy("complaints.read", "看投诉与线索", _S, _LEADER, _SOCIAL),
        _policy("complaints.register", "登记投诉与线索", _S, _SOCIAL, _REPORTING),
        _policy("complaints.judge", "核实、认定、答复投诉", _S),
        _policy("disclosure.read", "看公示", *_READERS),
        _policy("disclosure.manage", "开放、关闭公示", _S),
        _policy("cases.read", "看办件", *_READERS),
        _policy("cases.edit", "录入、更正办件", _L, _O),
        _policy("personal.look", "看个人信息(写明事由)", _S, _L, _O),
        _policy("intake.read", "看数据报送", _S, _L, _O, _LEADER, _ASSESSOR, _REPORTING),
        _policy("intake.submit", "报送数据", _L, _O, _REPORTING),
        _policy("intake.review", "审核后上报", _S, _L),
        _policy("intake.sources", "登记报送来源", _S),
        _policy("intake.export", "导出事实表", _S, _L, _LEADER, _ASSESSOR),
        _policy("rules.read", "看规则目录", *_STAFF, scoped=False),
        _policy("rules.publish", "提交规则与日历", _S, scoped=False, whole=True),
        _policy("rules.approve", "批准规则与日历", _S, _LEADER, scoped=False, whole=True),
        _policy("calendar.read", "看日历", *_STAFF, _REPORTING, scoped=False),
        _policy("catalogue.read", "看事项目录", *_STAFF),
        _policy("recalculate.apply", "采用重算差异单", _S, whole=True),
        _policy("organisation.read", "看组织机构", *_STAFF, _SYSTEM, _SECURITY),
        _policy("organisation.manage", "维护组织机构", _SYSTEM, scoped=False),
        _policy("accounts.read", "看账号", _SYSTEM, _SECURITY, scoped=False),
        _policy("accounts.manage", "建立、停用账号", _SYSTEM, scoped=False),
        _policy("accounts.grant", "授予、收回角色", _SECURITY, scoped=False),
        _policy("audit.read", "查审计", _AUDITOR, scoped=False),
        _policy("walls.manage", "管理大屏地址", _S),
        _policy("export", "导出", _S, _L, _LEADER, _ASSESSOR, _AUDITOR),
        _policy("api.keys", "管理接口密钥", _S, _L, _REPORTING),
        _policy("messages.own", "看自己的消息", *SIGNED_IN, scoped=False),
        Policy("account.own", "自己的账号", SIGNED_IN, scoped=False, own=True),
    )
}
"""Every policy by name."""

PUBLIC, TOKEN = "public", "token"
"""What an address may declare instead of a policy: open to everyone, or to who brings the right token (the wall)."""
