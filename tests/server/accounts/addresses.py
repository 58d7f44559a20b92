"""Every address of the running system, from Django's table and from the API's own, with the policy it declares."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from mingcha.api.app import api

API = "api/v1/"
DOCUMENTS = {"openapi-json", "openapi-view", "api-root"}
"""What django-ninja adds by itself: the document of the API, which is public."""
_FILLED = {
    "int": "987654321",
    "slug": "x",
    "str": "x",
    "path": "x",
    "uuid": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
}


@dataclass(frozen=True)
class Address:
    """One address. `policy` is empty where it declares none."""

    route: str
    name: str
    policy: str
    methods: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """The address with every place filled by what does not exist."""
        filled = re.sub(r"<(?:(\w+):)?\w+>", lambda m: _FILLED.get(m[1] or "str", "x"), self.route)
        return "/" + re.sub(r"\{(?:(\w+):)?\w+\}", lambda m: _FILLED.get(m[1] or "str", "x"), filled)

    def __str__(self) -> str:
        return f"{'/'.join(self.methods)} {self.route}".strip()


def pages() -> list[Address]:
    """Every pattern of Django's table but the API's operations."""
    return [
        Address(route, name, getattr(view, "policy", ""))
        for route, name, view in _walk(get_resolver().url_patterns, "")
        if not (route.startswith(API) and getattr(view, "__module__", "").startswith("ninja"))
        and name not in DOCUMENTS
    ]


def _walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern).removeprefix("^").removesuffix("$")
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.name or "", pattern.callback


def operations() -> list[Address]:
    """Every operation of the API."""
    return [
        Address(
            API + (router.prefix.strip("/") + "/" + path.lstrip("/")).lstrip("/"),
            operation.operation_id or operation.view_func.__name__,
            getattr(operation.view_func, "policy", ""),
            tuple(operation.methods),
        )
        for router in api._get_bound_routers()
        for path, view in router.path_operations.items()
        for operation in view.operations
    ]
