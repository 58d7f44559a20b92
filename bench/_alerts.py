"""Alerts over a filled store: everything judged and reconciled, one calendar day changed, accepted to alert visible."""

from __future__ import annotations

import statistics
import time
from datetime import datetime, timedelta
from typing import Any

AS_OF = datetime(2026, 10, 31, 23, 59, 59)
"""The demo city's moment."""
A_SECOND = 300
SECONDS = 20
OVERDUE = 10


def everything() -> dict[str, Any]:
    """The first judgement raises every alert; the second finds nothing to change."""
    from mingcha.alerts.judging import Order, judge_everything
    from mingcha.alerts.models import Alert, Undetermined
    from mingcha.alerts.reconcile import Why
    from mingcha.intake.models import Batch
    from mingcha.intake.reading import settle_touched

    order = Order(AS_OF, Why("测量"), lambda _: AS_OF)
    began = time.perf_counter()
    judge_everything(order)
    first = time.perf_counter() - began
    settle_touched([batch.no for batch in Batch.objects.exclude(no=None) if batch.no])
    began = time.perf_counter()
    again = judge_everything(order)
    second = time.perf_counter() - began
    assert not any(outcome.counts for outcome in again), again[0].counts
    return {
        "alerts": Alert.objects.count(),
        "undetermined": Undetermined.objects.count(),
        "everything_first_seconds": round(first, 1),
        "everything_again_seconds": round(second, 1),
    }


def another_day() -> dict[str, Any]:
    """A working day becomes a day off: the difference list, made and applied."""
    from mingcha.alerts import recalculating
    from mingcha.alerts.law import digest_of
    from mingcha.alerts.models import Difference, Publication
    from mingcha.base import clock
    from mingcha.law.load import BUILT_IN

    text = (BUILT_IN / "2026.yaml").read_text("utf-8")
    files = {"2026.yaml": _with_day_off(text, "2026-10-21")}
    changed = Publication.objects.create(
        kind="calendar", name="bench", title="测量", files=files, digest=digest_of(files), state="approved",
        uploaded_by="甲", uploaded_at=clock.now(),
    )  # fmt: skip
    difference = recalculating.ask("测量", "乙", changed)
    began = time.perf_counter()
    recalculating.make(difference, AS_OF)
    made = time.perf_counter() - began
    difference = Difference.objects.get(pk=difference.pk)
    return {
        "difference_seconds": round(made, 1),
        "difference_lines": difference.added + difference.withdrawn + difference.changed,
    }


def _with_day_off(text: str, day: str) -> str:
    """The days of a year's file end it."""
    return f"{text.rstrip()}\n  - {{date: {day}, name: 测量, off: true}}\n"


def visible() -> dict[str, Any]:
    """So many cases a second in a batch every half second, one in ten overdue as it arrives: from when the batch was
    due to be reported to its alerts visible."""
    from mingcha.alerts.catching_up import catch_up
    from mingcha.alerts.models import Alert
    from mingcha.base import clock
    from mingcha.intake import applying
    from mingcha.intake.fact_models import FACTS

    pattern = FACTS["cases"]._default_manager.filter(seen_to=None).exclude(item_code=None).values(
        "item_code", "agency_code", "region_code", "hall_code"
    ).first()  # fmt: skip
    assert pattern is not None
    catch_up(clock.local_now())  # what lay between the moment of the city and today
    waits: list[float] = []
    started, judged = time.perf_counter(), 0
    for number in range(SECONDS * 2):
        due = started + number / 2
        time.sleep(max(0.0, due - time.perf_counter()))
        now = clock.local_now()
        rows = [
            {
                **pattern,
                "case_no": f"BENCH-{number}-{n}",
                "received_at": now - timedelta(days=30 if n % OVERDUE == 0 else 0),
                "channel": "window",
            }
            for n in range(A_SECOND // 2)
        ]
        applying.write({"cases": rows}, "bench")
        catch_up(clock.local_now())
        visible = time.perf_counter()
        waits += [visible - due] * len(rows)
        judged += len(range(0, len(rows), OVERDUE))
    late = time.perf_counter() - started - SECONDS
    found = Alert.objects.filter(case_no__startswith="BENCH-").values("case_no").distinct().count()
    assert found == judged, (found, judged)
    ranked = statistics.quantiles(waits, n=100)
    return {
        "cases_a_second": A_SECOND,
        "visible_p50_seconds": round(ranked[49], 2),
        "visible_p99_seconds": round(ranked[98], 2),
        "behind_after_seconds": round(late, 1),
    }
