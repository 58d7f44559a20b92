"""`mingcha accounts`: help for who is shut out, by who has the server itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mingcha.accounts.models import Account


@click.group("accounts", short_help="账号:重置口令、解除锁定(管理员都进不去时)")
def accounts_group() -> None:
    """平日在网页的“账号”里办理;这里用于管理员自己进不去的时候。每次都记入审计。"""


def _find(username: str) -> Account:
    """The account of that name. Django is ready afterwards."""
    from mingcha.server.start import require_tables, set_up

    set_up()
    require_tables()
    from mingcha.accounts.models import Account

    account = Account.objects.filter(username=username).first()
    if account is None:
        known = "、".join(Account.objects.order_by("username").values_list("username", flat=True)[:20])
        raise click.ClickException(f"没有账号 {username}。现有:{known or '一个也没有'}")
    return account


@accounts_group.command("reset", short_help="重置口令,并停用动态验证码与锁定")
@click.argument("username", metavar="账号")
@click.option("--keep-code", is_flag=True, help="保留动态验证码")
def reset_command(username: str, keep_code: bool) -> None:
    """给账号一个只显示一次的新口令,登录后必须更改;它各处的登录随即退出。"""
    account = _find(username)
    from mingcha.accounts import passwords, second_factor, sessions, signing
    from mingcha.accounts.acts import THE_HOST
    from mingcha.accounts.models import SignIn

    password = passwords.reset(account, THE_HOST)
    sessions.finish_all(account, SignIn.End.PASSWORD, THE_HOST)
    signing.unlock(account, THE_HOST)
    if not keep_code:
        second_factor.take_away(account, THE_HOST)
    click.echo(f"账号 {username} 的新口令(只显示这一次):{password}")


@accounts_group.command("unlock", short_help="解除连续输错后的锁定")
@click.argument("username", metavar="账号")
def unlock_command(username: str) -> None:
    """不改口令,只解除锁定。"""
    account = _find(username)
    from mingcha.accounts import signing
    from mingcha.accounts.acts import THE_HOST

    locked = signing.unlock(account, THE_HOST)
    click.echo(f"已解除 {username} 的锁定。" if locked else f"{username} 没有被锁定。")
