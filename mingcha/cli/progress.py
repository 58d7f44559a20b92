"""Progress on standard error, where somebody watches; silent in pipes and logs."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


class Progress:
    """Two bars: reading and judging. Imports rich only for a terminal."""

    def __init__(self) -> None:
        self._bars: Bars | None = None
        self._reading: TaskID | None = None
        self._judging: TaskID | None = None

    def __enter__(self) -> Progress:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as Bars

            told = TextColumn("{task.description}")
            columns = (told, BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
            self._bars = Bars(*columns, console=Console(stderr=True), transient=True)
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Take the bars away."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None

    def reading(self, table: str, rows: int, share: float | None) -> None:
        """How far the reading of one table is."""
        if self._bars is None:
            return
        if self._reading is None:
            self._reading = self._bars.add_task("读取")
        what = f"读取 {table} {rows:,} 行"
        self._bars.update(self._reading, description=what, completed=share or 0, total=1)

    def judging(self, done: int, of: int, what: str) -> None:
        """How far the judging is."""
        if self._bars is None:
            return
        if self._judging is None:
            self._judging = self._bars.add_task("判定")
        self._bars.update(self._judging, description=f"判定 {what}", completed=done, total=of)
