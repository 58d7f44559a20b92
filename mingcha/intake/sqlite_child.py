"""Reading SQLite through ADBC in a process of its own.

ADBC brings its own copy of SQLite. Two copies in one process do not see each other's locks (POSIX locks belong to the
process, sqlite.org/howtocorrupt.html 2.2.1): the second to close takes itself for the last, checkpoints and cuts the
log under the first. So the copy lives in a child, one a thread, that answers query after query until its stdin ends.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from typing import IO, Any, Final

import pyarrow as pa

_HELD = threading.local()
_WHOLE: Final = b"whole"
"""Behind every answer: a stream of Arrow that breaks off between two batches looks as if it were at its end."""


class _Child:
    """The process of one thread. It ends with its thread: nobody else writes to its stdin."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603 ourselves
            [sys.executable, "-m", "mingcha.intake.sqlite_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        weakref.finalize(self, _let_go, self.process)

    def lives(self) -> bool:
        """Whether it can be asked."""
        return self.process.poll() is None


def _let_go(process: subprocess.Popen[bytes]) -> None:
    """`Popen` that nobody holds any more keeps itself, its pipes, and so the process, until that ends."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def batches(database: str, sql: str, rows: int, patience: int) -> Iterator[pa.RecordBatch]:
    """The rows of a query in batches of so many; waits `patience` ms for a lock. Raises OSError where it fails."""
    child = _child()
    _HELD.child = None  # until its answer was read to the end
    asking, answers = child.process.stdin, child.process.stdout
    assert asking is not None and answers is not None
    try:
        asked = {"database": database, "sql": sql, "rows": rows, "patience": patience}
        asking.write(json.dumps(asked).encode() + b"\n")
        asking.flush()
        with pa.ipc.open_stream(answers) as answer:
            yield from answer
        if answers.read(len(_WHOLE)) != _WHOLE:
            raise pa.ArrowInvalid("the answer is not whole")
    except BaseException as error:
        child.process.kill()
        child.process.wait()
        if isinstance(error, (pa.ArrowInvalid, BrokenPipeError)):
            raise OSError(f"SQLite could not be read apart: {sql[:200]}") from error
        raise
    _HELD.child = child


def _child() -> _Child:
    held: _Child | None = getattr(_HELD, "child", None)
    return held if held is not None and held.lives() else _Child()


class _NoPandas:
    """Arrow asks for pandas as soon as it is there. Nothing of it is used here, and it takes most of the start."""

    @staticmethod
    def find_spec(name: str, *_: Any) -> None:
        """As if it were not installed."""
        if name == "pandas":
            raise ModuleNotFoundError(name, name=name)


def _serve(asked: IO[bytes], answers: IO[bytes]) -> None:
    sys.meta_path.insert(0, _NoPandas())
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
        answers.write(_WHOLE)
        answers.flush()


if __name__ == "__main__":
    _serve(sys.stdin.buffer, sys.stdout.buffer)
