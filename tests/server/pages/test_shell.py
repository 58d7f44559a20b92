"""The frame of the pages: vendored files as the manifest says, headers, pages of errors."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.template import engines
from django.test import Client
from django.urls import resolve, reverse

import mingcha.pages
from mingcha.pages.headers import POLICY
from mingcha.pages.navigation import SECTIONS
from mingcha.pages.templatetags.words import mark, number, signed, when

PAGES = Path(mingcha.pages.__file__).parent
VENDOR = PAGES / "static" / "vendor"


def test_vendored_files_are_those_of_the_manifest_with_their_licences():
    manifest = json.loads((VENDOR / "manifest.json").read_text())
    named = {"manifest.json"}
    for entry in manifest:
        assert hashlib.sha256((VENDOR / entry["file"]).read_bytes()).hexdigest() == entry["sha256"], entry[
            "file"
        ]
        assert entry["version"] and entry["licence"] in {"0BSD", "Apache-2.0", "MIT"}
        for text in entry["licence_files"]:
            assert (VENDOR / text).stat().st_size > 300, text
        named |= {entry["file"], *entry["licence_files"]}
    assert {path.name for path in VENDOR.iterdir()} == named


def test_templates_hold_no_inline_script_and_ask_no_other_host():
    for path in PAGES.rglob("*.html"):
        text = path.read_text("utf-8")
        for tag in re.findall(r"<script\b[^>]*>", text):
            assert "src=" in tag or 'type="application/json"' in tag, (path.name, tag)
        assert not re.search(r"\bon(click|load|change|submit|error)\s*=", text), path.name
        assert not re.search(r"(src|href|action)=[\"'](https?:)?//", text), path.name


@pytest.mark.django_db
def test_a_missing_page_says_so_in_chinese_and_carries_the_policy():
    answer = Client().get("/no-such-page/")
    assert answer.status_code == 404
    assert "没有这个页面" in answer.content.decode()
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html", "offline.html"]
)
def test_pages_of_errors_need_no_database_and_say_what_to_do_next(name):
    text = engines["django"].get_template(name).render({})
    assert '<html lang="zh-CN">' in text
    assert 'class="empty"' in text
    assert text.count("<p>") >= 2


def test_the_title_of_the_document_is_the_title_of_the_page():
    text = (
        engines["django"]
        .from_string('{% extends "page.html" %}{% block title %}办件 <small>{{ no }}</small>{% endblock %}')
        .render({"no": "<b>1</b>"})
    )
    assert "<title>办件 &lt;b&gt;1&lt;/b&gt; · " in text
    assert "<h1>办件 <small>&lt;b&gt;1&lt;/b&gt;</small></h1>" in text


def test_moments_and_numbers_are_written_as_the_office_writes_them():
    assert when(date(2026, 10, 14)) == "2026-10-14 周三"
    assert when(datetime(2026, 10, 14, 9, 30)) == "2026-10-14 周三 09:30"
    assert when(datetime(2026, 10, 14, 0, 0, 0, 1)) == "2026-10-14 周三"
    assert when(datetime(2026, 10, 14, 1, 30, tzinfo=UTC)) == "2026-10-14 周三 09:30"
    assert when(None) == "—"
    assert number(1234567) == "1,234,567"
    assert [signed(n) for n in (3, -3, 0, None)] == ["+3", "−3", "持平", "—"]


def test_every_entry_of_the_navigation_asks_for_the_policy_that_its_page_declares():
    for section in SECTIONS:
        for entry in section.entries:
            view: Any = resolve(reverse(entry.address)).func
            assert view.policy == entry.policy, entry.label


def test_a_level_is_a_shape_and_a_word():
    assert "#m-red" in mark("red") and "红牌" in mark("red", 3) and "3" in mark("red", 3)
    assert "合规" in mark("")


def test_every_page_has_an_address_that_ends_with_a_slash_and_so_can_be_typed_without():
    def leaves(patterns, before=""):
        for one in patterns:
            path = before + str(one.pattern)
            if hasattr(one, "url_patterns"):
                yield from leaves(one.url_patterns, path)
            else:
                yield path

    from mingcha.pages.urls import urlpatterns

    files = (".ics", ".zip", "<str:form>")
    assert [path for path in leaves(urlpatterns) if path and not path.endswith(("/", *files))] == []
