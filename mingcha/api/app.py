"""The web service's one object: every router is added in `urls`, every error leaves as a problem."""

from __future__ import annotations

import logging
from typing import Any, Final

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.urls import URLPattern
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.openapi.schema import OpenAPISchema

from mingcha.accounts.policy import NotSignedIn, public
from mingcha.api.limits import KeyThrottle
from mingcha.api.parsing import StrictParser, known_parameters
from mingcha.api.problem import MEDIA_TYPE, TITLES, Problem, Refused, faults_of, problem
from mingcha.base import shortage

log = logging.getLogger(__name__)

EVERYWHERE: Final = (400, 401, 403, 404, 413, 422, 429, 503)
OF_WRITING: Final = (409, 411, 415)
"""What any operation may answer besides what it declares; and those that take a body."""


class Api(NinjaAPI):
    """NinjaAPI whose document declares the problems of every operation."""

    def _get_urls(self) -> list[Any]:
        """Every address declares a policy, those of the document too."""
        found = super()._get_urls()
        for pattern in found:
            if isinstance(pattern, URLPattern) and pattern.name == "api-root":
                public(pattern.callback)
        return found

    def get_openapi_schema(self, **named: Any) -> OpenAPISchema:
        """OpenAPI 3.1, every operation with the problems it may answer."""
        document = super().get_openapi_schema(**named)
        schemas = document["components"].setdefault("schemas", {})
        reference = "#/components/schemas/{model}"
        described = Problem.model_json_schema(ref_template=reference)
        schemas |= described.pop("$defs", {})
        schemas["Problem"] = described
        content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for operations in document["paths"].values():
            for method, operation in operations.items():
                told = {str(status): answer for status, answer in operation["responses"].items()}
                for status in (*EVERYWHERE, *(OF_WRITING if method == "post" else ())):
                    told[str(status)] = {"description": TITLES[status], "content": content}
                operation["responses"] = dict(sorted(told.items()))
        return document


api = Api(
    title="明察 网络服务",
    version="1",
    description=(
        "政务服务电子监察的读取与报送。以 `Authorization: Bearer <密钥>` 访问;错误以 problem+json 说明哪里不对、怎么办;"
        "列表以 `cursor` 续读。时间为北京时间(不带时区),金额为分。"
    ),
    urls_namespace="api",
    parser=StrictParser(),
    docs_url=None,
    docs_decorator=public,
    throttle=[KeyThrottle()],
)
api.add_decorator(known_parameters)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    return problem(request, refused)


@api.exception_handler(AuthenticationError)
def _no_key(request: HttpRequest, _: AuthenticationError) -> HttpResponse:
    return problem(
        request,
        Refused(
            401,
            "没有密钥,或密钥不存在、已停用、已过期",
            "请在“接口密钥”页申领,并以 Authorization: Bearer 传来",
        ),
    )


@api.exception_handler(Throttled)
def _too_many(request: HttpRequest, throttled: Throttled) -> HttpResponse:
    return problem(
        request, Refused(429, "这个密钥的请求过于频繁", f"请在 {int(throttled.wait or 1)} 秒后再试")
    )


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    why = error.__cause__  # ninja wraps what the parser refused
    return problem(request, why if isinstance(why, Refused) else Refused(error.status_code, str(error)))


@api.exception_handler(NotSignedIn)
def _not_signed_in(request: HttpRequest, _: NotSignedIn) -> HttpResponse:
    return problem(request, Refused(401, "没有密钥", "请以 Authorization: Bearer 传来密钥"))


@api.exception_handler(PermissionDenied)
def _not_admitted(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return problem(request, Refused(403, str(error), "请申领有此权限的密钥,或核对账号的角色"))


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, _: RequestDataTooBig) -> HttpResponse:
    return problem(request, Refused(413, "内容过大", "请缩小内容,或改用报送接口"))


@api.exception_handler(UnreadablePostError)
def _broken_off(request: HttpRequest, _: UnreadablePostError) -> HttpResponse:
    return problem(request, Refused(400, "内容没有传完", "请重发"))


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
@api.exception_handler(OSError)
def _short(request: HttpRequest, error: Exception) -> HttpResponse:
    log.exception("the web service is short of something")
    told = shortage.told(error) or "系统暂时不能服务"
    return problem(request, Refused(503, told, shortage.AGAIN, wait=30))


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(request, Refused(404, "没有这个对象,或不在可见范围内", "请核对编号与密钥的范围"))


@api.exception_handler(ValidationError)
def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    faults = faults_of(error.errors)
    return problem(request, Refused(422, ";".join(f"{f.where} {f.what}" for f in faults[:3]), faults=faults))
