"""What people of the demo city did with its alerts, reviews and complaints: one path to each state a matter can be in.

A path is a list of acts as anybody could have done them; `demo_life` has `casework.moving` do them, so that nothing is
shown that could not have come about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

OFFICE, SECOND, LEADER, AGENCY = "jiancha", "jiancha2", "lingdao", "lianluo"
"""Who acts: two supervisors, since what one did another reviews, the leader, the agency's liaison."""


@dataclass(frozen=True)
class Done:
    """One act. `hours`: so long after the one before. `fields`: what the act's form asks; a number for a day is so many
    days from today. `proof`: the text of a file put with it."""

    act: str
    who: str = AGENCY
    hours: float = 20.0
    said: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    proof: str = ""


Path = tuple[Done, ...]

_EXPLAINED: Final = Done(
    "submit",
    said="该件因部门业务系统升级,办结信息次日才交换到平台,实际已按期办结。",
    fields={"cause": "system"},
)
_STAFF: Final = Done("submit", said="经办人未及时录入审查结论,已批评教育并补录。", fields={"cause": "staff"})

EXPLANATIONS: Final[tuple[Path, ...]] = (
    (),
    (),
    (_EXPLAINED,),
    (_STAFF,),
    (_STAFF, Done("accept", OFFICE, said="情况属实,予以采纳,继续计入考核。")),
    (_EXPLAINED, Done("clear", SECOND, said="经核对交换日志,该时段确有系统故障,信号撤回。")),
    (_EXPLAINED, Done("send_back", OFFICE, said="请附系统升级的书面说明。", fields={"due_at": 3})),
    (Done("cancel", OFFICE, said="与前一件为同一原因,免予重复说明。"),),
)

_APPEALED: Final = "申请人在窗口补交材料后当日即已办结,系统记录的办结时间晚于实际时间,请予核实。"
APPEAL_REASON: Final = _APPEALED
APPEALS: Final[tuple[Path, ...]] = (
    (),
    (),
    (Done("uphold", OFFICE, said="调取窗口视频和收件登记,办结时间与系统记录一致,维持。"),),
    (Done("revoke", SECOND, said="收件登记和短信记录证明当日办结,撤销信号。"),),
    (Done("drop", said="经自查属实,撤回申诉。"),),
)

_ORDER_ANSWER: Final = Done("answer", said="已召开专题会议,三件超期件全部办结,并调整了审查岗位。")
ORDERS: Final[tuple[Path, ...]] = (
    (),
    (Done("remind", OFFICE),),
    (_ORDER_ANSWER,),
    (_ORDER_ANSWER, Done("close", OFFICE)),
    (_ORDER_ANSWER, Done("send_back", OFFICE, said="未说明防止再次发生的措施。", fields={"due_at": 5})),
    (Done("escalate", OFFICE),),
)
ORDER_TITLE: Final = "关于限期清理超期办件的督办单"
ORDER_TEXT: Final = "近期你单位多件办件超过承诺时限。请逐件说明原因,限期办结,并报送防止再次发生的措施。"

_MENDED: Final = Done(
    "submit",
    said="已退还多收材料,更新办事指南并组织学习。",
    proof="整改情况报告(示例)\n一、已退还材料。\n二、已更新指南。\n",
)
RECTIFIED: Final[Path] = (_MENDED, Done("accept", OFFICE))
RECTIFICATIONS: Final[tuple[Path, ...]] = (
    (),
    (_MENDED,),
    RECTIFIED,
    (_MENDED, Done("send_back", OFFICE, said="指南仍写明须交复印件。", fields={"due_at": 5})),
)
RECTIFY_TEXT: Final = "停止收取指南以外的材料,更新办事指南,并将整改情况附证明报来。"

_DECIDED: Final = Done("decide", LEADER, said="同意。", fields={"measure": "criticism"})
ACCOUNTABILITY: Final[tuple[Path, ...]] = (
    (),
    (_DECIDED,),
    (
        _DECIDED,
        Done(
            "done",
            OFFICE,
            said="已在全市通报。",
            fields={"document_no": "示例政监〔2026〕8号"},
            proof="关于……的通报(示例)\n",
        ),
    ),
    (Done("drop", LEADER, said="情节轻微且已整改,不予问责。"),),
)
ACCOUNT_TEXT: Final = "该件红牌发出后仍未整改,且无正当理由。"
ACCOUNT_FIELDS: Final = {"severity": "serious", "measure": "criticism"}

_SIGNED: Final = Done("sign", hours=3)
_CALLED: Final = Done(
    "call_back",
    hours=16,
    said="电话回访本人,反映窗口让其补交户口簿复印件,指南未列。",
    fields={"reached": "reached"},
)
_TRUE: Final = Done("confirm", hours=5, said="调取监控和收件清单,窗口确实多收了一份材料。")
_SETTLED: Final = Done("settle", hours=24, said="向您致歉。多收的材料已退还,今后该事项不再收取复印件。")
_RECTIFIED: Final = Done(
    "rectify", hours=30, said="已退还材料、更新指南、对窗口人员进行培训。", proof="差评整改反馈(示例)\n"
)
_EXTENDED: Final = Done("extend", hours=8, said="系统改造须另行采购。", fields={"extended_to": 30})
_DOUBTED: Final = Done(
    "doubt",
    hours=6,
    said="评价人把另一事项的窗口误作本窗口,有取号记录为证。",
    fields={"doubted_as": "mistaken"},
    proof="取号记录(示例)\n",
)
_NOT_ADOPTED: Final = Done("agree", OFFICE, 10, "取号记录与评价人陈述一致,属误评。", {"finding": "mistaken"})
REVIEWS: Final[tuple[Path, ...]] = (
    (),
    (),
    (_SIGNED,),
    (_SIGNED, _CALLED),
    (_SIGNED, _CALLED, _TRUE),
    (
        _SIGNED,
        Done("difficult", OFFICE, 10, "涉及两个部门的共享数据。", {"difficult_by": "示例监察员甲"}),
        _CALLED,
    ),
    (_SIGNED, _CALLED, _TRUE, _SETTLED),
    (
        _SIGNED,
        _CALLED,
        _TRUE,
        _SETTLED,
        Done("extend", hours=8, said="系统改造须另行采购。", fields={"extended_to": 30}),
    ),
    (_SIGNED, _CALLED, _TRUE, _SETTLED, _RECTIFIED),
    (_SIGNED, _CALLED, _TRUE, _SETTLED, _RECTIFIED, Done("accept", OFFICE, 12)),
    (_SIGNED, _CALLED, _TRUE, _SETTLED, _RECTIFIED, Done("accept", OFFICE, 12), Done("publish", OFFICE, 2)),
    (_SIGNED, _CALLED, _TRUE, _SETTLED, _RECTIFIED, Done("accept", OFFICE, 12), Done("publish", OFFICE, 2)),
    (_SIGNED, _CALLED, _TRUE, _SETTLED, _RECTIFIED, Done("accept", OFFICE, 12), Done("publish", OFFICE, 2)),
    (_SIGNED, _CALLED, _DOUBTED),
    (_SIGNED, _CALLED, _DOUBTED, _NOT_ADOPTED),
    (
        _SIGNED,
        _CALLED,
        _DOUBTED,
        _NOT_ADOPTED,
        Done("contest", OFFICE, 20, "评价人来电:确为本窗口,附排队小票。"),
    ),
)
COMMENTS: Final = (
    ("1", "让我跑了三次才办完,每次说的材料都不一样。"),
    ("2", "窗口没有一次说清要什么材料。"),
    ("1", "说好五天办结,结果拖了半个月,打电话也没人接。"),
    ("2", "多要了一份复印件,指南上根本没写。"),
)
"""Level and words of bad reviews, in turn."""
PRAISE: Final = (
    ("5", "工作人员很耐心,一次就办好了。"),
    ("4", "流程清楚,比以前快多了。"),
    ("5", "全程网上办理,没有跑腿。"),
    ("3", "按时办结,排队时间稍长。"),
)

_VERIFIED: Final = Done("verify", OFFICE, 20, "调取叫号记录与监控,走访窗口负责人。")
_ASKED: Final = Done("ask", OFFICE, 5, "请说明补正的依据。")
_OUTSIDE: Final = Done("drop", OFFICE, 6, "不属于政务服务事项,请向住建部门反映。", {"why": "outside"})
COMPLAINTS: Final[tuple[tuple[str, str, str, Path], ...]] = (
    ("phone", "late", "我的营业执照已经过了承诺的日子还没有办好,窗口让我继续等。", ()),
    (
        "web",
        "materials",
        "办事指南上没有的材料也要我交,已经补了两次。",
        (Done("ask", OFFICE, 5, "请说明补正的依据。"),),
    ),
    ("hotline", "attitude", "上午十点窗口没有人,等了四十分钟。", (_VERIFIED,)),
    (
        "inspection",
        "visits",
        "暗访:同一事项三次要求群众改日再来。",
        (_VERIFIED, Done("prove", OFFICE, 4, "暗访记录与监控一致,属实。")),
    ),
    (
        "social_supervisor",
        "guide",
        "大厅公示的指南与网上的不一致,收费标准写法也不同。",
        (
            _VERIFIED,
            Done("prove", OFFICE, 4, "两处指南确不一致。"),
            Done("answer", OFFICE, 20, "经核实属实,指南已统一更新,感谢监督。"),
        ),
    ),
    (
        "media",
        "fees",
        "报道称办证须先找中介评估。",
        (
            _VERIFIED,
            Done("reject", OFFICE, 4, "评估由申请人自愿委托,窗口未作要求。"),
            Done("answer", OFFICE, 20, "经核实,窗口没有要求委托中介;已在窗口张贴提示。"),
        ),
    ),
    (
        "mail",
        "other",
        "反映小区停车收费问题。",
        (Done("drop", OFFICE, 6, "不属于政务服务事项,请向住建部门反映。", {"why": "outside"}),),
    ),
)
"""Source, topic, words and path of complaints."""

DUTY_LOG: Final = (
    ("上午巡查预警信号 12 条,督促 3 个部门当日办结。", "已电话提醒联络员"),
    ("无异常。", ""),
    ("交换平台 14:10 至 14:35 中断,数据延迟到达。", "已登记系统故障,通知各部门"),
)
"""What was seen and what was done about it, the latest first."""
