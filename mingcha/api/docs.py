"""The document of the web service as a page: drawn from OpenAPI on the server, nothing is fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mingcha.accounts.policy import public
from mingcha.api.app import api


@dataclass(frozen=True)
class Value:
    """A parameter, or a field of a body or an answer."""

    name: str
    kind: str
    must: bool
    says: str
    place: str = ""


@dataclass(frozen=True)
class Operation:
    """One operation."""

    method: str
    path: str
    summary: str
    says: str
    tag: str
    parameters: list[Value]
    body: list[Value]
    answers: list[tuple[str, str]]
    fields: list[Value]


@public
@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    """The page."""
    document = api.get_openapi_schema()
    by_tag: dict[str, list[Operation]] = {}
    for operation in _operations(document):
        by_tag.setdefault(operation.tag, []).append(operation)
    context = {"says": document["info"]["description"], "groups": list(by_tag.items())}
    return render(request, "api/docs.html", context)


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, operations in document["paths"].items():
        for method, told in operations.items():
            answers = {str(status): each for status, each in told["responses"].items()}
            good: Mapping[str, Any] = next((each for status, each in answers.items() if status < "300"), {})
            yield Operation(
                method.upper(),
                path,
                told["summary"],
                told.get("description", ""),
                (told.get("tags") or [""])[0],
                [_parameter(each, document) for each in told["parameters"]],
                _fields(_schema_of(told.get("requestBody", {})), document),
                [(status, each.get("description", "")) for status, each in answers.items()],
                _fields(_schema_of(good), document),
            )


def _parameter(told: Mapping[str, Any], document: Mapping[str, Any]) -> Value:
    schema = told.get("schema", {})
    says = told.get("description") or schema.get("description", "")
    return Value(told["name"], _kind(schema, document), told.get("required", False), says, told["in"])


def _schema_of(told: Mapping[str, Any]) -> Mapping[str, Any]:
    content = told.get("content", {})
    schema: Mapping[str, Any] = content.get("application/json", {}).get("schema", {})
    return schema


def _fields(schema: Mapping[str, Any], document: Mapping[str, Any]) -> list[Value]:
    held = _resolved(schema, document)
    if held.get("type") == "array":
        held = _resolved(held.get("items", {}), document)
    must = held.get("required", [])
    return [
        Value(name, _kind(each, document), name in must, each.get("description", ""))
        for name, each in held.get("properties", {}).items()
    ]


def _resolved(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref", "")
    if not reference:
        return schema
    found: Mapping[str, Any] = document["components"]["schemas"][reference.rsplit("/", 1)[-1]]
    return found


def _kind(schema: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    """What a value is, in a word: `string`, `array of string`, `red | yellow`, the name of a schema."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " | ".join(_kind(each, document) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(each) or "(空)" for each in schema["enum"])
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}), document)}]"
    return str(schema.get("format") or schema.get("type") or "any")
