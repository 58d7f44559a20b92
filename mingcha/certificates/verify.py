"""Recomputing a certificate from what it holds alone: the same or different, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mingcha.certificates.canonical import NotCanonicalError, parse
from mingcha.certificates.document import (
    BODY,
    ENVELOPE,
    FORMAT,
    SIGNED,
    UNSIGNED,
    digest,
    judged_again,
    rule_told,
)
from mingcha.certificates.law_slice import rulebook_of
from mingcha.certificates.seal import signed_by
from mingcha.law.calendar import Calendar, DayKind
from mingcha.law.instants import day_number
from mingcha.rules.model import Rulebook


@dataclass
class Outcome:
    """What verifying a certificate showed."""

    readable: bool = True
    """Is it a certificate at all?"""
    different: list[str] = field(default_factory=list)
    """Where it differs from what it should be; empty: the same."""
    signer: str = ""
    """Public key (hex) of a valid signature; empty if unsigned or invalid."""
    notes: list[str] = field(default_factory=list)
    """What does not make it different but should be known."""
    finding: Mapping[str, Any] = field(default_factory=dict)

    @property
    def same(self) -> bool:
        """Unchanged, and the same finding comes out again."""
        return self.readable and not self.different


def verify(
    data: bytes, public_key: str = "", *, book: Rulebook | None = None, calendar: Calendar | None = None
) -> Outcome:
    """Verify the bytes of a certificate. ``public_key`` (hex): it must be signed by this key.

    ``book`` and ``calendar`` are those of this place: where the certificate's law or days are not theirs, a note
    says so (they may rightly be of another version).
    """
    outcome = Outcome()
    try:
        held = parse(data)
    except NotCanonicalError as error:
        return Outcome(readable=False, different=[str(error)])
    if not isinstance(held, dict) or held.keys() != ENVELOPE or not isinstance(held["body"], dict):
        return Outcome(
            readable=False, different=["不是判定书:外层应有 body、digest、signature、anchor、notice"]
        )
    body = held["body"]
    if body.keys() != BODY or body["format"] != FORMAT:
        return Outcome(readable=False, different=[f"不是 {FORMAT} 格式的判定书"])
    _check_seal(held, public_key, outcome)
    _judge_again(body, outcome)
    if outcome.same:
        outcome.finding = body["finding"]
        _compare_with_here(body, book, calendar, outcome)
    return outcome


# -- the seal -----------------------------------------------------------------------------------------------


def _check_seal(held: Mapping[str, Any], public_key: str, outcome: Outcome) -> None:
    body, signature = held["body"], held["signature"]
    sealed = digest(body)
    if held["digest"] != sealed:
        outcome.different.append(
            f"digest:内容与摘要不符,判定书被改动过{_changed_parts(held['digest'], sealed)}"
        )
    if held["anchor"] is not None:
        outcome.different.append("anchor:本版本的判定书不应有存证位置")
    if held["notice"] != (UNSIGNED if signature is None else SIGNED):
        outcome.different.append("notice:说明与签名情况不符")
    if signature is None:
        _check_unsigned(body, public_key, outcome)
        return
    if not _well_formed(signature):
        outcome.different.append("signature:签名写法不对")
    elif signature["key"] != body["signer"]:
        outcome.different.append("signature:签名的密钥不是内容里写明的密钥")
    elif not signed_by(signature["key"], signature["value"], sealed["value"]):
        outcome.different.append("signature:签名无效")
    elif public_key and signature["key"] != public_key:
        outcome.different.append(f"signature:由另一把密钥签名({signature['key'][:16]}…)")
    else:
        outcome.signer = signature["key"]


def _changed_parts(told: Any, sealed: Mapping[str, Any]) -> str:
    """The parts of the body whose digests are not those told; nothing where no part or every part differs."""
    parts = told.get("parts") if isinstance(told, dict) else None
    if not isinstance(parts, dict):
        return ""
    names = sorted(parts.keys() | sealed["parts"].keys())
    changed = [name for name in names if parts.get(name) != sealed["parts"].get(name)]
    return f"(在 {'、'.join(changed[:8])}{' 等' if len(changed) > 8 else ''})" if changed else "(在摘要)"


def _check_unsigned(body: Mapping[str, Any], public_key: str, outcome: Outcome) -> None:
    if body["signer"] is not None:
        outcome.different.append("signature:内容写明已签名,签名却不在")
    elif public_key:
        outcome.different.append("signature:没有签名")
    else:
        outcome.notes.append("未签名:不能证明由谁出具")


def _well_formed(signature: Any) -> bool:
    if not isinstance(signature, dict) or signature.keys() != {"algorithm", "key", "value"}:
        return False
    texts = [signature["key"], signature["value"]]
    lower = all(isinstance(text, str) and set(text) <= set("0123456789abcdef") for text in texts)
    return signature["algorithm"] == "Ed25519" and lower and [len(text) for text in texts] == [64, 128]


# -- the verdict --------------------------------------------------------------------------------------------


def _judge_again(body: Mapping[str, Any], outcome: Outcome) -> None:
    """Judge the facts it holds by the law and the calendar it holds, and compare."""
    try:
        again, sheets = judged_again(body)
        rule = rule_told(rulebook_of(body["law"]).rule(body["finding"]["rule"]))
    except Exception as error:  # whatever a forged body does to the parts, it is told, never raised
        outcome.different.append(f"body:不能重算({type(error).__name__}:{error})")
        return
    if again is None:
        outcome.different.append("finding:重算没有得出这条判定")
        return
    outcome.different += list(_differences("finding", body["finding"], again))
    outcome.different += list(_differences("rule", body["rule"], rule))
    if sheets != body["sheets"]:
        outcome.different.append("sheets:时限表与重算的不同")


def _differences(place: str, told: Any, again: Any) -> list[str]:
    """Where two values differ, by path."""
    if isinstance(told, dict) and isinstance(again, dict):
        names = sorted(told.keys() | again.keys())
        return [
            line
            for name in names
            for line in _differences(f"{place}.{name}", told.get(name), again.get(name))
        ]
    if told == again and type(told) is type(again):
        return []
    return [f"{place}:判定书写 {_short(told)},重算得 {_short(again)}"]


def _short(value: Any) -> str:
    text = "空" if value is None else str(value)
    return text if len(text) <= 80 else text[:77] + "…"


# -- this place ---------------------------------------------------------------------------------------------


def _compare_with_here(
    body: Mapping[str, Any], book: Rulebook | None, calendar: Calendar | None, outcome: Outcome
) -> None:
    if book is not None:
        outcome.notes += list(_law_notes(body, book))
    if calendar is not None:
        outcome.notes += list(_calendar_notes(body["calendar"], calendar))


def _law_notes(body: Mapping[str, Any], book: Rulebook) -> list[str]:
    mine = {rule.id: rule for rule in book.rules}
    told = rulebook_of(body["law"]).rules
    unknown = [rule.id for rule in told if rule.id not in mine]
    other = [rule.id for rule in told if rule.id in mine and mine[rule.id].version != rule.version]
    notes = [f"规则 {'、'.join(unknown)} 不在本机规则目录里"] if unknown else []
    notes += [f"规则 {'、'.join(other)} 与本机规则目录的版本不同"] if other else []
    return notes or ["规则与本机规则目录一致"]


_WORKS = {int(kind): kind.works for kind in DayKind}
"""Kind of a day -> is it a working day? (A table: a calendar holds a thousand days.)"""


def _calendar_notes(held: Mapping[str, Any], calendar: Calendar) -> list[str]:
    """The days of the national layer that this place's calendar holds otherwise."""
    from datetime import date

    layer = held["layers"][0]
    first = day_number(date.fromisoformat(held["first"]))
    mine = calendar.layers[0].kinds[first : first + len(layer["kinds"])].tolist()
    pairs = enumerate(zip(map(int, layer["kinds"]), mine, strict=True))
    other = [place for place, (theirs, ours) in pairs if _WORKS[theirs] != _WORKS[ours]]
    if not other:
        return ["日历与本机日历一致"]
    shown = "、".join(str(calendar.day(0, first + place).day) for place in other[:5])
    return [f"日历与本机日历有 {len(other)} 天不同:{shown}{' 等' if len(other) > 5 else ''}"]
