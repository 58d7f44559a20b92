"""Finding a Java runtime for Spark, or saying plainly that there is none."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

WANTED = (17, 21, 25)
"""Versions Spark 4 runs on, the best tried first."""


class NoJavaError(RuntimeError):
    """No usable Java runtime; the message says what to install."""


def find_java() -> Path:
    """JAVA_HOME of a usable runtime: the one set, then those under the usual folders, then the one on the path."""
    tried = []
    for home in _homes():
        version = _version(home)
        tried.append(f"{home}({version or '不能运行'})")
        if version in WANTED:
            return home
    found = ";已看过:" + "、".join(tried) if tried else ""
    raise NoJavaError(
        f"Spark 需要 Java 17、21 或 25,没有找到{found}。请安装(Debian:apt install openjdk-17-jre-headless),"
        "或用环境变量 JAVA_HOME 指明所在文件夹,也可改用 --engine duckdb"
    )


def _homes() -> list[Path]:
    homes = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    for root in (Path("/usr/lib/jvm"), Path("/opt"), Path("/Library/Java/JavaVirtualMachines")):
        if root.is_dir():
            homes += sorted(home for home in root.iterdir() if (home / "bin" / "java").exists())
    on_path = shutil.which("java")
    if on_path:
        homes.append(Path(on_path).resolve().parent.parent)
    return list(dict.fromkeys(homes))


def _version(home: Path) -> int | None:
    java = home / "bin" / "java"
    try:
        command = [str(java), "-version"]
        told = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    except OSError:
        return None
    match = re.search(r'version "(?:1\.)?(\d+)', told.stderr + told.stdout)
    return int(match[1]) if match else None
