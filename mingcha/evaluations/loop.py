"""The loop of a bad review 差评闭环, as a kind of casework: 鄂州市推进政务服务“好差评”工作实施方案 二(七)1.

Signed for in 1 working day, called back and verified in 24 hours, settled in 5 working days (15 where the supervising
office says that it is difficult), put right in 15 days or an extension filed with a reason before; not adopted only by
a finding with evidence that another person reviews, and that the citizen can contest. The clocks are those of the
rulebook; what is written here are the fact rows they run on.

A matter of this kind carries no case number and no name: whose review it is, is looked up for a purpose (`looking`).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from mingcha.casework import clocks
from mingcha.casework.declare import NEW, Act, Entry, Holder, Kind, Rows, State, declare
from mingcha.casework.models import Matter

SUBJECT: Final = "evaluation"
"""`subject_kind` of matters about an evaluation; the subject is its number."""
CONTEST_DAYS: Final = 10
"""Working days in which the citizen may contest that a review was not adopted, where no pack in force says otherwise
(setting `contest_days`): the plan names none; as long as a second evaluation lasts (河南规则第九条(十))."""
_LAW: Final = "《鄂州市推进政务服务“好差评”工作实施方案》二(七)1"
_LAW_PROTECT: Final = "《鄂州市推进政务服务“好差评”工作实施方案》三(三)"
_LAW_PUBLIC: Final = "《鄂州市推进政务服务“好差评”工作实施方案》二(七)4"

_PACK: Final = "ezhou-2020"
_SIGN, _CALL, _SETTLE, _RECTIFY = "ezhou-sign", "ezhou-callback", "ezhou-settle", "ezhou-rectify"
_NOT_SO: Final = (("mistaken", "误评"), ("malicious", "恶意差评"))


def contest_over(matter: Matter) -> datetime | None:
    """When the citizen can contest no more; None where the calendar ends before."""
    since = matter.fact.get("confirmed_at")
    if not since:
        return None
    days = int(clocks.setting("contest_days", _PACK, CONTEST_DAYS))
    last = clocks.working_days_after(_moment(since), days)
    return None if last is None else datetime.combine(last + timedelta(days=1), time())


def _moment(text: str) -> datetime | date:
    return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)


def _beside(matter: Matter) -> Rows:
    """The evaluation itself, so that the rules have something to run on."""
    told: dict[str, Any] = {name: matter.told.get(name) for name in ("level", "real_name")}
    submitted = matter.told.get("submitted_at")
    row = {**told, "evaluation_no": matter.subject, "agency_code": matter.agency_code or None}
    return {"evaluations": [{**row, "submitted_at": _moment(submitted)}]} if submitted else {}


_REACHED = Entry(
    "reached", "回访情况", "choice",
    options=(("reached", "已回访到本人"), ("no_answer", "多次未接通"), ("anonymous", "匿名评价,没有联系方式")),
)  # fmt: skip
_FOUND = Entry("finding", "复核认定", "choice", column="finding", options=_NOT_SO)
_UNDER_WAY = ("assigned", "signed", "called", "confirmed")

REVIEW = declare(
    Kind(
        name="review",
        label="差评处理",
        prefix="CP",
        law=_LAW,
        table="review_handling",
        key="evaluation_no",
        keyed_by="subject",
        beside=_beside,
        states=(
            State("assigned", "待签收", Holder.AGENCY, rules=(_SIGN, _CALL, _SETTLE)),
            State("signed", "待回访核实", Holder.AGENCY, rules=(_CALL, _SETTLE)),
            State("called", "待核定", Holder.AGENCY, rules=(_SETTLE,)),
            State("reviewing", "不予采纳待复核", Holder.OFFICE, rules=(_SETTLE,)),
            State("confirmed", "属实,待办结", Holder.AGENCY, rules=(_SETTLE, _RECTIFY)),
            State("rectifying", "待整改", Holder.AGENCY, rules=(_RECTIFY,)),
            State("checking", "整改待复查", Holder.OFFICE),
            State("rectified", "已整改,待公开", Holder.OFFICE),
            State(
                "not_adopted", "不予采纳,可提异议", Holder.CITIZEN, wakes=contest_over, wakes_to="lapse"
            ),
            State("contested", "异议待复核", Holder.OFFICE),
            State("published", "已公开", final=True),
            State("closed", "办结,依法不公开", final=True),
            State("dismissed", "不予采纳", final=True),
        ),
        acts=(
            Act(
                "assign", "交办", {NEW: "assigned"}, "casework.supervise",
                "办理单位须1个工作日内签收、24小时内回访核实、5个工作日内办结;逾期由规则预警、发红牌。", _LAW,
                stamps=("assigned_at",),
            ),
            Act(
                "sign", "签收", {"assigned": "signed"}, "casework.answer",
                "签收即由本单位负责办理。", _LAW, stamps=("signed_at",), key="s",
            ),
            Act(
                "call_back", "回访核实", {"assigned": "called", "signed": "called"}, "casework.answer",
                "记入回访时间。须由专人回访;不得追查、责备评价人。", _LAW,
                reason=True, asked="回访与核实的情况", entries=(_REACHED,), stamps=("called_back_at",), key="c",
            ),
            Act(
                "confirm", "核定属实", {"called": "confirmed"}, "casework.answer",
                "自核定起15日内整改并书面反馈。", _LAW,
                reason=True, asked="核定的事实", stamps=("confirmed_at",), sets={"finding": "confirmed"}, key="a",
            ),
            Act(
                "doubt", "提请不予采纳", {"called": "reviewing"}, "casework.answer",
                "须附证据,由监察机构另一人复核;复核同意前仍按差评办理,时限照走。", _LAW,
                reason=True, evidence=True, asked="认为误评或恶意的理由", style="",
                entries=(Entry("doubted_as", "认为是", "choice", options=_NOT_SO),),
            ),
            Act(
                "agree", "同意不予采纳", {"reviewing": "not_adopted"}, "casework.supervise",
                "不作差评计算;评价人可在期限内提出异议。", _LAW,
                reason=True, asked="复核意见", apart_from=("doubt",), entries=(_FOUND,),
                stamps=("confirmed_at", "settled_at"), style="danger",
            ),
            Act(
                "refuse", "不同意,按差评办理", {"reviewing": "called"}, "casework.supervise",
                "退回办理单位核定;时限不重新起算。", _LAW,
                reason=True, asked="复核意见", apart_from=("doubt",), key="b",
            ),
            Act(
                "difficult", "认定疑难", {state: state for state in _UNDER_WAY}, "casework.supervise",
                "办结期限由5个工作日改为15个工作日,自交办起算。", _LAW,
                reason=True, asked="疑难在哪里", sets={"difficult": True}, style="",
                entries=(Entry("difficult_by", "认定人", column="difficult_by", hint="姓名、职务"),),
            ),
            Act(
                "settle", "办结答复", {"confirmed": "rectifying"}, "casework.answer",
                "答复内容将公开,并让评价人看到。尚须整改并书面反馈。", _LAW,
                reason=True, asked="给评价人的答复", stamps=("settled_at",), key="d",
            ),
            Act(
                "extend", "报备延期", {"confirmed": "confirmed", "rectifying": "rectifying"}, "casework.answer",
                "期限届满前报备的,以所报期限为准;逾期报备不改变期限。", _LAW,
                reason=True, asked="不能按期整改的理由", stamps=("extension_filed_at",), style="",
                entries=(Entry("extended_to", "整改至", "day", column="extended_to"),),
            ),
            Act(
                "rectify", "整改完成并反馈", {"rectifying": "checking"}, "casework.answer",
                "附整改的证明;由监察机构复查。", _LAW,
                reason=True, evidence=True, asked="整改情况(书面反馈12345市长专线办)",
                stamps=("rectified_at", "feedback_at"), key="r",
            ),
            Act(
                "accept", "复查通过", {"checking": "rectified"}, "casework.supervise",
                "整改成立,待公开。", _LAW, apart_from=("rectify",), key="a",
            ),
            Act(
                "send_back", "退回整改", {"checking": "rectifying"}, "casework.supervise",
                "整改不成立,期限照走。", _LAW,
                reason=True, asked="哪里没有改好", apart_from=("rectify",),
                sets={"rectified_at": None, "feedback_at": None}, style="",
            ),
            Act(
                "publish", "公开", {"rectified": "published"}, "casework.supervise",
                "评价内容(隐去个人信息)、答复与整改情况向社会公开。", _LAW_PUBLIC,
                stamps=("published_at",), key="p",
            ),
            Act(
                "close", "不公开,办结", {"rectified": "closed"}, "casework.supervise",
                "依法不得公开的,写明依据。", _LAW_PUBLIC, reason=True, asked="不公开的依据", style="",
            ),
            Act(
                "contest", "评价人提出异议", {"not_adopted": "contested"}, "casework.supervise",
                "由未参与原认定的人重新核实。", _LAW_PROTECT,
                reason=True, asked="异议的内容",
            ),
            Act(
                "uphold", "维持不予采纳", {"contested": "dismissed"}, "casework.supervise",
                "本项办结。", _LAW, reason=True, asked="复核意见", apart_from=("agree",), style="",
            ),
            Act(
                "overturn", "异议成立,按差评办理", {"contested": "rectifying"}, "casework.supervise",
                "改为属实;自即日起15日内整改并书面反馈。", _LAW,
                reason=True, asked="复核意见", apart_from=("agree",),
                stamps=("confirmed_at",), sets={"finding": "confirmed"},
            ),
            Act(
                "lapse", "异议期满", {"not_adopted": "dismissed"}, "",
                "评价人没有提出异议,本项办结。", _LAW, silent=True,
            ),
        ),
    )
)  # fmt: skip
