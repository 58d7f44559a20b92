"""What lies in deploy/ does what docs/running.md says of it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
PAGE = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
UNITS = sorted(DEPLOY.glob("*.service"))


def run_as_service(tmp_path: Path, *arguments: str, **environment: str) -> list[str]:
    """What `deploy/mingcha` would have systemd-run start."""
    stub = tmp_path / "systemd-run"
    stub.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    stub.chmod(0o755)
    bare = {name: value for name, value in os.environ.items() if not name.startswith("MINGCHA_")}
    path = f"{tmp_path}:{os.environ['PATH']}"
    done = subprocess.run(
        [DEPLOY / "mingcha", *arguments],
        env={**bare, **environment, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_commands_run_as_the_services_do(tmp_path: Path) -> None:
    started = run_as_service(tmp_path, "backup", "/a folder/$(date)")
    for unit in UNITS:
        settings = re.findall(r"(?m)^(?:User|Group|EnvironmentFile|ExecStart|UMask)=.*", unit.read_text())
        wanted = dict(setting.split("=", 1) for setting in settings)
        assert f"--uid={wanted['User']}" in started
        assert f"--gid={wanted['Group']}" in started
        assert f"--property=EnvironmentFile={wanted['EnvironmentFile']}" in started
        assert f"--property=UMask={wanted['UMask']}" in started
        assert "/opt/mingcha/.venv/bin/mingcha" in wanted["ExecStart"]
    assert started[-4:] == [
        "/usr/bin/env",
        "/opt/mingcha/.venv/bin/mingcha",
        "backup",
        "/a folder/$(date)",
    ]


def test_a_setting_before_the_command_goes_before_those_of_the_file(tmp_path: Path) -> None:
    started = run_as_service(tmp_path, "restore", "/b", MINGCHA_HOME="/a '\"$x")
    assert started[-4:] == ["MINGCHA_HOME=/a '\"$x", "/opt/mingcha/.venv/bin/mingcha", "restore", "/b"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_folder_that_a_service_writes_is_made_for_its_user(unit: Path) -> None:
    made = re.findall(r"install -d -o mingcha -g mingcha -m 700 (.*)", PAGE)[0].split()
    folders = re.search(r"(?m)^ReadWritePaths=(.*)", unit.read_text())
    assert folders
    assert set(folders[1].split()) <= set(made)


def test_every_file_is_named_where_it_is_installed() -> None:
    assert [path.name for path in DEPLOY.iterdir() if f"(../deploy/{path.name})" not in PAGE] == []
