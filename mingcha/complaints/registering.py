"""Registering a complaint 登记: its matter, its fact row, and who complains, sealed; one transaction.

made = register(Report(source="web", topic="late", text="…", case_no="BJ1"), by)
made.receipt        # told once; by it the complainant asks what became of it
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction

from mingcha.accounts import masking
from mingcha.accounts.acts import By, RefusedError
from mingcha.accounts.places import places
from mingcha.base import clock, keys, sealing
from mingcha.base.config import config
from mingcha.casework.models import Matter
from mingcha.casework.moving import Start, begin
from mingcha.complaints.kind import COMPLAINT, UNJUDGED
from mingcha.complaints.models import Complaint
from mingcha.complaints.topics import TOPICS
from mingcha.facts import codes
from mingcha.intake.fact_models import FACTS

SHORTEST: Final = 5
LONGEST: Final = 2_000
"""Characters of what is said."""
LONGEST_NAME, LONGEST_PHONE = 60, 30
_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_RECEIPT_SIGNS: Final = 12
"""Fifty-nine bits: nobody guesses one."""


@dataclass(frozen=True)
class Report:
    """What is complained of. `case_no` need not be a case: it is linked where it is one (`strict` refuses it else).
    Without `agency_code` that of the case; `received_at` local, now without it."""

    source: str
    topic: str
    text: str
    case_no: str = ""
    agency_code: str = ""
    name: str = ""
    phone: str = ""
    received_at: datetime | None = None
    outside_no: str = ""
    strict: bool = False


@dataclass(frozen=True)
class Registered:
    """The complaint, and the number by which its state is asked, told here once and never again."""

    complaint: Complaint
    receipt: str


def register(report: Report, by: By) -> Registered:
    """Register it. Raises `RefusedError` with every fault, in Chinese."""
    _check(report)
    case = _case(report.case_no)
    receipt = "".join(secrets.choice(_ALPHABET) for _ in range(_RECEIPT_SIGNS))
    digest = receipt_digest(receipt)
    shown = masking.text(report.text.strip())
    person = {
        "name": report.name.strip() or None,
        "phone": report.phone.strip() or None,
        "words": report.text.strip() if shown != report.text.strip() else None,
    }
    try:
        with transaction.atomic():
            matter = begin(_start(report, case), "register", by)
            complaint = Complaint.objects.create(
                matter=matter,
                receipt=digest,
                source=report.source,
                topic=report.topic,
                text=shown,
                case_no=case.case_no if case else "",
                agency_code=_agency(report, case),
                anonymous=not (report.name.strip() or report.phone.strip()),
                sealed=sealing.seal(person, about(digest)) if any(person.values()) else None,
                outside_no=report.outside_no.strip(),
                filed_by=by.actor if by.actor != PUBLIC else "",
            )
    except IntegrityError as error:
        raise RefusedError(
            f"来源编号 {report.outside_no} 已经登记过;请在投诉与线索里按编号查找,不要重复登记。"
        ) from error
    return Registered(complaint, spelled(receipt))


PUBLIC: Final = "公众"
"""Who registers without an account, in the audit."""


def _start(report: Report, case: Any) -> Start:
    trees = places()
    known = trees.agencies.get(_agency(report, case))
    region = known.region if known else (case.region_code if case else "") or config().region
    received = (report.received_at or clock.local_now()).replace(microsecond=0)
    fact = {
        "source": report.source,
        "about": TOPICS[report.topic],
        "region_code": region or None,
        "received_at": received,
        "verified": "pending",
    }
    return Start(
        kind=COMPLAINT.name,
        title="",
        region_code=region,
        fact=fact,
    )


def _agency(report: Report, case: Any) -> str:
    """The agency complained of: as said, else that of the case."""
    return report.agency_code or (case.agency_code if case else "") or ""


def place(complaint: Complaint, case_no: str, agency_code: str, by: By) -> None:
    """Say what a complaint is about, where its words do not; it goes to the office of that region.

    Raises `RefusedError` where there is no such case or agency, or the complaint is judged."""
    case = _case(case_no)
    if case_no and case is None:
        raise RefusedError(f"没有编号为 {case_no[:40]} 的办件,请核对。")
    if agency_code and agency_code not in places().agencies:
        raise RefusedError("没有这个部门,请从列出的部门中选择。")
    agency = agency_code or (case.agency_code if case else "") or ""
    if not agency and not case_no:
        raise RefusedError("请填写办件编号,或选择部门。")
    with transaction.atomic():
        open_one = Complaint.objects.filter(pk=complaint.pk, matter__state__in=UNJUDGED)
        if not open_one.update(case_no=case_no, agency_code=agency):
            raise RefusedError("这件投诉已经认定,不能再改它的对象。")
        if agency in places().agencies:
            _moves_to(complaint.matter_id, places().agencies[agency].region)
        by.record("complaint.place", f"complaint/{complaint.matter.no}", agency=agency)


def _moves_to(matter: int, region: str) -> None:
    """The office of another region looks into it from now on."""
    fact = Matter.objects.select_for_update().values_list("fact", flat=True).get(pk=matter)
    Matter.objects.filter(pk=matter).update(region_code=region, fact={**fact, "region_code": region})


def _check(report: Report) -> None:
    faults = []
    if report.source not in codes.COMPLAINT_SOURCE.values:
        faults.append("请选择线索来源。")
    if report.topic not in TOPICS:
        faults.append("请选择反映什么问题。")
    text = report.text.strip()
    if not SHORTEST <= len(text) <= LONGEST:
        faults.append(f"请写明情况,{SHORTEST} 至 {LONGEST} 个字。")
    if len(report.name) > LONGEST_NAME or len(report.phone) > LONGEST_PHONE:
        faults.append("姓名或电话过长,请核对。")
    if any(
        "\0" in part for part in (report.text, report.name, report.phone, report.case_no, report.outside_no)
    ):
        faults.append("内容里有不能保存的字符,请去掉后再提交。")
    if report.agency_code and report.agency_code not in places().agencies:
        faults.append("没有这个部门,请从列出的部门中选择。")
    if report.received_at and report.received_at > clock.local_now():
        faults.append("收到时间不能晚于现在。")
    if report.strict and report.case_no and _case(report.case_no) is None:
        faults.append(f"没有编号为 {report.case_no[:40]} 的办件,请核对;没有办件的可以不填。")
    if faults:
        raise RefusedError("".join(faults))


def _case(case_no: str) -> Any:
    if not case_no or "\0" in case_no:
        return None
    rows = FACTS["cases"]._default_manager.filter(seen_to=None, case_no=case_no)
    return rows.exclude(withdrawn=True).first()


def spelled(receipt: str) -> str:
    """A number in groups of four: ABCD-EFGH-JKMN."""
    return "-".join(receipt[i : i + 4] for i in range(0, len(receipt), 4))


def receipt_digest(receipt: str) -> str:
    """What is kept of a number, however it was typed."""
    plain = unicodedata.normalize("NFKC", receipt).upper().replace("-", "")
    return keys.mac(keys.key(keys.SEARCH, "complaint receipt"), "".join(plain.split()).encode()).hex()


def about(receipt: str) -> str:
    """What the sealed complainant of a complaint is about."""
    return f"complaint/{receipt}"


def by_receipt(receipt: str) -> Complaint | None:
    """The complaint of a number as it was told; None where there is none."""
    found = Complaint.objects.select_related("matter").filter(receipt=receipt_digest(receipt))
    return found.first()


def complainant(complaint: Complaint, purpose: str, by: By) -> dict[str, str]:
    """Who complains, and the words as they were written: `name`, `phone`, `words`; the look is recorded with its
    purpose.

    Whether they may the view has asked. Raises `RefusedError` where the purpose says nothing.
    """
    purpose = " ".join(purpose.split())
    if len(purpose) < masking.SHORTEST_PURPOSE:
        raise RefusedError("请写明查看反映人的事由(至少 4 个字),例如:核实情况须回访。")
    by.record(
        "personal.look", f"complaint/{complaint.matter.no}", purpose=purpose[:300], columns="反映人、电话"
    )
    return sealing.open_sealed(bytes(complaint.sealed), about(complaint.receipt)) if complaint.sealed else {}


def known_of(complaint: Complaint) -> list[str]:
    """Name and phone of who complains, to take them out of texts; shown to nobody."""
    opened = (
        sealing.open_sealed(bytes(complaint.sealed), about(complaint.receipt)) if complaint.sealed else {}
    )
    return [opened[name] for name in ("name", "phone") if name in opened]
