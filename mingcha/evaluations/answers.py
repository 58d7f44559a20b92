"""What a citizen says, read from a form or a message: checked, plain, ready to be kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from mingcha.base.texts import storable
from mingcha.evaluations.refused import NotTakenError
from mingcha.evaluations.scales import HENAN, LEVELS
from mingcha.facts.rating_tags import CURRENT, tag_level

LONGEST: Final = 500
"""Characters of a comment."""
MOST_VISITS: Final = 99
_PHONE: Final = re.compile(r"(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})")
_GRADES: Final = {"true": True, "yes": True, "false": False, "no": False}


@dataclass(frozen=True)
class Answer:
    """One answer. `facts` are columns of `evaluations`; `name` and `phone` are the citizen's, where given."""

    facts: Mapping[str, Any]
    name: str = ""
    phone: str = ""
    tags: Sequence[str] = field(default_factory=tuple)

    @property
    def real_name(self) -> bool:
        """实名: the citizen said who it is and can be called back."""
        return bool(self.name and self.phone)


class _Reading:
    """The fields of a form as they are read, with what is wrong in each."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given, self.faults = given, dict[str, str]()

    def text(self, name: str, longest: int = LONGEST) -> str | None:
        said = " ".join(storable(self.given.get(name, "")).split())
        if len(said) > longest:
            self.faults[name] = f"不超过 {longest} 个字,现有 {len(said)} 个"
        return said or None

    def whole(self, name: str, low: int, high: int) -> int | None:
        said = self.given.get(name, "").strip()
        if not said:
            return None
        if not (said.isascii() and said.isdigit() and len(said) < 4 and low <= int(said) <= high):
            self.faults[name] = f"应为 {low} 至 {high} 的整数"
            return None
        return int(said)

    def one_of(self, name: str, allowed: Mapping[str, Any]) -> Any:
        said = self.given.get(name, "").strip()
        if not said:
            return None
        if said not in allowed:
            self.faults[name] = "请从给出的选项中选择"
            return None
        return allowed[said]


def read(given: Mapping[str, str], tags: Sequence[str] = ()) -> Answer:
    """Read the fields of a form (`level`, `satisfied`, `comment`, `name`, `phone`, Henan's items).

    Raises NotTakenError with the fault of every field.
    """
    form = _Reading(given)
    facts: dict[str, Any] = {
        "level": form.whole("level", min(LEVELS), max(LEVELS)),
        "satisfied": form.one_of("satisfied", _GRADES),
        "comment": form.text("comment"),
        "other_issue": form.text("other_issue"),
        "actual_visits": form.whole("actual_visits", 0, MOST_VISITS),
        **{q.column: _henan(form, q.column, dict(q.options)) for q in HENAN},
    }
    if facts["level"] is None and facts["satisfied"] is None and not form.faults:
        form.faults["level"] = "请选择一个满意度"
    chosen = _tags(form, tags, facts["level"])
    name, phone = form.text("name", 40) or "", form.text("phone", 20) or ""
    _check_person(form, name, phone)
    if form.faults:
        raise NotTakenError("有几处需要修改:" + ";".join(form.faults.values()), faults=form.faults)
    kept = {column: value for column, value in facts.items() if value is not None}
    kept |= {"tags": chosen} if chosen else {}
    return Answer(kept | {"real_name": bool(name and phone)}, name, phone, chosen)


def _henan(form: _Reading, column: str, options: Mapping[str, str]) -> Any:
    allowed = {value: (True if value == "true" else value) for value in options if value}
    return form.one_of(column, allowed | ({"false": False} if "true" in allowed else {}))


def _tags(form: _Reading, tags: Sequence[str], level: int | None) -> list[str]:
    """Tags of the present list, of the chosen level (the first digit is the level)."""
    chosen = list(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
    if any(tag not in CURRENT for tag in chosen):
        form.faults["tags"] = "评价标签不在现行指标编码中,请从给出的选项中选择"
    elif level is not None and any(tag_level(tag) != level for tag in chosen):
        form.faults["tags"] = "评价标签与所选的满意度不一致,请重新选择"
    return chosen


def _check_person(form: _Reading, name: str, phone: str) -> None:
    if bool(name) != bool(phone):
        form.faults["phone" if name else "name"] = "实名评价请同时填写姓名和电话;不愿实名的两项都留空"
    elif phone and not _PHONE.fullmatch(phone):
        form.faults["phone"] = "电话应为 11 位手机号,或带区号的固定电话"
