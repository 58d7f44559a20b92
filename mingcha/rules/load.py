"""Reading packs of rules from folders of YAML: every fault at once, with its line and what to do.

A pack is ``<folder>/pack.yaml``; a rule is every other ``*.yaml`` in it that is not a test (``*.test.yaml``).
The shapes of both are in `mingcha.rules.documents`; what is built here is well formed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from mingcha.rules import model
from mingcha.rules.documents import PACK, RULE
from mingcha.rules.faults import Faults, RulebookError
from mingcha.rules.levels import COLOURS, FLAG_LEVELS, Level, parse_level
from mingcha.rules.overlay import over_itself
from mingcha.rules.shapes import Record, record
from mingcha.rules.yaml_lines import Lines, YamlError, nearest, read_yaml

RULEBOOK = Path(__file__).parent.parent / "rulebook"

_FORM_BLOCKS = {
    "clock": "clock",
    "compare": "compare",
    "fires": "find",
    "any": "find",
    "measure": "indicator",
}
_BLOCKS_OF_FORM = {
    "clock": {"clock"},
    "compare": {"compare"},
    "find": {"fires", "any"},
    "indicator": {"measure"},
    "manual": set(),
    "guard": {"clock", "fires", "any"},
    "list": {"clock", "fires", "any"},
}
_AS_WRITTEN = (
    "title", "text", "text_verified", "over", "reason", "rows", "about", "subject", "when", "needs", "fires", "any",
    "moment", "evidence", "replaces", "quiet", "notes", "settings",
)  # fmt: skip
"""Keys whose value is the rule's own field of that name."""

_NOTHING = {"title": "", "text": "", "text_verified": True, "over": "", "reason": ""}
_LEVEL_ADVICE = "写成 left <= 2、overrun、overrun 1 working_day、at once、3 working_day after warning 之一"


def load_rulebook(folders: Iterable[Path] | None = None, adopted: tuple[str, ...] = ()) -> model.Rulebook:
    """Read the packs in ``folders`` (default: those that ship with the product).

    ``adopted`` names packs that hold for every region and date. Raises `RulebookError` with every fault of
    every file.
    """
    faults = Faults()
    book = read_rulebook(pack_folders() if folders is None else folders, faults, adopted)
    if faults:
        raise RulebookError(faults.found)
    return book


def read_rulebook(folders: Iterable[Path], faults: Faults, adopted: tuple[str, ...] = ()) -> model.Rulebook:
    """As `load_rulebook`, but faults are noted in ``faults`` and what can be read is returned."""
    packs = [pack for folder in folders if (pack := read_pack(folder, faults))]
    _check_names(packs, adopted, faults)
    return model.Rulebook(tuple(_without_circles(packs, faults)), adopted)


def _without_circles(packs: list[model.Pack], faults: Faults) -> list[model.Pack]:
    """The packs, those over themselves without what they lie over: nothing may go round for ever."""
    circles = over_itself(packs)
    for pack in packs:
        if pack.id in circles:
            message = f"规则包互相覆盖:{circles[pack.id]}"
            faults.add(pack.file, pack.line("over"), message, "覆盖只能自下级指向上级,去掉其中一个 over")
    return [replace(pack, over=()) if pack.id in circles else pack for pack in packs]


def pack_folders(root: Path = RULEBOOK) -> list[Path]:
    """Folders that hold a pack: ``root`` itself or those right below it, in order of name."""
    if (root / "pack.yaml").exists():
        return [root]
    return sorted(path.parent for path in root.glob("*/pack.yaml"))


def folders_over_shipped(folder: Path | None) -> list[Path]:
    """The folders of the shipped packs and those in ``folder``; of the same name, the latter."""
    own = pack_folders(folder) if folder else []
    names = {path.name for path in own}
    return [*(path for path in pack_folders() if path.name not in names), *own]


@lru_cache(maxsize=1)
def shipped_rulebook() -> model.Rulebook:
    """The packs that ship with the product, read once a process."""
    return load_rulebook()


@dataclass(frozen=True)
class Document:
    """A YAML file in its shape: values that are well formed, the line of every key, and where faults go."""

    file: Path
    data: Mapping[str, Any]
    lines: Lines
    faults: Faults
    rule: str = ""

    def fault(self, path: tuple[str | int, ...], message: str, advice: str) -> None:
        """Note a fault at the line of ``path``, or of what is nearest above it."""
        self.faults.add(self.file, nearest(self.lines, path), message, advice, self.rule)


def read_document(file: Path, shape: Record, faults: Faults) -> Document | None:
    """Read a file and check its shape; None where it is no mapping at all."""
    try:
        data, lines = read_yaml(file)
    except YamlError as error:
        faults.add(file, error.line, f"不是合法的 YAML:{error}", "检查这一行的缩进、冒号与引号")
        return None
    except (OSError, UnicodeDecodeError) as error:
        faults.add(file, 1, f"读不了这个文件:{error}", "检查文件是否存在、编码是否为 UTF-8")
        return None
    if not isinstance(data, dict):
        faults.add(file, 1, "文件的最外层应是“键: 值”", "对照 docs/rules.md 中的例子")
        return None
    rule_id = str(data.get("id", "")) if shape is RULE else ""
    raw = Document(file, data, lines, faults, rule_id)
    return Document(file, record(shape)(data, (), raw.fault), lines, faults, rule_id)


def rule_files(folder: Path) -> list[Path]:
    """The rule files of a pack, 8.2a before 8.10."""
    files = [path for path in folder.glob("*.yaml") if path.name != "pack.yaml"]
    return sorted((path for path in files if not path.name.endswith(".test.yaml")), key=_natural)


def read_pack(folder: Path, faults: Faults) -> model.Pack | None:
    """Read one pack with its rules; faults are added to ``faults`` and the rest is still read."""
    file = folder / "pack.yaml"
    document = read_document(file, PACK, faults)
    if document is None:
        return None
    data = document.data
    pack_id, law = data.get("id", folder.name), data.get("law", {})
    _check_dates(document)
    rules = [
        rule for path in rule_files(folder) if (rule := read_rule(path, pack_id, law.get("name", ""), faults))
    ]
    return model.Pack(
        id=pack_id,
        title=data.get("title", pack_id),
        law=law.get("name", ""),
        number=law.get("number", ""),
        regions=data.get("regions", ()),
        start_date=data.get("from", date.min),
        end_date=data.get("to"),
        over=data.get("over", ()),
        settings={
            name: model.Setting(name=name, **entry) for name, entry in _whole(data, "settings", {"value"})
        },
        pauses={
            name: _pause(name, entry) for name, entry in _whole(data, "pauses", {"table", "start", "end"})
        },
        rules=tuple(rules),
        file=file,
        version=_digest([file, *(rule.file for rule in rules)]),
        notes=data.get("notes", ()),
        lines=document.lines,
    )


def _whole(data: Mapping[str, Any], key: str, needed: set[str]) -> list[tuple[str, dict[str, Any]]]:
    """Entries that have what they cannot do without; the others have been told as faults."""
    return [(name, entry) for name, entry in data.get(key, {}).items() if needed <= entry.keys()]


def _check_dates(document: Document) -> None:
    start, end = document.data.get("from"), document.data.get("to")
    if start and end and end <= start:
        document.fault(("to",), f"止日 {end} 不晚于起日 {start}", "改正 from 或 to;to 当天已不适用")


def read_rule(path: Path, pack_id: str, law: str, faults: Faults) -> model.Rule | None:
    """Read one rule file; None where it is too broken to judge with."""
    document = read_document(path, RULE, faults)
    if document is None:
        return None
    data = document.data
    _check_dates(document)
    form = _form(document)
    _check_parts(document, form)
    cites, each = data.get("cites", {}), data.get("each", {})
    return model.Rule(
        **{**_NOTHING, **{name: data[name] for name in _AS_WRITTEN if name in data}},
        id=data.get("id", path.stem),
        pack=pack_id,
        law=cites.get("law", law),
        article=cites.get("article", ""),
        klass=data.get("class", ""),
        form=form,
        levels=_levels(document),
        start_date=data.get("from"),
        end_date=data.get("to"),
        each=each.get("table", ""),
        each_where=each.get("where", ""),
        joins=_joins(data.get("joins", {})),
        clock=_clock(document),
        compare=_compare(data.get("compare")),
        measure=_measure(data.get("measure")),
        flags=frozenset(data.get("flags", ())),
        lasts=data.get("for"),
        file=path,
        lines=document.lines,
        version=_digest([path]),
    )


def _form(document: Document) -> str:
    """The form said, or the one that the only block there is says."""
    given = [key for key in _FORM_BLOCKS if document.data.get(key)]
    forms = {_FORM_BLOCKS[key] for key in given}
    form = str(document.data.get("form", "" if len(forms) != 1 else forms.pop()))
    if not form:
        listed = "与 ".join(given)
        message = f"{listed} 不能写在一条规则里" if given else "看不出规则的形式"
        advice = f"写 clock、compare、fires、any、measure 之一,或 form: {' '.join(model.FORMS)}"
        document.fault((given[-1],) if given else (), message, advice)
    elif misplaced := [key for key in given if key not in _BLOCKS_OF_FORM[form]]:
        document.fault((misplaced[0],), f"{form} 形式的规则不能有 {misplaced[0]}", "去掉它,或改 form")
    elif {"fires", "any"} <= set(given):
        document.fault(("any",), "fires 与 any 只能写一个", "把 fires 写成 any 里的一个条件")
    return form


def _check_parts(document: Document, form: str) -> None:
    """What a form cannot do without."""
    data = document.data
    if form in model.JUDGED_FORMS:
        if not data.get("over"):
            document.fault(("over",), "没有说明监察哪张表", "写 over: 表名,例如 over: cases")
        if not data.get("levels") and form != "guard":
            document.fault(("levels",), "没有等级", "写 levels: {warning: at once} 等")
        if not data.get("reason"):
            document.fault(("reason",), "没有理由句", "写 reason: 一句话,花括号里放名称")
        if form in ("guard", "list") and not any(data.get(key) for key in _BLOCKS_OF_FORM[form]):
            document.fault(("form",), f"{form} 形式的规则没有条件", "写 clock、fires 或 any")
    if form == "indicator" and not data.get("measure"):
        document.fault(("form",), "指标没有 measure", "写 measure: {select: …}")
    if data.get("rows") and data.get("each"):
        document.fault(("each",), "rows 与 each 只能写一个", "把 each 的条件写进 rows 的 SELECT")


def _levels(document: Document) -> tuple[Level, ...]:
    levels = []
    given = document.data.get("levels", {})
    for name, condition in given.items():
        path = ("levels", name)
        level = parse_level(name, condition)
        if name not in (*COLOURS[1:], *FLAG_LEVELS):
            document.fault(path, f"没有“{name}”这个等级", "取 note warning yellow red lead abnormal")
        elif level is None:
            document.fault(path, f"看不懂等级条件“{condition}”", _LEVEL_ADVICE)
        elif level.of and level.of not in given:
            document.fault(path, f"等级 {name} 从 {level.of} 起算,但没有这个等级", "先写出起算的等级")
        else:
            levels.append(level)
    return tuple(levels)


def _clock(document: Document) -> model.Clock | None:
    given = dict(document.data.get("clock", {}))
    if not given:
        return None
    if "limit" not in given and "due" not in given:
        document.fault(("clock",), "时钟没有期限", "写 limit(和 unit),或 due")
    extension, against = given.pop("extension", {}), given.pop("against", {})
    return model.Clock(
        **{"start": "", **given},
        extension_filed=extension.get("filed", ""),
        extension_to=extension.get("to", ""),
        against_limit=against.get("limit", ""),
        against_unit=against.get("unit", "'working_day'") if against else "",
    )


def _compare(given: Mapping[str, Any] | None) -> model.Compare | None:
    if not given or not {"guide", "reported", "on", "fires"} <= given.keys():
        return None
    return model.Compare(**given)


def _measure(given: Mapping[str, Any] | None) -> model.Measure | None:
    return model.Measure(**given) if given and "select" in given else None


def _joins(given: Mapping[str, Any]) -> tuple[model.Join, ...]:
    return tuple(model.Join(alias=alias, **{"on": {}, **entry}) for alias, entry in given.items())


def _pause(name: str, entry: Mapping[str, Any]) -> model.PauseSource:
    return model.PauseSource(
        name=name,
        table=entry["table"],
        start=entry["start"],
        end=entry["end"],
        label=entry.get("name", name),
        where=entry.get("where", ""),
        joins=_joins(entry.get("joins", {})),
    )


def _check_names(packs: list[model.Pack], adopted: tuple[str, ...], faults: Faults) -> None:
    """Names of packs and rules are used once, and those referred to are there."""
    names = [pack.id for pack in packs]
    listed = f"现有:{' '.join(sorted(names))}"
    for name in adopted:
        if name not in names:
            faults.add("--packs", 1, f"没有规则包 {name}", listed)
    for i, pack in enumerate(packs):
        if pack.id in names[:i]:
            faults.add(pack.file, pack.line("id"), f"规则包名 {pack.id} 已经用过", "另取一个名")
        for below in pack.over:
            if below not in names:
                faults.add(pack.file, pack.line("over"), f"所覆盖的规则包 {below} 不存在", listed)
    _check_rule_names([rule for pack in packs for rule in pack.rules], faults)


def _check_rule_names(rules: list[model.Rule], faults: Faults) -> None:
    seen: dict[str, model.Rule] = {}
    for rule in rules:
        if rule.id in seen:
            place = f"{seen[rule.id].file}:{seen[rule.id].line('id')}"
            faults.add(
                rule.file, rule.line("id"), f"规则号 {rule.id} 已在 {place} 用过", "另取一个号", rule.id
            )
        seen[rule.id] = rule
    for rule in rules:
        for key, other in (*(("replaces", x) for x in rule.replaces), *(("quiet", x) for x in rule.quiet)):
            named = seen.get(other.rpartition(".")[0] if key == "quiet" else other)
            if named is None:
                faults.add(
                    rule.file, rule.line(key), f"{key} 所指的规则 {other} 不存在", "核对规则号", rule.id
                )
            elif key == "quiet" and other.rpartition(".")[2] not in {level.name for level in named.levels}:
                faults.add(
                    rule.file,
                    rule.line(key),
                    f"{named.id} 没有等级 {other.rpartition('.')[2]}",
                    "核对等级",
                    rule.id,
                )


def _natural(path: Path) -> list[Any]:
    """8.2a before 8.10: numbers in names count as numbers."""
    return [(0, int(x), "") if x.isdigit() else (1, 0, x) for x in re.split(r"(\d+)", path.stem)]


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
