"""The first start of a living demo city: sources, the opening batches through the real intake, the first judgement.

Everything may be interrupted: what was received is not received again, a half-applied batch goes on where it stopped.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from mingcha.alerts import store
from mingcha.alerts.adopting import adopt, judged
from mingcha.alerts.judging import Order, judge_everything
from mingcha.alerts.law import law_in_force
from mingcha.alerts.reconcile import Why
from mingcha.alerts.turn import every_judge
from mingcha.alerts.units import Lane
from mingcha.base import clock
from mingcha.demo.city import PACKS
from mingcha.intake import sources
from mingcha.intake.applying import apply_next
from mingcha.intake.incoming import file_parts, taken_in, work_folder
from mingcha.intake.models import Batch, Source
from mingcha.intake.receiving import receive
from mingcha.law.instants import instant
from mingcha.server.demo_city import LivingCity
from mingcha.server.demo_life import mend
from mingcha.server.demo_state import HALLS, OWN, PLATFORM, DemoState, source_of, state_of
from mingcha.server.processes import Say

_SOURCES: Final = {
    PLATFORM: ("市一体化政务服务平台(示例)", Source.Way.EXCHANGE, "示例责任人甲"),
    HALLS: ("大厅综合管理系统(示例)", Source.Way.WEB_SERVICE, "示例责任人乙"),
}
_PAST: Final = timedelta(days=2 * 365)
"""The years that a city is planned over."""


def register_sources(actor: str) -> dict[str, Source]:
    """The city's reporting systems, with their responsible persons."""
    found = {}
    for code, (name, way, keeper) in _SOURCES.items():
        known = Source.objects.filter(code=code).first()
        values = {"code": code, "name": name, "way": way, "region_code": "410100000000", "best_rating": 5}
        found[code] = known or sources.register(values, keeper, "13800000000", actor=actor)
    return found


def renew_keys(known: dict[str, Source]) -> dict[str, str]:
    """A new key for each of them; the ones before stop working."""
    return {code: sources.make_key(source, actor="示范") for code, source in known.items()}


def _send(tables: Sequence[tuple[str, pa.Table]], known: dict[str, Source], key: str, say: Say) -> None:
    """Receive the tables: one batch of each system, and its history of reporting; what was received before is not."""
    parts = {
        (HALLS, False): [(name, rows) for name, rows in tables if source_of(name) == HALLS],
        (PLATFORM, True): [(name, rows) for name, rows in tables if name in OWN],
        (PLATFORM, False): [(n, rows) for n, rows in tables if source_of(n) == PLATFORM and n not in OWN],
    }
    for (code, own), part in parts.items():
        own_key = f"{key}{'-own' if own else ''}"
        if part and not Batch.objects.filter(source=known[code], key=own_key).exists():
            rows = sum(table.num_rows for _, table in part)
            say(f"报送 {known[code].name}:{len(part)} 张表,{rows:,} 行……")
            _receive(known[code], part, own_key, own=own)


def _receive(source: Source, tables: Iterable[tuple[str, pa.Table]], key: str, *, own: bool) -> None:
    with TemporaryDirectory(prefix="opening-", dir=work_folder()) as folder:
        package = Path(folder) / "opening.zip"
        with zipfile.ZipFile(package, "w", zipfile.ZIP_STORED) as packed:
            for name, rows in tables:
                file = Path(folder) / f"{name}.parquet"
                pq.write_table(rows, file, compression="zstd", compression_level=1)
                packed.write(file, file.name)
                file.unlink()
        with package.open("rb") as sent, taken_in(file_parts(sent)) as incoming:
            batch = receive(source, incoming, "zip", key=key, name=package.name, sent_by=source.code, own=own)
    # The city's past did not arrive today: what was wrong with it begins when it happened.
    Batch.objects.filter(pk=batch.pk, no=None).update(history=True)


def open_city(home: Path, cases: int, seed: int, say: Say) -> None:
    """Load and judge the city, or go on where an earlier start stopped; at once where it is open already.

    Its system has been at work since the month before (`DemoState.begun_at`): what was known then is loaded and judged
    with the clock set back, what has happened since comes on top.
    """
    state = state_of(home, cases, seed, clock.local_now())
    if not Batch.objects.filter(source__code=PLATFORM, key=_key(state, "opening")).exists():
        say(f"安排示范城市:{cases:,} 件办件,种子 {seed}……")
        city = LivingCity.plan(state.cases, state.seed, state.until)
        with clock.set_back(state.begun_at):
            known = register_sources("示范")
            _send(list(city.opening(instant(state.begun_at))), known, _key(state, "past"), say)
            _apply(say)
            _adopt()
            _judge(state, say)
            mend()
        _send(list(city.since(instant(state.begun_at), state.opened)), known, _key(state, "opening"), say)
    _apply(say)
    _judge(state, say)


def _key(state: DemoState, chapter: str) -> str:
    return f"{chapter}-{state.seed}-{state.cases}"


def _apply(say: Say) -> None:
    """Apply what was received, one batch after another."""
    waiting = Batch.objects.filter(state__in=[Batch.State.RECEIVED, Batch.State.APPLYING])
    while (batch := waiting.order_by("id").first()) is not None:
        say(f"入库 {batch.source.name}……")
        apply_next()


def _adopt() -> None:
    """The packs that the city was planned by, before its first judgement; afterwards they are as people left them."""
    if not judged() and not law_in_force(fresh=True)[0].adopted:
        adopt(PACKS, "示范", "示范城市按这些规则包安排")


def _judge(state: DemoState, say: Say) -> None:
    """Judge what was loaded as if it had been reported as it happened, so that the city has a past."""
    begun = datetime.combine(state.until - _PAST, time())
    with every_judge():
        numbers = sorted({batch.no for lane in Lane for batch in store.pending(lane)})
        if numbers:
            say("判定……")
            why = Why("示范城市开张以前的数据")
            judge_everything(Order(clock.local_now(), why, lambda _: begun, numbers[-1], numbers))
