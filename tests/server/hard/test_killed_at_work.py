"""Test-plan R2: workers killed with `kill -9` while they apply, judge, sweep and send.

Whatever is killed when: every alert is raised and risen once, at its lawful moments; every message is written once and
sent at least once under one key; nothing stays under way past its lease; the audit chain is whole.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.server.alerts.conftest import SHANGHAI
from tests.server.hard.worked import CLOCK, Workers, counted
from tests.server.notify.sinks import HttpSink, MailSink, http_sink, mail_sink
from tests.server.running.conftest import installation, prepared  # noqa: F401  fixtures
from tests.server.running.served import Served

Make = Callable[[], Served]

HEAD = f"""
import json, sys
from datetime import datetime, timedelta
from mingcha.server.start import set_up
set_up()
{CLOCK}
from mingcha.trials.stories import cast
ITEM = cast()["standing"]["items"][0]["item_code"]

def case(n):
    days = ("09", "10", "11", "12")
    return {{"case_no": f"BJ{{n:03d}}", "item_code": ITEM, "received_at": datetime(2026, 2, int(days[n % 4]), 10, n)}}

def answers(cases):
    # Every third case is accepted at last.
    opinion = {{"opinion": "accept", "opinion_at": datetime(2026, 2, 26, 9)}}
    return [case(n) | opinion for n in range(0, cases, 3)]
"""

PREPARE = (
    HEAD
    + """
from mingcha.accounts import grants, people
from mingcha.accounts.acts import THE_HOST
from mingcha.accounts.models import Account, Role
from mingcha.alerts.adopting import adopt
from mingcha.intake import applying
from mingcha.notify import channels, webhooks
from mingcha.notify.models import Subscription
from mingcha.trials.stories import with_cast

hook, cases = sys.argv[1], int(sys.argv[2])
adopt(["henan-2019"], "领导小组", "试运行")
account, _ = people.create("jiancha", "示例监察员", THE_HOST)
grants.give(account, Role.SUPERVISOR, "", "", THE_HOST)
webhooks.register(account, "督办系统", hook, THE_HOST)
channel = channels.register(account, THE_HOST, "mail", "someone@example.cn")
Subscription.objects.create(channel=channel, timing=Subscription.Timing.AT_ONCE)
told = with_cast({"cases": [case(n) for n in range(cases)]})
left_out = ("reported_at", "source_version", "withdrawn")
tables = {
    name: [{column: value for column, value in row.items() if column not in left_out} for row in part]
    for name, part in told.items() if part
}
applying.write(tables, "报送")
print("0")
"""
)

ANSWER = (
    HEAD
    + """
from mingcha.intake import applying
applying.write({"cases": answers(int(sys.argv[1]))}, "报送")
print("0")
"""
)

LOOK = (
    HEAD
    + """
from mingcha.alerts.models import Alert, Change, Watch
from mingcha.base.audit import seal_blocks
from mingcha.base.audit_check import verify
from mingcha.base.models import AuditRow, Job, Outgoing
from mingcha.intake.fact_models import FACTS
from mingcha.intake.store_models import Touched
from mingcha.notify.models import Held, Message

now = clock.now()
seal_blocks()
stuck = Job.objects.filter(state="leased", lease_until__lt=now - timedelta(seconds=5))
undone = Job.objects.filter(kind__in=["apply", "judge"]).exclude(state="done")
due = Watch.objects.filter(look_again_at__lte=clock.local_now())
waiting = [Message.objects.filter(no=None).count(), Held.objects.count(), Touched.objects.count(), due.count(),
           Outgoing.objects.exclude(state="sent").count(), undone.count(), stuck.count()]
changes = Change.objects.select_related("alert").order_by("alert_id", "no")
print(json.dumps({
    "waiting": waiting,
    "failed": list(Job.objects.filter(state="failed").values_list("kind", "last_error")),
    "alerts": [[a.rule, a.key, a.subject, a.episode, a.level, a.state, str(a.since)] for a in Alert.objects.all()],
    "past": [[c.alert.rule, c.alert.key, c.kind, c.level, str(c.lawful_at)] for c in changes],
    "messages": [[m.no, m.kind, m.title] for m in Message.objects.exclude(kind="").order_by("id")],
    "silent": list(Message.objects.filter(roles="").values_list("title", flat=True)),
    "issued": [list(r) for r in FACTS["issued"].objects.filter(seen_to=None).values_list("rule", "key", "episode")],
    "audited": AuditRow.objects.filter(act__startswith="alert.").count(),
    "keys": list(Outgoing.objects.values_list("key", flat=True)),
    "faults": [str(fault) for fault in verify().faults],
}, ensure_ascii=False))
"""
)

UNDISTURBED = (
    HEAD
    + """
# What one process makes of it that nobody kills, day by day.
from pathlib import Path
from mingcha.alerts.catching_up import catch_up
from mingcha.alerts.units import Lane
from mingcha.alerts.models import Change
from mingcha.intake import applying
from mingcha.notify.models import Message
answer = sys.argv[2]
for moved in json.loads(sys.argv[1]):
    _day.write_text(str(moved[1]))
    if moved[0] == answer:
        applying.write({"cases": answers(int(sys.argv[3]))}, "报送")
    for lane in Lane:
        catch_up(clock.local_now(), lane)
changes = Change.objects.select_related("alert").order_by("alert_id", "no")
print(json.dumps({
    "past": [[c.alert.rule, c.alert.key, c.kind, c.level, str(c.lawful_at)] for c in changes],
    "messages": [[m.kind, m.title] for m in Message.objects.order_by("id")],
}, ensure_ascii=False))
"""
)

REPORTED, ANSWERED = "2026-02-12T11:00:20", "2026-02-26T09:30:20"
DAYS = (REPORTED, "2026-02-15T00:00:20", ANSWERED, "2026-02-27T00:00:20", "2026-03-05T00:00:20")
EVERY_DAY = sorted({
    *DAYS, "2026-02-14T00:00:20", "2026-02-24T00:00:20", "2026-02-25T00:00:20", "2026-03-01T00:00:20",
})  # fmt: skip


def moved_to(day: str) -> float:
    """Seconds from now to a local moment."""
    return (datetime.fromisoformat(day).replace(tzinfo=SHANGHAI) - datetime.now(UTC)).total_seconds()


@pytest.fixture
def sinks() -> Iterator[tuple[HttpSink, MailSink]]:
    with http_sink() as posts, mail_sink() as mails:
        yield posts, mails


def survives(
    make: Make, sinks: tuple[HttpSink, MailSink], days: Sequence[str], cases: int, kills_a_day: int
) -> None:
    posts, mails = sinks
    more = {
        "MINGCHA_OUTSIDE_HOSTS": f'["127.0.0.1:{posts.port}"]', "MINGCHA_MAIL_HOST": "127.0.0.1",
        "MINGCHA_MAIL_PORT": str(mails.port), "MINGCHA_MAIL_FROM": "jc@example.cn",
    }  # fmt: skip
    expected = _undisturbed(Workers(make(), more), posts, days, cases)
    workers = Workers(make(), more)
    try:
        _killed_day_by_day(workers, posts, days, cases, kills_a_day)
        told = _until_nothing_waits(workers)
    finally:
        workers.end()
    assert len([at for at in workers.killed_at if at]) >= len(days) // 2, workers.killed_at
    assert told["faults"] == [] and told["failed"] == []
    assert len(expected["past"]) > 2 * cases
    assert counted(told["past"]) == counted(expected["past"]), "each alert once, at its lawful moments"
    # Steps that one process takes at once are told as one; where it is killed between them, they are told one by one.
    assert max(counted([m[1:] for m in of_alerts(told)]).values()) == 1, "each told once"
    assert {_alert_of(m[2]) for m in of_alerts(told)} == {_alert_of(m[1]) for m in expected["messages"]}
    assert told["audited"] == len(told["past"]), "each change once in the audit chain"
    assert max(counted(told["issued"]).values()) == 1
    _sent_at_least_once_under_one_key(told, posts, mails)


def _undisturbed(workers: Workers, posts: HttpSink, days: Sequence[str], cases: int) -> Any:
    workers.move(moved_to(REPORTED))
    workers.program(PREPARE, f"{posts.url}/in", str(cases))
    told = json.dumps([[day, moved_to(day)] for day in days])
    return workers.program(UNDISTURBED, told, ANSWERED, str(cases))


def _killed_day_by_day(
    workers: Workers, posts: HttpSink, days: Sequence[str], cases: int, kills_a_day: int
) -> None:
    workers.move(moved_to(REPORTED))
    workers.program(PREPARE, f"{posts.url}/in", str(cases))
    for day in days:
        workers.move(moved_to(day))
        if day == ANSWERED:
            workers.program(ANSWER, str(cases))
        for _ in range(kills_a_day):
            workers.start()
            workers.kill_one(within=2.0)
    workers.start()


def _until_nothing_waits(workers: Workers) -> Any:
    end = time.monotonic() + timedelta(minutes=2).total_seconds()
    while any((told := workers.program(LOOK))["waiting"]) and time.monotonic() < end:
        time.sleep(0.5)
    assert not any(told["waiting"]), told["waiting"]
    return told


def _alert_of(title: str) -> str:
    """Which alert a message is about, whatever became of it."""
    return title.partition(":")[2]


def of_alerts(told: Any) -> list[Any]:
    """The messages about alerts: number, kind, title."""
    return [message for message in told["messages"] if message[1].startswith("alert.")]


def _sent_at_least_once_under_one_key(told: Any, posts: HttpSink, mails: MailSink) -> None:
    assert max(counted(told["keys"]).values()) == 1
    bodies: dict[str, set[bytes]] = {}
    for post in posts.posts:
        bodies.setdefault(post.headers["mingcha-id"], set()).add(post.body)
    assert (
        {str(no) for no, _, _ in of_alerts(told)} <= set(bodies) <= {str(no) for no, _, _ in told["messages"]}
    )
    assert all(len(each) == 1 for each in bodies.values()), "a repeat is the same to the byte"
    texts: dict[str, set[str]] = {}
    for mail in mails.mails:
        texts.setdefault(mail["X-Mingcha-Key"], set()).add(mail.get_content())
    assert set(texts) <= set(told["keys"])
    assert all(len(each) == 1 for each in texts.values())
    lines = [line for each in texts.values() for text in each for line in text.splitlines()]
    written = Counter(lines)
    left_out = [title for _, _, title in of_alerts(told) if not written[title]]
    assert max(written[title] for _, _, title in of_alerts(told) if title in written) == 1, "in one mail only"
    more = [int(found[1]) for line in lines if (found := re.match(r"另有 (\d+) 条", line))]
    assert len(set(left_out) - set(told["silent"])) == sum(more), (
        "a long mail says how many it does not write out"
    )


@pytest.mark.one_database
@pytest.mark.django_db
def test_alerts_are_raised_and_told_once_though_workers_are_killed_while_they_judge_and_send(
    installation: Make,  # noqa: F811
    sinks: tuple[HttpSink, MailSink],
) -> None:
    survives(installation, sinks, DAYS, cases=12, kills_a_day=1)


@pytest.mark.nightly
@pytest.mark.one_database
@pytest.mark.django_db
def test_alerts_are_raised_and_told_once_though_workers_are_killed_all_night(
    installation: Make,  # noqa: F811
    sinks: tuple[HttpSink, MailSink],
) -> None:
    survives(installation, sinks, EVERY_DAY, cases=60, kills_a_day=8)
