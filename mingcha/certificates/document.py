"""What a certificate is made of, and the one function that judges again what one holds.

    {"body": {...}, "digest": {...}, "signature": {...} | null, "anchor": {...} | null, "notice": "..."}

The digest covers the canonical bytes of ``body``, the signature the digest; the digests of its parts only tell in
which of them something was changed. ``anchor`` is for a server: the number of
the block its audit chain keeps the digest in, and the Merkle path to it; files have none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

import mingcha
from mingcha.certificates.calendar_slice import restored
from mingcha.certificates.canonical import canonical
from mingcha.certificates.facts_slice import decoded
from mingcha.certificates.law_slice import rulebook_of
from mingcha.certificates.seal import sm3
from mingcha.engine.judge import judge
from mingcha.law.calendar import Calendar
from mingcha.law.sheet import Sheet
from mingcha.law.sheet_view import sentence
from mingcha.report.output import json_lines
from mingcha.report.sheets import Sheets, Titled
from mingcha.rules.model import Rule, Rulebook

FORMAT = "mingcha-certificate/1"
SIGNED = "本判定书已签名:内容未经改动,且由持有该密钥者出具。"
UNSIGNED = "本判定书未签名:可以查出改动、可以重算,但不能证明由谁出具。"
ENVELOPE = {"body", "digest", "signature", "anchor", "notice"}
BODY = {"format", "finding", "rule", "law", "facts", "calendar", "sheets", "software", "signer"}


def rule_told(rule: Rule) -> dict[str, Any]:
    """The rule as people cite it; its full text stands in ``law``."""
    return {
        "id": rule.id,
        "title": rule.title,
        "law": rule.law,
        "article": rule.article,
        "text": rule.text,
        "text_verified": rule.text_verified,
        "version": rule.version,
    }


def sheet_told(titled: Titled) -> dict[str, Any]:
    """A clock sheet day by day: why each day is counted or not, and what happens on it."""
    sheet: Sheet = titled.sheet
    return {
        "title": titled.title,
        "sentence": titled.caption or f"{sentence(sheet)}。",
        "days": [
            {
                "day": line.day.isoformat(),
                "calendar": line.info.kind.name.lower(),
                "state": str(line.state),
                "total": line.total,
                "pause": line.pause,
                "marks": [str(mark) for mark in line.marks],
            }
            for line in sheet.days
        ],
    }


def sheets_told(found: pa.Table, sheets: Sheets) -> list[dict[str, Any]]:
    """The sheets of a finding (a table of one row)."""
    return [sheet_told(titled) for titled in sheets.of(found.to_pylist()[0])]


def finding_told(found: pa.Table) -> dict[str, Any]:
    """A finding (a table of one row) under the names of the record, as `check --format jsonl` prints it."""
    told: dict[str, Any] = json.loads(next(iter(json_lines(found))))
    return told


def envelope(body: Mapping[str, Any]) -> dict[str, Any]:
    """An unsigned certificate of a body."""
    return {"body": dict(body), "digest": digest(body), "signature": None, "anchor": None, "notice": UNSIGNED}


def digest(body: Mapping[str, Any]) -> dict[str, Any]:
    """The digest of a body, and of each of its parts by name (facts by table)."""
    held = {name: value for name, value in body.items() if name != "facts"}
    facts = body["facts"] if isinstance(body["facts"], dict) else {"": body["facts"]}
    parts = {**held, **{f"facts.{name}": value for name, value in facts.items()}}
    return {
        "algorithm": "SM3",
        "value": sm3(canonical(dict(body))),
        "parts": {name: sm3(canonical(value)) for name, value in parts.items()},
    }


def judged_again(body: Mapping[str, Any]) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """The finding and the sheets that the law, facts and calendar of a body give; None where they give none.

    Raises what the parts raise where they are not put together as law, calendar or facts.
    """
    told = body["finding"]
    book, calendar = rulebook_of(body["law"]), restored(body["calendar"])
    return found_in(book, calendar, body["facts"], told, body["calendar"]["version"])


def found_in(
    book: Rulebook, calendar: Calendar, facts: Mapping[str, Any], told: Mapping[str, Any], version: str
) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """Judge encoded facts and pick the finding that ``told`` names."""
    judged = judge(
        decoded(facts),
        book,
        calendar,
        datetime.fromisoformat(told["as_of"]),
        only=[told["rule"]],
        pending=True,
    ).findings
    for name in ("rule", "about", "key", "subject"):
        judged = judged.filter(pc.equal(judged[name], told[name]))
    if judged.num_rows != 1:
        return None, []
    again = finding_told(judged)
    again["calendar_version"] = version
    return again, sheets_told(judged, _sheets(book, calendar))


def _sheets(book: Rulebook, calendar: Calendar) -> Sheets:
    """The sheets of that law and calendar: certificates of one rule mostly hold the same."""
    key = (id(book), id(calendar))
    if key not in _SHEETS:
        while len(_SHEETS) >= 64:
            _SHEETS.pop(next(iter(_SHEETS)))
        _SHEETS[key] = (book, calendar, Sheets(book, calendar))
    return _SHEETS[key][2]


_SHEETS: dict[tuple[int, int], tuple[Rulebook, Calendar, Sheets]] = {}
"""The rulebook and the calendar are kept beside their sheets so that their ids stay their own."""


def software() -> str:
    """Name and version of this program, as certificates carry it."""
    return f"mingcha {mingcha.__version__}"
