"""Addresses that must not be reached from here are refused before connecting (test-plan S6)."""

from __future__ import annotations

import socket

import pytest

from mingcha.base.config import config
from mingcha.notify.outside import guard, http
from mingcha.notify.outside.guard import NotAdmittedError

PUBLIC = "93.184.216.34"


def resolving(monkeypatch, **names: list[str]) -> list[str]:
    """Let names resolve to these addresses; returns the list of what was asked."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def answer(host, port, *rest, **named):
        asked.append(host)
        known = names.get(host.replace(".", "_"))
        if known is None:
            return real(host, port, *rest, **named)
        return [each for address in known for each in real(address, port, *rest, **named)]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.10", "0.0.0.0", "10.0.0.5", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "192.0.2.7", "198.18.0.1", "224.0.0.1", "239.1.1.1", "255.255.255.255", "240.0.0.1",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "::ffff:a9fe:a9fe",
        "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:c0a8:101::", "not an address",
    ],
)  # fmt: skip
def test_no_address_inside_is_public(address):
    assert not guard.is_public(address)


@pytest.mark.parametrize(
    "address", [PUBLIC, "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::808:808"]
)
def test_addresses_of_the_internet_are_public(address):
    assert guard.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://127.0.0.1/", "javascript:1",
        "https://", "https:///path", "//example.com", "example.com", "", "https://user@example.com/",
        "https://user:pw@example.com/", "https://exa mple.com/", "https://example.com/\r\nHost: x",
        "https://example.com\\@127.0.0.1/", "https://example.com:99999/", "https://[::1/", "https://" + "a" * 600,
        "https://" + "a" * 70 + ".com/",
    ],
)  # fmt: skip
def test_what_is_no_plain_https_address_is_refused(url):
    with pytest.raises(NotAdmittedError):
        guard.check_url(url)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "017700000001", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0"],
)  # fmt: skip
def test_this_machine_is_refused_however_it_is_written(host, monkeypatch):
    def unexpected(*_):
        raise AssertionError("connected")

    monkeypatch.setattr(socket.socket, "connect", unexpected)
    with pytest.raises(NotAdmittedError, match="内网|不成立"):
        http.post(f"https://{host}/", b"{}", {})


def test_a_name_with_one_inner_address_among_public_ones_is_refused(monkeypatch):
    resolving(monkeypatch, hook_example=[PUBLIC, "10.1.2.3"])
    with pytest.raises(NotAdmittedError, match=r"10\.1\.2\.3"):
        http.post("https://hook.example/", b"{}", {})


def test_a_name_is_resolved_once_and_the_checked_address_is_connected_to(monkeypatch, posts):
    """A name that changes its answer after the check gains nothing: it is not asked again."""
    monkeypatch.setattr(guard, "is_public", lambda address: True)
    monkeypatch.setattr(config(), "outside_hosts", [f"hook.example:{posts.port}"])
    asked = resolving(monkeypatch, hook_example=["127.0.0.1"])
    answer = http.post(f"http://hook.example:{posts.port}/in", b"{}", {})
    assert answer.taken and asked == ["hook.example", "127.0.0.1"]
    assert posts.posts[0].headers["host"] == f"hook.example:{posts.port}"


def test_a_redirect_is_not_followed(posts):
    posts.status, posts.headers = 302, {"Location": "http://169.254.169.254/latest/meta-data/"}
    assert http.post(f"{posts.url}/", b"{}", {}).status == 302
    assert len(posts.posts) == 1


def test_an_inner_host_is_reached_only_where_the_site_admits_it(monkeypatch, posts):
    assert http.post(f"{posts.url}/relay", b"{}", {}).taken
    monkeypatch.setattr(config(), "outside_hosts", [f"127.0.0.1:{posts.port + 1}"])
    with pytest.raises(NotAdmittedError, match="https"):
        http.post(f"{posts.url}/relay", b"{}", {})
    assert len(posts.posts) == 1


def test_a_proxy_of_the_environment_is_not_used(monkeypatch, posts):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert http.post(f"{posts.url}/", b"{}", {}).taken


def test_a_long_answer_is_not_read_to_its_end(posts):
    posts.body = b"x" * (http.MOST * 4)
    assert len(http.post(f"{posts.url}/", b"{}", {}).body) == http.MOST


def test_an_address_without_answer_is_told_in_words(monkeypatch):
    monkeypatch.setattr(config(), "outside_hosts", ["127.0.0.1"])
    with pytest.raises(ConnectionError, match="没有连上"):
        http.post("http://127.0.0.1:1/", b"{}", {})
