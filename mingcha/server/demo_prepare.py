"""The process that gets a demo city ready to be served: opened, with keys for its replay and accounts to sign in.

A process of its own, so that what it takes (half a gigabyte for a moment) is given back.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Final

from mingcha.base.config import config
from mingcha.server.processes import Say
from mingcha.server.start import StartError, set_up

KEYS: Final = "demo-keys.json"


def prepare(cases: int, seed: int, say: Say) -> None:
    """Open the city where it is not open yet, and tell its accounts. Raises StartError."""
    from mingcha.server.demo_life import live
    from mingcha.server.demo_open import open_city, register_sources, renew_keys

    home = config().home
    open_city(home, cases, seed, say)
    _write(home / "secrets" / KEYS, renew_keys(register_sources("示范")))
    lines = _accounts(home)
    live(say)
    for line in lines:
        say(line)


def _accounts(home: Path) -> list[str]:
    from mingcha.server.demo_accounts import demo_password, make_demo_accounts

    lines = [f"  {each.username:<10}{each.role.label}({each.sees})" for each in make_demo_accounts(home)]
    return [f"\n示范账号,口令都是 {demo_password(home)} :", *lines]


def _write(file: Path, keys: dict[str, str]) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(keys, out)


if __name__ == "__main__":
    set_up()
    try:
        prepare(int(sys.argv[1]), int(sys.argv[2]), lambda said: print(said, flush=True))
    except StartError as error:
        sys.exit(f"错误:{error}")
    except KeyboardInterrupt:
        sys.exit(130)
