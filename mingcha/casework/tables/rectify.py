"""Rectification 整改: 平顶山意见二(七)3 各部门要对电子监察系统发出的预警、红牌及时认真整改,未整改到位的追责.

Demanded by a supervisor with a day; the agency proves it with files; another person strikes it off (销号) or sends it
back. It is a row of `orders`, so that rule zhengzhou-6.6 runs on it.
"""

from mingcha.casework.declare import NEW, Act, Entry, Holder, Kind, State, declare

_LAW = "《进一步规范政务服务行为强化监督管理工作实施意见》(平政数〔2022〕26号)二(七)3"
_WATCHED = "《郑州市政务服务电子监察工作规则(试行)》第六条(六)"
_DUE = Entry("due_at", "整改期限", "day", column="due_at")

RECTIFY = declare(
    Kind(
        name="rectify",
        label="整改",
        prefix="ZG",
        law=_LAW,
        table="orders",
        key="order_no",
        states=(
            State("ordered", "待整改", Holder.AGENCY, rules=("zhengzhou-6.6",)),
            State("submitted", "待验收", Holder.OFFICE),
            State("accepted", "已销号", final=True),
            State("cancelled", "已取消", final=True),
        ),
        acts=(
            Act(
                "order", "要求整改", {NEW: "ordered"}, "casework.supervise",
                "责任部门须在期限内整改并附证明;逾期由规则 zhengzhou-6.6 预警,整改不到位可通报批评或追责。", _LAW,
                reason=True, asked="整改要求", entries=(_DUE,), stamps=("issued_at",),
            ),
            Act(
                "submit", "提交整改结果", {"ordered": "submitted"}, "casework.answer",
                "提交后由监察机构验收;证明材料以后不能删除。", _LAW,
                reason=True, evidence=True, asked="整改情况", stamps=("answered_at",), key="s",
            ),
            Act(
                "accept", "验收销号", {"submitted": "accepted"}, "casework.supervise",
                "整改到位,本项办结。", _WATCHED, apart_from=("submit",), stamps=("closed_at",), key="a",
            ),
            Act(
                "send_back", "退回再整改", {"submitted": "ordered"}, "casework.supervise",
                "整改不到位:部门须在新的期限前再整改;可据此通报批评或追责。", _LAW,
                reason=True, apart_from=("submit",), sets={"answered_at": None}, entries=(_DUE,), key="b", style="",
            ),
            Act(
                "extend", "延期", {"ordered": "ordered"}, "casework.supervise",
                "期限改为新的日期,原期限保留在经过中。", _WATCHED, reason=True, entries=(_DUE,), style="",
            ),
            Act(
                "cancel", "取消", {"ordered": "cancelled", "submitted": "cancelled"}, "casework.supervise",
                "不再要求整改;理由记入经过。", _WATCHED, reason=True, sets={"due_at": None}, style="",
            ),
        ),
    )
)  # fmt: skip
