"""Accountability 问责: 河南规则第十一条 针对红牌,根据情节轻重,对相关责任部门进行通报批评或追责;郑州规则第十八条.

Proposed by a supervisor with severity and measure, decided by somebody else, carried out with a document as proof.
平顶山意见二(七)5:涉嫌犯罪的,移送司法机关;四(三):问题线索移交营商环境主管部门及纪检监察部门.
"""

from mingcha.casework.declare import NEW, Act, Entry, Holder, Kind, State, declare
from mingcha.casework.effects import name_the_agency

_LAW = "《河南省政务服务电子监察工作规则(试行)》第十一条;《郑州市政务服务电子监察工作规则(试行)》第十八条"

SEVERITIES = (("light", "情节较轻"), ("serious", "情节较重"), ("grave", "情节严重"))
MEASURES = (
    ("criticism", "通报批评"),
    ("talk", "约谈"),
    ("discipline", "移交纪检监察机关"),
    ("business", "移交营商环境主管部门"),
    ("judicial", "移送司法机关"),
)
_SEVERITY = Entry("severity", "情节", "choice", options=SEVERITIES)
_MEASURE = Entry("measure", "处理方式", "choice", options=MEASURES)

ACCOUNTABILITY = declare(
    Kind(
        name="accountability",
        label="问责",
        prefix="WZ",
        law=_LAW,
        aside=True,
        states=(
            State("proposed", "待审定", Holder.LEADER),
            State("decided", "待落实", Holder.OFFICE),
            State("done", "已落实", final=True),
            State("dropped", "不予问责", final=True),
        ),
        acts=(
            Act(
                "propose", "提出问责", {NEW: "proposed"}, "casework.supervise",
                "按情节提出处理意见,由另一人审定后才生效;审定以前责任部门看不到本项。", _LAW,
                reason=True, asked="事实与情节", entries=(_SEVERITY, _MEASURE), silent=False,
            ),
            Act(
                "decide", "审定", {"proposed": "decided"}, "casework.decide",
                "处理意见生效,通知责任部门;何人何时审定永久保留。", _LAW,
                reason=True, asked="审定意见", apart_from=("propose",), entries=(_MEASURE,), key="a",
                effect=name_the_agency,
            ),
            Act(
                "drop", "不予问责", {"proposed": "dropped", "decided": "dropped"}, "casework.decide",
                "不问责;理由永久保留。", _LAW, reason=True, apart_from=("propose",), style="",
            ),
            Act(
                "done", "落实", {"decided": "done"}, "casework.supervise",
                "附通报、约谈记录或移交函,本项办结。", _LAW,
                evidence=True, reason=True, asked="落实情况",
                entries=(
                    Entry("document_no", "文号", must=False),
                    Entry("sent_to", "移交单位", must=False, hint="移交、移送时填写接收单位"),
                ),
            ),
        ),
    )
)  # fmt: skip
