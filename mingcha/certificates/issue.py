"""Making certificates. None is made that does not reproduce its own finding from what it holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mingcha.certificates.calendar_slice import calendar_of
from mingcha.certificates.canonical import canonical
from mingcha.certificates.document import (
    FORMAT,
    SIGNED,
    envelope,
    finding_told,
    judged_again,
    rule_told,
    sheets_told,
    software,
)
from mingcha.certificates.facts_slice import (
    Reach,
    TooManyRowsError,
    encoded,
    guarded,
    rows_of,
    small_in_memory,
)
from mingcha.certificates.law_slice import law_of
from mingcha.certificates.seal import public_hex, sign, sm3
from mingcha.engine.judge import options_of
from mingcha.engine.plan import make_plan
from mingcha.engine.relations import columns_needed
from mingcha.report.checking import Checked, Opened
from mingcha.report.output import whole_file
from mingcha.report.sheets import Sheets
from mingcha.rules.model import Rule

_DAY = re.compile(r"\b(\d{4})-\d\d-\d\d")
_SAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Issued:
    """One finding's certificate: its path, or why there is none."""

    rule: str
    key: str
    path: Path | None
    trouble: str = ""


Progress = Callable[[int, int, str], None]


def issue(
    checked: Checked, out: Path, key: Ed25519PrivateKey | None = None, progress: Progress | None = None
) -> Iterator[Issued]:
    """Write a certificate for every finding into the folder ``out``, signed where a key is given."""
    issuer = Issuer(checked.opened, checked.findings, key)
    count = checked.findings.num_rows
    for place in range(count):
        found = checked.findings.slice(place, 1)
        rule, about = found["rule"][0].as_py(), found["key"][0].as_py()
        if progress:
            progress(place, count, rule)
        try:
            data = issuer.certificate(found)
        except TooManyRowsError as error:
            yield Issued(rule, about, None, str(error))
            continue
        path = out / file_name(found)
        with whole_file(path) as file:
            file.write(data)
        yield Issued(rule, about, path)


def file_name(found: pa.Table) -> str:
    """``<rule>_<key>_<digest>.json``: safe on every system, one for each finding."""
    row = found.select(["rule", "about", "key", "subject", "episode"]).to_pylist()[0]
    digest = sm3(canonical(list(row.values())))[:8]
    return f"{row['rule']}_{_SAFE.sub('-', row['key'])[:60]}_{digest}.json"


class Issuer:
    """Makes the certificates of ``findings``."""

    def __init__(self, opened: Opened, findings: pa.Table, key: Ed25519PrivateKey | None = None) -> None:
        self.opened, self.key = opened, key
        self._facts = small_in_memory(opened.facts)
        self._of_cases = self._facts.of_cases(findings["case_no"].drop_null().to_pylist())
        self._sheets = Sheets(opened.book, opened.calendar)
        self._signer = public_hex(key.public_key()) if key else None
        self._tables: dict[str, dict[str, set[str]]] = {}
        self._laws: dict[str, dict[str, Any]] = {}
        self._calendars: dict[tuple[int, int], dict[str, Any]] = {}

    def certificate(self, found: pa.Table) -> bytes:
        """The bytes of the certificate of a finding (a table of one row).

        Takes the fewest rows that reproduce the finding. Raises `TooManyRowsError` where none within bounds do.
        """
        told = finding_told(found)
        for reach in Reach:
            body = self._body(told, found, reach)
            again, sheets = judged_again(body)
            if again == told and sheets == body["sheets"]:
                return self._sealed(body)
        raise TooManyRowsError("单凭这些数据重算不出同样的判定,不能出具判定书")

    def _body(self, told: dict[str, Any], found: pa.Table, reach: Reach) -> dict[str, Any]:
        opened = self.opened
        rule = opened.book.rule(told["rule"])
        held = self._of_cases if told["case_no"] and reach is not Reach.WHOLE else self._facts
        read = self._read_by(rule)
        facts = guarded(rows_of(held, read, told, reach), read)
        years = _years(told) if reach is not Reach.WHOLE else _years(told, wide=True)
        return {
            "format": FORMAT,
            "finding": told,
            "rule": rule_told(rule),
            "law": self._law(rule),
            "facts": encoded(facts, {told["key"], told["subject"]}),
            "calendar": self._calendar(years),
            "sheets": sheets_told(found, self._sheets),
            "software": software(),
            "signer": self._signer,
        }

    def _law(self, rule: Rule) -> dict[str, Any]:
        if rule.id not in self._laws:
            self._laws[rule.id] = law_of(self.opened.book, rule)
        return self._laws[rule.id]

    def _calendar(self, years: tuple[int, int]) -> dict[str, Any]:
        if years not in self._calendars:
            self._calendars[years] = calendar_of(self.opened.calendar, years)
        return self._calendars[years]

    def _read_by(self, rule: Rule) -> dict[str, set[str]]:
        """Tables and their columns that judging this rule reads, those of clocks it builds on included."""
        if rule.id not in self._tables:
            opened = self.opened
            options = options_of("duckdb", opened.facts, opened.calendar)
            plan = make_plan(opened.book, opened.facts.keys(), options, only=[rule.id])
            needed = columns_needed(plan.reads)
            self._tables[rule.id] = {name: set(needed[name]) for name in needed if name in opened.facts}
        return self._tables[rule.id]

    def _sealed(self, body: dict[str, Any]) -> bytes:
        made = envelope(body)
        if self.key is not None:
            value = sign(self.key, made["digest"]["value"])
            made["signature"] = {"algorithm": "Ed25519", "key": self._signer, "value": value}
            made["notice"] = SIGNED
        return canonical(made)


def _years(told: dict[str, Any], *, wide: bool = False) -> tuple[int, int]:
    """The years between the first and the last day that the finding names; with ``wide`` all there are."""
    if wide:
        return date(1970, 1, 1).year, date(2099, 1, 1).year
    named = [told[name] for name in ("as_of", "since", "warn_at", "red_at", "due_at", "ended_at", "next_at")]
    clock = told["evidence"].get("clock") or {}
    named += [
        clock.get("start"),
        clock.get("stop"),
        *(t for p, r, _ in clock.get("pauses", []) for t in (p, r)),
    ]
    years = [int(found[1]) for text in named if text and (found := _DAY.match(text))]
    return min(years), max(years)
