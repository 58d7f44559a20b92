"""Why a row or a value was not taken: a closed list, each cause with its Chinese label and what to do about
it."""

from __future__ import annotations

from enum import Enum


class Cause(Enum):
    """One cause; `label` says what is wrong, `advice` what the sender does next."""

    BLANK = ("必填项为空", "补上这一项")
    RAGGED = ("列数与表头不符", "检查这一行是否多了或少了逗号,含逗号的内容要用双引号括起来")
    QUOTES = ("引号不配对", "内容里的双引号写成两个双引号,整格再用双引号括起来")
    LONG_LINE = ("一行太长", "检查这一行是否缺了换行或引号")
    SHAPE = ("不是一个合格的 JSON 对象", "每行写一个 JSON 对象,键不重复,不嵌套")
    TYPE = ("值的类型不对", "按列说明改成文本、数字或真假值")
    DATE = ("认不出的日期时间", "写成 2026-03-01 09:30:00 或 2026-03-01")
    NO_SUCH_DAY = ("没有这一天或这一时刻", "核对年月日时分秒")
    DAY_ONLY = ("这一列只要日期", "去掉时间,写成 2026-03-01")
    MONTH = ("认不出的月份", "写成 2026-03")
    TIME = ("认不出的时刻", "写成 09:00")
    INTEGER = ("不是整数", "只写数字,不带单位、逗号和小数")
    RANGE = ("超出范围", "按列说明的范围填写")
    MONEY = ("不是金额", "写成元,至多两位小数,不带单位和逗号,如 120.50")
    FLOAT_MONEY = ("金额用了二进制浮点数", "改用文本或 DECIMAL,浮点数存不准分")
    BOOL = ("不是真假值", "写成 是 或 否(也可 1/0、true/false)")
    CODE = ("不在代码表内", "从代码表中选一个值,代码或中文名都可以")
    CONTROL = ("含有控制字符", "删去不可见的控制字符后重填")
    LOST_DIGITS = ("长数字被存成了科学计数", "在表格里把这一列设为文本后重填,末尾几位已经丢失")
    CHECK = ("编码或号码不合规则", "对照证件或目录核对")
    CONFLICT = ("同一办件编号来自另一来源", "与先报来源核对,一个编号只能是一件")

    def __init__(self, label: str, advice: str) -> None:
        self.label = label
        self.advice = advice
