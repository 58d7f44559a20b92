"""The web process: granian serves Django over WSGI, static files by whitenoise."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from typing import Any, Final

from mingcha.law.calendar_files import CalendarError
from mingcha.rules.faults import RulebookError
from mingcha.server.processes import end_with_parent
from mingcha.server.start import StartError

APPLICATION: Final = "mingcha.server.web:make_application"
THREADS: Final = 8
"""Requests that one process answers at once; each holds a connection to the database."""
CONNECTIONS: Final = 1_000
"""Clients that one process holds: most of them browsers between two requests, who cost little."""
_HEAD_MS: Final = 10_000
"""Milliseconds in which a client has to say what it wants; one that says nothing for so long is let go."""
_KILL_AFTER: Final = 20
_log = logging.getLogger("mingcha.web")


class PortTakenError(StartError):
    """Nobody can listen there; said in Chinese."""


def make_application() -> Callable[..., Any]:
    """The WSGI application of one worker process, which ends when its parent is gone."""
    end_with_parent()
    from mingcha.server.wsgi import application

    _warm()
    return application


def _warm() -> None:
    """What the first request would wait for is there before it comes: every page imported, the law read."""
    from django.db import DatabaseError, connection
    from django.urls import get_resolver

    from mingcha.alerts.law import law_in_force

    get_resolver().url_patterns  # noqa: B018  looking is what imports
    try:
        law_in_force()
    except (DatabaseError, RulebookError, CalendarError):
        _log.exception(
            "law not read yet"
        )  # the process serves: what is wrong is told by who asks for the law
    finally:
        connection.close()


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
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    from mingcha.server.static_files import collect

    check_port(host, port)
    collect()
    Granian(
        APPLICATION,
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=threads,
        backpressure=CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=_HEAD_MS),
        respawn_failed_workers=True,
        respawn_interval=1.0,
        workers_kill_timeout=_KILL_AFTER,
        websockets=False,
        log_access=False,
        log_level=LogLevels.error,
    ).serve()
