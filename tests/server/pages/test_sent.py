"""What goes over the line: files that browsers keep, pages that are compressed."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse
from django.templatetags.static import static
from django.test import Client, RequestFactory
from pytest_django import Settings

from mingcha.pages.compressing import compressed
from mingcha.server.static_files import HashedFiles, collect

FILE = "mingcha/shell.css"


@pytest.fixture
def collected(tmp_path: Path, settings: Settings) -> Path:
    """An installation whose static files were laid out."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    staticfiles_storage._wrapped = HashedFiles()  # type: ignore[attr-defined]
    assert collect()
    staticfiles_storage._wrapped = HashedFiles()  # type: ignore[attr-defined]
    return tmp_path / "static"


@pytest.fixture(autouse=True)
def back_again():
    """The files of the next test are its own."""
    kept = staticfiles_storage._wrapped  # type: ignore[attr-defined]
    yield
    staticfiles_storage._wrapped = kept  # type: ignore[attr-defined]


def test_files_are_named_by_what_they_hold_and_kept_by_browsers(collected):
    named = static(FILE)
    assert named != f"/static/{FILE}" and named.startswith("/static/mingcha/shell.")
    answer = Client().get(named)
    assert answer.status_code == 200 and "immutable" in answer["Cache-Control"]


def test_files_are_laid_out_once_for_a_version(collected):
    assert not collect()
    (collected / "collected.txt").write_text("another version")
    assert collect()


def test_a_file_that_was_not_laid_out_keeps_its_plain_name(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    staticfiles_storage._wrapped = HashedFiles()  # type: ignore[attr-defined]
    assert static(FILE) == f"/static/{FILE}"


def sent(answer: HttpResponse, **headers: str) -> HttpResponse:
    """What leaves for a browser that takes gzip, unless it says otherwise."""
    return compressed(lambda request: answer)(
        RequestFactory().get("/", headers={"Accept-Encoding": "gzip", **headers})
    )


def test_a_page_is_compressed_for_who_takes_it():
    text = "<p>监察</p>" * 500
    answer = sent(HttpResponse(text))
    assert answer["Content-Encoding"] == "gzip" and len(answer.content) < len(text)
    assert gzip.decompress(answer.content).decode() == text
    assert "Content-Encoding" not in sent(HttpResponse(text), **{"Accept-Encoding": "identity"})


def test_small_answers_and_files_are_left_as_they_are():
    assert "Content-Encoding" not in sent(HttpResponse("<p>监察</p>"))
    assert "Content-Encoding" not in sent(HttpResponse(b"PK" * 5000, content_type="application/zip"))
