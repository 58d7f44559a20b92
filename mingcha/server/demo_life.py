"""The demo city lives: matters in every state, ratings and what became of the bad ones, complaints, a duty roster,
all of it open to the public.

Made once, when the city is first opened, in one transaction (`mend`: another, in its past); `demo_paths` says what
people did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import cycle
from typing import Any, Final

from django.db import transaction

from mingcha.accounts.acts import By
from mingcha.accounts.models import Account
from mingcha.alerts.models import Alert
from mingcha.base import clock
from mingcha.base.audit import SYSTEM
from mingcha.casework import clocks, duty, filing
from mingcha.casework.declare import Moment, kind_of
from mingcha.casework.duty_models import Duty
from mingcha.casework.models import Matter
from mingcha.casework.moving import Start, begin, move
from mingcha.casework.proofs import Kept, keep
from mingcha.casework.subjects import ALERT, officers_of, subject_of, title_of
from mingcha.complaints.registering import Report, register
from mingcha.disclosure.models import Opened
from mingcha.disclosure.switches import open_to_all
from mingcha.evaluations import answers, offers, opening, taking
from mingcha.evaluations.models import Offer, Rating
from mingcha.evaluations.writing import fact_of, write_taken
from mingcha.intake.fact_models import FACTS
from mingcha.server import demo_paths as paths
from mingcha.server.demo_accounts import demo_accounts
from mingcha.server.demo_paths import AGENCY, OFFICE, Done, Path
from mingcha.server.processes import Say

_CITY: Final = "410100000000"
_DAYS_PAST: Final = 12.0
"""So long ago the first acts lie."""
_GOOD_RATINGS: Final = 60
_MENDED_BEFORE: Final = 6
"""Defects put right in the month before."""
_GRAVE: Final = (Alert.Level.RED, Alert.Level.YELLOW)


def mend() -> None:
    """Let some defects have been put right in the city's past; nothing where some have been already."""
    if not Matter.objects.exists():
        with transaction.atomic():
            _rectify(_alerts(), [paths.RECTIFIED] * _MENDED_BEFORE, Alert.Level.WARNING)


def live(say: Say) -> None:
    """Let people have worked in the city; nothing where they have already."""
    if Duty.objects.exists():
        return
    say("让城市有人办事:说明、申诉、督办、整改、问责、评价、投诉……")
    with transaction.atomic():
        alerts = _alerts()
        _appeals(alerts)
        _explanations(alerts)
        _orders()
        _rectify(alerts, paths.RECTIFICATIONS, *_GRAVE)
        _on_alerts(
            alerts(_of(*_GRAVE)),
            "accountability",
            "propose",
            paths.ACCOUNTABILITY,
            paths.ACCOUNT_TEXT,
            paths.ACCOUNT_FIELDS,
        )
        _ratings()
        _complaints()
        _duty()
        for what in Opened.What.values:
            open_to_all(_CITY, what, By(OFFICE))


# -- what acts are done --------------------------------------------------------------------------------------------


def _walk(matter: Matter, path: Path, since: datetime) -> None:
    """Do the acts of a path one after another, the last of them not later than now."""
    now = clock.local_now().replace(microsecond=0)
    span = sum(done.hours for done in path)
    scale = min(1.0, (now - since) / timedelta(hours=span)) if span else 1.0
    at = since
    for done in path:
        at += timedelta(hours=done.hours * scale)
        move(
            matter, done.act, By(done.who), reason=done.said, evidence=_files(done),
            fields=_fields(matter, done), at=min(at, now),
        )  # fmt: skip


def _fields(matter: Matter, done: Done) -> dict[str, Any]:
    return _days_ahead(matter.kind, done.act, done.fields)


def _days_ahead(kind: str, act: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A number for a day is so many days from today."""
    days = {entry.name for entry in kind_of(kind).act(act).entries if entry.kind == "day"}
    today = clock.local_now().date()
    return {
        name: (today + timedelta(days=value)).isoformat() if name in days else value
        for name, value in fields.items()
    }


def _files(done: Done) -> list[Kept]:
    return [keep("证明材料(示例).txt", [done.proof.encode()], done.who)] if done.proof else []


# -- on alerts -----------------------------------------------------------------------------------------------------


def _alerts() -> Callable[[Callable[[Alert], bool]], Iterator[Alert]]:
    """Open alerts that were issued, the newest first, those of the liaison's agency before others; each once."""
    own = next(each.agency for each in demo_accounts() if each.username == AGENCY)
    rows = Alert.objects.filter(state=Alert.State.OPEN).exclude(issued_at=None).exclude(agency_code="")
    held = sorted(rows.order_by("-issued_at", "pk"), key=lambda alert: alert.agency_code != own)
    taken = set(Matter.objects.exclude(alert=None).values_list("alert_id", flat=True))

    def those(fits: Callable[[Alert], bool]) -> Iterator[Alert]:
        for alert in held:
            if alert.pk not in taken and fits(alert):
                taken.add(alert.pk)
                yield alert

    return those


def _of(*levels: Alert.Level) -> Callable[[Alert], bool]:
    return lambda alert: alert.level in levels


def _since(moment: Moment | None) -> datetime:
    """A moment of the past at which an act may have been done: that of the alert, if it is not too long ago."""
    earliest = clock.local_now().replace(microsecond=0) - timedelta(days=_DAYS_PAST)
    if moment is None:
        return earliest
    at = moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day, 9)
    return max(earliest, at.replace(microsecond=0))


Alerts = Callable[[Callable[[Alert], bool]], Iterator[Alert]]


def _explanations(alerts: Alerts) -> None:
    wanted = alerts(lambda alert: alert.level in _GRAVE or alert.abnormal)
    for path, alert in zip(paths.EXPLANATIONS, wanted, strict=False):
        since, subject = _since(alert.issued_at), subject_of(alert)
        fact = {"alert": subject, "agency_code": alert.agency_code, "due_at": filing.explain_by(since)}
        officer = officers_of([alert]).get(alert.case_no, "")
        start = Start(
            "explain", title_of(alert), ALERT, subject, alert=alert, officer_code=officer, fact=fact
        )
        _walk(begin(start, "ask", By(SYSTEM), at=since), path, since)


def _appeals(alerts: Alerts) -> None:
    """Of abnormal cases the citizen is asked first: those wait; the office decides about the others."""
    asked = alerts(lambda alert: alert.abnormal and bool(alert.case_no) and not filing.why_not(alert))
    others = alerts(lambda alert: not alert.abnormal and not filing.why_not(alert))
    for path in paths.APPEALS:
        alert = next(others if path else asked, None)
        if alert is not None:
            matter = filing.file(alert, paths.APPEAL_REASON, By(AGENCY))
            _walk(matter, path, clock.local_now().replace(microsecond=0))


def _rectify(alerts: Alerts, walked: Sequence[Path], *levels: Alert.Level) -> None:
    _on_alerts(alerts(_of(*levels)), "rectify", "order", walked, paths.RECTIFY_TEXT, {"due_at": 7})


def _on_alerts(
    alerts: Iterator[Alert],
    kind: str,
    act: str,
    walked: Sequence[Path],
    text: str,
    fields: Mapping[str, Any],
) -> None:
    for path, alert in zip(walked, alerts, strict=False):
        since, subject = _since(alert.issued_at), subject_of(alert)
        fact = {"agency_code": alert.agency_code} if kind_of(kind).table else {}
        start = Start(kind, title_of(alert), ALERT, subject, alert=alert, fact=fact)
        matter = begin(start, act, By(OFFICE), reason=text, fields=_days_ahead(kind, act, fields), at=since)
        _walk(matter, path, since)


def _orders() -> None:
    counts = Alert.objects.filter(state=Alert.State.OPEN).exclude(agency_code="")
    agencies = list(dict.fromkeys(counts.order_by("agency_code").values_list("agency_code", "region_code")))
    now = clock.local_now().replace(microsecond=0)
    for place, (path, (agency, region)) in enumerate(zip(paths.ORDERS, agencies, strict=False)):
        since = now - timedelta(days=_DAYS_PAST - place)
        start = Start(
            "order", paths.ORDER_TITLE, agency_code=agency, region_code=region, fact={"agency_code": agency}
        )
        due = _day_after(since, 5)
        matter = begin(start, "issue", By(OFFICE), reason=paths.ORDER_TEXT, fields={"due_at": due}, at=since)
        _walk(matter, path, since)


def _day_after(moment: Moment, days: int) -> str:
    last = clocks.working_days_after(moment, days)
    return (last or date.max).isoformat()


# -- what the public says ------------------------------------------------------------------------------------------


def _ratings() -> None:
    """Good and bad ratings of completed cases, and the loop of the bad ones."""
    rated = FACTS["evaluations"]._default_manager.filter(seen_to=None, kind="case")
    rated = rated.exclude(is_default=True).exclude(case_no=None)
    cases = FACTS["cases"]._default_manager.filter(seen_to=None).exclude(completed_at=None)
    free = (
        cases.exclude(withdrawn=True).exclude(case_no__in=rated.values("case_no")).order_by("-completed_at")
    )
    numbers = iter(free.values_list("case_no", flat=True)[: len(paths.REVIEWS) + _GOOD_RATINGS])
    now = clock.local_now().replace(microsecond=0)
    bad = [
        _rate(no, said, now)
        for no, said in zip(numbers, _said(paths.COMMENTS, len(paths.REVIEWS)), strict=False)
    ]
    for no, said in zip(numbers, _said(paths.PRAISE, _GOOD_RATINGS), strict=False):
        _rate(no, said, now)
    while write_taken():
        pass
    taken = {rating.no: rating for rating in Rating.objects.filter(no__in=bad)}
    for path, no in zip(paths.REVIEWS, bad, strict=False):
        row = fact_of(taken[no])
        since = row["submitted_at"] + timedelta(minutes=1)
        _walk(begin(opening.start_of(row), "assign", By(SYSTEM), at=since), path, since)
    Rating.objects.filter(no__in=bad).update(opens=False)


def _said(words: Sequence[tuple[str, str]], count: int) -> list[tuple[int, str, str]]:
    """(number, level, comment), in turn."""
    turning = cycle(words)
    return [(number, *next(turning)) for number in range(count)]


def _rate(case_no: str, said: tuple[int, str, str], now: datetime) -> str:
    number, level, comment = said
    given = {"level": level, "comment": comment}
    if number % 2 == 0:
        given |= {"name": f"示例群众{number + 1}", "phone": f"1380000{number:04d}"}
    asked = offers.offer(case_no=case_no, way=Offer.Way.SMS, by=SYSTEM).offer
    answer, at = answers.read(given), now - timedelta(days=min(number * 0.7, _DAYS_PAST), minutes=number)
    return taking.take(taking.of_offer(asked), answer, channel="mobile", at=at).no


def _complaints() -> None:
    now = clock.local_now().replace(microsecond=0)
    own = next(each.agency for each in demo_accounts() if each.username == AGENCY)
    for place, (source, topic, text, path) in enumerate(paths.COMPLAINTS):
        since = now - timedelta(days=_DAYS_PAST - place)
        report = Report(source, topic, text, agency_code=own, received_at=since)
        _walk(register(report, By(OFFICE)).complaint.matter, path, since)


def _duty() -> None:
    """A fortnight's roster, and the log of the last days."""
    account = Account.objects.get(username=OFFICE)
    today, who = clock.local_now().date(), By(OFFICE)
    duty.put(today - timedelta(days=7), today + timedelta(days=14), account, _CITY, who)
    for ago, (text, handled) in enumerate(paths.DUTY_LOG):
        duty.write(today - timedelta(days=ago), _CITY, text, handled, who)
