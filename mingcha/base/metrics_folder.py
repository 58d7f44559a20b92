"""Where the web processes keep their counters together, so that whichever is asked tells those of all.

prometheus_client looks for the folder when it is first imported: the settings call `share` before that.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"


def share(home: Path) -> None:
    """Name the folder to this process and those it starts, and drop the counters of processes that are gone."""
    folder = home.resolve() / "metrics"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in folder.glob("*.db"):
        pid = file.stem.rpartition("_")[2]
        if not (pid.isdigit() and _alive(int(pid))):
            file.unlink(missing_ok=True)
    os.environ[_FOLDER] = str(folder)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
