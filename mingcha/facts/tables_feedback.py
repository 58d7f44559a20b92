"""Feedback tables 评价: what citizens say, and leads about misconduct."""

from __future__ import annotations

from mingcha.facts import codes
from mingcha.facts.columns import code, credit_code, event, flag, integer, listing, region_code, text
from mingcha.facts.declare import Table
from mingcha.facts.rating_tags import RATING_TAG

TABLES = (
    Table(
        "evaluations",
        "评价",
        "feedback",
        (
            text("evaluation_no", "评价编号", key=True),
            text("case_no", "办件编号"),
            integer("service_seq", "服务次数"),
            code("kind", "评价类别", codes.EVALUATION_KIND),
            credit_code("agency_code", "部门代码"),
            text("officer_code", "经办人代码"),
            text("window_code", "窗口代码"),
            code("channel", "评价渠道", codes.EVALUATION_CHANNEL),
            integer("level", "满意度", low=1, high=5, note="5 为最好;GB/T 39046 表 A.8 方向相反,须先换算"),
            flag("satisfied", "是否满意", note="河南两档"),
            flag("is_default", "默认评价"),
            flag("real_name", "实名"),
            listing("tags", "评价标签", codes=RATING_TAG),
            text("comment", "文字评价"),
            event("submitted_at", "评价时间", required=True),
            flag("extra_materials", "多收材料"),
            flag("extra_fees", "多收费"),
            flag("intermediary_forced", "强制中介"),
            flag("over_promised", "超承诺时限"),
            flag("over_statutory", "超法定时限"),
            integer("actual_visits", "实际跑动次数"),
            code("attitude", "服务态度", codes.GOOD_BAD),
            code("environment", "服务环境", codes.GOOD_BAD),
            text("other_issue", "其他问题"),
            text("follows", "追评对象", note="所追评的评价编号"),
            event("pushed_at", "推送时间"),
        ),
        unit="case",
        unit_column="case_no",
        source="GB/T 39046—2020 表 9;国家“好差评”接口",
    ),
    Table(
        "complaints",
        "投诉与线索",
        "feedback",
        (
            text("complaint_no", "投诉编号", key=True),
            code("source", "线索来源", codes.COMPLAINT_SOURCE, required=True),
            text("case_no", "办件编号"),
            credit_code("agency_code", "部门代码"),
            region_code("region_code", "区划代码", note="由哪里的监察机构核查;空为部门所在地"),
            text("about", "反映事由"),
            event("received_at", "收到时间", required=True),
            code("verified", "是否查实", codes.VERIFIED),
            event("verified_at", "查实时间"),
        ),
        unit="complaint",
        unit_column="complaint_no",
        source="郑州市政务服务电子监察规则 第七条(三)、第十六条",
    ),
)
