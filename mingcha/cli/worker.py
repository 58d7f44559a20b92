"""`mingcha worker`: what the system does by itself."""

from __future__ import annotations

import click


@click.command("worker", short_help="只运行后台:入库、判定、巡查、外发、审计封块")
@click.option(
    "--jobs",
    "job_threads",
    type=click.IntRange(1, 16),
    default=4,
    show_default=True,
    help="同时做几件作业。",
)
def worker_command(job_threads: int) -> None:
    """运行后台,直到收到 SIGTERM 或 Ctrl-C;手上的一件先做完。可以同时运行几个,同一件事不会做两次。"""
    from mingcha.server.processes import give_way, stop_on_signals
    from mingcha.server.start import require_tables, set_up

    set_up()
    require_tables()
    from mingcha.server.worker import loops, work  # what it imports holds models

    give_way()
    work(stop_on_signals(), loops(job_threads))
