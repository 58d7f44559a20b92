"""docs/catalogue.md: every rule with its citation, levels in words, settings and notes."""

from __future__ import annotations

from collections.abc import Iterator

from mingcha.facts.schema import TABLES
from mingcha.rules.load import shipped_rulebook
from mingcha.rules.model import Pack, Rule, Rulebook
from mingcha.rules.overlay import quieting, replacing
from mingcha.rules.words import (
    CLASS_LABELS,
    FORM_LABELS,
    clock_words,
    levels_words,
    place_words,
    used_settings,
)
from mingcha.trials.pages.markdown import inline, rows

_HEAD = """\
# 规则目录 The rule catalogue

<!-- 本页由 make docs 按 mingcha/rulebook 生成。Generated from mingcha/rulebook by make docs. -->

每条规则的出处、条文、等级、设置与取法。
规则怎样写见 [rules.md](rules.md),每个条款的答复见 `mingcha rules coverage`。

等级由低到高:合规、提醒、预警、黄牌、红牌;另有异常办件、线索、转人工监察三种标记。
缺少判定所需的数据时为不可判定,从不算合规。
"""


def catalogue_page() -> str:
    """The whole page."""
    book = shipped_rulebook()
    parts = [_HEAD, _overview(book)]
    for pack in book.packs:
        parts += _pack(pack)
        parts += [_rule(book, pack, rule) for rule in pack.rules]
    return "\n".join(parts)


def _overview(book: Rulebook) -> str:
    lines = [
        (f"[{pack.id}](#{pack.id})", pack.title, pack.number, place_words(pack), str(len(pack.rules)))
        for pack in book.packs
    ]
    return rows(("规则包", "规定", "文号", "适用", "规则"), lines)


def _pack(pack: Pack) -> Iterator[str]:
    yield f"## {pack.id}\n"
    yield f"《{pack.law}》{pack.number}。适用:{place_words(pack)}。" + (
        f"覆盖在 {'、'.join(pack.over)} 之上。\n" if pack.over else "\n"
    )
    if pack.notes:
        yield "\n".join(f"- {note}" for note in pack.notes) + "\n"
    if pack.settings:
        settings = pack.settings.values()
        yield rows(
            ("设置", "取值", "单位", "规定没有写什么,为什么这样取"),
            [(inline(s.name), str(s.value), s.unit, s.note) for s in settings],
        )
    if pack.pauses:
        sources = pack.pauses.values()
        yield rows(
            ("停钟", "名称", "表", "自", "至", "条件"),
            [
                (inline(p.name), p.label, p.table, inline(p.start), inline(p.end), inline(p.where))
                for p in sources
            ],
        )


def _rule(book: Rulebook, pack: Pack, rule: Rule) -> str:
    verified = "" if rule.text_verified else "(来源文本有残缺,未校核)"
    parts = [f"### {rule.id} {rule.title}\n", f"{rule.cites}\n", f"> {rule.text}{verified}\n"]
    parts.append(rows(("", ""), [line for line in _facts(book, pack, rule) if line[1]]))
    if rule.notes:
        parts.append("\n".join(f"- {note}" for note in rule.notes) + "\n")
    return "\n".join(parts)


def _facts(book: Rulebook, pack: Pack, rule: Rule) -> Iterator[tuple[str, str]]:
    settings = {**book.settings_of(pack), **rule.settings}
    yield "类别与形式", f"{CLASS_LABELS[rule.klass]}({rule.klass}),{FORM_LABELS[rule.form]}"
    yield "等级", levels_words(rule, settings)
    yield "监察", f"{TABLES[rule.over].label} {inline(rule.over)}" if rule.over else ""
    yield "适用", inline(rule.when)
    yield "时钟", clock_words(rule, settings)
    yield "触发", "、".join(rule.any) if rule.any else inline(rule.fires)
    yield "理由", rule.reason
    yield (
        "设置",
        "、".join(f"{inline(name)} = {settings[name]}" for name in used_settings(rule) if name in settings),
    )
    yield "代替", "、".join(rule.replaces)
    yield "不再通知", "、".join(rule.quiet)
    yield "被代替", "、".join(f"{by.id}({other.id})" for other, by in replacing(book, rule.id))
    yield (
        "不通知",
        "、".join(f"{level},因 {by.id}({other.id})" for other, by, level in quieting(book, rule.id)),
    )
