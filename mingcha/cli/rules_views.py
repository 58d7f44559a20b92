"""Tables of `mingcha rules`: the list, what the tests came to, the coverage of the regulations."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape

from mingcha.cli.console import console, table
from mingcha.rules.coverage import ANSWERS, Clause, Regulation
from mingcha.rules.model import Rule, Rulebook
from mingcha.rules.words import CLASS_LABELS, FORM_LABELS, levels_words, place_words
from mingcha.trials.testing import Ran

_EXCERPT = 24
"""Characters of a clause shown beside its answer."""


def print_list(book: Rulebook, rules: Sequence[Rule]) -> None:
    """Rules by pack, one line each."""
    out = console()
    for pack in book.packs:
        own = [rule for rule in rules if rule.pack == pack.id]
        if not own:
            continue
        out.print(
            f"\n[bold]{escape(pack.id)}[/bold] {escape(pack.title)} [dim]{escape(place_words(pack))}[/dim]"
        )
        rows = table("规则", "条款", "名称", "类别", "形式", "等级")
        for rule in own:
            words = levels_words(rule, {**book.settings_of(pack), **rule.settings})
            labels = CLASS_LABELS.get(rule.klass, rule.klass), FORM_LABELS[rule.form]
            rows.add_row(*(escape(x) for x in (rule.id, rule.article, rule.title, *labels, words)))
        out.print(rows)
    out.print(f"\n共 {len(rules)} 条")


def print_ran(book: Rulebook, ran: Sequence[Ran]) -> None:
    """How many stories were told of each pack, and what did not end as expected."""
    rows = table("规则包", "规则", "故事", "判定", "不符", numbers=4)
    for pack in book.packs:
        own = [result for result in ran if result.pack == pack.id]
        if own:
            rows.add_row(escape(pack.id), *_totals(own))
    rows.add_row("合计", *_totals(ran), style="bold")
    console().print(rows)


def _totals(ran: Sequence[Ran]) -> list[str]:
    told = [result for result in ran if result.stories]
    sums = (sum(r.stories for r in ran), sum(r.times for r in ran), sum(len(r.failures) for r in ran))
    return [str(len(told)), *(str(total) for total in sums)]


def print_coverage(regulations: Sequence[Regulation], kind: str | None) -> None:
    """Each clause with its answer, and how many clauses have which."""
    out = console()
    for regulation in regulations:
        out.print(f"\n[bold]{escape(regulation.law)}[/bold] {escape(regulation.number)}")
        rows = table("条款", "原文", "答复", "")
        for clause in regulation.clauses:
            if kind in (None, clause.kind):
                rows.add_row(*(escape(x) for x in _clause(clause)))
        out.print(rows)
    counts = table("规定", *ANSWERS.values(), "条款", numbers=len(ANSWERS) + 1)
    for regulation in regulations:
        numbers = [regulation.counts[name] for name in ANSWERS]
        counts.add_row(escape(regulation.id), *(str(n) for n in (*numbers, len(regulation.clauses))))
    sums = [sum(regulation.counts[name] for regulation in regulations) for name in ANSWERS]
    counts.add_row("合计", *(str(n) for n in (*sums, sum(sums))), style="bold")
    out.print()
    out.print(counts)


def _clause(clause: Clause) -> tuple[str, str, str, str]:
    text = clause.text if len(clause.text) <= _EXCERPT else clause.text[:_EXCERPT] + "…"
    return clause.article, text, ANSWERS[clause.kind], "、".join(clause.answer)
