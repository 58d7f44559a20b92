"""Anchors 锚点: the head of the audit chain, written once a day to a file that is kept elsewhere.

Whoever could write the chain anew, or cut off its end, cannot change the file on another machine: verifying against
it finds both.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mingcha.base import clock, keys
from mingcha.base.config import config
from mingcha.base.models import AuditBlock

_KIND: Final = "mingcha-audit-anchor/1"


class AnchorError(ValueError):
    """A file that is no anchor; the text is Chinese. `problems` holds it too."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.problems = [text]


@dataclass(frozen=True)
class Anchor:
    """The head of the chain at a moment. `genuine`: was it written with this installation's key?"""

    name: str
    block: int
    digest: str
    genuine: bool


def export(target: Path) -> Anchor | None:
    """Write the present head to a file that must not be there. None where there is no block yet."""
    block = AuditBlock.objects.order_by("-no").first()
    if block is None:
        return None
    told: dict[str, Any] = {
        "kind": _KIND,
        "site": config().site_name,
        "at": clock.now().isoformat(timespec="seconds"),
        "block": block.no,
        "sealed_at": block.sealed_at.isoformat(),
        "digest": block.digest,
    }
    told["mac"] = _mac(told)
    text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    try:
        os.link(draft, target)
    finally:
        draft.unlink()
    return Anchor(target.name, block.no, block.digest, genuine=True)


def export_daily() -> list[Path]:
    """Write today's anchor to `anchors/` of the home and to the folder of the settings, where it is not yet."""
    name = f"audit-{clock.local_now():%Y-%m-%d}.json"
    written = []
    for folder in folders():
        path = folder / name
        if not path.exists() and export(path) is not None:
            written.append(path)
    return written


def folders() -> list[Path]:
    """Where anchors are kept."""
    elsewhere = config().anchors
    return [config().home / "anchors", *([elsewhere] if elsewhere else [])]


def read(path: Path) -> list[Anchor]:
    """The anchor of a file, or all of a folder, by name. Raises `AnchorError`."""
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        raise AnchorError(f"{path} 里没有锚点文件(*.json)")
    return [_read(file) for file in files]


def _read(path: Path) -> Anchor:
    try:
        told = json.loads(path.read_bytes())
        if told["kind"] != _KIND:
            raise ValueError(told["kind"])
        genuine = told.pop("mac") == _mac(told)
        return Anchor(path.name, int(told["block"]), str(told["digest"]), genuine)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AnchorError(f"{path} 不是锚点文件:用 mingcha audit anchor 导出的才是") from error


def _mac(told: dict[str, Any]) -> str:
    text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    return keys.mac(keys.audit_key(), b"anchor" + text.encode()).hex()
