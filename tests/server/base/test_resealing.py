"""What was sealed with an earlier key is sealed with the present one, and a run that stopped goes on."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from django.db import connection

from mingcha.base import keys, resealing, sealing
from mingcha.base.resealing import Sealed
from mingcha.cli import cli
from mingcha.intake.fact_models import FACTS

pytestmark = pytest.mark.django_db
SEALED = Sealed(
    FACTS["cases"], "sealed", ("case_no",), lambda row: sealing.about_row("cases", row["case_no"])
)


def fill(count: int) -> None:
    with connection.cursor() as cursor:
        known = {
            column.name: column
            for column in connection.introspection.get_table_description(cursor, "fact_cases")
        }
        must = [name for name, column in known.items() if not column.null_ok and name != "id"]
        for number in range(count):
            blob = sealing.seal({"applicant_name": f"张{number}"}, sealing.about_row("cases", f"c{number}"))
            row = {name: 0 for name in must} | {"case_no": f"c{number}", "sealed": blob}
            listed, marks = ", ".join(row), ", ".join(["%s"] * len(row))
            cursor.execute(f"INSERT INTO fact_cases ({listed}) VALUES ({marks})", list(row.values()))


def names() -> set[str]:
    rows = FACTS["cases"].objects.values_list("case_no", "sealed")
    return {sealing.open_sealed(blob, sealing.about_row("cases", no))["applicant_name"] for no, blob in rows}


def test_all_blobs_get_the_new_key_and_keep_their_values(own_home, monkeypatch):
    monkeypatch.setattr(resealing, "_AT_ONCE", 4)
    fill(10)
    before = names()
    assert SEALED.used() == {1: 10}
    keys.new_seal_key()
    assert list(SEALED.reseal()) == [4, 8, 10]
    assert SEALED.used() == {2: 10}
    assert names() == before


def test_a_run_that_stopped_goes_on_and_a_finished_one_changes_nothing(own_home, monkeypatch):
    monkeypatch.setattr(resealing, "_AT_ONCE", 4)
    fill(10)
    keys.new_seal_key()
    next(SEALED.reseal())
    assert SEALED.used() == {1: 6, 2: 4}
    assert list(SEALED.reseal())[-1] == 6
    assert list(SEALED.reseal())[-1] == 0


def test_a_blob_that_a_writer_changed_meanwhile_is_left_to_the_writer(own_home):
    fill(1)
    row = FACTS["cases"].objects.get()
    keys.new_seal_key()
    newer = sealing.seal({"applicant_name": "李四"}, sealing.about_row("cases", "c0"))
    FACTS["cases"].objects.update(sealed=newer)
    SEALED._write([(b"resealed from what was read before", row.pk, bytes(row.sealed))])
    assert names() == {"李四"}


@pytest.mark.django_db(transaction=True)
def test_the_command_makes_a_key_and_seals_all_rows_with_it(own_home):
    fill(3)
    before = names()
    said = CliRunner().invoke(cli, ["keys", "rotate"]).output
    assert "新密钥 seal-2 已生成" in said
    assert "重新密封 3 块,现在都用 seal-2" in said
    assert names() == before
    assert "重新密封 0 块" in CliRunner().invoke(cli, ["keys", "rotate", "--go-on"]).output
    shown = CliRunner().invoke(cli, ["keys", "show"]).output.splitlines()
    assert [line.split() for line in shown] == [
        ["seal-1", "0", "块", "只读"],
        ["seal-2", "3", "块", "在写"],
        ["3", "块", "办件"],
    ]
