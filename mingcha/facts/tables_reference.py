"""Reference tables 目录: what the provincial item system and the organisation register say."""

from __future__ import annotations

from mingcha.facts import codes
from mingcha.facts.columns import (
    code,
    credit_code,
    event,
    flag,
    integer,
    item_code,
    money,
    planned,
    region_code,
    text,
    time,
)
from mingcha.facts.declare import Column, Table

ITEM_SOURCE = "GB/T 39046—2020;国家平台 up_task_*_basic"


def _item_key(*more: Column) -> tuple[Column, ...]:
    version = integer("version", "事项版本", key=True, default=1, low=1, note="缺省为 1")
    return (item_code(key=True), version, *more)


TABLES = (
    Table(
        "regions",
        "行政区划",
        "reference",
        (
            region_code("code", "区划代码", key=True),
            text("name", "区划名称", required=True),
            code("level", "行政层级", codes.REGION_LEVEL, required=True),
            region_code("parent_code", "上级区划代码"),
        ),
        unit="region",
        unit_column="code",
    ),
    Table(
        "agencies",
        "部门",
        "reference",
        (
            credit_code("code", "部门统一社会信用代码", key=True),
            text("name", "部门名称", required=True),
            region_code("region_code", "区划代码", required=True),
            credit_code("parent_code", "上级部门代码"),
            flag("central", "中央驻豫单位", note="中央驻豫单位参照执行"),
        ),
        unit="agency",
        unit_column="code",
    ),
    Table(
        "halls",
        "大厅",
        "reference",
        (
            text("code", "大厅代码", key=True),
            text("name", "大厅名称", required=True),
            region_code("region_code", "区划代码", required=True),
            code("kind", "大厅类别", codes.HALL_KIND),
            flag("video_connected", "视频已接入"),
        ),
        unit="hall",
        unit_column="code",
    ),
    Table(
        "hall_hours",
        "办公时间",
        "reference",
        (
            text("hall_code", "大厅代码", key=True),
            integer("weekday", "星期", key=True, low=1, high=7, note="1 为星期一"),
            time("opens", "开门时间", key=True),
            time("closes", "关门时间", required=True),
        ),
        unit="hall",
        unit_column="hall_code",
        note="一天可有几段,午休分开",
    ),
    Table(
        "windows",
        "窗口",
        "reference",
        (
            text("code", "窗口代码", key=True),
            text("hall_code", "大厅代码", required=True),
            text("name", "窗口名称"),
            credit_code("agency_code", "部门代码"),
        ),
        unit="hall",
        unit_column="hall_code",
    ),
    Table(
        "officers",
        "工作人员",
        "reference",
        (
            text("code", "人员代码", key=True),
            text("name", "人员姓名", required=True),
            credit_code("agency_code", "部门代码", required=True),
            text("window_code", "窗口代码"),
            code("role", "岗位", codes.OFFICER_ROLE),
        ),
        unit="officer",
        unit_column="code",
    ),
    Table(
        "items",
        "事项",
        "reference",
        _item_key(
            text("name", "事项名称", required=True),
            credit_code("agency_code", "部门代码", required=True),
            text("base_code", "基本编码", note="12 位;旧制 10 位"),
            code("type_code", "事项类型", codes.ITEM_TYPE),
            code("kind", "办件类型", codes.ITEM_KIND),
            integer("statutory_limit", "法定时限"),
            code("statutory_unit", "法定时限单位", codes.UNIT, default="working_day"),
            integer("promised_limit", "承诺时限"),
            code("promised_unit", "承诺时限单位", codes.UNIT, default="working_day"),
            integer("visits_promised", "承诺跑动次数"),
            flag("fee_charged", "是否收费"),
            flag("intermediary_allowed", "允许中介服务"),
            flag("certificate_expected", "应出证照"),
            integer("online_depth", "网办深度", low=1, high=4),
            flag("out_of_hours", "可延时服务"),
            event("published_at", "公布时间"),
            text("guide_url", "办事指南地址"),
            planned("effective_from", "生效日期", note="从该日起生效"),
            planned("effective_to", "失效日期", note="该日起失效,不含当日"),
        ),
        unit="item",
        unit_column="item_code",
        source=ITEM_SOURCE,
    ),
    Table(
        "item_steps",
        "事项环节",
        "reference",
        _item_key(
            integer("seq", "序号", key=True),
            text("name", "环节名称", required=True),
            integer("limit", "环节时限"),
            code("unit", "时限单位", codes.UNIT, default="working_day"),
        ),
        unit="item",
        unit_column="item_code",
        source=ITEM_SOURCE,
    ),
    Table(
        "item_materials",
        "材料目录",
        "reference",
        _item_key(
            text("material_code", "材料编码", key=True),
            text("name", "材料名称", required=True),
            flag("required", "是否必要", required=True),
        ),
        unit="item",
        unit_column="item_code",
        source="国家平台 up_task_*_material",
    ),
    Table(
        "item_fees",
        "收费标准",
        "reference",
        _item_key(
            text("fee_code", "收费项目编码", key=True),
            text("name", "收费项目名称", required=True),
            text("basis", "收费依据"),
            money("min_amount", "最低金额", note="元;缺省不设下限"),
            money("max_amount", "最高金额", note="元;缺省不设上限"),
            flag("reducible", "允许减免"),
        ),
        unit="item",
        unit_column="item_code",
        source="国家平台 up_task_*_fee_project",
    ),
    Table(
        "item_specials",
        "允许的特别程序",
        "reference",
        _item_key(
            code("kind", "特别程序种类", codes.SPECIAL_KIND, key=True),
            integer("limit", "特别程序时限"),
            code("unit", "时限单位", codes.UNIT, default="working_day"),
        ),
        unit="item",
        unit_column="item_code",
        source="行政许可法 第四十五条",
    ),
    Table(
        "item_outcomes",
        "事项办理结果",
        "reference",
        _item_key(code("outcome", "办理结果", codes.OUTCOME, key=True)),
        unit="item",
        unit_column="item_code",
    ),
    Table(
        "item_risks",
        "廉政风险点",
        "reference",
        _item_key(
            text("risk_code", "风险点编码", key=True),
            text("name", "风险点名称", required=True),
            text("measure", "防范措施"),
        ),
        unit="item",
        unit_column="item_code",
        source="国办函〔2016〕108号 廉政风险点异常",
    ),
)
