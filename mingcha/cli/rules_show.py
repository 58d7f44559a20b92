"""`mingcha rules show ID`: one rule with everything that a jurist or a programmer asks about it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from mingcha.cli.console import console
from mingcha.engine.candidates import Options
from mingcha.engine.plan import compile_rule
from mingcha.facts.schema import TABLES
from mingcha.rules.coverage import read_clauses
from mingcha.rules.model import JUDGED_FORMS, Pack, Rule, Rulebook
from mingcha.rules.overlay import quieting, replacing
from mingcha.rules.words import (
    CLASS_LABELS,
    FORM_LABELS,
    clock_words,
    levels_words,
    place_words,
    used_settings,
)
from mingcha.trials.stories import stories_beside

Line = tuple[str, str]
"""A label and what is said under it."""


def print_rule(book: Rulebook, rule: Rule) -> None:
    """Everything about one rule."""
    out, pack = console(), book.pack(rule.pack)
    out.print(f"\n[bold]{escape(rule.id)} {escape(rule.title)}[/bold]")
    out.print(escape(rule.cites), style="cyan")
    verified = "" if rule.text_verified else "(来源文本有残缺,引文未校核)"
    out.print(Padding(f"“{escape(rule.text)}”{verified}", (0, 0, 1, 2), expand=False))
    for part in (_what(book, pack, rule), _where(book, pack, rule), _silent(book, pack, rule), _kept(rule)):
        _print(out, list(part))


def _print(out: Console, lines: list[Line]) -> None:
    for label, text in lines:
        if text:
            out.print(
                f"[bold]{escape(label)}[/bold] {escape(text)}"
                if label
                else Padding(escape(text), (0, 0, 0, 2), expand=False)
            )
    if any(text for _, text in lines):
        out.print()


def _what(book: Rulebook, pack: Pack, rule: Rule) -> Iterator[Line]:
    settings = {**book.settings_of(pack), **rule.settings}
    yield (
        "类别",
        f"{CLASS_LABELS.get(rule.klass, rule.klass)} {rule.klass} · {FORM_LABELS[rule.form]} {rule.form}",
    )
    yield "等级", levels_words(rule, settings)
    yield "监察", f"{rule.over} {TABLES[rule.over].label}" if rule.over else ""
    yield "适用", rule.when
    yield "时钟", clock_words(rule, settings)
    sources = book.pauses_of(pack)
    yield "停钟", "、".join(sources[name].label for name in (rule.clock.pauses if rule.clock else ()))
    if rule.compare:
        yield "对照", f"{rule.compare.reported.table} 与 {rule.compare.guide.table} 的 {rule.compare.on}"
    yield "触发", rule.fires or " 或 ".join(rule.any)
    yield "理由", rule.reason
    if rule.form in JUDGED_FORMS:
        yield "数据", ";".join(_columns_read(book, pack, rule))


def _columns_read(book: Rulebook, pack: Pack, rule: Rule) -> Iterator[str]:
    """Tables and columns that the verdict rests on, with their Chinese names."""
    options = Options("duckdb", fixed_layers={"every_day": 1, "weekdays": 2})
    reads = compile_rule(book, pack, rule, options).reads
    for name, columns in [("cases", reads.frame), *reads.tables.items()]:
        if name in TABLES and columns:
            table = TABLES[name]
            labels = [column.label for column in table.columns if column.name in columns]
            yield f"{table.label}({'、'.join(labels)})"


def _where(book: Rulebook, pack: Pack, rule: Rule) -> Iterator[Line]:
    yield "规则包", f"{pack.id} {pack.title} {pack.number}".rstrip()
    yield "何处", place_words(pack)
    narrower = [
        f"自{rule.start_date}" if rule.start_date else "",
        f"至{rule.end_date}" if rule.end_date else "",
    ]
    yield "本条", "".join(narrower)
    yield "代替", "、".join(rule.replaces)
    yield "不再通知", "、".join(rule.quiet)
    for other, by in replacing(book, rule.id):
        yield "被代替", f"在 {other.id} 适用之处由 {by.id}({by.title})代替"
    for other, by, level in quieting(book, rule.id):
        yield "不通知", f"在 {other.id} 适用之处,{level} 因 {by.id} 照发照计、不再通知"
    clauses = [c for regulation in read_clauses() for c in regulation.clauses if rule.id in c.answer]
    yield "答复条款", "、".join(f"{clause.id}({clause.article})" for clause in clauses)


def _silent(book: Rulebook, pack: Pack, rule: Rule) -> Iterator[Line]:
    """Where the law is silent: the settings used and the notes."""
    names = used_settings(rule)
    owners = [pack, *(book.pack(name) for name in pack.over)]
    if names:
        yield "设置", " "
    for name in names:
        setting = next((p.settings[name] for p in owners if name in p.settings), None)
        if setting is not None:
            value = rule.settings.get(name, setting.value)
            yield "", f"{name} = {value}{' ' + setting.unit if setting.unit else ''}:{setting.note}"
    if rule.notes:
        yield "说明", " "
    for note in rule.notes:
        yield "", f"· {note}"


def _kept(rule: Rule) -> Iterator[Line]:
    yield "版本", f"{rule.version}  {rule.file}"
    stories = stories_beside(rule.file)
    if stories:
        yield "测试", f"{len(stories)} 个故事,{sum(len(story.at) for story in stories)} 次判定"
    for story in stories:
        yield "", f"· {story.name}"
