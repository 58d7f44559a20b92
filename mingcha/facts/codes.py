"""Code lists 代码集: the closed values of the fact tables, each with its Chinese label and its source."""

from __future__ import annotations

from mingcha.facts.declare import CodeList

REGION_LEVEL = CodeList(
    "region_level",
    "行政层级",
    {"province": "省", "city": "市", "county": "县", "township": "乡", "village": "村"},
    aliases={"省级": "province", "市级": "city", "县级": "county", "乡级": "township", "村级": "village"},
)
HALL_KIND = CodeList("hall_kind", "大厅类别", {"comprehensive": "综合", "branch": "分厅"})
OFFICER_ROLE = CodeList(
    "officer_role",
    "岗位",
    {"guide": "引导", "assist": "帮办", "consult": "咨询", "accept": "受理", "review": "审批"},
    source="郑州市政务服务电子监察规则 第五条(三)",
)
ITEM_TYPE = CodeList(
    "item_type",
    "事项类型",
    {
        "00": "行政权力事项",
        "01": "行政许可",
        "02": "行政处罚",
        "03": "行政强制",
        "04": "行政征收",
        "05": "行政给付",
        "06": "行政检查",
        "07": "行政确认",
        "08": "行政奖励",
        "09": "行政裁决",
        "10": "其他类别",
        "20": "公共服务",
    },
    source="GB/T 39046—2020 表 A.1",
    extension="1[1-9]|2[1-9]",
)
ITEM_KIND = CodeList(
    "item_kind",
    "办件类型",
    {"immediate": "即办", "promise": "承诺"},
    source="GB/T 39046—2020 表 A.6",
    aliases={"即办件": "immediate", "承诺件": "promise"},
)
UNIT = CodeList(
    "unit",
    "时限单位",
    {
        "working_day": "工作日",
        "natural_day": "自然日",
        "month": "月",
        "working_hour": "工作小时",
        "hour": "小时",
    },
    aliases={"个工作日": "working_day", "个月": "month"},
)
SPECIAL_KIND = CodeList(
    "special_kind",
    "特别程序种类",
    {
        "hearing": "听证",
        "tender": "招标",
        "auction": "拍卖",
        "inspection": "检验",
        "testing": "检测",
        "quarantine": "检疫",
        "appraisal": "鉴定",
        "expert_review": "专家评审",
        "publicity": "批前公示",
        "other": "其他",
    },
    source="行政许可法 第四十五条;河南省政务服务电子监察工作规则(试行) 第八条(三)",
)
CASE_CHANNEL = CodeList(
    "case_channel",
    "申报渠道",
    {
        "window": "窗口",
        "web": "政务网",
        "mobile": "APP",
        "kiosk": "自助终端",
        "mail": "邮寄",
        "other": "其他",
    },
)
APPLICANT_TYPE = CodeList(
    "applicant_type",
    "申请人类型",
    {"person": "自然人", "legal": "法人"},
    aliases={"个人": "person", "企业": "legal"},
)
ID_TYPE = CodeList(
    "id_type",
    "证件类型",
    {
        "111": "居民身份证",
        "414": "普通护照",
        "511": "台湾居民来往大陆通行证",
        "001": "统一社会信用代码",
        "999": "其他",
    },
    source="GA/T 2000.156;001、999 为平台扩展",
    aliases={"身份证": "111", "护照": "414"},
    extension="[0-9]{3}",
)
OPINION = CodeList("opinion", "受理意见", {"accept": "受理", "reject": "不受理", "correct": "补正"})
OUTCOME = CodeList(
    "outcome",
    "办理结果",
    {
        "granted": "准予",
        "denied": "不予",
        "returned": "退回",
        "withdrawn": "撤回",
        "voided": "作废",
        "transferred": "转报",
    },
)
MEDIUM = CodeList("medium", "材料形式", {"paper": "纸质", "electronic": "电子", "shared": "共享"})
WAIVER = CodeList(
    "waiver",
    "免交方式",
    {"tolerated": "容缺", "commitment": "告知承诺", "shared": "共享", "reused": "复用"},
)
FEE_KIND = CodeList("fee_kind", "收费类别", {"fee": "费", "tax": "税"})
DELIVERY_METHOD = CodeList("delivery_method", "送达方式", {"pickup": "自取", "mail": "邮寄"})
EVALUATION_KIND = CodeList(
    "evaluation_kind",
    "评价类别",
    {"case": "办件", "visit": "到厅", "comprehensive": "综合", "supervision": "督查"},
    source="鄂州市政务服务好差评工作方案",
)
EVALUATION_CHANNEL = CodeList(
    "evaluation_channel",
    "评价渠道",
    {
        "pc": "PC端",
        "mobile": "移动端",
        "qr": "二维码",
        "tablet": "大厅平板",
        "terminal": "大厅其他终端",
        "phone": "电话",
        "sms": "短信",
        "mailbox": "意见箱",
        "hotline": "热线",
        "campaign": "专项活动",
        "third_party": "第三方",
    },
    source="GB/T 39046—2020 表 9;各地 6、7 号代码不同,须按来源映射",
)
GOOD_BAD = CodeList("good_bad", "好坏", {"good": "好", "bad": "差"})
COMPLAINT_SOURCE = CodeList(
    "complaint_source",
    "线索来源",
    {
        "phone": "电话",
        "web": "网络",
        "sms": "短信",
        "mail": "信件",
        "media": "媒体",
        "superior": "上级",
        "inspection": "明察暗访",
        "hotline": "热线",
        "social_supervisor": "社会监督员",
    },
)
VERIFIED = CodeList("verified", "查实", {"yes": "属实", "no": "不属实", "pending": "待查"})
LEVEL = CodeList(
    "level",
    "等级",
    {"none": "无", "note": "提醒", "warning": "预警", "yellow": "黄牌", "red": "红牌"},
)
REVIEW_FINDING = CodeList(
    "review_finding",
    "差评核实结果",
    {"confirmed": "属实", "mistaken": "误评", "malicious": "恶意", "pending": "待核"},
    source="鄂州市政务服务好差评工作方案 二(七)",
)
APPEAL_DECISION = CodeList("appeal_decision", "申诉结论", {"upheld": "维持", "revoked": "撤销"})
TICKET_STATUS = CodeList("ticket_status", "取号状态", {"served": "已办", "abandoned": "弃号"})
POST_STATUS = CodeList("post_status", "在岗状态", {"on": "在岗", "off": "离岗"})
DEVICE_KIND = CodeList(
    "device_kind",
    "设备种类",
    {
        "camera": "摄像头",
        "screen": "显示屏",
        "kiosk": "自助终端",
        "computer": "电脑",
        "server_room": "机房",
        "elevator": "电梯",
        "evaluator": "评价器",
        "parking": "停车",
        "other": "其他",
    },
    source="郑州市政务服务电子监察规则 第五条(四)",
)
DEVICE_STATUS = CodeList("device_status", "设备状态", {"ok": "正常", "fault": "故障", "offline": "离线"})
CHECK_KIND = CodeList("check_kind", "检查种类", {"hygiene": "卫生", "attitude": "态度"})
CHECK_SOURCE = CodeList("check_source", "检查来源", {"camera": "摄像头", "person": "人工"})
RESERVATION_STATUS = CodeList(
    "reservation_status", "预约状态", {"kept": "赴约", "cancelled": "取消", "missed": "爽约"}
)
