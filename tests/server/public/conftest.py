"""The town of the pages' tests as the public sees it: a citizen without an account, and what a form asks."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import count

import pytest
from django.http import HttpResponse
from django.test import Client

from mingcha.pages.public import frame
from tests.server.pages.conftest import city, judged, quick_hashes, served_city  # noqa: F401  fixtures

PHONE, DIGITS = "13800138000", "8000"
NAME, ID_NUMBER = "张三", "410105199001010015"

_addresses = count(1)


def solve(text: str, bits: int) -> str:
    """What the page's worker does."""
    for n in count():
        digest = hashlib.sha256(f"{text}.{n}".encode()).digest()
        if int.from_bytes(digest, "big") >> (256 - bits) == 0:
            return str(n)
    raise AssertionError


class Citizen:
    """Somebody with a browser that solves puzzles, at an address of their own."""

    def __init__(self) -> None:
        n = next(_addresses)
        self.browser = Client(REMOTE_ADDR=f"10.9.{n // 250}.{n % 250 + 1}")

    def puzzle(self, path: str) -> tuple[str, int]:
        page = self.browser.get(path).content.decode()
        found = re.search(r'data-puzzle="([^"]+)" data-bits="(\d+)"', page)
        assert found, page[:500]
        return found[1], int(found[2])

    def send(self, path: str, **fields: str) -> HttpResponse:
        text, bits = self.puzzle(path)
        return self.browser.post(path, {"puzzle": text, "answer": solve(text, bits), **fields})

    def look_up(self, case_no: str, digits: str = DIGITS) -> HttpResponse:
        return self.send("/public/case/", case_no=case_no, digits=digits)


@pytest.fixture(autouse=True)
def easy_puzzles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds of a test are not spent on finding zeros; that harder puzzles are solved is tested in a browser."""
    monkeypatch.setattr("mingcha.pages.public.challenge.BITS", 8)


@pytest.fixture(autouse=True)
def forget_the_limits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(frame, "_asked", frame.Buckets())
    yield


@pytest.fixture
def citizen(city: None) -> Citizen:  # noqa: F811
    return Citizen()
