from __future__ import annotations

import pytest

from mingcha.base.config import config
from tests.server.notify import cast
from tests.server.notify.sinks import http_sink, mail_sink


@pytest.fixture
def city(db):
    cast.build_city()


@pytest.fixture
def posts(monkeypatch):
    """An HTTP receiver on this machine, admitted by the site's settings."""
    with http_sink() as sink:
        monkeypatch.setattr(config(), "outside_hosts", [f"127.0.0.1:{sink.port}"])
        yield sink


@pytest.fixture
def mails(monkeypatch):
    """A mail server on this machine, the site's own."""
    with mail_sink() as sink:
        for name, value in {
            "mail_host": "127.0.0.1",
            "mail_port": sink.port,
            "mail_from": "jc@example.cn",
        }.items():
            monkeypatch.setattr(config(), name, value)
        yield sink
