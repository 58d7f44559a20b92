"""The browser of the tests: Debian's, never one that is fetched when tests run."""

from __future__ import annotations

import shutil

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="没有 Chromium;apt-get install chromium 之后再测"
)
