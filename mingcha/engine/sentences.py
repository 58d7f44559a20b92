"""Reason (理由句) and evidence (依据) of a finding, written by one function for every engine, a column at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mingcha.engine import texts as tx
from mingcha.engine.candidates import Candidates
from mingcha.engine.columns import combined
from mingcha.engine.outcome import Outcome
from mingcha.engine.record import CAUSE_LABELS
from mingcha.facts.schema import TABLES
from mingcha.law.instants import MISSING, Instants
from mingcha.law.units import Unit

UNIT_LABELS = {unit.text: unit.label for unit in Unit}
_COUNTED = {
    int(unit): "个工作日" if unit == Unit.WORKING_DAY else "天" if unit.in_days else "分钟" for unit in Unit
}
"""What elapsed and paused are counted in: natural days for months, minutes for hours."""
_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$"
_FIELD = re.compile(r"\{([^{}]+)\}")


class Words:
    """The values of the rows that are written about, as columns; each is made when first asked for."""

    def __init__(self, rows: pa.Table, spec: Candidates, outcome: Outcome, chosen: NDArray[np.int64]) -> None:
        self.rows = rows.take(pa.array(chosen)) if len(chosen) != rows.num_rows else rows
        self.spec, self.outcome, self.chosen = spec, outcome, chosen
        self.given = {label: i for i, label in enumerate(spec.evidence)}

    def __len__(self) -> int:
        return len(self.chosen)

    def column(self, name: str) -> pa.Array:
        """A plain column of the candidates, as text."""
        return combined(self.rows, name).cast(pa.string())

    def instants(self, values: Instants) -> pa.Array:
        """ISO texts of an array over all candidates."""
        return tx.iso(values[self.chosen])

    def numbers(self, values: Instants) -> pa.Array:
        """Texts of integers over all candidates."""
        return tx.numbers(values[self.chosen])

    def evidence(self, label: str) -> pa.Array:
        """A declared piece of evidence: text, an ISO instant as text, bool, integer or a list of texts."""
        place = self.given[label]
        column = combined(self.rows, f"e{place}")
        if self.spec.kinds[place] == "instant":
            return tx.iso(
                np.asarray(pc.fill_null(column.cast(pa.int64()), MISSING).to_numpy(zero_copy_only=False))
            )
        return column.cast(pa.string()) if pa.types.is_null(column.type) else column

    def names(self, separator: str, change: Callable[[pa.Array], pa.Array] | None = None) -> pa.Array | None:
        """What is missing, foreign, matched, or the parts that are true, joined; None where the rule names nothing."""
        found = [
            c for c in ("names_missing", "names_foreign", "names_matched") if c in self.rows.column_names
        ]
        if found:
            columns = [
                tx.lists(combined(self.rows, c).cast(pa.list_(pa.string())), separator, change) for c in found
            ]
            columns = [pc.if_else(pc.equal(c, ""), pa.scalar(None, pa.string()), c) for c in columns]
        elif self.spec.parts:
            columns = [self._part(i, change) for i in range(len(self.spec.parts))]
        else:
            return None
        return tx.present(columns, separator)

    def _part(self, place: int, change: Callable[[pa.Array], pa.Array] | None) -> pa.Array:
        name = pa.array([self.spec.parts[place]])
        named = (change(name) if change else name)[0]
        true = combined(self.rows, f"part{place}").cast(pa.bool_())
        return pc.if_else(pc.fill_null(true, False), named, pa.scalar(None, pa.string()))

    def text(self, name: str) -> pa.Array:
        """Texts for a placeholder of a sentence."""
        if name in self.given:
            return self._given_text(name)
        if name in ("items", "name"):
            found = self.names("、")
            return found if found is not None else pa.repeat(tx.text(""), len(self))
        return _WORDS[name](self) if name in _WORDS else pa.repeat(tx.text(""), len(self))

    def _given_text(self, name: str) -> pa.Array:
        values = self.evidence(name)
        if pa.types.is_list(values.type):
            return tx.lists(values, "、")
        if pa.types.is_boolean(values.type):
            return pc.if_else(values, tx.text("是"), tx.text("否"))
        if not pa.types.is_string(values.type):
            return values.cast(pa.string())
        labels = {
            **UNIT_LABELS,
            **code_labels(self.spec.rule.over, self.spec.rule.evidence[name].split(".")[-1]),
        }
        times = pc.fill_null(pc.match_substring_regex(values, _TIME), False)
        spoken = pc.if_else(times, pc.replace_substring(values, "T", " "), values)
        return tx.labelled(spoken, labels)


@cache
def code_labels(table: str, column: str) -> dict[str, str]:
    """Labels of a code list; of a column of another table only where every table means the same by it."""
    own = TABLES[table].by_name.get(column)
    if own is not None:
        return dict(own.codes.values) if own.codes else {}
    held = [c.codes for t in TABLES.values() for c in t.columns if c.name == column and c.codes]
    return dict(held[0].values) if held and all(codes == held[0] for codes in held) else {}


def _clock_time(words: Words, field: str) -> pa.Array:
    clocks, times = words.outcome.clocks, words.outcome.times
    if clocks is None or times is None or clocks.stop is None:
        return pa.repeat(tx.text(""), len(words))
    values = {
        "start": clocks.start,
        "stop": clocks.stop,
        "due": words.outcome.due,
        "overrun": times.overrun_at,
    }[field]
    return pc.replace_substring(words.instants(values), "T", " ")


def _clock_count(words: Words, field: str) -> pa.Array:
    clocks, times = words.outcome.clocks, words.outcome.times
    if clocks is None or times is None:
        return pa.repeat(tx.text(""), len(words))
    if field == "limit":
        return words.numbers(clocks.limit)
    counted = words.numbers(times.elapsed if field == "elapsed" else times.paused)
    return pc.binary_join_element_wise(counted, _by_unit(words, _COUNTED), tx.text(""))


def _by_unit(words: Words, labels: dict[int, str]) -> pa.Array:
    assert words.outcome.clocks is not None
    told = pa.array([*(labels.get(code, "") for code in range(len(Unit))), ""], pa.string())
    codes = words.outcome.clocks.unit[words.chosen].astype(np.int64)
    return told.take(pa.array(np.where(codes < 0, len(Unit), codes)))


_WORDS: dict[str, Callable[[Words], pa.Array]] = {
    "start": lambda w: _clock_time(w, "start"),
    "stop": lambda w: _clock_time(w, "stop"),
    "due": lambda w: _clock_time(w, "due"),
    "overrun": lambda w: _clock_time(w, "overrun"),
    "limit": lambda w: _clock_count(w, "limit"),
    "elapsed": lambda w: _clock_count(w, "elapsed"),
    "paused": lambda w: _clock_count(w, "paused"),
    "unit": lambda w: _by_unit(w, {int(unit): unit.label for unit in Unit}),
    "key": lambda w: w.column("key"),
    "subject": lambda w: pc.replace_substring_regex(w.column("subject"), r"^(\d{4}-\d\d-\d\d)T", r"\1 "),
}
PLACEHOLDERS = frozenset(_WORDS) | {"items", "name"}
"""Names a reason may use besides its rule's evidence."""


def fields_of(template: str) -> list[str]:
    """Placeholders of a sentence, in order."""
    return _FIELD.findall(template)


def reasons(words: Words, causes: NDArray[np.object_]) -> pa.Array:
    """The sentence of each row; an undetermined one says why it cannot be told."""
    rule = words.spec.rule
    pieces: list[pa.Array | pa.Scalar] = []
    for i, piece in enumerate(_FIELD.split(rule.reason)):
        pieces.append(words.text(piece) if i % 2 else tx.text(piece))
    if any(isinstance(piece, pa.Array) for piece in pieces):
        made = tx.joined(*pieces, null="(空)")
    else:
        made = pa.repeat(tx.text(rule.reason), len(words))
    unknown = causes != ""
    if not unknown.any():
        return made
    told = [f"{rule.title}:不可判定,{CAUSE_LABELS[c]}" if c else None for c in causes]
    return pc.if_else(pa.array(unknown), pa.array(told, pa.string()), made)


def evidences(words: Words) -> pa.Array:
    """The facts behind each row as JSON text: the row judged, the clock's numbers, what is amiss, declared facts."""
    rule = words.spec.rule
    row = [
        ("table", pa.repeat(tx.text(json.dumps(rule.each or rule.over)), len(words))),
        ("key", tx.quoted(words.column("key"))),
        ("subject", tx.quoted(words.column("subject"))),
    ]
    fields = [("row", tx.json_object(row))]
    if words.outcome.clocks is not None:
        fields.append(("clock", _clock_json(words)))
    names = words.names(", ", tx.quoted)
    if names is not None:
        fields.append(("items", tx.joined(tx.text("["), names, tx.text("]"), null="")))
    if words.given:
        fields.append(
            ("facts", tx.json_object([(label, _json(words.evidence(label))) for label in words.given]))
        )
    return tx.json_object(fields)


def _json(values: pa.Array) -> pa.Array:
    if pa.types.is_list(values.type):
        return tx.json_lists(values)
    if pa.types.is_string(values.type):
        return tx.quoted(values)
    return values.cast(pa.string())


def _clock_json(words: Words) -> pa.Array:
    clocks, times = words.outcome.clocks, words.outcome.times
    assert clocks is not None and times is not None and clocks.stop is not None
    layer = np.broadcast_to(np.asarray(clocks.layer, dtype=np.int64), len(clocks))
    unit = _by_unit(words, {int(u): f'"{u.text}"' for u in Unit})
    return tx.json_object(
        [
            ("start", tx.quoted(words.instants(clocks.start))),
            ("stop", tx.quoted(words.instants(clocks.stop))),
            ("due", tx.quoted(words.instants(times.due))),
            ("limit", words.numbers(clocks.limit)),
            ("unit", pc.if_else(pc.equal(unit, ""), pa.scalar(None, pa.string()), unit)),
            ("elapsed", words.numbers(times.elapsed)),
            ("paused", words.numbers(times.paused)),
            ("layer", words.numbers(layer)),
            ("pauses", _pauses_json(words)),
        ]
    )


def _pauses_json(words: Words) -> pa.Array:
    pauses = words.outcome.pauses
    if pauses is None or pauses[0][-1] == 0:
        return pa.repeat(tx.text("[]"), len(words))
    offsets, starts, ends, labels = pauses
    firsts, lasts = offsets[words.chosen], offsets[words.chosen + 1]
    counts = lasts - firsts
    places = np.repeat(firsts - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) + np.arange(
        counts.sum()
    )
    span = tx.joined(
        tx.text("["), tx.quoted(tx.iso(starts[places])), tx.text(", "), tx.quoted(tx.iso(ends[places])), tx.text(", "),
        tx.quoted(labels.take(pa.array(places))), tx.text("]"),
    )  # fmt: skip
    bounds = pa.array(np.concatenate([[0], np.cumsum(counts)]), pa.int32())
    whole = pc.binary_join(pa.ListArray.from_arrays(bounds, span), ", ")
    return pc.binary_join_element_wise(tx.text("["), whole, tx.text("]"), tx.text(""))
