"""Coverage (覆盖): each clause of the regulations and this product's answer to it (rulebook/clauses.yaml)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mingcha.rules.faults import Fault, Faults, RulebookError
from mingcha.rules.load import RULEBOOK, Document, read_document
from mingcha.rules.model import Rulebook
from mingcha.rules.shapes import LEFT_OUT, Key, Tell, boolean, many, record, text
from mingcha.rules.shapes import Path as Place

CLAUSES = RULEBOOK / "clauses.yaml"

ANSWERS = {"rule": "规则", "feature": "功能", "human": "人工", "next": "待建", "none": "不涉及"}
"""Kinds of answers: rules judge it, the product has it, people do it, it is planned, nothing is ordered."""


@dataclass(frozen=True)
class Clause:
    """One clause: its text, and the kind of its answer with what is said (rule ids for ``rule``)."""

    id: str
    article: str
    text: str
    text_verified: bool
    kind: str
    answer: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Regulation:
    """A regulation, clause by clause."""

    id: str
    law: str
    number: str
    clauses: tuple[Clause, ...]

    @property
    def counts(self) -> Counter[str]:
        """How many clauses have which kind of answer."""
        return Counter(clause.kind for clause in self.clauses)


def _answer(value: Any, path: Place, tell: Tell) -> Any:
    """Exactly one kind of answer, and not an empty one."""
    found = record({kind: Key(many(text), label) for kind, label in ANSWERS.items()})(value, path, tell)
    if found is LEFT_OUT:
        return LEFT_OUT
    given = [kind for kind, said in found.items() if said]
    if len(given) == 1:
        return given[0], found[given[0]]
    advice = f"写 {' '.join(ANSWERS)} 之一"
    tell(path, "条款没有答复" if not given else f"条款有几种答复:{' '.join(given)}", advice)
    return LEFT_OUT


_CLAUSE = {
    "id": Key(text, "条款编号", must=True),
    "article": Key(text, "条、款、项", must=True),
    "text": Key(text, "原文", must=True),
    "text_verified": Key(boolean, "原文是否校核", must=True),
    "answer": Key(_answer, "答复", must=True),
}
_REGULATION = {
    "id": Key(text, "规定的代号", must=True),
    "law": Key(text, "规定名称", must=True),
    "number": Key(text, "文号"),
    "source": Key(text, "来源文本"),
    "clauses": Key(many(record(_CLAUSE)), "条款", must=True),
}
_SHAPE = {"regulations": Key(many(record(_REGULATION)), "规定", must=True)}


def read_clauses(file: Path = CLAUSES) -> tuple[Regulation, ...]:
    """Every regulation. Raises `RulebookError` with each clause that has no answer, or is not well formed."""
    faults = Faults()
    document = read_document(file, _SHAPE, faults)
    if faults or document is None:
        raise RulebookError(faults.found)
    return tuple(_regulation(document, i, entry) for i, entry in enumerate(document.data["regulations"]))


def _regulation(document: Document, place: int, entry: dict[str, Any]) -> Regulation:
    clauses = []
    for i, clause in enumerate(entry["clauses"]):
        kind, answer = clause.pop("answer")
        line = document.lines[("regulations", place, "clauses", i)]
        clauses.append(Clause(**clause, kind=kind, answer=answer, line=line))
    return Regulation(entry["id"], entry["law"], entry.get("number", ""), tuple(clauses))


def coverage_faults(
    regulations: tuple[Regulation, ...], book: Rulebook, file: Path = CLAUSES
) -> Iterator[Fault]:
    """Answers that name a rule which is not there, and rules that answer no clause."""
    rules = {rule.id: rule for rule in book.rules}
    named = set()
    for clause in (clause for regulation in regulations for clause in regulation.clauses):
        for rule_id in clause.answer if clause.kind == "rule" else ():
            named.add(rule_id)
            if rule_id not in rules:
                message = f"{clause.id} 的答复所指的规则 {rule_id} 不存在"
                yield Fault(str(file), clause.line, message, "核对规则号,或补上这条规则")
    for rule_id, rule in rules.items():
        if rule_id not in named:
            message = f"规则 {rule_id} 没有对应的条款"
            yield Fault(
                str(rule.file), rule.line("id"), message, f"在 {file.name} 相应条款的答复中写上它", rule_id
            )
