"""What a refused request is answered with: problem+json (RFC 9457), in Chinese: what, where, what to do next."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from pydantic import BaseModel, Field

MEDIA_TYPE: Final = "application/problem+json"

TITLES: Final = {
    400: "请求不合要求",
    401: "没有有效的密钥",
    403: "这个密钥没有这项权限",
    404: "没有这个对象,或不在可见范围内",
    405: "这个地址不接受这种方法",
    406: "不能按所要的格式回答",
    409: "与现状冲突",
    410: "已归档,不在线上",
    411: "没有说明内容长度",
    413: "内容过大",
    415: "不认识的内容类型",
    422: "参数不合要求",
    429: "请求过于频繁",
    500: "系统出错",
    503: "暂时不能服务",
}


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    where: str = Field(description="位置,如 query.limit、body.items[3].name")
    what: str = Field(description="问题与要求")


class Problem(BaseModel):
    """A refused request (RFC 9457)."""

    type: str = Field("about:blank", description="问题种类")
    title: str = Field(description="问题")
    status: int = Field(description="HTTP 状态码")
    detail: str = Field("", description="哪里不对")
    advice: str = Field("", description="怎么办")
    instance: str = Field("", description="请求的地址")
    faults: list[Fault] = Field(default_factory=list, description="逐项的问题")


class Refused(Exception):  # noqa: N818
    """A request that is answered with a problem: HTTP status, what is wrong, what to do, each single fault; `wait`:
    after how many seconds it may be tried again."""

    def __init__(
        self, status: int, detail: str, advice: str = "", *, faults: list[Fault] | None = None, wait: int = 0
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.advice = status, detail, advice
        self.faults, self.wait = faults or [], wait


def problem(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The answer to a refused request."""
    told = Problem(
        type="about:blank",
        title=TITLES.get(refused.status) or HTTPStatus(refused.status).phrase,
        status=refused.status,
        detail=refused.detail,
        advice=refused.advice,
        instance=request.path,
        faults=refused.faults,
    )
    answer = JsonResponse(told.model_dump(), status=refused.status, json_dumps_params={"ensure_ascii": False})
    answer["Content-Type"] = MEDIA_TYPE
    if refused.status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = "Bearer"
    if refused.wait:
        answer["Retry-After"] = str(refused.wait)
    return answer


_WHAT: Final = {
    "missing": "必须填写",
    "extra_forbidden": "没有这个参数",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "int_parsing_size": "整数过大",
    "float_parsing": "应为数字",
    "float_type": "应为数字",
    "finite_number": "应为有限的数字",
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "string_type": "应为文字",
    "list_type": "应为列表",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "date_type": "应为日期,如 2026-10-14",
    "date_parsing": "应为日期,如 2026-10-14",
    "date_from_datetime_parsing": "应为日期,如 2026-10-14",
    "date_from_datetime_inexact": "应为日期,不带时刻,如 2026-10-14",
    "datetime_type": "应为时间,如 2026-10-14T09:30:00",
    "datetime_parsing": "应为时间,如 2026-10-14T09:30:00",
    "datetime_from_date_parsing": "应为时间,如 2026-10-14T09:30:00",
    "json_invalid": "不是 JSON",
}
_WHAT_WITH: Final = {
    "greater_than_equal": ("不得小于 {}", "ge"),
    "greater_than": ("须大于 {}", "gt"),
    "less_than_equal": ("不得大于 {}", "le"),
    "less_than": ("须小于 {}", "lt"),
    "string_too_short": ("不得少于 {} 个字符", "min_length"),
    "string_too_long": ("不得多于 {} 个字符", "max_length"),
    "string_pattern_mismatch": ("应符合 {}", "pattern"),
    "too_short": ("不得少于 {} 项", "min_length"),
    "too_long": ("不得多于 {} 项", "max_length"),
    "literal_error": ("应为 {} 之一", "expected"),
    "enum": ("应为 {} 之一", "expected"),
    "value_error": ("{}", "error"),
}


def faults_of(errors: list[dict[str, Any]]) -> list[Fault]:
    """The faults that pydantic found, in Chinese; at most fifty."""
    return [Fault(where=_where(error.get("loc", ())), what=_what(error)) for error in errors[:50]]


def _what(error: dict[str, Any]) -> str:
    kind, context = str(error.get("type", "")), error.get("ctx") or {}
    if kind in _WHAT_WITH:
        words, name = _WHAT_WITH[kind]
        return words.format(str(context.get(name, "")).replace(" or ", "、"))
    return _WHAT.get(kind, f"不合要求({kind})")


def _where(place: tuple[str | int, ...]) -> str:
    """`("query", "limit")` as `query.limit`, list places as `[3]`."""
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
