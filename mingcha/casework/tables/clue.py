"""Clues 问题线索: the eight forbidden behaviours of 平顶山意见三, looked into and handed over under 四(三)."""

from mingcha.casework.declare import NEW, Act, Entry, Holder, Kind, State, declare

_LAW = "《进一步规范政务服务行为强化监督管理工作实施意见》(平政数〔2022〕26号)三、四(三)"

BEHAVIOURS = (
    ("1", "改革规定落实不到位"),
    ("2", "未履行岗位责任、脱岗或做无关的事"),
    ("3", "吃、拿、卡、要"),
    ("4", "应受理不受理、拖延、擅增材料、不说明理由"),
    ("5", "擅自增设事项、前置条件或变相审批"),
    ("6", "不按规定公开指南、听证、公示"),
    ("7", "人员业务不精,让群众来回跑"),
    ("8", "其他损害申请人合法权益的行为"),
)
RECEIVERS = (("business", "营商环境主管部门"), ("discipline", "纪检监察部门"), ("judicial", "司法机关"))

CLUE = declare(
    Kind(
        name="clue",
        label="问题线索",
        prefix="XS",
        law=_LAW,
        aside=True,
        states=(
            State("registered", "待核查", Holder.OFFICE),
            State("found", "属实,待处理", Holder.OFFICE),
            State("transferred", "已移交", final=True),
            State("settled", "本级已处理", final=True),
            State("unfounded", "不属实", final=True),
        ),
        acts=(
            Act(
                "register", "登记线索", {NEW: "registered"}, "casework.supervise",
                "登记后须核查;线索本身不计入考核,所涉部门看不到本项。", _LAW,
                reason=True, asked="线索内容", entries=(Entry("behaviour", "所涉情形", "choice", options=BEHAVIOURS),),
            ),
            Act(
                "find", "核查属实", {"registered": "found"}, "casework.supervise",
                "属实的须移交或在本级处理。", _LAW, reason=True, asked="核查情况",
            ),
            Act(
                "dismiss", "核查不属实", {"registered": "unfounded"}, "casework.supervise",
                "线索了结;核查情况永久保留。", _LAW, reason=True, asked="核查情况", style="",
            ),
            Act(
                "transfer", "移交", {"found": "transferred"}, "casework.decide",
                "线索移交有关部门,本级办结;移交何人、何时、文号永久保留。", _LAW,
                reason=True, asked="移交意见", evidence=True, apart_from=("find",),
                entries=(
                    Entry("receiver", "移交给", "choice", options=RECEIVERS),
                    Entry("document_no", "移交函文号"),
                ),
            ),
            Act(
                "settle", "本级处理", {"found": "settled"}, "casework.decide",
                "在本级批评教育、责令改正,本项办结。", _LAW,
                reason=True, asked="处理情况", apart_from=("find",), style="",
            ),
        ),
    )
)  # fmt: skip
