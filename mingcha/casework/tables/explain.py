"""Explanation 异常情况说明: 郑州规则第九条 及时发现未按时提交业务异常情况说明的部门,并督促整改.

Asked for by the system when an abnormal state is issued; due after `explain_days` working days of the pack. What the
agency explains another person of the supervising office accepts, sends back, or takes as ground to withdraw the alert.
"""

from mingcha.casework.declare import NEW, Act, Entry, Holder, Kind, State, declare
from mingcha.casework.effects import take_back

_LAW = "《郑州市政务服务电子监察工作规则(试行)》第九条"

EXPLAIN = declare(
    Kind(
        name="explain",
        label="异常情况说明",
        prefix="SM",
        law=_LAW,
        table="explanations",
        key="explanation_no",
        states=(
            State("asked", "待说明", Holder.AGENCY, rules=("zhengzhou-9",)),
            State("submitted", "待审核", Holder.OFFICE),
            State("accepted", "已采纳", final=True),
            State("cleared", "已采纳,信号撤回", final=True),
            State("cancelled", "无须说明", final=True),
        ),
        acts=(
            Act(
                "ask", "要求说明", {NEW: "asked"}, "casework.supervise",
                "部门须按时提交情况说明;逾期由规则 zhengzhou-9 预警。", _LAW, silent=True,
            ),
            Act(
                "submit", "提交说明", {"asked": "submitted"}, "casework.answer",
                "说明提交后由监察机构审核;采纳前可能被退回。", _LAW,
                reason=True, asked="情况说明", stamps=("submitted_at",), key="s",
                entries=(Entry("cause", "原因", "choice", options=(
                    ("system", "系统故障、数据未及时交换"), ("applicant", "申请人原因"), ("staff", "工作人员疏漏"),
                    ("materials", "材料、事项复杂"), ("other", "其他"),
                )),),
            ),
            Act(
                "accept", "采纳", {"submitted": "accepted"}, "casework.supervise",
                "采纳后本说明办结;监察信号仍在,计入考核。", _LAW,
                apart_from=("submit",), stamps=("accepted_at",), key="a",
            ),
            Act(
                "clear", "采纳并撤回信号", {"submitted": "cleared"}, "casework.supervise",
                "说明成立:监察信号撤回,不计入考核与通报;变动全部保留。",
                "《河南省政务服务电子监察工作规则(试行)》第九条(十)",
                reason=True, apart_from=("submit",), stamps=("accepted_at",), effect=take_back, style="danger",
            ),
            Act(
                "send_back", "退回重写", {"submitted": "asked"}, "casework.supervise",
                "部门须在新的期限前重新提交;逾期同样预警。", _LAW,
                reason=True, apart_from=("submit",), sets={"submitted_at": None}, key="b", style="",
                entries=(Entry("due_at", "重新提交的期限", "day", column="due_at"),),
            ),
            Act(
                "cancel", "免予说明", {"asked": "cancelled", "submitted": "cancelled"}, "casework.supervise",
                "不再要求说明;理由记入经过。", _LAW, reason=True, sets={"due_at": None}, style="",
            ),
        ),
    )
)  # fmt: skip
