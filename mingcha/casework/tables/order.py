"""Supervision order 督办单: GB/T 39046—2020 表 11;郑州规则第六条(六) 督查督办的整改落实情况.

To one or many agencies, each with its own row, number and answer; reminded, escalated to the superior where it stays
unanswered, closed by the office that issued it.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from mingcha.casework import clocks
from mingcha.casework.declare import NEW, Act, Entry, Holder, Kind, State, declare
from mingcha.casework.fact_rows import row_of
from mingcha.casework.models import Matter

_LAW = "《郑州市政务服务电子监察工作规则(试行)》第六条(六)"
_DUE = Entry("due_at", "答复期限", "day", column="due_at")


def escalates_at(matter: Matter) -> datetime | None:
    """The end of the last of `escalate_days` working days after the due day."""
    due = row_of(matter).get("due_at")
    last = (
        None if due is None else clocks.working_days_after(due, int(clocks.setting("escalate_days", "", 3)))
    )
    return None if last is None else datetime.combine(last + timedelta(days=1), time())


_RULES = ("zhengzhou-6.6",)

ORDER = declare(
    Kind(
        name="order",
        label="督办单",
        prefix="DB",
        law=_LAW,
        table="orders",
        key="order_no",
        states=(
            State("issued", "待答复", Holder.AGENCY, rules=_RULES, wakes=escalates_at, wakes_to="escalate"),
            State("escalated", "已提请上级,待答复", Holder.AGENCY, rules=_RULES),
            State("answered", "待审核", Holder.OFFICE),
            State("closed", "已办结", final=True),
            State("cancelled", "已撤销", final=True),
        ),
        acts=(
            Act(
                "issue", "发出督办单", {NEW: "issued"}, "casework.supervise",
                "责任部门须在期限内答复;逾期由规则 zhengzhou-6.6 预警,再逾期提请上级督办。", _LAW,
                reason=True, asked="督办事项与要求", entries=(_DUE,), stamps=("issued_at",),
            ),
            Act(
                "remind", "催办", {"issued": "issued", "escalated": "escalated"}, "casework.supervise",
                "再次通知责任部门;期限不变。", _LAW, key="r", style="",
            ),
            Act(
                "extend", "延期", {"issued": "issued", "escalated": "issued"}, "casework.supervise",
                "期限改为新的日期,原期限保留在经过中。", _LAW, reason=True, entries=(_DUE,), by_issuer=True,
                style="",
            ),
            Act(
                "escalate", "提请上级督办", {"issued": "escalated"}, "casework.supervise",
                "上级监察机构和领导收到通知,由上级督促答复。", _LAW, tells_superior=True, style="",
            ),
            Act(
                "answer", "答复", {"issued": "answered", "escalated": "answered"}, "casework.answer",
                "答复由发出督办单的监察机构审核;不符合要求的退回。", _LAW,
                reason=True, asked="办理情况", stamps=("answered_at",), key="s",
            ),
            Act(
                "close", "办结", {"answered": "closed"}, "casework.supervise",
                "督办事项已落实,本单办结归档。", _LAW, apart_from=("answer",), stamps=("closed_at",), by_issuer=True,
                key="a",
            ),
            Act(
                "send_back", "退回重办", {"answered": "issued"}, "casework.supervise",
                "部门须在新的期限前重新答复。", _LAW,
                reason=True, apart_from=("answer",), sets={"answered_at": None}, entries=(_DUE,), by_issuer=True,
                key="b", style="",
            ),
            Act(
                "cancel", "撤销", dict.fromkeys(("issued", "escalated", "answered"), "cancelled"),
                "casework.supervise", "督办单作废;理由记入经过。", _LAW,
                reason=True, sets={"due_at": None}, by_issuer=True, style="danger",
            ),
        ),
    )
)  # fmt: skip
