"""Reading SQLite through ADBC in a process of its own.

ADBC brings its own copy of SQLite. Two copies in one process do not see each other's locks (POSIX locks belong to the
process, sqlite.org/howtocorrupt.html 2.2.1): the second to close takes itself for the last, checkpoints and cuts the
log under the first. So the copy lives in a child, one a thread, that answers query after query until its stdin ends.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import IO, Any

import pyarrow as pa

_HELD = threading.local()


def batches(database: str, sql: str, rows: int, patience: int) -> Iterator[pa.RecordBatch]:
    """The rows of a query in batches of so many; waits `patience` ms for a lock. Raises OSError where it fails."""
    child = _child()
    _HELD.child = None  # until its answer was read to the end
    assert child.stdin is not None and child.stdout is not None
    try:
        asked = {"database": database, "sql": sql, "rows": rows, "patience": patience}
        child.stdin.write(json.dumps(asked).encode() + b"\n")
        child.stdin.flush()
        with pa.ipc.open_stream(child.stdout) as answer:
            yield from answer
    except BaseException as error:
        child.kill()
        child.wait()
        if isinstance(error, (pa.ArrowInvalid, BrokenPipeError)):
            raise OSError(f"SQLite could not be read apart: {sql[:200]}") from error
        raise
    _HELD.child = child


def _child() -> subprocess.Popen[bytes]:
    held: subprocess.Popen[bytes] | None = getattr(_HELD, "child", None)
    if held is not None and held.poll() is None:
        return held
    return subprocess.Popen(  # noqa: S603 ourselves
        [sys.executable, "-m", "mingcha.intake.sqlite_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def _serve(asked: IO[bytes], answers: IO[bytes]) -> None:
    import adbc_driver_sqlite.dbapi as adbc

    for line in iter(asked.readline, b""):
        query: dict[str, Any] = json.loads(line)
        with adbc.connect(query["database"]) as connection, connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {int(query['patience'])}")
            cursor.fetchall()
            cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": str(query["rows"])})
            cursor.execute(query["sql"])
            reader = cursor.fetch_record_batch()
            with pa.ipc.new_stream(answers, reader.schema) as stream:
                for batch in reader:
                    stream.write_batch(batch)
        answers.flush()


if __name__ == "__main__":
    _serve(sys.stdin.buffer, sys.stdout.buffer)
