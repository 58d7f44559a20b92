"""Publishing rules and calendars 发布: uploaded, checked, tried, approved by a second person, applied with its list of
differences.

Checks are those of `mingcha rules lint` and `test`: files with a fault are kept, shown with every fault, and cannot be
approved. What is approved comes into force when its difference list is applied (`recalculating`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from mingcha.alerts import law, recalculating, store
from mingcha.alerts.conflict import ConflictError
from mingcha.alerts.models import Difference, Publication
from mingcha.alerts.reach import beyond
from mingcha.base import audit, clock, jobs
from mingcha.base.config import config
from mingcha.base.texts import storable
from mingcha.engine.judge import judge
from mingcha.law.calendar_files import CalendarError
from mingcha.rules.faults import Fault, RulebookError
from mingcha.rules.load import folders_over_shipped, load_rulebook
from mingcha.trials.compare_runs import compare_runs
from mingcha.trials.lint import lint
from mingcha.trials.testing import run_rules

TRY: Final = "law.try"
LARGEST: Final = 2_000_000
"""Characters of all files of a publication."""
_FILE: Final = re.compile(r"(local/)?[A-Za-z0-9][A-Za-z0-9._-]{0,80}\.yaml")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_YEAR: Final = re.compile(r"(19|20)\d\d\.yaml|local/[A-Za-z0-9_-]{1,60}\.yaml")
_SHAPES: Final = {
    Publication.Kind.PACK: "pack.yaml、8.1.yaml、8.1.test.yaml",
    Publication.Kind.CALENDAR: "2027.yaml、local/410100.yaml",
}


class PublishingError(ValueError):
    """What is uploaded or decided cannot be; the message says why and what to do, in Chinese."""


def upload(kind: str, name: str, files: Mapping[str, str], title: str, why: str, actor: str) -> Publication:
    """Keep files as a draft, checked. `name`: the pack's id; of a calendar any word.

    Packs are linted, calendars read; every fault is kept in `faults`. What has none is tested and tried on the store by
    a job, and may then be approved. Raises `PublishingError` where the
    files are none of a pack or a calendar at all.
    """
    _acceptable(kind, name, files)
    digest = law.digest_of(dict(files))
    draft = Publication(
        kind=kind, name=name, title=title.strip()[:200] or name, region_code=config().region, files=dict(files),
        digest=digest, why=why.strip(), uploaded_by=actor, uploaded_at=clock.now(),
    )  # fmt: skip
    draft.faults = [_told(fault, draft) for fault in _faults(draft)]
    if not draft.faults:
        _ours(draft)
    with transaction.atomic():
        draft.save()
        detail = {"kind": kind, "name": name, "digest": digest, "faults": len(draft.faults)}
        audit.record(actor, "law.upload", f"publication/{draft.pk}", purpose=draft.why, detail=detail)
        if not draft.faults:
            jobs.put(TRY, str(draft.pk), {"publication": draft.pk})
    return draft


def _ours(draft: Publication) -> None:
    """Raises `PublishingError` for what holds beyond this office's own region."""
    book, _ = law.law_with(draft)
    shipped, _ = law.law_without(draft)
    if others := beyond(draft, draft.region_code, book, shipped):
        raise PublishingError(
            f"《{draft.title}》适用于 {'、'.join(others)},不在本机关区划 {draft.region_code} 之内;"
            "要改上级的规定,另立本地的规则包,以 over 叠加在它之上"
        )


def _acceptable(kind: str, name: str, files: Mapping[str, str]) -> None:
    if kind not in (Publication.Kind.PACK, Publication.Kind.CALENDAR):
        raise PublishingError("只能发布规则包或工作日历")
    if not _NAME.fullmatch(name):
        raise PublishingError("名称只用小写字母、数字和连字符,如 henan-2019、2027")
    if not files or sum(len(text) for text in files.values()) > LARGEST:
        raise PublishingError("请上传文件;全部文件合计不超过 2 MB 文字")
    allowed = _YEAR if kind == Publication.Kind.CALENDAR else _FILE
    if wrong := [file for file in files if not allowed.fullmatch(file)]:
        shape = (
            "2027.yaml 或 local/410100.yaml"
            if kind == Publication.Kind.CALENDAR
            else "pack.yaml、8.1.yaml、8.1.test.yaml"
        )
        raise PublishingError(f"文件名不合要求:{'、'.join(sorted(wrong)[:5])};应如 {shape}")
    if none := [file for file, text in files.items() if text != storable(text)]:
        raise PublishingError(
            f"{'、'.join(sorted(none)[:5])} 不是 UTF-8 文字文件;请另存为 UTF-8 文字后再上传"
        )
    if kind == Publication.Kind.PACK and "pack.yaml" not in files:
        raise PublishingError("规则包里缺少 pack.yaml")


# -- checking -----------------------------------------------------------------------------------------------------


def _faults(draft: Publication) -> list[Fault]:
    if draft.kind == Publication.Kind.CALENDAR:
        return _calendar_faults(draft)
    folder = law.laid_out(draft)
    found = lint(folder)
    if not found:
        try:
            book, _ = law.law_with(draft)
            if draft.name not in {pack.id for pack in book.packs}:
                found = [
                    Fault(
                        str(folder / "pack.yaml"), 1, f"规则包的编号不是 {draft.name}", "名称与 id 写成一样"
                    )
                ]
        except RulebookError as error:
            found = list(error.faults)
    return found


def _calendar_faults(draft: Publication) -> list[Fault]:
    try:
        law.law_with(draft)
    except CalendarError as error:
        return [Fault(str(fault.path), fault.line, fault.message, "改正后重新上传") for fault in error.faults]
    return []


def _failed_stories(draft: Publication) -> list[Fault]:
    if draft.kind != Publication.Kind.PACK:
        return []
    folder = law.laid_out(draft)
    folders = folders_over_shipped(folder)
    rules = [
        rule.id for pack in load_rulebook(folders).packs if pack.file.parent == folder for rule in pack.rules
    ]
    ran = run_rules(folders, rules, workers=1) if rules else ()
    return [
        Fault(
            str(failure.file),
            failure.line,
            f"测试没有通过:{failure.story}({failure.at})",
            failure.message,
            each.rule,
        )
        for each in ran
        for failure in each.failures
    ]


def _told(fault: Fault, draft: Publication) -> dict[str, Any]:
    """A fault without the folders of this machine."""
    below = law.below_root(draft.name)
    return {
        "file": below.sub("", fault.file),
        "line": fault.line,
        "message": below.sub("", fault.message),
        "advice": below.sub("", fault.advice),
        "rule": fault.rule,
    }


# -- trying -------------------------------------------------------------------------------------------------------


def attempt(draft: Publication, as_of: datetime) -> dict[str, Any]:
    """Judge the store by the law in force and by the draft over it: what would be different, of findings since twelve
    months before, by rule and by agency."""
    facts = store.facts_for(None)
    sides = [
        judge(facts, book, calendar, as_of)
        for book, calendar in (law.law_in_force(fresh=True), law.law_with(draft))
    ]
    difference = compare_runs(sides[0].findings, sides[1].findings)
    first = date(as_of.year - 1, as_of.month, 1)
    by_rule: Counter[tuple[str, str]] = Counter()
    by_agency: Counter[tuple[str, str]] = Counter()
    examples: list[dict[str, Any]] = []
    for change in difference.changes():
        found = change.finding
        if found["since"] is not None and found["since"].date() < first:
            continue
        by_rule[change.kind, found["rule"]] += 1
        by_agency[change.kind, found["agency_code"] or ""] += 1
        if len(examples) < 50:
            examples.append({"kind": change.kind, "fields": list(change.fields), **_brief(found)})
    return {
        "as_of": as_of.isoformat(), "since": first.isoformat(), "cases": sides[1].cases,
        "before": sides[0].findings.num_rows, "after": sides[1].findings.num_rows,
        "by_rule": [[*key, n] for key, n in sorted(by_rule.items())],
        "by_agency": [[*key, n] for key, n in sorted(by_agency.items())],
        "examples": examples,
        "not_judged": {rule: list(tables) for rule, tables in sides[1].not_judged.items()},
    }  # fmt: skip


def _brief(found: Mapping[str, Any]) -> dict[str, Any]:
    names = ("rule", "about", "key", "subject", "case_no", "agency_code", "level", "reason")
    return {name: found[name] for name in names}


@jobs.handles(TRY, steps=True)
def _try_job(claim: jobs.Claim) -> None:
    draft = Publication.objects.get(pk=claim.payload["publication"])
    failed = [_told(fault, draft) for fault in _failed_stories(draft)]
    tried = {} if failed else attempt(draft, clock.local_now())
    with claim.last_step():
        Publication.objects.filter(pk=draft.pk).update(trial=tried, faults=failed)


# -- deciding -----------------------------------------------------------------------------------------------------


def approve(draft: Publication, actor: str, opinion: str) -> Difference:
    """A second person approves; the difference list is made. Raises `PublishingError`, `ConflictError`."""
    if draft.faults:
        raise PublishingError("检查没有通过的不能审定;请改正后重新上传")
    if not draft.trial:
        raise PublishingError("测试与试行还没有做完;请稍候再审定")
    if actor == draft.uploaded_by:
        raise PublishingError("上传人不能审定自己上传的规则或日历;请由另一人审定")
    with transaction.atomic():
        _decide(draft, Publication.State.APPROVED, actor, opinion)
        cause = f"{Publication.Kind(draft.kind).label}《{draft.title}》"
        return recalculating.ask(cause, actor, draft)


def refuse(draft: Publication, actor: str, opinion: str) -> None:
    """A second person refuses. Raises `ConflictError`."""
    with transaction.atomic():
        _decide(draft, Publication.State.REFUSED, actor, opinion)


def end(publication: Publication, actor: str, why: str) -> Difference:
    """Ask for the end of what is in force: it ends when somebody else has the difference list applied.

    Raises `ConflictError` where it is not in force or its end was asked for already, `PublishingError` where the law
    cannot be read without it.
    """
    if publication.state != Publication.State.IN_FORCE:
        raise ConflictError("只有施行中的才能停用")
    if asked := publication.differences.filter(state__in=recalculating.UNSETTLED).first():
        raise ConflictError(f"{asked.made_by} 已提出停用,见重算差异单 {asked.pk};请在那里决定")
    try:
        law.law_without(publication)
    except (RulebookError, CalendarError) as error:
        raise PublishingError(
            f"《{publication.title}》还不能停用:其余的离不开它({error.faults[0].message});"
            "请先换掉采用的规则包,或停用叠加在它之上的"
        ) from error
    with transaction.atomic():
        label = Publication.Kind(publication.kind).label
        return recalculating.ask(f"停用{label}《{publication.title}》:{why}", actor, publication)


def _decide(draft: Publication, state: str, actor: str, opinion: str) -> None:
    ours = Publication.objects.filter(pk=draft.pk, state=Publication.State.DRAFT)
    moved = ours.update(state=state, approved_by=actor, approved_at=clock.now(), opinion=opinion)
    draft.refresh_from_db()
    if moved != 1:
        label = Publication.State(draft.state).label
        raise ConflictError(f"《{draft.title}》现在是“{label}”,刚才已有人处理;请刷新后再定")
    audit.record(
        actor, f"law.{state}", f"publication/{draft.pk}", purpose=opinion, detail={"digest": draft.digest}
    )
