"""Progress on standard error, where somebody watches; silent in pipes and logs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


class Progress:
    """A bar for each thing that takes long: reading, judging, file after file. Imports rich only for a terminal."""

    def __init__(self) -> None:
        self._bars: Bars | None = None
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Progress:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as Bars

            told = TextColumn("{task.description}")
            columns = (told, BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
            # Results printed meanwhile go above the bars on a terminal, and untouched into a file or a pipe.
            console, above = Console(stderr=True), sys.stdout.isatty()
            self._bars = Bars(*columns, console=console, transient=True, redirect_stdout=above)
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
        self._show("读取", f"{table} {rows:,} 行", share or 0, 1)

    def judging(self, done: int, of: int, what: str) -> None:
        """How far the judging is."""
        self._show("判定", what, done, of)

    def counting(self, word: str) -> Callable[[int, int, str], None]:
        """How far something is that is done one after another, with its count."""
        return lambda done, of, what: self._show(word, f"{done:,}/{of:,} {what}", done, of)

    def _show(self, word: str, what: str, done: float, of: float) -> None:
        if self._bars is None:
            return
        if word not in self._tasks:
            self._tasks[word] = self._bars.add_task(word)
        self._bars.update(self._tasks[word], description=f"{word} {what}", completed=done, total=of)
