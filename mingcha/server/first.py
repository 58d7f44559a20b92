"""What an empty installation gets besides its tables: its first administrators."""

from __future__ import annotations

from mingcha.server.demo_state import PLATFORM
from mingcha.server.processes import Say
from mingcha.server.start import StartError


def first_administrators(say: Say) -> None:
    """Make the three administrators where there are none, and tell their passwords, this once.

    Raises StartError where the database is a demo city's.
    """
    from mingcha.accounts.acts import THE_HOST, RefusedError
    from mingcha.accounts.people import create_administrators
    from mingcha.intake.models import Source

    if Source.objects.filter(code=PLATFORM).exists():
        raise StartError("这个数据库里是示范城市,不能当正式系统运行。请另设 MINGCHA_DATABASE 或 MINGCHA_HOME")
    try:
        made = create_administrators(THE_HOST)
    except RefusedError:
        return  # there are administrators: this is not the first time
    say("\n第一次运行,已建立三个管理员账号(口令只显示这一次,登录后须改):")
    for username, password in made.items():
        say(f"  {username:<10}{password}")
