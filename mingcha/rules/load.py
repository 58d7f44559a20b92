"""Reading packs of rules from folders of YAML: every fault at once, with its line and what to do.

A pack is ``<folder>/pack.yaml``; a rule is every other ``*.yaml`` in it that is not a test (``*.test.yaml``).
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from mingcha.rules import model
from mingcha.rules.faults import Faults, RulebookError
from mingcha.rules.levels import COLOURS, FLAG_LEVELS, UNITS, Level, parse_level
from mingcha.rules.yaml_lines import Lines, YamlError, as_date, read_yaml

RULEBOOK = Path(__file__).parent.parent / "rulebook"
NOT_PACKS = {"calendars", "tests"}

_RULE_KEYS = {
    "id", "title", "cites", "text", "text_verified", "class", "from", "to", "form", "over", "each", "rows",
    "about", "subject", "when", "needs", "joins", "clock", "compare", "fires", "any", "measure", "flags",
    "moment", "levels", "reason", "evidence", "replaces", "quiet", "for", "notes", "settings",
}  # fmt: skip
_PACK_KEYS = {"id", "title", "law", "regions", "from", "to", "over", "settings", "pauses", "notes"}
_CLOCK_KEYS = {
    "start", "stop", "limit", "unit", "due", "extension", "pauses", "ends", "early_stop", "overrun", "grain",
    "count_today", "due_day_off", "calendar", "short_promise", "hours", "against",
}  # fmt: skip
_COMPARE_KEYS = {"guide", "reported", "stands", "lapses", "on", "fires", "empty"}
_FORM_BLOCKS = {"clock": "clock", "compare": "compare", "fires": "find", "any": "find", "measure": "indicator"}
_CHOICES = {
    "early_stop": ("undetermined", "in_time"),
    "overrun": ("date", "working_days"),
    "grain": ("day", "worktime"),
    "due_day_off": ("moves", "stays"),
    "calendar": ("hall", "every_day", "weekdays"),
    "short_promise": ("at_once", "silent"),
}


def load_rulebook(folders: Iterable[Path] | None = None, adopted: tuple[str, ...] = ()) -> model.Rulebook:
    """Read the packs in ``folders`` (default: those that ship with the product).

    Raises `RulebookError` with every fault of every file.
    """
    faults = Faults()
    packs = [pack for folder in folders or pack_folders() if (pack := read_pack(folder, faults))]
    _check_names(packs, adopted, faults)
    if faults:
        raise RulebookError(faults.found)
    return model.Rulebook(tuple(packs), adopted)


def pack_folders(root: Path = RULEBOOK) -> list[Path]:
    """Folders below ``root`` that hold a pack, in order of name."""
    return sorted(p.parent for p in root.glob("*/pack.yaml") if p.parent.name not in NOT_PACKS)


@lru_cache(maxsize=1)
def shipped_rulebook() -> model.Rulebook:
    """The packs that ship with the product, read once a process."""
    return load_rulebook()


def read_pack(folder: Path, faults: Faults) -> model.Pack | None:
    """Read one pack with its rules; faults are added to ``faults`` and the rest is still read."""
    file = folder / "pack.yaml"
    document = _document(file, _PACK_KEYS, faults)
    if document is None:
        return None
    data, lines = document
    pack_id = str(data.get("id") or folder.name)
    law = data.get("law") if isinstance(data.get("law"), dict) else {}
    start = as_date(data.get("from"))
    if start is None:
        faults.add(file, lines.get(("from",), 1), "缺少施行日期 from,或不是日期", "写成 from: 2019-03-21")
    rules = [
        rule
        for path in sorted(folder.glob("*.yaml"), key=_natural)
        if path.name != "pack.yaml" and not path.name.endswith(".test.yaml")
        and (rule := read_rule(path, pack_id, law.get("name", ""), faults))
    ]
    return model.Pack(
        id=pack_id,
        title=str(data.get("title", pack_id)),
        law=str(law.get("name", data.get("title", ""))),
        number=str(law.get("number", "")),
        regions=tuple(str(x) for x in data.get("regions") or ()),
        start_date=start or date.min,
        end_date=as_date(data.get("to")),
        over=tuple(data.get("over") or ()),
        settings=_settings(data.get("settings") or {}, file, lines, faults),
        pauses=_pause_sources(data.get("pauses") or {}, file, lines, faults),
        rules=tuple(rules),
        file=file,
        version=_digest([file, *(rule.file for rule in rules)]),
        notes=tuple(data.get("notes") or ()),
    )


def read_rule(path: Path, pack_id: str, law: str, faults: Faults) -> model.Rule | None:
    """Read one rule file; None where it is too broken to judge with."""
    document = _document(path, _RULE_KEYS, faults)
    if document is None:
        return None
    data, lines = document
    rule_id = str(data.get("id", path.stem))

    def fault(key: str, message: str, advice: str) -> None:
        faults.add(path, lines.get((key,), 1), message, advice, rule_id)

    for key in ("id", "title", "cites", "text", "class"):
        if not data.get(key):
            fault(key, f"缺少 {key}", "补上这一项")
    if data.get("class") not in model.CLASSES:
        fault("class", f"class “{data.get('class')}”不在五类之内", f"取 {' '.join(model.CLASSES)} 之一")
    form = _form(data, fault)
    cites = data.get("cites") if isinstance(data.get("cites"), dict) else {}
    levels = _levels(data.get("levels") or {}, path, lines, faults, rule_id)
    if form in ("clock", "compare", "find", "guard", "list"):
        if not data.get("over"):
            fault("over", "没有说明监察哪张表", "写 over: 表名,例如 over: cases")
        if not levels and form != "guard":
            fault("levels", "没有等级", "写 levels: {warning: at once} 等")
        if not data.get("reason"):
            fault("reason", "没有理由句", "写 reason: 一句话,花括号里放名称")
    each = data.get("each") or {}
    each = {"table": each} if isinstance(each, str) else each
    return model.Rule(
        id=rule_id,
        pack=pack_id,
        title=str(data.get("title", "")),
        law=str(cites.get("law") or law),
        article=str(cites.get("article", "")),
        text=" ".join(str(data.get("text", "")).split()),
        text_verified=bool(data.get("text_verified", True)),
        klass=str(data.get("class", "")),
        form=form,
        over=str(data.get("over", "")),
        levels=levels,
        reason=" ".join(str(data.get("reason", "")).split()),
        start_date=as_date(data.get("from")),
        end_date=as_date(data.get("to")),
        each=str(each.get("table", "")),
        each_where=str(each.get("where", "")),
        rows=str(data.get("rows", "")),
        about=_texts(data.get("about")),
        subject=None if data.get("subject") is None else str(data["subject"]),
        when=_expression(data.get("when")),
        needs=_texts(data.get("needs")),
        joins=_joins(data.get("joins") or {}),
        clock=_clock(data.get("clock"), path, lines, faults, rule_id),
        compare=_compare(data.get("compare"), path, lines, faults, rule_id),
        fires=_expression(data.get("fires")),
        any={str(k): _expression(v) for k, v in (data.get("any") or {}).items()},
        measure=_measure(data.get("measure")),
        flags=frozenset(data.get("flags") or ()),
        moment=_expression(data.get("moment")),
        evidence=_evidence(data.get("evidence")),
        replaces=_texts(data.get("replaces")),
        quiet=_texts(data.get("quiet")),
        lasts=_lasts(data.get("for"), fault),
        notes=_texts(data.get("notes")),
        settings=dict(data.get("settings") or {}),
        file=path,
        lines=lines,
        version=_digest([path]),
    )


def _document(path: Path, known: set[str], faults: Faults) -> tuple[dict[str, Any], Lines] | None:
    try:
        data, lines = read_yaml(path)
    except YamlError as error:
        faults.add(path, error.line, f"不是合法的 YAML:{error}", "检查这一行的缩进、冒号与引号")
        return None
    except (OSError, UnicodeDecodeError) as error:
        faults.add(path, 1, f"读不了这个文件:{error}", "检查文件是否存在、编码是否为 UTF-8")
        return None
    if not isinstance(data, dict):
        faults.add(path, 1, "文件的最外层应是“键: 值”", "对照 docs/rules.md 中的例子")
        return None
    _unknown_keys(data, known, (), path, lines, faults)
    return data, lines


def _unknown_keys(
    data: Mapping[str, Any], known: set[str], at: tuple[str, ...], path: Path, lines: Lines, faults: Faults
) -> None:
    for key in data:
        if key in known:
            continue
        near = difflib.get_close_matches(str(key), known, n=1)
        advice = f"是不是想写 {near[0]}?" if near else f"可用的键:{' '.join(sorted(known))}"
        faults.add(path, lines.get((*at, key), 1), f"不认识的键 {key}", advice)


def _form(data: Mapping[str, Any], fault: Any) -> str:
    blocks = {form for key, form in _FORM_BLOCKS.items() if data.get(key)}
    form = str(data.get("form") or (blocks.pop() if len(blocks) == 1 else ""))
    if form not in model.FORMS:
        fault("form", f"看不出规则的形式“{form}”", f"写 clock、compare、fires 之一,或 form: {' '.join(model.FORMS)}")
    return form


def _levels(
    data: Mapping[str, Any], path: Path, lines: Lines, faults: Faults, rule_id: str
) -> tuple[Level, ...]:
    levels = []
    for name, text in data.items():
        level = parse_level(str(name), str(text))
        line = lines.get(("levels", name), 1)
        if name not in (*COLOURS[1:], *FLAG_LEVELS):
            faults.add(path, line, f"没有“{name}”这个等级", "取 note warning yellow red lead abnormal", rule_id)
        elif level is None:
            advice = "写成 left <= 2、overrun、overrun 1 working_day、at once、3 working_day after warning 之一"
            faults.add(path, line, f"看不懂等级条件“{text}”", advice, rule_id)
        elif level.of and level.of not in data:
            faults.add(path, line, f"等级 {name} 从 {level.of} 起算,但没有这个等级", "先写出起算的等级", rule_id)
        else:
            levels.append(level)
    return tuple(levels)


def _clock(
    data: Any, path: Path, lines: Lines, faults: Faults, rule_id: str
) -> model.Clock | None:
    if not isinstance(data, dict):
        return None
    _unknown_keys(data, _CLOCK_KEYS, ("clock",), path, lines, faults)
    for key, choices in _CHOICES.items():
        if key in data and data[key] not in choices:
            line = lines.get(("clock", key), 1)
            faults.add(path, line, f"{key} 不能是“{data[key]}”", f"取 {' '.join(choices)} 之一", rule_id)
    if not data.get("start") or not (data.get("limit") is not None or data.get("due")):
        faults.add(path, lines.get(("clock",), 1), "时钟要有 start,并有 limit 或 due", "补上起点与期限", rule_id)
    extension = data.get("extension") or {}
    against = data.get("against") or {}
    texts = ("start", "stop", "limit", "due", "ends", "hours")
    choices_given = {key: str(data[key]) for key in _CHOICES if key in data}
    return model.Clock(
        **{key: _expression(data.get(key)) for key in texts},
        **choices_given,
        unit=_unit(data.get("unit", "working_day")),
        pauses=_texts(data.get("pauses")),
        count_today=bool(data.get("count_today", False)),
        extension_filed=_expression(extension.get("filed")),
        extension_to=_expression(extension.get("to")),
        against_limit=_expression(against.get("limit")),
        against_unit=_unit(against.get("unit", "working_day")) if against else "",
    )


def _compare(
    data: Any, path: Path, lines: Lines, faults: Faults, rule_id: str
) -> model.Compare | None:
    if not isinstance(data, dict):
        return None
    _unknown_keys(data, _COMPARE_KEYS, ("compare",), path, lines, faults)
    missing = [key for key in ("guide", "reported", "on", "fires") if not data.get(key)]
    if missing:
        faults.add(path, lines.get(("compare",), 1), f"对照缺少 {' '.join(missing)}", "补上这几项", rule_id)
        return None
    fires = data["fires"]
    fires = fires if isinstance(fires, dict) else {str(fires): "true"}
    for kind in fires:
        if kind not in ("missing", "foreign", "matched"):
            line = lines.get(("compare", "fires"), 1)
            faults.add(path, line, f"对照不能以“{kind}”触发", "取 missing foreign matched", rule_id)
    return model.Compare(
        guide=_selection(data["guide"]),
        reported=_selection(data["reported"]),
        on=str(data["on"]),
        fires={str(k): "true" if v is True else str(v) for k, v in fires.items()},
        stands=_expression(data.get("stands")),
        lapses=_expression(data.get("lapses")),
        empty=str(data.get("empty", "undetermined")),
    )


def _selection(text: Any) -> model.Selection:
    table, _, where = str(text).partition(" where ")
    return model.Selection(table.strip(), where.strip())


def _joins(data: Mapping[str, Any]) -> tuple[model.Join, ...]:
    return tuple(
        model.Join(
            alias=str(alias),
            table=str(join.get("table", "")),
            select=str(join.get("select", "")),
            on={str(k): str(v) for k, v in (join.get("on") or {}).items()},
            empty=str(join.get("empty", "false")),
        )
        for alias, join in data.items()
    )


def _pause_sources(
    data: Mapping[str, Any], file: Path, lines: Lines, faults: Faults
) -> dict[str, model.PauseSource]:
    sources = {}
    for name, entry in data.items():
        if not isinstance(entry, dict) or not {"table", "start", "end"} <= entry.keys():
            line = lines.get(("pauses", name), 1)
            faults.add(file, line, f"停钟来源 {name} 不完整", "写明 table、start、end")
            continue
        sources[str(name)] = model.PauseSource(
            name=str(name),
            table=str(entry["table"]),
            start=str(entry["start"]),
            end=str(entry["end"]),
            label=str(entry.get("name", name)),
            where=_expression(entry.get("where")),
            joins=_joins(entry.get("joins") or {}),
        )
    return sources


def _settings(
    data: Mapping[str, Any], file: Path, lines: Lines, faults: Faults
) -> dict[str, model.Setting]:
    settings = {}
    for name, entry in data.items():
        if isinstance(entry, dict) and "value" in entry:
            note, unit = str(entry.get("note", "")), str(entry.get("unit", ""))
            settings[str(name)] = model.Setting(str(name), entry["value"], note, unit)
        else:
            line = lines.get(("settings", name), 1)
            faults.add(file, line, f"设置 {name} 没有 value", "写成 {value: …, note: 为什么取这个值}")
    return settings


def _measure(data: Any) -> model.Measure | None:
    if not isinstance(data, dict):
        return None
    return model.Measure(select=str(data.get("select", "")), unit=str(data.get("unit", "")))


def _lasts(value: Any, fault: Any) -> tuple[int, str] | None:
    if not value:
        return None
    count, _, unit = str(value).partition(" ")
    if not count.isdigit() or unit not in UNITS:
        fault("for", f"看不懂期间“{value}”", "写成 for: 12 month")
        return None
    return int(count), unit


def _evidence(value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return {str(k): str(v) for k, v in value.items()}
    result: dict[str, str] = {}
    for entry in value or ():
        if isinstance(entry, dict):
            result.update({str(k): str(v) for k, v in entry.items()})
        else:
            result[str(entry).split(".")[-1]] = str(entry)
    return result


def _expression(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(str(value).split())


def _unit(value: Any) -> str:
    text = _expression(value)
    return f"'{text}'" if text in UNITS else text


def _texts(value: Any) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    return tuple(str(x) for x in value) if isinstance(value, list) else (str(value),)


def _check_names(packs: list[model.Pack], adopted: tuple[str, ...], faults: Faults) -> None:
    names = {pack.id for pack in packs}
    for name in adopted:
        if name not in names:
            faults.add("--packs", 1, f"没有规则包 {name}", f"现有:{' '.join(sorted(names))}")
    seen: dict[str, model.Rule] = {}
    for pack in packs:
        for below in pack.over:
            if below not in names:
                faults.add(pack.file, 1, f"所覆盖的规则包 {below} 不存在", f"现有:{' '.join(sorted(names))}")
        for rule in pack.rules:
            if rule.id in seen:
                place = f"{seen[rule.id].file}:{seen[rule.id].line('id')}"
                faults.add(rule.file, rule.line("id"), f"规则号 {rule.id} 已在 {place} 用过", "另取一个号", rule.id)
            seen[rule.id] = rule
    for rule in seen.values():
        for other in (*rule.replaces, *(q.rsplit(".", 1)[0] for q in rule.quiet)):
            if other not in seen and len(packs) > 1:
                faults.add(rule.file, rule.line("replaces"), f"所指的规则 {other} 不存在", "核对规则号", rule.id)


def _natural(path: Path) -> list[Any]:
    """8.2a before 8.10: numbers in names count as numbers."""
    import re

    return [(0, int(x), "") if x.isdigit() else (1, 0, x) for x in re.split(r"(\d+)", path.stem)]


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
