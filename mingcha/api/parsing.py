"""Reading a request without surprises: known parameters, each once; JSON of one meaning, bounded depth, text that
every database can hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest
from ninja.operation import Operation
from ninja.parser import Parser

from mingcha.api.problem import Fault, Refused

DEEPEST: Final = 32
LONGEST_NUMBER: Final = 40
"""Digits; what is longer is no number of this system and costs quadratic time to read."""


def known_parameters(view: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator of an operation: a misspelt filter must not quietly answer with everything. 422 otherwise."""
    single, lists = _parameters(view._ninja_operation)  # type: ignore[attr-defined]

    @wraps(view)
    def asked(request: HttpRequest, **values: Any) -> Any:
        faults = [
            Fault(where=f"query.{name[:60]}", what="只写一次" if name in single else "没有这个参数")
            for name, given in request.GET.lists()
            if name not in lists and (name not in single or len(given) > 1)
        ]
        if faults:
            told = ";".join(f"{fault.where} {fault.what}" for fault in faults[:3])
            known = "、".join(sorted(single | lists)) or "没有"
            raise Refused(422, told, f"这个地址的参数:{known}", faults=faults[:50])
        return view(request, **values)

    return asked


def _parameters(operation: Operation) -> tuple[frozenset[str], frozenset[str]]:
    """The names an operation reads from the address: those that are written once, and those that may be repeated."""
    models = [model for model in operation.models if model.__ninja_param_source__ == "query"]
    names = frozenset(name for model in models for name in model.__ninja_flatten_map__)
    lists = frozenset(name for model in models for name in model.__ninja_collection_fields__)
    return names - lists, lists


class StrictParser(Parser):
    """The body as JSON; refuses with 400 what `read_json` refuses, with 415 another content type."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body's value."""
        kind = request.content_type or ""
        if kind and kind != "application/json" and not kind.endswith("+json"):
            raise Refused(415, f"内容类型为 {kind}", "请以 application/json 提交")
        value: dict[str, Any] = read_json(request.body)
        return value


def read_json(data: bytes) -> Any:
    """The value of a JSON text (UTF-8). Raises `Refused` 400: not JSON, doubled keys, NaN, too deep, lone
    surrogates, NUL, numbers of more than `LONGEST_NUMBER` digits."""
    try:
        text = data.decode("utf-8-sig")
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_int=_integer,
            parse_float=_decimal,
        )
        _check(value)
    except UnicodeDecodeError as error:
        raise Refused(400, f"第 {error.start + 1} 个字节不是 UTF-8", "请以 UTF-8 编码提交 JSON") from None
    except json.JSONDecodeError as error:
        where = f"第 {error.lineno} 行第 {error.colno} 列"
        raise Refused(400, f"内容不是 JSON:{where}", "请检查引号、逗号与括号") from None
    except RecursionError:
        raise Refused(400, f"JSON 套叠超过 {DEEPEST} 层", "请按文档的格式提交") from None
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        double = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise Refused(400, f"同一对象里 {double[:60]!r} 出现了两次", "每个名称只写一次")
    return found


def _no_constant(name: str) -> Any:
    raise Refused(400, f"{name} 不是 JSON 的数", "没有值请写 null")


def _integer(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise Refused(400, f"数字有 {len(text)} 位,过长", f"数字不得超过 {LONGEST_NUMBER} 位")
    return int(text)


def _decimal(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise Refused(400, f"数字 {text[:20]} 过大", "请写可以表示的数")
    return value


def _check(value: Any, depth: int = 0) -> None:
    """Depth and text of a value, all through."""
    if depth > DEEPEST:
        raise Refused(400, f"JSON 套叠超过 {DEEPEST} 层", "请按文档的格式提交")
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        for name, held in value.items():
            _check_text(name)
            _check(held, depth + 1)
    elif isinstance(value, list):
        for held in value:
            _check(held, depth + 1)


def _check_text(text: str) -> None:
    if "\0" in text:
        raise Refused(400, "文字里有 NUL 字符", "请去掉它再提交")
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise Refused(400, "文字里有半个字符(孤立的代理码位)", "请以完整的 Unicode 字符提交")
