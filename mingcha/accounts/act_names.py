"""Chinese names of the acts of the audit; an act that is not here is shown as it is written."""

from __future__ import annotations

from typing import Final

ACTS: Final[dict[str, str]] = {
    "login": "登录",
    "login.failed": "登录失败",
    "logout": "退出",
    "password.change": "更改口令",
    "password.reset": "重置口令",
    "second_factor.set_up": "启用动态验证码",
    "second_factor.take_away": "停用动态验证码",
    "account.create": "建立账号",
    "account.change": "修改账号",
    "account.disable": "停用账号",
    "account.enable": "启用账号",
    "account.unlock": "解除锁定",
    "grant.give": "授予角色",
    "grant.end": "收回角色",
    "personal.look": "查看个人信息",
    "export": "导出",
    "write": "写入",
    "organisation.change": "维护组织机构",
    "batch.received": "接收批次",
    "batch.applied": "批次入库",
    "batch.unusable": "批次不能入库",
    "batch.refused": "拒收",
    "batch.admitted": "审核通过批次",
    "batch.sent_back": "审核退回批次",
    "batch.book": "取错误簿",
    "refusal.settled": "处理拒收",
    "source.registered": "登记报送来源",
    "source.changed": "修改报送来源",
    "source.handed_over": "更换报送责任人",
    "source.key_made": "发放来源密钥",
    "source.nil": "零报送",
    "audit.verify": "要求核验审计链",
    "audit.verified": "核验审计链",
}


def name_of(act: str) -> str:
    """What the act is called."""
    return ACTS.get(act, act)
