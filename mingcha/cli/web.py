"""`mingcha web`: the pages and the API alone; a worker runs beside it (`mingcha worker`)."""

from __future__ import annotations

import click


@click.command("web", short_help="只运行网页与接口(另要有 mingcha worker)")
@click.option("--host", help="监听的地址。 [默认:设置 MINGCHA_HOST]")
@click.option("--port", type=click.IntRange(1, 65535), help="监听的端口。 [默认:设置 MINGCHA_PORT]")
@click.option("--processes", type=click.IntRange(1, 64), help="进程数。 [默认:处理器核数,至多 4]")
@click.option("--threads", type=click.IntRange(1, 256), help="每个进程同时答复几个请求。 [默认:8]")
def web_command(host: str | None, port: int | None, processes: int | None, threads: int | None) -> None:
    """运行网页与接口,直到收到 SIGTERM 或 Ctrl-C;正在答复的请求先答复完。

    数据库表不是最新的,就不启动:先运行 mingcha migrate。
    """
    from mingcha.base.config import config
    from mingcha.server.start import require_tables, set_up
    from mingcha.server.web import THREADS, processes_here, serve_web

    set_up()
    require_tables()
    settings = config()
    serve_web(host or settings.host, port or settings.port, processes or processes_here(), threads or THREADS)
