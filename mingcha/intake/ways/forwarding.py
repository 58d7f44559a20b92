"""Cases forwarded to a provincial store 上报省级库, by a mapping that is the other way round: facts to foreign tables.

An outward mapping is YAML: for each foreign table the fact table it is made of, and for each foreign column a column
of it, a column turned by a code list (`column` with `map`), or a constant (`value`).

    id: up-pro
    title: 上报国家政务服务平台汇聚表
    tables:
      up_pro_accept:
        from: cases
        columns:
          project_no: case_no
          task_code: item_code
          apply_date: received_at
          apply_type: {column: channel, map: {window: "1", web: "2"}}
          data_source: {value: "3"}

Every forwarding takes the cases that changed since the last one (by batch number), whole, with the rows that hang on
them, so that the other side may replace a case by its number. What is written is a Parquet file a table in a folder
named by the batches it covers, complete when `完成.json` lies in it. Personal values go out in the open, since the
other store needs them, and the forwarding is recorded.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from django.db import transaction
from django.db.models import Q

from mingcha.base import audit, clock
from mingcha.base.sealed_files import settle_file
from mingcha.facts.schema import TABLES
from mingcha.intake import reading
from mingcha.intake.fact_models import FACTS
from mingcha.intake.outgoing import as_arrow
from mingcha.readers.export import as_texts

MARK: Final = "完成.json"
PIECE: Final = 500
"""Cases that are read at a time."""
SHIPPED: Final = Path(__file__).parent / "outward"


class OutwardError(ValueError):
    """An outward mapping that cannot be used; `problems` are Chinese, one for each fault."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(";".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class OutColumn:
    """How a foreign column comes about: a column of ours, perhaps turned by a map, or a constant."""

    column: str = ""
    value: str = ""
    turned: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class OutTable:
    """A foreign table, and the fact table it is made of."""

    name: str
    source: str
    columns: Mapping[str, OutColumn]


@dataclass(frozen=True)
class Outward:
    """A whole outward mapping."""

    id: str
    title: str
    tables: tuple[OutTable, ...]


@dataclass(frozen=True)
class Forwarded:
    """What was written: where, which batches it covers, rows by foreign table."""

    folder: Path
    after: int
    upto: int
    rows: dict[str, int]


def find_outward(name: str) -> Path:
    """The file of an outward mapping by its shipped name or its path."""
    shipped = SHIPPED / f"{name}.yaml"
    return shipped if shipped.is_file() else Path(name)


def read_outward(path: Path) -> Outward:
    """Read an outward mapping. Raises OutwardError with every fault."""
    try:
        found = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise OutwardError([f"{path.name} 不是可读的 YAML:{error}"]) from error
    if not isinstance(found, dict) or not isinstance(found.get("tables"), dict):
        raise OutwardError([f"{path.name} 应有 id、title 与 tables;对照随产品提供的 outward/up-pro.yaml"])
    problems: list[str] = []
    tables = tuple(_table(str(name), given, problems) for name, given in found["tables"].items())
    if problems:
        raise OutwardError(problems)
    return Outward(str(found.get("id", path.stem)), str(found.get("title", "")), tables)


def _table(name: str, given: Any, problems: list[str]) -> OutTable:
    source = given.get("from") if isinstance(given, dict) else None
    if source not in TABLES or "case_no" not in TABLES[source].by_name:
        problems.append(f"{name}:from 应为办件的事实表,如 cases、steps;现为 {source}")
        return OutTable(name, "", {})
    columns = given.get("columns") or {}
    return OutTable(
        name,
        source,
        {str(key): _column(name, source, key, value, problems) for key, value in columns.items()},
    )


def _column(table: str, source: str, name: object, given: Any, problems: list[str]) -> OutColumn:
    if isinstance(given, str):
        given = {"column": given}
    if not isinstance(given, dict) or len({"column", "value"} & set(given)) != 1:
        problems.append(f"{table}.{name}:写一个列名,或 value,或 column 与 map")
        return OutColumn()
    column = str(given.get("column", ""))
    if column and column not in TABLES[source].by_name:
        problems.append(f"{table}.{name}:{source} 没有列 {column};列名见数据规范")
    turned = tuple((str(key), str(value)) for key, value in (given.get("map") or {}).items())
    return OutColumn(column, str(given.get("value", "")), turned)


def forward(mapping: Outward, to: Path, actor: str) -> Forwarded | None:
    """Write what changed since the last forwarding into a new folder under `to`; None where nothing did.

    A folder that a crash left without its mark is begun anew.
    """
    after, upto = last_forwarded(to), reading.last_batch()
    cases = _changed_cases(after, upto, {table.source for table in mapping.tables})
    if not cases:
        return None
    folder = to / f"{after + 1}-{upto}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rows = {table.name: _write(table, sorted(cases), upto, folder) for table in mapping.tables}
    told = {
        "映射": mapping.id, "批次": [after + 1, upto], "行数": rows, "时间": f"{clock.local_now():%Y-%m-%d %H:%M:%S}",
    }  # fmt: skip
    with transaction.atomic():
        detail = {"mapping": mapping.id, "after": after, "upto": upto, "rows": rows}
        audit.record(actor, "cases.forwarded", f"forwarding:{mapping.id}", detail=detail)
    mark = folder / MARK
    draft = mark.with_suffix(".tmp")
    draft.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    settle_file(draft)
    draft.replace(mark)
    return Forwarded(folder, after, upto, rows)


def last_forwarded(to: Path) -> int:
    """The last batch that a completed forwarding in this place covers."""
    marks = [json.loads(mark.read_text("utf-8"))["批次"][1] for mark in to.glob(f"*/{MARK}")]
    return max(marks, default=0)


def _changed_cases(after: int, upto: int, tables: set[str]) -> set[str]:
    """Rows are numbered in the order of their batches: what is newer than a batch lies behind its last row."""
    found: set[str] = set()
    for name in tables:
        held = FACTS[name]._default_manager
        last = held.filter(seen_from__lte=after).order_by("-pk").values_list("pk", flat=True).first() or 0
        rows = held.filter(pk__gt=last, seen_from__gt=after, seen_from__lte=upto)
        found.update(rows.values_list("case_no", flat=True).distinct())
    return found


def _write(table: OutTable, cases: list[str], upto: int, folder: Path) -> int:
    """One foreign table, every value a text as files spell it; how many rows."""
    path, count = folder / f"{table.name}.parquet", 0
    schema = pa.schema([(name, pa.string()) for name in table.columns])
    known = Q(seen_from__lte=upto) & (Q(seen_to=None) | Q(seen_to__gt=upto))
    present = FACTS[table.source]._default_manager.filter(known).exclude(withdrawn=True)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for start in range(0, len(cases), PIECE):
            rows = as_arrow(
                table.source, present.filter(case_no__in=cases[start : start + PIECE]), masked=False
            )
            texts = as_texts(rows)
            columns = [_made(how, texts, rows.num_rows) for how in table.columns.values()]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
            count += rows.num_rows
    settle_file(path)
    return count


def _made(how: OutColumn, texts: dict[str, pa.ChunkedArray], count: int) -> pa.ChunkedArray:
    if not how.column:
        return pa.chunked_array([pa.array([how.value] * count, pa.string())])
    column = texts[how.column]
    if not how.turned:
        return column.cast(pa.string())
    turned = dict(how.turned)
    encoded = column.combine_chunks().dictionary_encode()
    values = pa.array([turned.get(value) for value in encoded.dictionary.to_pylist()], pa.string())
    return pa.chunked_array([values.take(encoded.indices)], pa.string())
