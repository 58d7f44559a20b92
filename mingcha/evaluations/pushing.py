"""Ratings and what became of them go to the provincial system 推送省“好差评”系统, by an outward mapping in YAML.

Every pushing takes the ratings that were not pushed yet, and those whose loop ended since, and writes them into a file
of JSON lines that is complete when it has its name. That they were pushed (`pushed_at`, 规则 ezhou-push) is written
after the file stands: after a crash between the two they are pushed again under the same numbers, never lost.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import yaml
from django.db import transaction
from django.db.models import F, Q, QuerySet

from mingcha.accounts import masking
from mingcha.accounts.places import places
from mingcha.base import audit, clock
from mingcha.casework.models import Matter
from mingcha.evaluations.loop import REVIEW
from mingcha.facts.declare import Kind
from mingcha.facts.schema import TABLES
from mingcha.intake import applying
from mingcha.intake.fact_models import FACTS
from mingcha.law.instants import moment

SHIPPED: Final = Path(__file__).parent / "outward" / "haochaping.yaml"
FURTHER: Final = ("item_code", "region_code", "times", "answer", "rectified", "finding")
"""What may be sent besides the columns of `evaluations`."""
AT_ONCE: Final = 2_000


class PushError(ValueError):
    """A mapping that cannot be used, or a place that cannot be written; says in Chinese what and what to do."""


@dataclass(frozen=True)
class Field:
    """How a foreign field comes about: a value of ours, perhaps turned by a map, or a constant."""

    column: str = ""
    value: str = ""
    turned: Mapping[str, str] | None = None
    otherwise: str = ""

    def of(self, row: Mapping[str, str]) -> str:
        """The foreign value of a row of texts."""
        if not self.column:
            return self.value
        found = row.get(self.column, "")
        return found if self.turned is None else self.turned.get(found, self.otherwise)


@dataclass(frozen=True)
class Pushed:
    """What was written."""

    file: Path
    count: int


def read_mapping(path: Path = SHIPPED) -> dict[str, Field]:
    """Foreign field -> how it comes about. Raises PushError with every fault."""
    try:
        found = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PushError(f"{path.name} 不是可读的 YAML:{error}") from error
    columns = found.get("columns") if isinstance(found, dict) else None
    if not isinstance(columns, dict) or not columns:
        raise PushError(f"{path.name} 应有 columns;对照随产品提供的 haochaping.yaml")
    known = {*TABLES["evaluations"].by_name, *FURTHER}
    made, faults = {}, []
    for name, given in columns.items():
        told = {"column": given} if isinstance(given, str) else given
        if not isinstance(told, dict) or len({"column", "value"} & set(told)) != 1:
            faults.append(f"{name}:写一个列名,或 value,或 column 与 map")
        elif told.get("column") and told["column"] not in known:
            faults.append(f"{name}:评价没有列 {told['column']}")
        else:
            turned = told.get("map")
            mapped = {str(key): str(value) for key, value in turned.items()} if turned else None
            made[str(name)] = Field(
                str(told.get("column", "")), str(told.get("value", "")), mapped, str(told.get("else", ""))
            )
    if faults:
        raise PushError(f"{path.name}:" + ";".join(faults))
    return made


def push(mapping: Mapping[str, Field], to: Path, actor: str) -> Pushed | None:
    """Write what waits, at most `AT_ONCE`, into a new file under `to`; None where nothing waits. Raises PushError."""
    rows = list(waiting()[:AT_ONCE])
    if not rows:
        return None
    now = clock.local_now()
    told = [{name: field.of(row) for name, field in mapping.items()} for row in _texts(rows)]
    file = to / f"pj-{now:%Y%m%d-%H%M%S}-{rows[0]['evaluation_no']}.jsonl"
    _write(file, told)
    with transaction.atomic():
        applying.write({"evaluations": [_mark(row, now) for row in rows]}, actor)
        detail = {"file": file.name, "count": len(rows)}
        audit.record(actor, "rating.pushed", f"forwarding:{file.name}", detail=detail)
    return Pushed(file, len(rows))


def waiting() -> QuerySet[Any, Any]:
    """Ratings that were not pushed, and those whose loop has ended since they were; the oldest first."""
    ended = FACTS["review_handling"]._default_manager.filter(seen_to=None).exclude(withdrawn=True)
    ended = ended.filter(Q(published_at__isnull=False) | Q(finding__in=("mistaken", "malicious")))
    rows = FACTS["evaluations"]._default_manager.filter(seen_to=None).exclude(withdrawn=True)
    since = {name: at for name, at in _ended_at(ended)}
    again = [
        no
        for no, pushed in rows.filter(evaluation_no__in=list(since), pushed_at__isnull=False).values_list(
            "evaluation_no", "pushed_at"
        )
        if since[no] > pushed
    ]
    return rows.filter(Q(pushed_at=None) | Q(evaluation_no__in=again)).order_by(F("pk")).values()


def _ended_at(handled: QuerySet[Any]) -> Iterator[tuple[str, int]]:
    for no, published, confirmed in handled.values_list("evaluation_no", "published_at", "confirmed_at"):
        if (at := published or confirmed) is not None:
            yield no, at


def _mark(row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    return {"evaluation_no": row["evaluation_no"], "pushed_at": now}


def _texts(rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, str]]:
    """The rows as the mapping reads them: every value a text, with the case and what became of it."""
    numbers = [row["evaluation_no"] for row in rows]
    cases = _present("cases").filter(case_no__in=[row["case_no"] for row in rows if row["case_no"]])
    items = dict(cases.values_list("case_no", "item_code"))
    findings = dict(
        _present("review_handling").filter(evaluation_no__in=numbers).values_list("evaluation_no", "finding")
    )
    matters = Matter.objects.filter(kind=REVIEW.name, subject__in=numbers).prefetch_related("transitions")
    said = {
        matter.subject: {each.act: each.reason for each in matter.transitions.all()} for matter in matters
    }
    for row in rows:
        no = row["evaluation_no"]
        agency = places().agencies.get(row["agency_code"] or "")
        yield {
            **{column.name: _text(column.kind, row[column.name]) for column in TABLES["evaluations"].columns},
            "item_code": items.get(row["case_no"], ""),
            "region_code": agency.region if agency else "",
            "times": "2" if row["follows"] else "1",
            "finding": findings.get(no) or "",
            "answer": masking.text(said.get(no, {}).get("settle", "")),
            "rectified": masking.text(said.get(no, {}).get("rectify", "")),
        }


def _text(kind: Kind, value: Any) -> str:
    if value is None:
        return ""
    if kind is Kind.INSTANT:
        at = moment(value)
        return f"{at:%Y-%m-%d %H:%M:%S}" if isinstance(at, date) else ""
    if kind is Kind.LIST:
        return str(value).replace(";", ",")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _present(table: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = FACTS[table]._default_manager.filter(seen_to=None).exclude(withdrawn=True)
    return rows


def _write(file: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """Whole and on the disk before it has its name."""
    half = file.with_suffix(".half")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with half.open("w", encoding="utf-8") as out:
            out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            out.flush()
            os.fsync(out.fileno())
        half.replace(file)
    except OSError as error:
        raise PushError(f"不能写 {file}:{error.strerror};请核对文件夹和权限") from error
