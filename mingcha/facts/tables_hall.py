"""Hall and service process 大厅与服务过程: queues, posts, devices, reservations, consultations."""

from __future__ import annotations

from mingcha.facts import codes
from mingcha.facts.columns import code, credit_code, event, flag, integer, item_code, planned, text
from mingcha.facts.declare import Column, Table

ZHENGZHOU_5 = "郑州市政务服务电子监察规则 第五条"


def _hall(name: str, label: str, *columns: Column, note: str = "", source: str = "") -> Table:
    return Table(name, label, "hall", columns, unit="hall", unit_column="hall_code", note=note, source=source)


HALL = text("hall_code", "大厅代码", required=True)

TABLES = (
    _hall(
        "tickets",
        "排队取号",
        text("ticket_no", "票号", key=True),
        HALL,
        text("window_code", "窗口代码"),
        text("case_no", "办件编号"),
        event("taken_at", "取号时间", required=True),
        event("called_at", "叫号时间"),
        event("finished_at", "办完时间"),
        code("status", "取号状态", codes.TICKET_STATUS),
        event("abandoned_at", "弃号时间"),
        source=ZHENGZHOU_5 + "(五)",
    ),
    _hall(
        "posts",
        "在岗",
        text("post_no", "在岗记录号", key=True),
        HALL,
        text("window_code", "窗口代码"),
        text("area", "区域"),
        text("officer_code", "人员代码"),
        flag("rostered", "应在岗"),
        code("status", "在岗状态", codes.POST_STATUS, required=True),
        event("started_at", "开始时间", required=True),
        event("ended_at", "结束时间"),
        source=ZHENGZHOU_5 + "(三)",
    ),
    _hall(
        "devices",
        "设备",
        text("device_code", "设备编码", key=True),
        HALL,
        code("kind", "设备种类", codes.DEVICE_KIND, required=True),
        text("name", "设备名称"),
        source=ZHENGZHOU_5 + "(四)",
    ),
    Table(
        "device_states",
        "设备状态",
        "hall",
        (
            text("device_code", "设备编码", key=True),
            event("started_at", "开始时间", key=True),
            code("status", "设备状态", codes.DEVICE_STATUS, required=True),
            event("ended_at", "结束时间"),
        ),
        unit="device",
        unit_column="device_code",
        source=ZHENGZHOU_5 + "(四)",
    ),
    _hall(
        "headcounts",
        "人流",
        text("hall_code", "大厅代码", key=True),
        text("area", "区域", key=True),
        event("counted_at", "计数时间", key=True),
        integer("people", "人数", required=True),
        source=ZHENGZHOU_5,
    ),
    _hall(
        "hall_checks",
        "环境态度",
        text("check_no", "检查编号", key=True),
        HALL,
        text("window_code", "窗口代码"),
        text("officer_code", "人员代码"),
        text("case_no", "办件编号"),
        code("kind", "检查种类", codes.CHECK_KIND, required=True),
        code("result", "检查结果", codes.GOOD_BAD, required=True),
        code("source", "检查来源", codes.CHECK_SOURCE),
        event("checked_at", "检查时间", required=True),
        text("note", "说明"),
        source=ZHENGZHOU_5 + "(六)、第七条(二)",
    ),
    _hall(
        "reservations",
        "预约",
        text("reservation_no", "预约编号", key=True),
        HALL,
        item_code(),
        text("applicant_id", "申请人证件号码", required=True, personal=True),
        code("channel", "预约渠道", codes.CASE_CHANNEL),
        event("made_at", "预约提交时间", required=True),
        planned("slot_at", "预约时段", required=True),
        flag("out_of_hours", "延时服务"),
        event("confirmed_at", "确认时间"),
        code("status", "预约状态", codes.RESERVATION_STATUS),
        source="平顶山市政务服务工作意见 (一)6、7",
    ),
    _hall(
        "consultations",
        "咨询",
        text("consultation_no", "咨询编号", key=True),
        text("hall_code", "大厅代码"),
        credit_code("agency_code", "部门代码"),
        text("topic", "咨询事由"),
        flag("complex", "复杂咨询"),
        event("asked_at", "咨询时间", required=True),
        event("answered_at", "答复时间"),
        flag("told_once", "一次告知"),
        source="平顶山市政务服务工作意见 (三)14",
    ),
)
