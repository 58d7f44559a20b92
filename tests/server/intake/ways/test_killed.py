"""Test-plan R1: `kill -9` of the web processes while six clients submit by REST (JSON, CSV, gzip) and SOAP.

Short here, twenty kills nightly. Every batch that was acknowledged must be there once, whole, with its receipt.
"""

import base64
import gzip
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import pytest

from tests.server.running.conftest import installation, prepared  # noqa: F401  fixtures
from tests.server.running.served import Served

from .conftest import CASES, ITEM

CLIENTS = 6
REGISTER = """
import django, os
os.environ["DJANGO_SETTINGS_MODULE"] = "mingcha.server.settings"
django.setup()
from mingcha.intake import sources
values = {"code": "r1", "name": "r1", "way": "web_service", "best_rating": 5}
print(sources.make_key(sources.register(values, "r", "", actor="t"), actor="t"))
"""
LOOK = """
import django, os, json
os.environ["DJANGO_SETTINGS_MODULE"] = "mingcha.server.settings"
django.setup()
from mingcha.base.models import Job
from mingcha.intake.models import Batch
from mingcha.intake.receiving import payload
told = {}
for batch in Batch.objects.all():
    with payload(batch) as files:
        told.setdefault(batch.key, []).append([batch.receipt, "".join(f.read_text() for f in files)])
print(json.dumps({"batches": told, "jobs": Job.objects.filter(kind="apply").count()}))
"""


def run(served: Served, script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=served.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def asked(address, body, **headers):
    request = urllib.request.Request(address, body, headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status, answer.read().decode()


class Client(threading.Thread):
    """Submits batch after batch, each until it is acknowledged, by a way of its own."""

    def __init__(self, number, served, key, stop):
        super().__init__()
        self.number, self.address, self.source_key, self.stop = number, served.address, key, stop
        self.acknowledged, self.faults, self.sent = {}, [], 0

    def run(self):
        while not self.stop.is_set():
            name = f"c{self.number}-{self.sent}"
            self.sent += 1
            while not self.stop.is_set():
                try:
                    self.acknowledged[name] = self.submit(name)
                    break
                except urllib.error.HTTPError as error:
                    if error.code < 500:
                        self.faults.append((name, error.code, error.read()))
                        return
                    time.sleep(0.05)
                except (OSError, ValueError, http.client.HTTPException):
                    time.sleep(0.05)

    def submit(self, name):
        row = CASES.replace("BJ1", name)
        rest = f"{self.address}/api/v1/submit/batches?table=cases"
        named = {"Authorization": f"Bearer {self.source_key}", "Idempotency-Key": name}
        if self.number % 3 == 2:
            return self.by_soap(name, row)
        if self.number % 3 == 1:
            body = [{"case_no": name, "item_code": ITEM, "received_at": "2026-11-20 09:30"}]
            named |= {"Content-Type": "application/json"}
            text = asked(rest, json.dumps(body).encode(), **named)[1]
        else:
            named |= {"Content-Type": "text/csv", "Content-Encoding": "gzip"}
            text = asked(rest, gzip.compress(row.encode(), mtime=0), **named)[1]
        return json.loads(text)["receipt"]

    def by_soap(self, name, row):
        content = base64.b64encode(row.encode()).decode()
        parts = {
            "key": self.source_key,
            "table": "cases",
            "form": "csv",
            "content": content,
            "idempotencyKey": name,
        }
        inside = "".join(f"<{tag}>{value}</{tag}>" for tag, value in parts.items())
        message = (
            '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
            f'<submit xmlns="urn:mingcha:report:1">{inside}</submit></e:Body></e:Envelope>'
        )
        text = asked(f"{self.address}/soap/report", message.encode(), **{"Content-Type": "text/xml"})[1]
        return re.search(r"<receipt>([^<]+)</receipt>", text)[1]


def survives(served: Served, kills: int) -> None:
    key = run(served, REGISTER)
    served.start("web", "--processes", "1")
    served.wait_until_it_answers()
    stop = threading.Event()
    clients = [Client(number, served, key, stop) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        for _ in range(kills):
            time.sleep(2)
            os.killpg(served.process.pid, signal.SIGKILL)
            served.process.wait()
            served.start("web", "--processes", "1")
            served.wait_until_it_answers()
        time.sleep(2)
    finally:
        stop.set()
        for client in clients:
            client.join()
    served.stop()
    found = json.loads(run(served, LOOK))
    acknowledged = {name: receipt for client in clients for name, receipt in client.acknowledged.items()}
    assert not [client.faults for client in clients if client.faults]
    assert len(acknowledged) > 10 * kills
    for name, receipt in acknowledged.items():
        ((kept, content),) = found["batches"][name]
        assert kept == receipt, "one receipt for one key"
        assert name in content
    assert all(len(batches) == 1 for batches in found["batches"].values()), "nothing doubled"
    assert found["jobs"] > 0


@pytest.mark.one_database
def test_no_acknowledged_batch_is_lost_or_doubled_when_the_web_processes_are_killed(installation):  # noqa: F811
    survives(installation(), 3)


@pytest.mark.nightly
def test_no_acknowledged_batch_is_lost_or_doubled_over_twenty_kills(installation):  # noqa: F811
    survives(installation(), 20)
