"""`mingcha serve`: web and worker together; with `--demo` a living demo city."""

from __future__ import annotations

import click


@click.command("serve", short_help="运行整个系统:网页、接口与后台")
@click.option("--host", help="监听的地址。 [默认:设置 MINGCHA_HOST]")
@click.option("--port", type=click.IntRange(1, 65535), help="监听的端口。 [默认:设置 MINGCHA_PORT]")
@click.option("--processes", type=click.IntRange(1, 64), help="网页进程数。 [默认:处理器核数,至多 4]")
@click.option(
    "--demo", is_flag=True, help="装一座示范城市并不断报送新办件;数据另放在数据文件夹的 demo 之下。"
)
@click.option(
    "--cases",
    default=20_000,
    show_default=True,
    type=click.IntRange(1_000, 200_000),
    help="示范城市起初的办件数。",
)
@click.option("--seed", default=1, show_default=True, type=int, help="示范城市的种子。")
def serve_command(
    host: str | None, port: int | None, processes: int | None, demo: bool, cases: int, seed: int
) -> None:
    """运行整个系统,直到收到 SIGTERM 或 Ctrl-C。第一次运行时建立数据文件夹、密钥和数据库表。

    可以随时中断,再运行同一命令即接着做。要分开运行(如用 systemd),见 mingcha web 和 mingcha worker。
    """
    from mingcha.server.serving import Wanted, serve

    serve(Wanted(host, port, processes, cases if demo else None, seed), lambda said: click.echo(said))
