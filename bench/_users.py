"""People and machines who use an installation, each in a thread of its own with a connection that is kept open."""

from __future__ import annotations

import gzip
import http.client
import random
import re
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from zoneinfo import ZoneInfo

OK = (200, 202)


def local_now() -> datetime:
    """The hour at which an office reports."""
    return datetime.now(ZoneInfo("Asia/Shanghai"))


class Client:
    """One connection: HTTP/1.1, kept open, gzip as a browser asks for it, cookies by name."""

    def __init__(self, address: str, key: str = "") -> None:
        self._host = urlsplit(address).netloc
        self._headers = {"Accept-Encoding": "gzip"} | ({"Authorization": f"Bearer {key}"} if key else {})
        self._cookies: dict[str, str] = {}
        self._connection = http.client.HTTPConnection(self._host, timeout=120)

    def get(self, path: str) -> str:
        """The page, redirections followed. Raises AssertionError for any other answer."""
        status, body, headers = self._ask("GET", path)
        if status in (301, 302):
            return self.get(headers["Location"])
        assert status in OK, (status, path, body[:500])
        return body

    def send(self, path: str, body: bytes, headers: Mapping[str, str]) -> str:
        """What was answered to a batch. Raises AssertionError where it was not taken."""
        status, told, _ = self._ask("POST", path, body, headers)
        assert status in OK, (status, told[:500])
        return told

    def sign_in(self, name: str, password: str) -> Client:
        """As a person does on the login page. Raises AssertionError where it is refused."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get("/login/"))
        assert found
        form = {"csrfmiddlewaretoken": found[1], "username": name, "password": password}
        typed = {"Content-Type": "application/x-www-form-urlencoded"}
        status, body, _ = self._ask("POST", "/login/", urlencode(form).encode(), typed)
        assert status == 302, (status, body[:500])
        return self

    @property
    def cookies(self) -> Mapping[str, str]:
        """By name."""
        return self._cookies

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] = {},  # noqa: B006
    ) -> tuple[int, str, http.client.HTTPMessage]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        sent = self._headers | dict(headers) | ({"Cookie": cookies} if cookies else {})
        try:
            try:
                self._connection.request(method, quote(path, safe="/?&=%"), body, sent)
                answer = self._connection.getresponse()
            except http.client.RemoteDisconnected:  # it was idle too long; a browser asks again, too
                if method != "GET":
                    raise
                self._connection.close()
                self._connection.request(method, quote(path, safe="/?&=%"), body, sent)
                answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()  # the next one is a new connection
            raise
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        if answer.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        return answer.status, content.decode("utf-8", "replace"), answer.headers


Steps = Iterator[tuple[str, str]]
"""What is opened next: (name of the page, address). Sent the body of what was opened before."""
Habit = Callable[[random.Random], Any]


@dataclass
class Timed:
    """Seconds that answers took, by page."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    faults: list[str] = field(default_factory=list)

    def figures(self, over: float) -> dict[str, Any]:
        """In milliseconds, of all pages and of each; `over`: how long it was measured, in seconds."""
        every = [taken for each in self.seconds.values() for taken in each]
        return {
            "answers": len(every),
            "answers_per_s": round(len(every) / over, 1),
            "faults": len(self.faults),
            **_ranked(every),
            "p95_ms_by_page": {name: _ranked(each)["p95_ms"] for name, each in sorted(self.seconds.items())},
        }


def _ranked(seconds: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(seconds, n=100) if len(seconds) > 1 else [seconds[0]] * 99
    return {f"p{rank}_ms": round(cuts[rank - 1] * 1000) for rank in (50, 95, 99)}


def use(users: Sequence[tuple[Client, Habit]], seconds: float, pause: float, seed: int = 1) -> Timed:
    """Let them all open one page after another for so long, each resting `pause` seconds on average between two."""
    timed, until = Timed(), time.monotonic() + seconds
    threads = [
        threading.Thread(target=_one, args=(client, habit, timed, until, pause, random.Random(seed + place)))  # noqa: S311
        for place, (client, habit) in enumerate(users)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return timed


def _one(client: Client, habit: Habit, timed: Timed, until: float, pause: float, dice: random.Random) -> None:
    time.sleep(dice.uniform(0, pause))  # they do not all begin at once
    steps = habit(dice)
    name, path = next(steps)
    while time.monotonic() < until:
        begun = time.perf_counter()
        try:
            body = client.get(path)
        except (AssertionError, OSError, http.client.HTTPException) as error:
            timed.faults.append(f"{path}: {error!r}"[:600])
            body = ""
        timed.seconds[name].append(time.perf_counter() - begun)
        name, path = steps.send(body)
        if pause:
            time.sleep(dice.uniform(0.5, 1.5) * pause)
