"""The site's own sign-in (OpenID Connect) against a real provider on a port of this machine."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.test import Client

from mingcha.accounts import people, second_factor
from mingcha.accounts.models import Account, Role
from mingcha.accounts.settings import login_settings
from mingcha.base.config import config
from mingcha.base.models import AuditRow
from tests.server.accounts.conftest import WHO
from tests.server.accounts.test_second_factor import SECRET, code_now

pytestmark = pytest.mark.django_db

Someone = Callable[..., Account]


class Provider(ThreadingHTTPServer):
    """A provider that says who someone is: whoever `claims` names."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.base = f"http://127.0.0.1:{self.server_port}"
        self.claims: dict[str, Any] = {"sub": "1", "preferred_username": "zhang"}
        self.asked: list[dict[str, list[str]]] = []


class Answers(BaseHTTPRequestHandler):
    """Discovery, token and userinfo."""

    server: Provider

    def do_GET(self) -> None:  # noqa: N802
        base = self.server.base
        if self.path.startswith("/.well-known/"):
            self.say({
                "issuer": base, "authorization_endpoint": f"{base}/authorize", "token_endpoint": f"{base}/token",
                "userinfo_endpoint": f"{base}/userinfo", "jwks_uri": f"{base}/jwks",
            })  # fmt: skip
        else:
            self.say(self.server.claims)

    def do_POST(self) -> None:  # noqa: N802
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append(parse_qs(body))
        now = int(time.time())
        told = {"iss": self.server.base, "aud": "mingcha", "iat": now, "exp": now + 60, **self.server.claims}
        token = jwt.encode(told, "x" * 32, "HS256")
        self.say({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def say(self, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: Any) -> None:
        pass


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Provider]:
    server = Provider()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(config(), "oidc_server", server.base)
    monkeypatch.setattr(config(), "oidc_client", "mingcha")
    for name, value in login_settings(config()).items():
        if name.startswith("SOCIALACCOUNT"):
            setattr(settings, name, value)
    yield server
    server.shutdown()
    server.server_close()


def come_back(client: Client, provider: Provider, next_page: str = "/own/", **changed: str) -> Any:
    """To the provider and back, as a browser does it."""
    out = client.get("/oidc/site/", {"next": next_page})
    assert out["Location"].startswith(f"{provider.base}/authorize?"), out["Location"]
    asked = parse_qs(urlsplit(out["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    said = {"code": "c", "state": asked["state"][0]} | changed
    return client.get("/oidc/site/callback/", said)


def signed_in(client: Client) -> bool:
    return client.get("/own/").status_code == 200


def test_a_known_person_is_signed_in_and_the_audit_says_how(
    someone: Someone, client: Client, provider: Provider
) -> None:
    someone()
    assert "统一身份认证" in client.get("/login/").content.decode()
    assert come_back(client, provider)["Location"] == "/own/"
    assert signed_in(client)
    assert AuditRow.objects.get(act="login").detail["how"] == "统一身份认证"
    assert provider.asked[0]["code_verifier"], "the code is worth nothing to who has only seen the address"


def test_who_has_no_account_gets_none(client: Client, provider: Provider) -> None:
    answer = come_back(client, provider)
    assert answer["Location"] == "/login/" and not signed_in(client)
    assert not Account.objects.exists()
    assert "没有您的账号" in client.get("/login/").content.decode()
    assert AuditRow.objects.filter(act="login.failed").exists()


def test_a_disabled_account_is_not_signed_in(someone: Someone, client: Client, provider: Provider) -> None:
    people.disable(someone(), "调离", WHO)
    come_back(client, provider)
    assert not signed_in(client)


def test_a_claim_that_names_nobody_signs_nobody_in(
    someone: Someone, client: Client, provider: Provider
) -> None:
    someone()
    for claims in (
        {"sub": "1"},
        {"sub": "1", "preferred_username": ""},
        {"sub": "1", "preferred_username": None},
    ):
        provider.claims = claims
        come_back(client, provider)
        assert not signed_in(client)


def test_the_second_factor_is_asked_all_the_same(
    someone: Someone, client: Client, provider: Provider
) -> None:
    second_factor.set_up(someone("zhang", Role.LEADER), SECRET, code_now(), WHO)
    assert come_back(client, provider)["Location"].startswith("/login/code/")
    assert not signed_in(client)


def test_an_answer_that_nobody_asked_for_is_refused(
    someone: Someone, client: Client, provider: Provider
) -> None:
    """Another's code planted into this browser: the state is not this session's."""
    someone()
    assert come_back(client, provider, state="planted")["Location"] == "/login/"
    assert client.get("/oidc/site/callback/", {"code": "c"}).status_code in (302, 400)
    assert not signed_in(client)


def test_afterwards_one_is_never_sent_to_another_host(
    someone: Someone, client: Client, provider: Provider
) -> None:
    someone()
    assert come_back(client, provider, next_page="https://evil.example/")["Location"] == "/"


def test_a_provider_that_is_away_leads_back_to_the_login_page(
    someone: Someone, client: Client, provider: Provider
) -> None:
    state = parse_qs(urlsplit(client.get("/oidc/site/")["Location"]).query)["state"][0]
    provider.shutdown()
    provider.server_close()
    assert client.get("/oidc/site/callback/", {"code": "c", "state": state})["Location"] == "/login/"
    answer = client.get("/oidc/site/")
    assert answer.status_code == 302 and answer["Location"] == "/login/"
    assert "没有完成" in client.get("/login/").content.decode()


def test_without_the_setting_there_is_no_such_address(client: Client) -> None:
    assert client.get("/oidc/site/").status_code == 404
    assert client.get("/oidc/site/callback/").status_code == 404
