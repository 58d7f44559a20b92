"""Test-plan S8: clients that send slowly, too much, in halves or in crowds; others are still served meanwhile.

Against the really served web processes, one of them with its eight threads.
"""

from __future__ import annotations

import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.server.running.conftest import copy_of, prepared  # noqa: F401  a fixture
from tests.server.running.served import Served

pytestmark = pytest.mark.one_database

PATIENCE = 10.0
"""Seconds within which an ordinary reader has to be answered while others misbehave."""


@pytest.fixture(scope="module")
def web(prepared: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:  # noqa: F811
    """The web process alone, for all tests here; none of them writes."""
    served = copy_of(prepared, tmp_path_factory.mktemp("web") / "home")
    served.start("web", "--processes", "1")
    served.wait_until_it_answers()
    yield served
    served.stop()


def answered(served: Served, path: str = "/login/") -> float:
    """Seconds until an ordinary reader was answered."""
    began = time.monotonic()
    with urllib.request.urlopen(served.address + path, timeout=PATIENCE) as answer:
        assert answer.status == 200 and answer.read()
    return time.monotonic() - began


@contextmanager
def connected(served: Served, count: int, text: bytes) -> Iterator[list[socket.socket]]:
    """So many clients that have sent this much and keep the connection."""
    with ExitStack() as stack:
        made = [
            stack.enter_context(socket.create_connection(("127.0.0.1", served.port))) for _ in range(count)
        ]
        for each in made:
            each.settimeout(PATIENCE)
            each.sendall(text)
        yield made


def head(path: str, length: object, *more: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {length}", *more, "", ""]
    return "\r\n".join(lines).encode()


def said(client: socket.socket) -> bytes:
    """What a client is told before the connection ends or says no more."""
    told = b""
    try:
        while part := client.recv(65_536):
            told += part
    except OSError:
        pass
    return told


CROWD = 120
"""Far more than there are threads: browsers of an office that are open, or somebody who means ill."""
COOKIE = f"Cookie: csrftoken={'a' * 32}"
"""With it the body is read before anybody is asked who it is from."""


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: 127.0", id="half a head"),
        pytest.param(head("/login/", 1_000) + b"usern", id="half a form"),
        pytest.param(head("/own/password/", 1_000, COOKIE) + b"csrf", id="half a form with a cookie"),
        pytest.param(head("/api/v1/submit/batches?table=cases", 5_000_000) + b"case_no", id="half a batch"),
    ],
)
def test_others_are_served_while_a_crowd_sends_no_more(web: Served, sent: bytes) -> None:
    with connected(web, CROWD, sent):
        time.sleep(0.3)
        for _ in range(3):
            assert answered(web) < PATIENCE
    assert answered(web) < PATIENCE


def test_others_are_served_while_a_crowd_sends_its_bodies_byte_by_byte(web: Served) -> None:
    stop = threading.Event()

    def drip(client: socket.socket) -> None:
        try:
            while not stop.wait(0.2):
                client.sendall(b"x")
        except OSError:
            pass

    with connected(web, CROWD, head("/own/password/", 100_000, COOKIE)) as clients:
        threads = [threading.Thread(target=drip, args=(client,), daemon=True) for client in clients]
        for thread in threads:
            thread.start()
        try:
            assert max(answered(web) for _ in range(3)) < PATIENCE
        finally:
            stop.set()
            for thread in threads:
                thread.join()


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        ("/login/", 17 << 20, b"413"),
        ("/api/v1/keys", 2 << 20, b"413"),
        ("/login/", 1 << 62, b"413"),
        ("/login/", "9" * 4000, b"4"),
        ("/login/", "-1", b"400"),
        ("/login/", "1e3", b"400"),
    ],
)
def test_what_is_too_large_or_of_no_size_is_refused_before_it_is_sent(
    web: Served, path: str, length: object, status: bytes
) -> None:
    with connected(web, 1, head(path, length, "Connection: close") + b"x") as (client,):
        told = said(client)
    assert told.startswith(b"HTTP/1.1 " + status), told[:300]
    assert b"Traceback" not in told
    assert answered(web) < PATIENCE


def test_a_body_in_chunks_of_no_stated_length_is_refused(web: Served) -> None:
    text = b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhallo\r\n0\r\n\r\n"
    with connected(web, 1, text) as (client,):
        assert b" 411 " in client.recv(4096)


def test_clients_that_leave_in_the_middle_of_an_answer_leave_nothing_behind(web: Served) -> None:
    before = _open_files(web)
    for _ in range(5):
        with connected(web, 20, b"GET /static/mingcha/page.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"):
            pass
    deadline = time.monotonic() + 30
    while _open_files(web) > before + 5 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert _open_files(web) <= before + 5
    assert answered(web) < PATIENCE


def _open_files(served: Served) -> int:
    from pathlib import Path

    assert served.process is not None
    ids = [served.process.pid, *served.children()]
    return sum(
        len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in ids if Path(f"/proc/{pid}/fd").exists()
    )


def test_who_asks_too_often_is_told_to_wait_and_the_service_is_asked_on(web: Served) -> None:
    """Sixty requests without a valid key in a minute from one address; its pages are read on."""
    codes: list[int] = []
    for _ in range(80):
        try:
            urllib.request.urlopen(web.address + "/api/v1/alerts", timeout=PATIENCE)
        except urllib.error.HTTPError as error:
            codes.append(error.code)
            if error.code == 429:
                assert int(error.headers["Retry-After"]) >= 1
                break
    assert codes and codes[-1] == 429 and set(codes) <= {401, 429}
    assert answered(web) < PATIENCE
