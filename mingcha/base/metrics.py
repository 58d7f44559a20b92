"""Metrics for Prometheus: requests as they pass, and the state of the work when it is asked for.

Other parts register what they measure: `@state("mingcha_alerts_open", "未了结的监察信号", ("level",))` over a function
that returns a number, or numbers by the labels' values.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponseBase
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from mingcha.base import clock
from mingcha.base.models import AuditRow, Job, Outgoing

Numbers = float | Mapping[tuple[str, ...], float]
_PRESENT: Final = CollectorRegistry()
_requests = Counter("mingcha_requests", "请求数", ["method", "route", "status"], registry=None)
_seconds = Histogram(
    "mingcha_request_seconds",
    "请求用时",
    ["route"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10),
    registry=None,
)
_log = logging.getLogger("mingcha.request")
_states: dict[str, tuple[str, tuple[str, ...], Callable[[], Numbers]]] = {}


def state(
    name: str, told: str, labels: tuple[str, ...] = ()
) -> Callable[[Callable[[], Numbers]], Callable[[], Numbers]]:
    """Register a number of the present state, computed when it is asked for: it must be cheap."""

    def register(measure: Callable[[], Numbers]) -> Callable[[], Numbers]:
        _states[name] = (told, labels, measure)
        return measure

    return register


class _States(Collector):
    """What was registered, asked now."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name, (told, labels, measure) in sorted(_states.items()):
            family = GaugeMetricFamily(name, told, labels=labels)
            found = measure()
            for values, number in (found if isinstance(found, Mapping) else {(): found}).items():
                family.add_metric(values, number)
            yield family


_PRESENT.register(_States())


def page() -> bytes:
    """All metrics as Prometheus reads them: the counters of all web processes, and the present state."""
    counted = CollectorRegistry()
    MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    return generate_latest(counted) + generate_latest(_PRESENT)


Answer = Callable[[HttpRequest], HttpResponseBase]


def measured(get_response: Answer) -> Answer:
    """Middleware: count and time requests by route, and log them without their query."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = get_response(request)
        took = time.perf_counter() - began
        route = request.resolver_match.route if request.resolver_match else "-"
        _requests.labels(request.method or "-", route, response.status_code).inc()
        _seconds.labels(route).observe(took)
        told = {
            "method": request.method,
            "route": route,
            "status": response.status_code,
            "ms": round(took * 1000),
        }
        _log.info("request", extra=told)
        return response

    return answer


@state("mingcha_jobs", "作业数,按种类与状态(待办、进行中、失败)", ("kind", "state"))
def _jobs() -> Numbers:
    open_ones = Job.objects.filter(state__in=[Job.State.READY, Job.State.LEASED, Job.State.FAILED])
    counted = open_ones.values_list("kind", "state").annotate(count=Count("id"))
    return {(kind, state): count for kind, state, count in counted}


@state("mingcha_jobs_late_seconds", "最早一件到期未做的作业已等多少秒")
def _late() -> Numbers:
    due = Job.objects.filter(state=Job.State.READY, run_at__lte=clock.now()).aggregate(first=Min("run_at"))
    return (clock.now() - due["first"]).total_seconds() if due["first"] else 0.0


@state("mingcha_outgoing", "外发消息数,按渠道与状态(待发、放弃)", ("channel", "state"))
def _outgoing() -> Numbers:
    kept = Outgoing.objects.exclude(state=Outgoing.State.SENT)
    counted = kept.values_list("channel", "state").annotate(count=Count("id"))
    return {(channel, state): count for channel, state, count in counted}


@state("mingcha_audit_unsealed", "还没有封块的审计记录数")
def _unsealed() -> Numbers:
    return AuditRow.objects.filter(block=None).count()
