"""Faults of rule files: all told at once, each with its place and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, order=True)
class Fault:
    """One fault of a rule, pack, calendar or test file.

    ``line`` counts from 1; ``message`` and ``advice`` are Chinese, for the person who wrote the file.
    """

    file: str
    line: int
    message: str
    advice: str
    rule: str = ""

    def __str__(self) -> str:
        about = f" [{self.rule}]" if self.rule else ""
        return f"{self.file}:{self.line}:{about} {self.message}。{self.advice}"


@dataclass
class Faults:
    """A collection that grows while files are read, so that nobody mends one fault only to meet the next."""

    found: list[Fault] = field(default_factory=list)

    def add(self, file: Path | str, line: int, message: str, advice: str, rule: str = "") -> None:
        """Note a fault at ``file:line``."""
        self.found.append(Fault(str(file), line, message, advice, rule))

    def __bool__(self) -> bool:
        return bool(self.found)


class RulebookError(Exception):
    """The rulebook cannot be used; ``faults`` lists every reason."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))
