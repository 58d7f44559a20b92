"""The document of a mapping file, key by key; the labels are its reference (docs/mappings.md is held to them
by a test)."""

from __future__ import annotations

import codecs
import re
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from mingcha.readers.mapping.model import FORMATS
from mingcha.rules.shapes import (
    LEFT_OUT,
    Key,
    Path,
    Tell,
    boolean,
    choice,
    expression,
    lines,
    many,
    named,
    record,
    scalar,
    short_or_record,
    text,
)

COINS = ("agency", "item")


def word(value: Any, path: Path, tell: Tell) -> Any:
    """A value as the text that a cell would hold; white space is kept."""
    found = scalar(value, path, tell)
    if found is LEFT_OUT:
        return found
    if isinstance(found, bool):
        return "true" if found else "false"
    return found.isoformat() if isinstance(found, (date, datetime)) else str(found)


def _target(value: Any, path: Path, tell: Tell) -> Any:
    """What a foreign value becomes; an empty one becomes missing."""
    return None if value is None else word(value, path, tell)


def _encoding(value: Any, path: Path, tell: Tell) -> Any:
    found = text(value, path, tell)
    if found is LEFT_OUT:
        return found
    try:
        return codecs.lookup(found).name
    except LookupError:
        tell(path, f"没有名为“{found}”的编码", "写成 utf-8、gb18030、big5、latin-1 等;不写则自动辨认")
        return LEFT_OUT


def _pattern(value: Any, path: Path, tell: Tell) -> Any:
    found = lines(value, path, tell)
    if found is LEFT_OUT:
        return found
    try:
        re.compile(found)
        pc.match_substring_regex(pa.array([""]), found)
    except (re.error, pa.ArrowInvalid):
        tell(path, f"“{found}”不是合格的正则表达式", "检查括号与转义;不支持前后查找和反向引用")
        return LEFT_OUT
    return found


def _delimiter(value: Any, path: Path, tell: Tell) -> Any:
    found = lines(value, path, tell)
    if found is not LEFT_OUT and (len(found) != 1 or found in '"\r\n'):
        tell(path, f"分隔符“{found}”不是一个字符", 'CSV 的分隔符写成一个字符,如 ";" "|" "\\t"')
        return LEFT_OUT
    return found


def _whole(value: Any, path: Path, tell: Tell) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    tell(path, f"{path[-1]} 不是整数", "写成整数,如 5")
    return LEFT_OUT


NUMBER = {
    "number": Key(many(text), "在这些列相同的行之内编号,自 1 起", must=True),
    "order": Key(text, "按这一列的先后编号;不写则按文件里的顺序"),
}

SOURCE = {
    "files": Key(many(text), "文件名,可用 * 和 ?;加 .gz 的压缩文件同样认得", must=True),
    "format": Key(choice(*FORMATS), f"文件格式:{' '.join(FORMATS)};不写则看扩展名"),
    "optional": Key(boolean, "可以没有这份文件"),
    "partial": Key(boolean, "可以缺列:缺的列不转,写进提示"),
    "encoding": Key(_encoding, "CSV 的编码;不写则依次认 BOM、UTF-8、GB18030"),
    "delimiter": Key(_delimiter, "CSV 的分隔符;不写为逗号"),
    "sheet": Key(text, "工作簿里的哪张表;不写则第一张可见的"),
    "blanks": Key(many(word), "哪些值等于没有填,如 NULL、无"),
    "dates": Key(named(text), "列 → 日期格式,如 %d/%m/%Y %H:%M;常见写法不必写"),
    "add": Key(named(record(NUMBER)), "补上的编号列:列名 → 怎样编号"),
}

JOIN = {
    "from": Key(text, "联查哪个来源", must=True),
    "on": Key(named(text), "那边的列 → 这边的列", must=True),
    "where": Key(expression, "只查这些行"),
    "keep": Key(choice("first", "last"), "有几行时取第一行还是最后一行;不写为 last"),
    "order": Key(text, "按那边哪一列的先后;不写则按文件里的顺序"),
}

EACH = {
    "column": Key(text, "哪一列是清单", must=True),
    "split": Key(word, "清单各项之间的记号;JSON 数组不必写"),
}

VALUE = {
    "column": Key(many(lines), "来源的列;写几列则取第一个不空的"),
    "sql": Key(expression, "由几列算出的表达式"),
    "value": Key(word, "固定值"),
    "first": Key(lines, "分组中最先一行的这一列"),
    "last": Key(lines, "分组中最后一行的这一列"),
    "count": Key(boolean, "分组中有几行"),
    "where": Key(expression, "first、last、count 只看这些行"),
    "number": Key(many(text), "在这些列相同的行之内编号,自 1 起"),
    "order": Key(text, "number 按这一列的先后"),
    "match": Key(_pattern, "正则表达式:取第一对括号里的(没有括号则取合上的部分);合不上的报错"),
    "map": Key(named(_target), "值的对照:来源的值 → 我们的值;留空的视为没有填"),
    "otherwise": Key(word, "对照之外的值:refuse 报错(不写时)、keep 照抄、missing 视为没有填,或一个值"),
    "scale": Key(
        record({"worst": Key(_whole, "最差的分值", must=True), "best": Key(_whole, "最好的分值", must=True)}),
        "评价的分值方向,换算成 5 为最好",
    ),
    "split": Key(word, "清单各项之间的记号"),
    "coin": Key(choice(*COINS), "不是合格编码的,编一个代用码:agency 统一社会信用代码,item 实施编码"),
    "default": Key(word, "没有填时取这个值"),
}

PART = {
    "from": Key(text, "哪个来源;不写则只有一行固定值"),
    "where": Key(expression, "只要这些行"),
    "join": Key(named(record(JOIN)), "联查:别名 → 至多一行;列写成 别名.列"),
    "each": Key(short_or_record("column", EACH), "清单的每一项成一行,得 element(内容)、position(第几项)两列"),
    "group": Key(many(lines), "这些列相同的行并成一行(事件日志写办件编号那一列)"),
    "order": Key(text, "事件先后看哪一列;不写则按文件里的顺序"),
    "columns": Key(named(short_or_record("column", VALUE)), "我们的列 → 怎样得来", must=True),
}


def _parts(value: Any, path: Path, tell: Tell) -> Any:
    """One part or a list of them; each with the path that its faults are told at."""
    many_parts = value if isinstance(value, list) else [value]
    found = []
    for i, entry in enumerate(many_parts):
        place = (*path, i) if isinstance(value, list) else path
        kept = record(PART)(entry, place, tell)
        if kept is not LEFT_OUT:
            found.append((place, kept))
    return found


MAPPING = {
    "id": Key(text, "映射的名称", must=True),
    "title": Key(text, "标题", must=True),
    "origin": Key(text, "数据从哪里来、谁的、什么许可", must=True),
    "sources": Key(named(record(SOURCE)), "来源:名称 → 文件", must=True),
    "tables": Key(named(_parts), "事实表 → 怎样得来;由几处合成的写成清单", must=True),
    "packs": Key(many(text), "判定用的规则包:名称,或相对本文件的文件夹(随结果一起带走)"),
    "as_of": Key(word, "判定时点,写进 mingcha.yaml"),
    "notes": Key(many(text), "取舍与说明"),
}
