"""How each kind of column is spelled in files, in the words that templates and the reference page show."""

from __future__ import annotations

from mingcha.facts.declare import Column, Kind

KIND_LABELS: dict[Kind, str] = {
    Kind.TEXT: "文本",
    Kind.CODE: "代码",
    Kind.INTEGER: "整数",
    Kind.MONEY: "金额(元)",
    Kind.BOOL: "是否",
    Kind.INSTANT: "时间",
    Kind.DAY: "日期",
    Kind.MONTH: "月份",
    Kind.TIME: "时刻",
    Kind.LIST: "清单",
}

SPELLINGS: dict[Kind, str] = {
    Kind.TEXT: "",
    Kind.CODE: "代码或中文名",
    Kind.INTEGER: "只写数字",
    Kind.MONEY: "至多两位小数,如 120.50",
    Kind.BOOL: "是/否,1/0,true/false",
    Kind.INSTANT: "2026-03-01 09:30:00 或 2026-03-01",
    Kind.DAY: "2026-03-01",
    Kind.MONTH: "2026-03",
    Kind.TIME: "09:00",
    Kind.LIST: "用分号 ; 隔开",
}

CHECK_LABELS: dict[str, str] = {
    "credit_code": "统一社会信用代码 18 位,校验末位",
    "item_code": "实施编码 31 位或业务办理项 33 位;旧制 24 位只提示",
    "region_code": "12 位数字",
    "phone": "手机、固定电话或服务号码",
    "applicant_id": "证件类型为 111 时校验身份证,为 001 时校验统一社会信用代码",
}


def bounds(column: Column) -> str:
    """The range of a number in words; empty where there is none worth saying (not negative goes without
    saying)."""
    if column.high is not None:
        return f"{column.low} 至 {column.high}"
    return f"不小于 {column.low}" if column.low else ""


def meaning(column: Column) -> str:
    """What is to be known of a column besides its kind: range, check, note, default."""
    parts = [bounds(column), CHECK_LABELS.get(column.check, ""), column.note]
    if column.default is not None and "缺省" not in column.note:
        default = str(column.default)
        shown = column.codes.values[default] if column.codes else default or "空"
        parts.append(f"缺省为{shown}")
    return ";".join(part for part in parts if part)


def explanation(column: Column) -> str:
    """How a column is spelled and what it means, in one line."""
    return ";".join(part for part in (SPELLINGS[column.kind], meaning(column)) if part)
