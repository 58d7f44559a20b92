"""`mingcha judge`: judge the store, or some units of it, as it stands or as it was known.

Without `--apply` nothing is changed: the findings are counted and, with `--out`, written. With it the alerts are made
so, as the worker does by itself.
"""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

import click

from mingcha.cli import EXIT_USAGE
from mingcha.cli.choosing import AS_OF

DAY = click.DateTime(["%Y-%m-%d"])


@click.command("judge", short_help="判定数据库里的办件")
@click.option("--all", "everything", is_flag=True, help="判定全部。")
@click.option(
    "--unit", "units", multiple=True, metavar="种类/编号", help="只判定它,如 case/BJ1、hall/DT1(可重复)。"
)
@click.option("--as-of", type=AS_OF, metavar="T", help="判定时点;只写日期即当日最后一秒。不写则为现在。")
@click.option("--known-at", type=DAY, metavar="DAY", help="按这一天结束时所知的数据。")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="判定写成 Parquet。"
)
@click.option("--apply", "applied", is_flag=True, help="按判定发出、变更、撤回信号(缺省只判定,不改变什么)。")
def judge_command(
    everything: bool,
    units: tuple[str, ...],
    as_of: datetime | None,
    known_at: datetime | None,
    out: Path | None,
    applied: bool,
) -> None:
    """判定数据库里的全部办件,或指定的几件;可以按过去某一时点、某一天所知的数据重做一遍。"""
    if everything == bool(units):
        raise click.UsageError("请写 --all,或用 --unit 指定要判定的对象")
    if applied and (as_of or known_at):
        raise click.UsageError(
            "按过去的时点或所知重做的判定不能写成信号;去掉 --apply,或去掉 --as-of 与 --known-at"
        )
    from mingcha.server.start import require_tables, set_up

    set_up()
    require_tables()
    chosen = None if everything else {_unit(text) for text in units}
    if applied:
        _apply(chosen)
    else:
        _look(chosen, as_of, known_at.date() if known_at else None, out)


def _unit(text: str) -> tuple[str, str]:
    from mingcha.alerts.units import KINDS

    kind, between, key = text.partition("/")
    if not between or kind not in KINDS or not key:
        raise click.UsageError(f"“{text}”不是对象;写成 种类/编号,种类可用:{'、'.join(sorted(KINDS))}")
    return kind, key


def _look(
    units: set[tuple[str, str]] | None, as_of: datetime | None, known_on: date | None, out: Path | None
) -> None:
    import pyarrow.parquet as pq

    from mingcha.alerts.judging import judgement_of
    from mingcha.alerts.law import law_in_force
    from mingcha.base import clock
    from mingcha.engine.judge import last_second
    from mingcha.intake import reading
    from mingcha.intake.archive import finding

    moment = last_second(as_of) if as_of else clock.local_now()
    known_at = reading.known_on(known_on) if known_on else None
    judgement, _, batch_no = judgement_of(units, moment, known_at, law_in_force())
    click.echo(f"截至 {moment},据第 {batch_no} 批的数据,看了 {judgement.cases:,} 件办件")
    if archived := finding.summary():
        click.echo(archived)
    _count(judgement.findings["level"].to_pylist())
    for rule, missing in sorted(judgement.not_judged.items()):
        click.echo(f"没有判定 {rule}:没有报送 {'、'.join(missing)}", err=True)
    if out is not None:
        pq.write_table(judgement.findings, out)
        click.echo(f"判定写入 {out}", err=True)


def _count(levels: list[str]) -> None:
    from mingcha.rules.levels import LABELS

    for level in ("red", "yellow", "warning", "note", "none", "undetermined"):
        if n := levels.count(level):
            click.echo(f"  {'标记' if level == 'none' else LABELS[level]} {n:,}")


def _apply(units: set[tuple[str, str]] | None) -> None:
    from django.db.models import Count, Max

    from mingcha.alerts.catching_up import caught_up
    from mingcha.alerts.judging import Order, judge_everything, judge_units
    from mingcha.alerts.models import Change
    from mingcha.alerts.reconcile import Why
    from mingcha.base.audit import SYSTEM

    last = Change.objects.aggregate(last=Max("pk"))["last"]
    with caught_up() as as_of:
        order = Order(as_of, Why("命令 mingcha judge"), lambda _: as_of)
        outcomes = judge_everything(order) if units is None else judge_units(units, order)
    made = Change.objects.filter(pk__gt=last or 0, actor=SYSTEM).order_by("kind").values_list("kind")
    counts = list(made.annotate(Count("pk")))
    if not counts:
        click.echo(f"截至 {as_of},信号没有变动")
    for kind, n in counts:
        click.echo(f"{Change.Kind(kind).label} {n:,}")
    sys.exit(0 if outcomes or not units else EXIT_USAGE)
