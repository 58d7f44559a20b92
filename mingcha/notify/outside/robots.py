"""Chat robots 群机器人: DingTalk, WeCom, Feishu. One text message a call.

They answer HTTP 200 also where they refuse (no such robot, a missing keyword, too many messages), with a number in
the body; that number decides here. (apprise 2.2 looks at the status alone and would report what was refused as sent;
see docs/decisions.)
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlsplit

from mingcha.base import clock
from mingcha.base.config import config
from mingcha.notify.outside import http

KEY: Final = re.compile(r"[A-Za-z0-9_-]{8,200}")


class RefusedError(RuntimeError):
    """The robot did not take the message; says what it answered."""


@dataclass(frozen=True)
class Robot:
    """How one kind of robot is spoken to.

    `url` has `{key}`; `most` is how many bytes of text it takes; `told` names the number of its answer that is 0
    where it took the message, and the words with it.
    """

    url: str
    most: int
    told: tuple[str, str]
    payload: Callable[[str], dict[str, Any]]
    sign: Callable[[str, str, dict[str, Any]], tuple[str, dict[str, Any]]]


def _plain(text: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": text}}


def _dingtalk_sign(secret: str, url: str, payload: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """加签: the moment in milliseconds and its HMAC, in the address."""
    at = str(int(clock.now().timestamp() * 1000))
    made = hmac.new(secret.encode(), f"{at}\n{secret}".encode(), hashlib.sha256).digest()
    return f"{url}&timestamp={at}&sign={quote(base64.b64encode(made), safe='')}", payload


def _feishu_sign(secret: str, url: str, payload: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """签名校验: the moment and the secret are the key, nothing is the message; in the body."""
    at = str(int(clock.now().timestamp()))
    made = hmac.new(f"{at}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return url, {"timestamp": at, "sign": base64.b64encode(made).decode(), **payload}


def _no_sign(_: str, url: str, payload: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return url, payload


ROBOTS: Final[Mapping[str, Robot]] = {
    "dingtalk": Robot(
        "https://oapi.dingtalk.com/robot/send?access_token={key}",
        18_000,
        ("errcode", "errmsg"),
        _plain,
        _dingtalk_sign,
    ),
    "wecom": Robot(
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={key}",
        2_000,
        ("errcode", "errmsg"),
        _plain,
        _no_sign,
    ),
    "feishu": Robot(
        "https://open.feishu.cn/open-apis/bot/v2/hook/{key}",
        18_000,
        ("code", "msg"),
        lambda text: {"msg_type": "text", "content": {"text": text}},
        _feishu_sign,
    ),
}


def send(kind: str, key: str, secret: str, text: str) -> None:
    """Let a robot say a text, cut to what it takes. Raises `RefusedError`, ConnectionError, `NotAdmittedError`."""
    robot = ROBOTS[kind]
    url = config().robots.get(kind, robot.url).replace("{key}", quote(key, safe=""))
    payload = robot.payload(cut(text, robot.most))
    if secret:
        url, payload = robot.sign(secret, url, payload)
    body = json.dumps(payload, ensure_ascii=False).encode()
    answer = http.post(url, body, {"Content-Type": "application/json; charset=utf-8"})
    number, words = robot.told
    try:
        told = json.loads(answer.body)
    except ValueError:
        told = None
    if not answer.taken or not isinstance(told, dict) or told.get(number) != 0:
        raise RefusedError(
            f"没有收下:{answer}"
            if not isinstance(told, dict)
            else f"没有收下:{told.get(words)}({told.get(number)})"
        )


def key_of(kind: str, written: str) -> str:
    """The robot's key, of the key itself or the address that the chat shows for it. Raises ValueError."""
    text = written.strip()
    if "://" in text:
        text = _key_in(text, urlsplit(ROBOTS[kind].url).hostname or "")
    if not KEY.fullmatch(text):
        raise ValueError(
            "机器人的密钥应为 8 至 200 个字母、数字、“-”或“_”;请粘贴群机器人设置里的 Webhook 地址"
        )
    return text


def _key_in(url: str, host: str) -> str:
    """The key in the address of a robot, which is in the query or at the end of the path."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.hostname != host:
        raise ValueError(f"这不是 {host} 的机器人地址;请粘贴群机器人设置里的 Webhook 地址")
    named = parse_qs(parts.query)
    return (named.get("access_token") or named.get("key") or [parts.path.rstrip("/").rsplit("/", 1)[-1]])[0]


def cut(text: str, most: int) -> str:
    """A text of at most so many bytes of UTF-8, its end marked where it was cut."""
    data = text.encode()
    if len(data) <= most:
        return text
    mark = "…(余下请登录系统查看)"
    return data[: most - len(mark.encode())].decode("utf-8", "ignore") + mark
