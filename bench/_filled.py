"""What is done inside an installation that is measured, each in a process of its own: `python bench/_filled.py PART …`.

fill CITY    import a demo city as `mingcha import` does, and judge it
people N     accounts to sign in with (password and names), and keys of the web service
reviews N M  so many ratings in all, and so many loops of bad ones begun
source CODE  a source of reports with its key
by_day       put off what is done once a day
left         what has arrived and is not applied, or applied and not judged
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from datetime import time as day_time
from pathlib import Path
from typing import Any

YEARS = timedelta(days=730)
PASSWORD = "Messung-2026-11"  # noqa: S105
AT_ONCE = 1_000
NIGHTLY = "alerts.everything"
POLICIES = ["alerts.read", "cases.read", "intake.read", "rules.read", "calendar.read", "catalogue.read"]


def fill(city: str) -> dict[str, Any]:
    """Seconds of importing and of the first judgement of everything; how many alerts."""
    import yaml

    from mingcha.alerts import store
    from mingcha.alerts.adopting import adopt
    from mingcha.alerts.judging import Order, judge_everything
    from mingcha.alerts.models import Alert, Undetermined
    from mingcha.alerts.reconcile import Why
    from mingcha.alerts.turn import every_judge
    from mingcha.alerts.units import Lane
    from mingcha.base import clock
    from mingcha.intake.importing import import_folder
    from mingcha.server.start import bring_tables_up

    bring_tables_up(lambda line: None)
    folder = Path(city)
    adopt(yaml.safe_load((folder / "mingcha.yaml").read_text("utf-8"))["packs"], "bench", "测量")
    begun = time.perf_counter()
    import_folder(folder, "bench", history=True)
    imported = time.perf_counter()
    past = datetime.combine(clock.local_now().date() - YEARS, day_time())
    with every_judge():
        numbers = sorted({batch.no for lane in Lane for batch in store.pending(lane)})
        order = Order(clock.local_now(), Why("测量"), lambda _: past, numbers[-1], numbers)
        judge_everything(order)
    return {
        "import_s": round(imported - begun, 1),
        "judge_s": round(time.perf_counter() - imported, 1),
        "alerts": Alert.objects.count(),
        "undetermined": Undetermined.objects.count(),
    }


def people(many: str) -> dict[str, Any]:
    """So many accounts of four kinds in turn, and so many keys; those of an earlier run are used again."""
    from django.contrib.auth.hashers import make_password

    from mingcha.accounts import grants
    from mingcha.accounts import people as persons
    from mingcha.accounts.acts import THE_HOST
    from mingcha.accounts.models import Account, Role
    from mingcha.api import keys

    hashed, names, at_work = make_password(PASSWORD), [], []
    for number, (role, region, agency) in zip(range(int(many)), _offices(), strict=False):
        name = f"messung{number}"
        if not (account := Account.objects.filter(username=name).first()):
            account, _ = persons.create(name, f"测量{number}", THE_HOST)
            grants.give(account, role, region, agency, THE_HOST)
        Account.objects.filter(pk=account.pk).update(password=hashed, must_change_password=False)
        names.append(name)
        at_work += [name] if role in (Role.SUPERVISOR, Role.LIAISON) else []
    account = Account.objects.get(username=names[0])
    given = [keys.give(account, "测量", POLICIES, by=THE_HOST, per_minute=1_000_000)[1] for _ in range(4)]
    return {"names": names, "at_work": at_work, "password": PASSWORD, "keys": given}


def _offices() -> Any:
    """(role, region, agency), again and again: city, county, a bureau, a leader who reads."""
    from itertools import cycle

    from mingcha.accounts.models import Role
    from mingcha.accounts.places import places

    county = "410105000000"
    bureau = next(each.code for each in places().agencies.values() if each.region == county)
    return cycle(
        (
            (Role.SUPERVISOR, "410100000000", ""),
            (Role.SUPERVISOR, county, ""),
            (Role.LIAISON, county, bureau),
            (Role.LEADER, "410100000000", ""),
        )
    )


def reviews(many: str, bad: str) -> dict[str, int]:
    """Ratings of completed cases that have none, until there are `many`; the newest `bad` ones are handed out."""
    from django.db import transaction
    from django.db.models import Exists, OuterRef

    from mingcha.accounts.acts import By
    from mingcha.base.audit import SYSTEM
    from mingcha.casework.models import Matter
    from mingcha.casework.moving import begin_all
    from mingcha.evaluations.opening import start_of
    from mingcha.intake import applying
    from mingcha.intake.fact_models import FACTS
    from mingcha.law.instants import moment

    rated = FACTS["evaluations"]._default_manager.filter(seen_to=None)
    cases = FACTS["cases"]._default_manager.filter(seen_to=None).exclude(completed_at=None)
    free = cases.filter(~Exists(rated.filter(case_no=OuterRef("case_no")))).order_by("-completed_at")
    wanted = free.values_list("case_no", "agency_code", "completed_at")[: max(0, int(many) - rated.count())]
    rows = [_rating(number, *row) for number, row in enumerate(wanted)]
    for first in range(0, len(rows), AT_ONCE):
        applying.write({"evaluations": rows[first : first + AT_ONCE]}, "bench")
    begun = Matter.objects.filter(kind="review")
    poor = (
        rated.filter(level__lte=2).exclude(is_default=True).exclude(evaluation_no__in=begun.values("subject"))
    )
    waiting = poor.order_by("-submitted_at").values()[: max(0, int(bad) - begun.count())]
    starts = [start_of({**row, "submitted_at": moment(row["submitted_at"])}) for row in waiting]
    for first in range(0, len(starts), AT_ONCE):
        with transaction.atomic():
            begin_all(starts[first : first + AT_ONCE], "assign", By(SYSTEM))
    return {"ratings": rated.count(), "matters": Matter.objects.count()}


def _rating(number: int, case_no: str, agency: str, completed: int) -> dict[str, Any]:
    """One in ten is bad."""
    from mingcha.law.instants import HOUR, moment

    return {
        "evaluation_no": f"BENCH-{number}",
        "kind": "case",
        "case_no": case_no,
        "agency_code": agency,
        "level": (5, 5, 4, 5, 5, 3, 5, 4, 5, 1)[number % 10],
        "channel": "mobile",
        "submitted_at": moment(completed + 2 * HOUR),
    }


def source(code: str) -> dict[str, str]:
    """Its key: a new one, where there is the source already."""
    from mingcha.intake import sources
    from mingcha.intake.models import Source

    found = Source.objects.filter(code=code).first() or sources.register(
        {"code": code, "name": "测量", "way": "web_service", "region_code": "410100000000", "best_rating": 5},
        "测量员", "13800000000", actor="bench",
    )  # fmt: skip
    return {"key": sources.make_key(found, actor="bench")}


def by_day() -> dict[str, int]:
    """It is not the hour at which everything is judged: a worker does so once a day, and whenever it is started."""
    from mingcha.base import clock
    from mingcha.base.models import Job

    nightly = Job.objects.filter(kind=NIGHTLY).exclude(state=Job.State.DONE)
    nightly.delete()
    now = clock.now()
    Job.objects.create(
        kind=NIGHTLY, key=NIGHTLY, state=Job.State.LEASED, run_at=now, lease_until=now + timedelta(days=1)
    )
    return {}


def left() -> dict[str, int]:
    """Batches that wait for the applier, and applied ones that wait for the judge."""
    from mingcha.alerts import store
    from mingcha.alerts.units import Lane
    from mingcha.intake.models import Batch

    waiting = Batch.objects.filter(state__in=[Batch.State.RECEIVED, Batch.State.APPLYING])
    return {"not_applied": waiting.count(), "not_judged": len(store.pending(Lane.CASES))}


PARTS: dict[str, Callable[..., Any]] = {
    "fill": fill,
    "people": people,
    "reviews": reviews,
    "source": source,
    "by_day": by_day,
    "left": left,
}

if __name__ == "__main__":
    from mingcha.server.start import set_up

    set_up()
    print(json.dumps(PARTS[sys.argv[1]](*sys.argv[2:])))
