"""Folders to judge: the standing cast of the rule tests, written out as files."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mingcha.facts.declare import Kind
from mingcha.facts.schema import TABLES
from mingcha.trials.stories import cast

Tables = Mapping[str, list[dict[str, Any]]]
PLAIN_TABLES = (
    "regions", "agencies", "halls", "windows", "officers",
    "items", "item_steps", "item_materials", "item_specials",
)  # fmt: skip


def case(number: str = "BJ1", **more: Any) -> dict[str, Any]:
    """A case of the cast, accepted on Friday 2026-02-13: ten working days, due Thursday 2026-03-05."""
    accepted = {"opinion": "accept", "opinion_at": "2026-02-13 10:00", "accepted_at": "2026-02-13 10:00"}
    received = {"case_no": number, "received_at": "2026-02-13 09:00"}
    return {**cast()["standing"]["cases"][0], **received, **accepted, **more}


def done(number: str = "BJ1", **more: Any) -> dict[str, Any]:
    """A case completed in time."""
    return case(number, **{"completed_at": "2026-03-02 10:00", "outcome": "granted", **more})


def materials(number: str, *codes: str) -> list[dict[str, Any]]:
    received = {"case_no": number, "received_at": "2026-02-13 09:00"}
    return [{**received, "material_code": code, "name": code} for code in codes]


def steps(number: str) -> list[dict[str, Any]]:
    return [{"case_no": number, "seq": i, "name": name} for i, name in enumerate(("受理", "审查", "决定"), 1)]


def write_folder(folder: Path, **tables: list[dict[str, Any]] | None) -> Path:
    """The cast's reference tables and these tables as CSV; None leaves a table out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in {**{name: cast()["standing"][name] for name in PLAIN_TABLES}, **tables}.items():
        if rows is None:
            continue
        columns = list(dict.fromkeys(column for row in rows for column in row)) or list(TABLES[name].keys)
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(columns)
            out.writerows([[_cell(name, column, row.get(column)) for column in columns] for row in rows])
    return folder


def _cell(table: str, column: str, value: Any) -> str:
    if value is None:
        return ""
    if TABLES[table].column(column).kind is Kind.BOOL:
        return "是" if value else "否"
    return str(value)


def standing_city(folder: Path) -> Path:
    """Four cases on 2026-03-04: one overrun, one lacking a material, one in its warning, one in order."""
    early = {name: "2026-02-02 10:00" for name in ("opinion_at", "accepted_at")}
    return write_folder(
        folder,
        cases=[
            case("LATE", received_at="2026-02-02 09:00", **early),
            done("LACKS"),
            case("SOON"),
            done("FINE"),
        ],
        materials=materials("LACKS", "CL1") + materials("FINE", "CL1", "CL2"),
        steps=steps("LACKS") + steps("FINE"),
    )


def mingcha(*args: str | Path, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does."""
    return subprocess.run(
        [sys.executable, "-c", "from mingcha.cli import main; main()", *map(str, args)],
        capture_output=True, text=True, env={**os.environ, **(env or {})}, timeout=120, check=False,
    )  # fmt: skip
