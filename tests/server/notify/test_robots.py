"""Chat robots: what is said to them, and that a refusal inside HTTP 200 is noticed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from mingcha.base.config import config
from mingcha.notify.outside import robots
from mingcha.notify.outside.robots import RefusedError


@pytest.fixture
def relay(posts, monkeypatch):
    paths = {
        "dingtalk": "/robot/send?access_token={key}",
        "wecom": "/send?key={key}",
        "feishu": "/hook/{key}",
    }
    monkeypatch.setattr(config(), "robots", {kind: posts.url + path for kind, path in paths.items()})
    return posts


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("dingtalk", {"msgtype": "text", "text": {"content": "红牌 D-1"}}),
        ("wecom", {"msgtype": "text", "text": {"content": "红牌 D-1"}}),
        ("feishu", {"msg_type": "text", "content": {"text": "红牌 D-1"}}),
    ],
)
def test_each_robot_is_spoken_to_in_its_own_words(kind, said, relay):
    robots.send(kind, "abcdef123456", "", "红牌 D-1")
    assert json.loads(relay.posts[0].body) == said
    assert "abcdef123456" in relay.posts[0].path


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("dingtalk", b'{"errcode":310000,"errmsg":"keywords not in content"}'),
        ("wecom", b'{"errcode":45009,"errmsg":"api freq out of limit"}'),
        ("feishu", b'{"code":19001,"msg":"param invalid"}'),
        ("dingtalk", b"<html>login</html>"),
        ("dingtalk", b"[]"),
        ("wecom", b"{}"),
    ],
)
def test_a_refusal_with_http_200_is_a_refusal(kind, answer, relay):
    relay.body = answer
    with pytest.raises(RefusedError, match="没有收下"):
        robots.send(kind, "abcdef123456", "", "红牌")


def test_dingtalk_is_signed_in_the_address(relay):
    robots.send("dingtalk", "abcdef123456", "SECxyz", "红牌")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(relay.posts[0].path).query).items()}
    made = hmac.new(b"SECxyz", f"{asked['timestamp']}\nSECxyz".encode(), hashlib.sha256).digest()
    assert base64.b64decode(asked["sign"]) == made and asked["access_token"] == "abcdef123456"


def test_feishu_is_signed_in_the_body(relay):
    robots.send("feishu", "abcdef123456", "xyz", "红牌")
    said = json.loads(relay.posts[0].body)
    made = hmac.new(f"{said['timestamp']}\nxyz".encode(), b"", hashlib.sha256).digest()
    assert base64.b64decode(said["sign"]) == made


def test_a_text_too_long_for_the_robot_is_cut_and_says_so(relay):
    robots.send("wecom", "abcdef123456", "", "超期" * 2000)
    text = json.loads(relay.posts[0].body)["text"]["content"]
    assert len(text.encode()) <= 2000 and text.endswith("请登录系统查看)")


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=abcdef123456"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abcdef123456"),
        ("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/abcdef123456"),
        ("feishu", " abcdef123456 "),
    ],
)
def test_the_address_that_the_chat_shows_may_be_pasted(kind, written):
    assert robots.key_of(kind, written) == "abcdef123456"


@pytest.mark.parametrize(
    "written",
    [
        "https://127.0.0.1/robot/send?access_token=abcdef123456",
        "a/../../b12345",
        "短",
        "",
        "abc def 123456",
        "http://[",
    ],
)
def test_a_robot_elsewhere_or_a_key_that_is_none_is_refused(written):
    with pytest.raises(ValueError, match="机器人"):
        robots.key_of("dingtalk", written)
