"""What a person enters with an act, from the text of a form to values; every fault in Chinese, with what to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from mingcha.accounts.acts import RefusedError
from mingcha.base.texts import storable
from mingcha.casework.declare import Act, Entry

LONGEST_LINE: Final = 200
LONGEST_TEXT: Final = 5_000
SHORTEST_REASON: Final = 2


def cleaned(act: Act, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an act's entries by name, without those left empty. Raises `RefusedError` with every fault."""
    unknown = sorted(given.keys() - {entry.name for entry in act.entries})
    if unknown:
        raise RefusedError(f"“{act.label}”不填写 {'、'.join(unknown)}。")
    values: dict[str, Any] = {}
    faults: list[str] = []
    for entry in act.entries:
        raw = given.get(entry.name)
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            if entry.must:
                faults.append(f"请填写“{entry.label}”。")
            continue
        try:
            values[entry.name] = _value(entry, raw)
        except ValueError as error:
            faults.append(f"“{entry.label}”{error}")
    if faults:
        raise RefusedError("".join(faults))
    return values


def reason_of(act: Act, reason: str) -> str:
    """The reason without blanks around it. Raises `RefusedError` where one is demanded and not given."""
    text = storable(reason).strip()
    if act.reason and len(text) < SHORTEST_REASON:
        raise RefusedError(f"请写明{act.asked}:它会记入经过和审计。")
    if len(text) > LONGEST_TEXT:
        raise RefusedError(f"{act.asked}请不要超过 {LONGEST_TEXT} 字;更长的请作为附件上传。")
    return text


def _value(entry: Entry, raw: Any) -> Any:
    if not isinstance(raw, str):
        return raw
    text = storable(raw).strip()
    if entry.kind == "choice":
        if text not in {value for value, _ in entry.options}:
            raise ValueError(f"没有“{text[:30]}”这一项,请从列出的选项中选择。")
        return text
    if entry.kind == "day":
        return _day(text)
    if entry.kind == "moment":
        return _moment(text)
    longest = LONGEST_TEXT if entry.kind == "long" else LONGEST_LINE
    if len(text) > longest:
        raise ValueError(f"请不要超过 {longest} 字。")
    return text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("要写作 2026-10-14 的样子。") from None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("要写作 2026-10-14 09:30 的样子。") from None
    if moment.tzinfo is not None:
        raise ValueError("请写北京时间,不带时区。")
    return moment.replace(microsecond=0)
