"""Errors of whole files and folders (as against faults of rows, which are counted and do not stop the
reading)."""

from __future__ import annotations

from pathlib import Path


class UnusableError(ValueError):
    """Input that cannot be judged; `problems` are Chinese lines that say what, where, and what to do, all of
    them at once."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class FileError(ValueError):
    """One file that cannot be read; the text says why and what to do."""

    def __init__(self, path: Path, text: str) -> None:
        super().__init__(f"{path.name}: {text}")
        self.path = path
        self.text = text
