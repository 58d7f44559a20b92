"""Sources of reports 报送来源: registered, owned, answered for by a named person (郑州规则第十二条(四)).

The key of a source is shown once, when it is made; what is kept is its digest. Keys are 160 random bits, so that a
plain digest is as good as a slow one.
"""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from mingcha.accounts.models import Grant
from mingcha.accounts.scopes import Scope, scope_of
from mingcha.base import audit, clock
from mingcha.intake.models import Source, SourceKeeper
from mingcha.readers.mapping.load import FILE_NAME, MappingError, read_mapping, shipped
from mingcha.readers.mapping.model import Mapping

OWN_CODE: Final = "mingcha"
"""The source of what the system itself writes."""
KEY_START: Final = "mcs_"
_HINT: Final = 9


class SourceError(ValueError):
    """What a person entered about a source cannot be taken; `faults` are Chinese, by field."""

    def __init__(self, faults: dict[str, str]) -> None:
        self.faults = faults
        super().__init__(";".join(faults.values()))


def register(values: dict[str, Any], keeper: str, phone: str, *, actor: str) -> Source:
    """Register a source with whoever answers for it. `values` are fields of `Source`. Raises SourceError."""
    _check(values, keeper)
    if Source.objects.filter(code=values["code"]).exists():
        raise SourceError({"code": f"编号 {values['code']} 已登记"})
    with transaction.atomic():
        source = Source.objects.create(**values)
        SourceKeeper.objects.create(source=source, name=keeper, phone=phone, since=clock.now())
        _record(source, "source.registered", actor, {"keeper": keeper})
    return source


def change(source: Source, values: dict[str, Any], *, actor: str) -> None:
    """Change fields of a source; its code stays. Raises SourceError."""
    values = {**values, "code": source.code}
    _check(values, "-")
    changed = {name: value for name, value in values.items() if getattr(source, name) != value}
    if not changed:
        return
    with transaction.atomic():
        for name, value in changed.items():
            setattr(source, name, value)
        source.save(update_fields=list(changed))
        _record(source, "source.changed", actor, {"fields": sorted(changed)})


def hand_over(source: Source, name: str, phone: str, *, actor: str) -> SourceKeeper:
    """Another person answers for the source from now on; who did before stays on record."""
    if not name.strip():
        raise SourceError({"keeper": "写明责任人的姓名"})
    moment = clock.now()
    with transaction.atomic():
        source.keepers.filter(until=None).update(until=moment)
        keeper = SourceKeeper.objects.create(source=source, name=name.strip(), phone=phone, since=moment)
        _record(source, "source.handed_over", actor, {"keeper": keeper.name})
    return keeper


def make_key(source: Source, *, actor: str) -> str:
    """A new key, which replaces the one before; this is the only time that it can be read."""
    key = KEY_START + secrets.token_hex(20)
    with transaction.atomic():
        source.key_hash, source.key_hint = _digest(key), key[:_HINT]
        source.save(update_fields=["key_hash", "key_hint"])
        _record(source, "source.key_made", actor, {"hint": source.key_hint})
    return key


def of_key(key: str) -> Source | None:
    """The active source whose key this is."""
    if not key.startswith(KEY_START):
        return None
    return Source.objects.filter(key_hash=_digest(key), active=True).first()


def office_of(source: Source) -> Scope:
    """The owner of a source and what lies below it; everything where it names none."""
    return scope_of([Grant(region_code=source.region_code, agency_code=source.agency_code)])


def mapping_of(source: Source) -> Mapping | None:
    """How the sender's data become facts; None where it sends the fact tables themselves."""
    return read_mapping_text(source.mapping) if source.mapping else None


@lru_cache(64)
def read_mapping_text(text: str) -> Mapping:
    """The mapping of that shipped name, or that is written there. Raises MappingError with all its faults."""
    if text.strip() in shipped():
        return read_mapping(shipped()[text.strip()])
    with tempfile.TemporaryDirectory(prefix="mingcha-") as folder:
        path = Path(folder) / FILE_NAME
        path.write_text(text, encoding="utf-8")
        return read_mapping(path)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _record(source: Source, act: str, actor: str, detail: dict[str, Any]) -> None:
    audit.record(actor, act, f"source:{source.code}", detail=detail)


def _check(values: dict[str, Any], keeper: str) -> None:
    faults = {}
    if not values.get("code", "").strip():
        faults["code"] = "写明来源的编号,如部门的统一社会信用代码或系统的名称"
    if not values.get("name", "").strip():
        faults["name"] = "写明来源的名称"
    if not keeper.strip():
        faults["keeper"] = "写明责任人的姓名:数据报送须明确专人负责"
    if values.get("best_rating") not in (None, 1, 5):
        faults["best_rating"] = "评价方向只能是 5(5 分为非常满意)或 1(1 分为非常满意)"
    if values.get("mapping"):
        try:
            read_mapping_text(values["mapping"])
        except MappingError as error:
            shown = [f"第 {fault.line} 行:{fault.message};{fault.advice}" for fault in error.faults[:8]]
            faults["mapping"] = "映射不能用:" + " / ".join(shown)
    if faults:
        raise SourceError(faults)
