"""手工填报: one row entered or corrected by hand, checked by the readers' own checks before it is received.

A correction sends only what was changed, acts on behalf of the source that the row is from (`applying`), and leaves the
former version in the store. Personal values that were not entered again stay as they are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa

from mingcha.facts.declare import Column, Kind, Table
from mingcha.facts.schema import COMMON, TABLES
from mingcha.intake.incoming import taken_in
from mingcha.intake.models import Batch, Source
from mingcha.intake.provenance import Version
from mingcha.intake.receiving import receive
from mingcha.readers.conform import Conformer
from mingcha.readers.faults import Effect, Fault, Faults
from mingcha.readers.headers import match_header
from mingcha.readers.raw import RawBatch

ENTERED: Final = tuple(name for name, table in TABLES.items() if table.group == "case")
"""Tables that people fill in by hand: the case and what hangs on it."""
_KEPT: Final = frozenset(column.name for column in COMMON)


@dataclass
class Checked:
    """What was entered, checked: faults that stop it and hints that do not, by column, in Chinese."""

    faults: dict[str, str] = field(default_factory=dict)
    hints: dict[str, str] = field(default_factory=dict)


def columns_of(table: str) -> list[Column]:
    """The columns that are entered."""
    return [column for column in TABLES[table].columns if column.name not in _KEPT]


def spelled(column: Column, value: Any) -> str:
    """A value of the store as it is entered; empty where it is missing."""
    if value is None:
        return ""
    match column.kind:
        case Kind.BOOL:
            return "是" if value else "否"
        case Kind.LIST:
            return ";".join(value)
        case Kind.INSTANT if isinstance(value, datetime):
            return f"{value:%Y-%m-%d %H:%M}" + (f":{value:%S}" if value.second else "")
        case Kind.INSTANT | Kind.DAY if isinstance(value, date):
            return value.isoformat()
    return str(value)


def changes(table: str, given: dict[str, str], present: Version | None) -> dict[str, str]:
    """What is to be sent: of a new row all that was entered, of a present one the key, what must be there, and what is
    not as it was. A personal value left empty is not changed."""
    sent = {}
    for column in columns_of(table):
        text = given.get(column.name, "").strip()
        if present is None:
            if text:
                sent[column.name] = text
            continue
        if column.personal:
            if text:
                sent[column.name] = text
            continue
        before = spelled(column, present.values[column.name])
        if text != before or column.must:
            sent[column.name] = before if column.key else text
    return sent


def is_changed(table: str, sent: dict[str, str], present: Version | None) -> bool:
    """Whether sending it would change anything."""
    if present is None:
        return True
    same = {c.name: spelled(c, present.values[c.name]) for c in columns_of(table) if not c.personal}
    return any(same.get(name) != text for name, text in sent.items())


def check(table: str, sent: dict[str, str]) -> Checked:
    """Check a row as the readers do."""
    declared = TABLES[table]
    found: list[Fault] = []
    row = {name: "" for name in declared.must if declared.column(name).default is None} | sent
    header = match_header(declared, list(row))
    conformer = Conformer(declared, header, Faults(), lambda faults, _: found.extend(faults))
    cells = [pa.array([text or None], pa.string()) for text in row.values()]
    conformer.conform(RawBatch(np.array([1], np.int64), cells))
    checked = Checked()
    for fault in found:
        said = checked.hints if fault.effect is Effect.NOTED else checked.faults
        said.setdefault(fault.column, f"{fault.reason};{fault.cause.advice}")
    if not any(sent.values()):
        checked.faults |= {name: "必填项为空;补上这一项" for name in declared.must}
    return checked


def submit(
    table: str, sent: dict[str, str], present: Version | None, source: Source, who: str, once: str
) -> Batch:
    """Receive the row. Raises NotReceivedError."""
    row: dict[str, Any] = {name: text or None for name, text in sent.items()}
    if present is not None and present.values["source_version"] is not None:
        row["source_version"] = str(present.values["source_version"])  # equal versions: the later one counts
    content = json.dumps(row, ensure_ascii=False).encode()
    kind = "更正" if present else "填报"
    with taken_in([content]) as incoming:
        return receive(
            source, incoming, "jsonl", table=table, key=f"form:{once}", name=f"{kind} {_key(TABLES[table], sent)}",
            sent_by=who, way=Source.Way.FORM,
        )  # fmt: skip


def source_of(agency_code: str, agency: str, region_code: str) -> Source:
    """The source of what an agency enters by hand, made when it is first needed."""
    source, _ = Source.objects.get_or_create(
        code=f"form-{agency_code or region_code or 'site'}",
        defaults={
            "name": f"手工填报 {agency}".strip()[:120],
            "agency_code": agency_code,
            "region_code": region_code,
            "way": Source.Way.FORM,
            "best_rating": 5,
        },
    )
    return source


def _key(table: Table, sent: dict[str, str]) -> str:
    return table.label + " " + "/".join(sent.get(name, "") for name in table.keys)
