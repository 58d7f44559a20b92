"""Appeal 申诉: 河南规则第九条(十)、郑州规则第七条(四).

Once, within `appeal_days` working days of the day the abnormal state was recorded and shown, by the officer or liaison
concerned. The citizen sees it and may rate a second time within `second_evaluation_days`, which decides anew; without
it a supervisor investigates and decides with reasons. Revoked, the alert is withdrawn and counts no more.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from mingcha.casework import clocks
from mingcha.casework.declare import NEW, Act, Entry, Holder, Kind, Rows, State, declare
from mingcha.casework.effects import take_back
from mingcha.casework.fact_rows import row_of
from mingcha.casework.models import Matter

_LAW = "《河南省政务服务电子监察工作规则(试行)》第九条(十)"


def window_over(matter: Matter) -> datetime | None:
    """When the citizen can rate no more: the end of the last day of `second_evaluation_days` after the filing."""
    filed = row_of(matter).get("filed_at")
    if filed is None:
        return None
    days = int(clocks.setting("second_evaluation_days", matter.alert.pack if matter.alert else "", 10))
    last = clocks.working_days_after(filed, days)
    return None if last is None else datetime.combine(last + timedelta(days=1), time())


def last_day_to_rate(matter: Matter) -> date | None:
    """The last day on which the citizen may rate a second time."""
    over = window_over(matter)
    return over.date() - timedelta(days=1) if over else None


def _beside(matter: Matter) -> Rows:
    """The case it is about, as much of it as the rule needs to run."""
    row = row_of(matter)
    if not matter.case_no:
        return {}
    received = row.get("judged_at") or row.get("filed_at")
    return {
        "cases": [{"case_no": matter.case_no, "agency_code": matter.agency_code, "received_at": received}]
    }


_RULES = ("henan-9.10b",)

APPEAL = declare(
    Kind(
        name="appeal",
        label="申诉",
        prefix="SS",
        law=_LAW,
        table="appeals",
        key="appeal_no",
        beside=_beside,
        states=(
            State("filed", "待二次评价", Holder.CITIZEN, rules=_RULES, wakes=window_over, wakes_to="lapse"),
            State("investigating", "待调查核实", Holder.OFFICE, rules=_RULES),
            State("upheld", "维持", final=True),
            State("revoked", "撤销信号", final=True),
            State("dropped", "撤回申诉", final=True),
        ),
        acts=(
            Act(
                "file", "申诉", {NEW: "filed"}, "casework.appeal",
                "申请人可在10个工作日内看到申诉并二次评价;没有的由监察员调查核实。每个异常状态只能申诉一次。", _LAW,
                reason=True, asked="申诉理由", stamps=("filed_at",),
            ),
            Act(
                "file_to_office", "申诉", {NEW: "investigating"}, "casework.appeal",
                "由监察员调查核实后作出结论。每个异常状态只能申诉一次。", _LAW,
                reason=True, asked="申诉理由", stamps=("filed_at",),
            ),
            Act(
                "rated_well", "二次评价:满意", {"filed": "revoked", "investigating": "revoked"}, "",
                "二次评价重新决定:异常状态撤销。", _LAW, stamps=("decided_at",), sets={"decision": "revoked"},
                entries=(Entry("second_evaluation_no", "二次评价编号", column="second_evaluation_no"),),
                effect=take_back,
            ),
            Act(
                "rated_badly", "二次评价:不满意", {"filed": "upheld", "investigating": "upheld"}, "",
                "二次评价重新决定:异常状态维持。", _LAW, stamps=("decided_at",), sets={"decision": "upheld"},
                entries=(Entry("second_evaluation_no", "二次评价编号", column="second_evaluation_no"),),
            ),
            Act(
                "lapse", "未收到二次评价", {"filed": "investigating"}, "",
                "申请人没有二次评价,转监察员调查核实。", _LAW,
            ),
            Act(
                "uphold", "维持", {"investigating": "upheld"}, "casework.supervise",
                "异常状态维持,继续计入考核;申诉人收到结论与理由。", _LAW,
                reason=True, apart_from=("file", "file_to_office"), asked="核实情况与理由",
                stamps=("decided_at",), sets={"decision": "upheld"}, key="w", style="",
            ),
            Act(
                "revoke", "撤销信号", {"investigating": "revoked"}, "casework.supervise",
                "申诉成立:监察信号撤回,不再计入考核与通报;变动全部保留。", _LAW,
                reason=True, apart_from=("file", "file_to_office"), asked="核实情况与理由",
                stamps=("decided_at",), sets={"decision": "revoked"}, effect=take_back, key="r",
            ),
            Act(
                "drop", "撤回申诉", {"filed": "dropped", "investigating": "dropped"}, "casework.appeal",
                "不再申诉;同一异常状态不能再次申诉。", _LAW,
                reason=True, stamps=("decided_at",), sets={"decision": "upheld"}, style="",
            ),
        ),
    )
)  # fmt: skip
