"""Real receivers on a free port of this machine: one of mail (SMTP), one of posts (HTTP)."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast


@dataclass
class MailSink:
    """Mails taken, and addresses that it refuses for good."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)


@contextmanager
def mail_sink() -> Iterator[MailSink]:  # noqa: C901  one small server
    sink = MailSink()

    class Session(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            self.say("220 sink")
            while line := self.rfile.readline().decode().strip():
                verb = line.split(":")[0].split(" ")[0].upper()
                if verb in {"EHLO", "HELO", "MAIL", "RSET", "NOOP"}:
                    self.say("250 ok")
                elif verb == "RCPT":
                    to = line.split("<")[1].split(">")[0]
                    self.say("550 no such person" if to in sink.refused else "250 ok")
                elif verb == "DATA":
                    self.say("354 go on")
                    mail = self.mail()
                    if mail is None:
                        return
                    sink.mails.append(mail)
                    self.say("250 taken")
                else:
                    self.say("221 bye" if verb == "QUIT" else "502 what")
                    if verb == "QUIT":
                        return

        def mail(self) -> EmailMessage | None:
            """One mail; None where the sender was gone before its end."""
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                if not line:
                    return None
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            return cast(EmailMessage, message_from_bytes(b"".join(lines), policy=policy.default))

    with _served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)) as port:
        sink.port = port
        yield sink


@dataclass
class Post:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class HttpSink:
    """Posts taken; `status`, `body` and `headers` are what it answers."""

    port: int = 0
    posts: list[Post] = field(default_factory=list)
    status: int = 200
    body: bytes = b'{"errcode":0,"errmsg":"ok","code":0,"msg":"success"}'
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def http_sink() -> Iterator[HttpSink]:
    sink = HttpSink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            sink.posts.append(Post(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(sink.status)
            for name, value in sink.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(sink.body)))
            self.end_headers()
            self.wfile.write(sink.body)

        def log_message(self, *_: Any) -> None:
            pass

    with _served(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        sink.port = port
        yield sink


@contextmanager
def _served(server: Any) -> Iterator[int]:
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
