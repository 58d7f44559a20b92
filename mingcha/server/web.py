"""The web process: granian serves Django over WSGI, static files by whitenoise."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Any, Final

from mingcha.server.processes import end_with_parent
from mingcha.server.start import StartError

APPLICATION: Final = "mingcha.server.web:make_application"
THREADS: Final = 8
"""Requests that one process answers at once; each holds a connection to the database."""
_KILL_AFTER: Final = 20


class PortTakenError(StartError):
    """Nobody can listen there; said in Chinese."""


def make_application() -> Callable[..., Any]:
    """The WSGI application of one worker process, which ends when its parent is gone."""
    end_with_parent()
    from django.urls import get_resolver

    from mingcha.server.wsgi import application

    get_resolver().url_patterns  # noqa: B018  every page is imported before the first request comes, not by it
    return application


def processes_here() -> int:
    """How many web processes this machine is worth: pages are Python, one core each, four at most."""
    return max(1, min(4, os.cpu_count() or 1))


def check_port(host: str, port: int) -> None:
    """Raises PortTakenError where somebody listens there already, or the address is not of this machine."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTakenError(
                f"不能在 {host}:{port} 上监听({error.strerror})。"
                "请换一个端口(--port 或 MINGCHA_PORT),或停掉占用它的程序"
            ) from error


def serve_web(host: str, port: int, processes: int, threads: int) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are answered first. Raises PortTakenError."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    check_port(host, port)
    Granian(
        APPLICATION,
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=threads,
        backpressure=threads * 4,
        respawn_failed_workers=True,
        respawn_interval=1.0,
        workers_kill_timeout=_KILL_AFTER,
        websockets=False,
        log_access=False,
        log_level=LogLevels.error,
    ).serve()
