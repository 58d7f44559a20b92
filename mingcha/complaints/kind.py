"""The kind `complaint` of matters 投诉与线索: 郑州规则第七条(三)、第十六条,平顶山意见三.

Registered it is only a record. A supervisor may have the agency explain, verifies, and judges: found true, the rule
zhengzhou-7.3 puts it among the abnormal ones by the row of `complaints` that is written here. The complainant reads the
answer under the number they were given.
"""

from __future__ import annotations

from typing import Any, Final

from mingcha.accounts.acts import RefusedError
from mingcha.casework.declare import NEW, Act, Entry, Holder, Kind, State, declare
from mingcha.casework.models import Matter, Transition
from mingcha.complaints.models import Complaint

_ZHENGZHOU: Final = "《郑州市政务服务电子监察工作规则(试行)》第七条(三)"
_EZHOU: Final = "《鄂州市政务服务“好差评”工作方案》二(七)1:调查核实、督查整改和反馈"
_CLOCK: Final = ("ezhou-complaint",)
"""The rule whose clock runs until it is said whether it is true."""
UNJUDGED: Final = ("registered", "asked", "explained", "verified")
"""States in which it is not yet said whether it is true."""
_DROPPED: Final = (
    ("repeated", "与已有的重复"),
    ("outside", "不属于政务服务"),
    ("empty", "内容不明,无从核查"),
)


def _to_the_agency(matter: Matter, made: Transition) -> None:
    """The matter becomes the agency's to answer; which case it is about it learns only from what was asked."""
    agency = Complaint.objects.get(matter=matter).agency_code
    if not agency:
        raise RefusedError("还没有明确是哪个部门,请先在投诉页上“明确对象”。")
    _becomes(matter, agency_code=agency)


def _of_case_and_agency(matter: Matter, made: Transition) -> None:
    """Found true, the row of `complaints` names case and agency: the rules look at them from now on."""
    complaint = Complaint.objects.get(matter=matter)
    if not complaint.case_no and not complaint.agency_code:
        raise RefusedError("还没有明确是哪件办件或哪个部门,请先在投诉页上“明确对象”。")
    named = {"case_no": complaint.case_no, "agency_code": complaint.agency_code}
    kept = {name: value for name, value in named.items() if value}
    _becomes(matter, **kept, fact={**matter.fact, **kept})


def _becomes(matter: Matter, **changes: Any) -> None:
    """In the transaction of the move, which has written the matter already."""
    Matter.objects.filter(pk=matter.pk).update(**changes)
    for name, value in changes.items():
        setattr(matter, name, value)


def _keep_reply(matter: Matter, made: Transition) -> None:
    """What the complainant reads."""
    Complaint.objects.filter(matter=matter).update(reply=made.reason)


COMPLAINT = declare(
    Kind(
        name="complaint",
        label="投诉线索",
        prefix="TS",
        law=_ZHENGZHOU,
        table="complaints",
        key="complaint_no",
        keyed_by="subject",
        guard="complaints.read",
        states=(
            State("registered", "待核查", Holder.OFFICE, _CLOCK),
            State("asked", "部门说明中", Holder.AGENCY, _CLOCK),
            State("explained", "部门已说明", Holder.OFFICE, _CLOCK),
            State("verified", "已核实,待认定", Holder.OFFICE, _CLOCK),
            State("proved", "属实,待答复", Holder.OFFICE),
            State("unfounded", "不属实,待答复", Holder.OFFICE),
            State("answered", "已答复", final=True),
            State("dropped", "不予受理", final=True),
        ),
        acts=(
            Act(
                "register", "登记", {NEW: "registered"}, "complaints.register",
                "登记后由监察机构核查;认定属实以前只作记录,不纳入异常。", _ZHENGZHOU,
            ),
            Act(
                "ask", "请部门说明", {"registered": "asked"}, "complaints.judge",
                "部门只看到您在这里写的内容,看不到投诉原文、办件和反映人;部门说明以后由监察机构核实。", _EZHOU,
                reason=True, asked="需要说明什么", effect=_to_the_agency, key="q", style="",
            ),
            Act(
                "explain", "说明情况", {"asked": "explained"}, "casework.answer",
                "说明交监察机构核实,以后不能删除。", _EZHOU, reason=True, asked="情况说明", key="s",
            ),
            Act(
                "verify", "记录核实情况", {"registered": "verified", "asked": "verified", "explained": "verified"},
                "complaints.judge", "写明查了什么、查到什么;请过部门说明的,部门看得到这里写的,不要写反映人是谁。",
                _ZHENGZHOU, reason=True, asked="核实情况", key="v",
            ),
            Act(
                "prove", "认定属实", {"verified": "proved"}, "complaints.judge",
                "所涉办件(没有办件的,所涉部门)按规则 zhengzhou-7.3 列为异常,部门可以申诉。", _ZHENGZHOU,
                reason=True, asked="认定理由", sets={"verified": "yes"}, stamps=("verified_at",),
                effect=_of_case_and_agency, key="y",
            ),
            Act(
                "reject", "认定不属实", {"verified": "unfounded"}, "complaints.judge",
                "不列为异常;认定的理由永久保留。", _ZHENGZHOU,
                reason=True, asked="认定理由", sets={"verified": "no"}, stamps=("verified_at",), key="n", style="",
            ),
            Act(
                "answer", "答复", {"proved": "answered", "unfounded": "answered"}, "complaints.judge",
                "反映人凭查询号看到答复全文,请不要写任何人的姓名、证件号和电话。", _EZHOU,
                reason=True, asked="答复", effect=_keep_reply, key="a",
            ),
            Act(
                "drop", "不予受理", {"registered": "dropped", "explained": "dropped"}, "complaints.judge",
                "不属于政务服务或与已有的重复;反映人凭查询号看到理由。", _ZHENGZHOU,
                reason=True, asked="理由(公开)", sets={"verified": "no"}, stamps=("verified_at",), effect=_keep_reply,
                style="",
                entries=(Entry("why", "情形", "choice", options=_DROPPED),),
            ),
        ),
    )
)  # fmt: skip
