"""Pass: a rule cites the regulation of its pack, and quotes it word for word where we have its clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from mingcha.rules.coverage import read_clauses
from mingcha.rules.faults import Fault
from mingcha.rules.model import Pack, Rulebook


def citations(_: Rulebook, packs: Sequence[Pack]) -> Iterator[Fault]:
    """Rules that cite another law than their pack's, or whose text is not in it."""
    for pack in packs:
        whole = _texts().get(pack.law, "")
        for rule in pack.rules:
            if pack.law and rule.law != pack.law:
                message = f"引的是《{rule.law}》,规则包的规定是《{pack.law}》"
                line = rule.line("cites", "law")
                yield Fault(str(rule.file), line, message, "改正 cites.law,或另立规则包", rule.id)
            elif whole and rule.text and squeezed(rule.text) not in whole:
                message = "条文原话不在规定的条款之中"
                advice = "对照 clauses.yaml 中该条款的原文,一字不改地抄录"
                yield Fault(str(rule.file), rule.line("text"), message, advice, rule.id)


@lru_cache(maxsize=1)
def _texts() -> dict[str, str]:
    """Law -> the words of all its clauses."""
    return {
        regulation.law: squeezed("".join(clause.text for clause in regulation.clauses))
        for regulation in read_clauses()
    }


def squeezed(text: str) -> str:
    """Without white space: sources break lines anywhere."""
    return re.sub(r"\s+", "", text)
