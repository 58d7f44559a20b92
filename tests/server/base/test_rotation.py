"""A new key takes over all that is sealed: rows, payloads in rows and files, channels, webhooks, second factors."""

from __future__ import annotations

import signal
from itertools import takewhile

import pytest
from django.apps import apps
from django.db import models

from mingcha.base import resealing
from mingcha.base.resealing import Sealed

FILL = """
import json, secrets
from allauth.mfa.models import Authenticator
from mingcha.accounts.acts import By
from mingcha.accounts.models import Account
from mingcha.accounts.second_factor import Adapter
from mingcha.alerts import evidence
from mingcha.base import clock, sealing
from mingcha.intake.applying import apply_next
from mingcha.intake.holdings import about_refusal
from mingcha.intake.incoming import taken_in
from mingcha.intake.models import Refusal, Source
from mingcha.intake.receiving import receive
from mingcha.notify import channels, webhooks
from mingcha.notify.outside import guard
source = Source.objects.create(code="s", name="s", way="web_service")
def send(rows):
    content = json.dumps({"cases": rows}, ensure_ascii=False).encode()
    with taken_in([content]) as sent:
        batch = receive(source, sent, "json")
    while apply_next(): pass
    return batch
case = {"item_code": "11410105MB0000019A4410118001000", "received_at": "2026-03-02 09:00", "applicant_name": "张三"}
send([case | {"case_no": "BJ1"}])
send([case | {"case_no": f"BJ{n}", "receipt_no": secrets.token_hex(400)} for n in range(2, 3000)])  # blocks of a file
account = Account.objects.create(username="li", name="李四")
guard.check_url = lambda url: None
by = By("test")
channels.register(account, by, "mail", "li@example.gov.cn")
webhooks.register(account, "hook", "https://example.gov.cn/", by)
encrypt = Adapter().encrypt
Authenticator.objects.create(user=account, type="totp", data={"secret": encrypt("ABCDEF"), "used": 1})
Authenticator.objects.create(user=account, type="recovery_codes", data={"seed": encrypt("5eed"), "used_mask": 2})
evidence.keep("证据.txt", [b"proof" * 500_000])  # blocks of a file
Refusal.objects.create(source=source, at=clock.now(), way="exchange", name="t/0/1", why="-",
    sealed=sealing.seal_bytes(b"poison", about_refusal("t/0/1")))
"""

READ = """
import hashlib, tempfile
from pathlib import Path
from allauth.mfa.models import Authenticator
from mingcha.accounts.second_factor import Adapter
from mingcha.alerts import evidence
from mingcha.base import sealing
from mingcha.intake import payloads
from mingcha.intake.fact_models import FACTS
from mingcha.intake.holdings import about_refusal
from mingcha.intake.models import Batch, Refusal
from mingcha.notify.models import Channel, Webhook
with tempfile.TemporaryDirectory() as folder:
    for batch in Batch.objects.all():
        payloads.write_to(batch, Path(folder) / "sent")  # raises where it is not what the digest says
names = {sealing.open_sealed(blob, sealing.about_row("cases", no))["applicant_name"]
    for no, blob in FACTS["cases"].objects.values_list("case_no", "sealed")}
channel, hook = Channel.objects.get(), Webhook.objects.get()
factors = [Adapter().decrypt(a.data.get("secret") or a.data["seed"]) for a in Authenticator.objects.order_by("pk")]
refusal = Refusal.objects.get()
proof = hashlib.sha256(b"proof" * 500_000).hexdigest()
print(b"".join(evidence.FILES.blocks(proof)) == b"proof" * 500_000)
print(names, sealing.open_sealed(channel.sealed, f"notify_channel\\x1f{channel.pk}")["address"],
    len(sealing.open_sealed(hook.secret, f"notify_webhook\\x1f{hook.pk}")["secret"]), factors,
    [a.data.get("used", a.data.get("used_mask")) for a in Authenticator.objects.order_by("pk")],
    sealing.open_bytes(refusal.sealed, about_refusal("t/0/1")))
"""

SLOW = """
import sys, time
from mingcha.base import resealing, sealing
resealing._AT_ONCE = 50
plain, count = resealing.anew, 0
def slow(blob, about):
    global count
    count += 1
    if count == {at}:
        print("now", flush=True)
        time.sleep(60)
    return plain(blob, about)
resealing.anew = slow
from mingcha.cli import cli
cli(["keys", "rotate"])
"""


def killed(installation, at: int) -> None:
    """Rotate, and be killed at the blob of that number."""
    from .conftest import READY

    process = installation.start("-c", READY + SLOW.format(at=at))
    told = iter(process.stdout.readline, "")
    said = list(takewhile(lambda line: line != "now\n", told))
    assert process.poll() is None, said
    process.send_signal(signal.SIGKILL)
    process.wait()


def blobs(said: str) -> dict[str, int]:
    """How many blobs each key has sealed, by what `keys show` says."""
    lines = [line.split() for line in said.splitlines() if line.startswith("seal-")]
    return {line[0]: int(line[1].replace(",", "")) for line in lines}


@pytest.mark.one_database
def test_a_rotation_killed_at_any_place_goes_on_and_takes_all_that_is_sealed_with_it(empty_installation):
    empty_installation.run("migrate")
    empty_installation.program("from mingcha.base import keys; keys.check()" + FILL)
    before, count = empty_installation.program(READ), blobs(empty_installation.run("keys", "show"))
    for at in (1, 500, count["seal-1"] - 1):  # in the rows, in the rows, in what is sealed last
        killed(empty_installation, at)
        assert empty_installation.program(READ) == before
    mixed = blobs(empty_installation.run("keys", "show"))
    assert mixed["seal-1"] + mixed["seal-2"] + mixed["seal-3"] + mixed["seal-4"] == count["seal-1"]
    assert "现在都用 seal-4" in empty_installation.run("keys", "rotate", "--go-on")
    assert blobs(empty_installation.run("keys", "show")) == {
        "seal-1": 0,
        "seal-2": 0,
        "seal-3": 0,
        "seal-4": count["seal-1"],
    }
    for number in (1, 2, 3):  # the old keys are not needed any more to read what is here
        (empty_installation.home / "secrets" / f"seal-{number}").unlink()
    assert empty_installation.program(READ) == before
    assert not list(empty_installation.home.glob("*/*/*.tmp"))


@pytest.mark.django_db
def test_every_column_of_bytes_is_registered_as_sealed():
    known = {(held.model, held.column) for held in resealing.holdings() if isinstance(held, Sealed)}
    found = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.BinaryField)
    }
    assert found == known
