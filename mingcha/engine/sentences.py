"""Reason (理由句) and evidence (依据) of a finding, written by one function for every engine, a column at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mingcha.engine.candidates import Candidates
from mingcha.engine.columns import combined
from mingcha.engine.moments import Outcome
from mingcha.engine.record import CAUSE_LABELS
from mingcha.facts.schema import TABLES
from mingcha.law.instants import DAY, MISSING, SECOND, Instants
from mingcha.law.units import Unit

UNIT_LABELS = {unit.text: unit.label for unit in Unit}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_FIELD = re.compile(r"\{([^{}]+)\}")


def iso(values: Instants) -> list[str | None]:
    """Local ISO 8601 without offset; a date alone as a date; MISSING as None."""
    known = np.where(values == MISSING, 0, values)
    texts = np.datetime_as_string((known // SECOND).astype("datetime64[s]")).tolist()
    alone = (known % SECOND == 1) & (values != MISSING)
    for i in np.flatnonzero(alone):
        texts[i] = texts[i][:10]
    for i in np.flatnonzero(values == MISSING):
        texts[i] = None
    return list(texts)


class Words:
    """The values of the rows that are to be written about, each computed when first asked for."""

    def __init__(self, rows: pa.Table, spec: Candidates, outcome: Outcome, chosen: NDArray[np.int64]) -> None:
        self.rows = rows.take(pa.array(chosen)) if len(chosen) != rows.num_rows else rows
        self.spec, self.outcome, self.chosen = spec, outcome, chosen
        self._made: dict[str, list[Any]] = {}
        self.given: dict[str, int] = {label: i for i, label in enumerate(spec.evidence)}

    def __len__(self) -> int:
        return len(self.chosen)

    def instants(self, values: Instants) -> list[str | None]:
        """ISO texts of the chosen rows of an array over all rows."""
        return iso(values[self.chosen])

    def evidence(self, label: str) -> list[Any]:
        """A declared piece of evidence as JSON-able values."""
        place = self.given[label]
        kind = self.spec.kinds[place]
        column = combined(self.rows, f"e{place}")
        if kind == "instant":
            return iso(np.array([MISSING if v is None else v for v in column.to_pylist()], dtype=np.int64))
        return list(column.to_pylist())

    def names(self) -> list[list[str]]:
        """What is missing, foreign, matched, or the names of the parts that are true."""
        columns = [c for c in ("names_missing", "names_foreign", "names_matched") if c in self.rows.column_names]
        if columns:
            lists = [combined(self.rows, c).to_pylist() for c in columns]
            return [[name for group in groups if group for name in group] for groups in zip(*lists, strict=True)]
        parts = [combined(self.rows, f"part{i}").to_pylist() for i in range(len(self.spec.parts))]
        if not parts:
            return [[] for _ in range(len(self))]
        return [[self.spec.parts[i] for i, true in enumerate(row) if true] for row in zip(*parts, strict=True)]

    def text(self, name: str) -> list[str]:
        """Texts for a placeholder of a sentence."""
        if name not in self._made:
            self._made[name] = self._text(name)
        return self._made[name]

    def _text(self, name: str) -> list[str]:
        if name in self.given:
            column = self.spec.rule.evidence[name].split(".")[-1]
            return [_plain(value, _code_labels(self.spec.rule.over, column)) for value in self.evidence(name)]
        if name == "name" and (self.spec.rule.compare or self.spec.parts):
            return self.text("items")
        return _WORDS[name](self) if name in _WORDS else ["" for _ in range(len(self))]

    def column(self, name: str) -> list[Any]:
        """A plain column of the candidates."""
        return list(combined(self.rows, name).to_pylist())


def _clock_times(words: Words, field: str) -> list[str]:
    clocks, times = words.outcome.clocks, words.outcome.times
    if clocks is None or times is None or clocks.stop is None:
        return ["" for _ in range(len(words))]
    values = {"start": clocks.start, "stop": clocks.stop, "due": times.due, "overrun": times.overrun_at}[field]
    if field == "due":
        values = words.outcome.due
    return [_spoken(text) for text in words.instants(values)]


def _clock_count(words: Words, field: str) -> list[str]:
    clocks, times = words.outcome.clocks, words.outcome.times
    if clocks is None or times is None:
        return ["" for _ in range(len(words))]
    values = {"limit": clocks.limit, "elapsed": times.elapsed, "paused": times.paused}[field][words.chosen]
    if field == "limit":
        return ["未知" if v == MISSING else str(v) for v in values.tolist()]
    units = [_COUNTED.get(code, "") for code in clocks.unit[words.chosen].tolist()]
    return ["未知" if v == MISSING else f"{v}{unit}" for v, unit in zip(values.tolist(), units, strict=True)]


def _units(words: Words) -> list[str]:
    assert words.outcome.clocks is not None
    labels = {int(unit): unit.label for unit in Unit}
    return [labels.get(code, "") for code in words.outcome.clocks.unit[words.chosen].tolist()]


_COUNTED = {int(unit): "个工作日" if unit == Unit.WORKING_DAY else "天" if unit.in_days else "分钟" for unit in Unit}
"""What elapsed and paused are counted in: natural days for months, minutes for hours."""

_WORDS: dict[str, Callable[[Words], list[str]]] = {
    "start": lambda w: _clock_times(w, "start"),
    "stop": lambda w: _clock_times(w, "stop"),
    "due": lambda w: _clock_times(w, "due"),
    "overrun": lambda w: _clock_times(w, "overrun"),
    "limit": lambda w: _clock_count(w, "limit"),
    "elapsed": lambda w: _clock_count(w, "elapsed"),
    "paused": lambda w: _clock_count(w, "paused"),
    "unit": _units,
    "items": lambda w: ["、".join(names) for names in w.names()],
    "key": lambda w: [str(v) for v in w.column("key")],
    "subject": lambda w: [str(v) for v in w.column("subject")],
}
PLACEHOLDERS = frozenset(_WORDS) | {"name"}
"""Names a reason may use besides its rule's evidence."""


def _spoken(text: str | None) -> str:
    return "未知" if text is None else text.replace("T", " ")


def _plain(value: Any, labels: Mapping[str, str]) -> str:
    if value is None:
        return "(空)"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(str(v) for v in value)
    text = str(value)
    return labels.get(text) or UNIT_LABELS.get(text) or (text.replace("T", " ") if _TIME.fullmatch(text) else text)


@lru_cache(maxsize=None)
def _code_labels(table: str, column: str) -> dict[str, str]:
    """Labels of a code list; of a column of another table only where every table means the same by it."""
    own = TABLES[table].by_name.get(column)
    if own is not None:
        return dict(own.codes.values) if own.codes else {}
    held = [c.codes for t in TABLES.values() for c in t.columns if c.name == column and c.codes]
    return dict(held[0].values) if held and all(codes == held[0] for codes in held) else {}


def fields_of(template: str) -> list[str]:
    """Placeholders of a sentence, in order."""
    return _FIELD.findall(template)


def reasons(words: Words, causes: Sequence[str]) -> list[str]:
    """The sentence of each row; an undetermined one says why it cannot be told."""
    template = words.spec.rule.reason
    names = fields_of(template)
    form = _FIELD.sub("{}", template)
    if not names:
        made = [form] * len(words)
    else:
        made = [form.format(*values) for values in zip(*(words.text(n) for n in names), strict=True)]
    for i, cause in enumerate(causes):
        if cause:
            made[i] = f"{words.spec.rule.title}:不可判定,{CAUSE_LABELS[cause]}"
    return made


def evidences(words: Words) -> list[str]:
    """The facts behind each row as JSON text: the row judged, the clock's numbers, what is amiss, declared facts."""
    parts: list[tuple[str, list[str]]] = [("row", _rows_json(words))]
    if words.outcome.clocks is not None:
        parts.append(("clock", _clock_json(words)))
    if words.spec.parts or words.spec.rule.compare:
        parts.append(("items", [_dump(names) for names in words.names()]))
    if words.given:
        labels = list(words.given)
        columns = [[_dump(v) for v in words.evidence(label)] for label in labels]
        form = _object(labels)
        parts.append(("facts", [form % values for values in zip(*columns, strict=True)]))
    form = _object([name for name, _ in parts])
    return [form % values for values in zip(*(column for _, column in parts), strict=True)]


def _object(labels: Sequence[str]) -> str:
    return "{" + ", ".join(f"{_dump(label).replace('%', '%%')}: %s" for label in labels) + "}"


@lru_cache(maxsize=65536)
def _dump_text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _dump(value: Any) -> str:
    return _dump_text(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _rows_json(words: Words) -> list[str]:
    table = words.spec.rule.each or words.spec.rule.over
    keys, subjects = words.column("key"), words.column("subject")
    head = f'{{"table": "{table}", "key": %s, "subject": %s}}'
    return [head % (_dump(key), _dump(subject)) for key, subject in zip(keys, subjects, strict=True)]


def _clock_json(words: Words) -> list[str]:
    clocks, times = words.outcome.clocks, words.outcome.times
    assert clocks is not None and times is not None and clocks.stop is not None
    moments = [[_dump(t) for t in words.instants(v)] for v in (clocks.start, clocks.stop, times.due)]
    numbers = [
        ["null" if v == MISSING else str(v) for v in values[words.chosen].tolist()]
        for values in (clocks.limit, times.elapsed, times.paused)
    ]
    units = ["null" if u < 0 else f'"{Unit(u).text}"' for u in clocks.unit[words.chosen].tolist()]
    layer = np.broadcast_to(np.asarray(clocks.layer), len(clocks))[words.chosen].tolist()
    form = (
        '{"start": %s, "stop": %s, "due": %s, "limit": %s, "unit": %s, "elapsed": %s, "paused": %s, '
        '"layer": %s, "pauses": %s}'
    )
    columns = [*moments[:3], numbers[0], units, numbers[1], numbers[2], layer, _pauses_json(words)]
    return [form % values for values in zip(*columns, strict=True)]


def _pauses_json(words: Words) -> list[str]:
    pauses = words.outcome.pauses
    if pauses is None:
        return ["[]"] * len(words)
    offsets, starts, ends, labels = pauses
    firsts, lasts = offsets[words.chosen].tolist(), offsets[words.chosen + 1].tolist()
    if offsets[-1] == 0:
        return ["[]"] * len(words)
    starts_iso, ends_iso, names = iso(starts), iso(ends), labels.to_pylist()
    return [
        "[" + ", ".join(f"[{_dump(starts_iso[i])}, {_dump(ends_iso[i])}, {_dump(names[i])}]" for i in range(a, b)) + "]"
        for a, b in zip(firsts, lasts, strict=True)
    ]


__all__ = ["DAY", "PLACEHOLDERS", "Words", "evidences", "fields_of", "iso", "reasons"]
