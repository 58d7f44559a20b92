"""A closed month moves into files and comes back the very same; whatever stops it, no row is lost or doubled."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import mingcha.alerts.keeping  # noqa: F401  what keeps cases is registered
from mingcha.accounts.models import Account, Grant, Role
from mingcha.alerts.models import Alert, Watch
from mingcha.base import clock, keys
from mingcha.base.models import AuditRow
from mingcha.casework.models import Matter
from mingcha.cli import cli
from mingcha.complaints.models import Complaint
from mingcha.facts.schema import TABLES
from mingcha.intake import personal
from mingcha.intake.archive import files, finding, moving, returning, tables
from mingcha.intake.archive.files import ArchiveError
from mingcha.intake.archive.sealed import ArchivedValues
from mingcha.intake.archive_models import ArchivedCase, ArchivePart
from mingcha.intake.fact_models import FACTS
from mingcha.intake.store_models import Touched
from tests.server.base.conftest import Installation, empty_installation, own_home  # noqa: F401  fixtures
from tests.server.intake.store.sending import case, present, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_home"), pytest.mark.one_database]
MONTH = "2026-03"
RATING = {"evaluation_no": "E1", "case_no": "A1", "level": 5, "submitted_at": "2026-03-06 09:00"}
DONE = {"completed_at": "2026-03-05 10:00", "outcome": "granted", "accepted_at": "2026-03-02 10:00"}


def quiet(done: int, of: int, what: str) -> None:
    """Nobody watches."""


def filled(count: int = 5) -> None:
    """Cases of the month with rows of several tables, one of them corrected; one of another month, one not done."""
    cases = [case(f"A{n}", applicant_name=f"张{n}", **DONE) for n in range(count)]
    steps = [{"case_no": f"A{n}", "seq": 1, "name": "受理"} for n in range(count)]
    send(
        {
            "cases": cases,
            "steps": steps,
            "evaluations": [RATING],
        }
    )
    send({"cases": [case("A0", receipt_no="更正", applicant_name="王五", **DONE)]})
    later = {**DONE, "completed_at": "2026-04-01 00:00"}
    send({"cases": [case("B", **later), case("C")], "steps": [{"case_no": "B", "seq": 1, "name": "受理"}]})
    Touched.objects.all().delete()


def everything() -> dict[str, list]:
    """Every row of every table that goes with cases, with ids, both times and what is sealed."""
    return {
        name: [
            tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
            for row in FACTS[name].objects.order_by("id").values_list(*tables.schema(name).names)
        ]
        for name in tables.COLUMN
    }


def archive() -> moving.Moved:
    return moving.archive(MONTH, "管理员", quiet)


def test_a_month_goes_and_comes_back_the_very_same_rows():
    filled()
    before = everything()
    moved = archive()
    assert (moved.part.state, moved.part.cases, moved.left) == ("moved", 5, 0)
    assert present("cases", "case_no") == [("B",), ("C",)]
    assert not FACTS["cases"].objects.filter(case_no__startswith="A").exists(), "past versions go too"
    assert not FACTS["evaluations"].objects.exists()
    assert present("steps", "case_no") == [("B",)]
    assert ArchivedCase.objects.count() == 5
    assert returning.bring_back_month(MONTH, "管理员", quiet) == 5
    assert everything() == before
    assert not ArchivedCase.objects.exists()
    acts = ["archive.begun", "archive.moved", "archive.returned"]
    assert (
        list(AuditRow.objects.filter(act__startswith="archive.").order_by("id").values_list("act", flat=True))
        == acts
    )


def test_personal_values_stay_sealed_in_the_files():
    filled()
    folder = files.folder_of(archive().part)
    assert b"".join(path.read_bytes() for path in folder.iterdir()).find("张1".encode()) < 0
    (row,) = files.rows_of(folder, "cases", ["A1"]).to_pylist()
    assert personal.open_row(row["sealed"], personal.about(TABLES["cases"], row)) == {"applicant_name": "张1"}


def test_what_is_open_watched_or_not_yet_judged_stays_and_is_told():
    filled()
    now = clock.now()
    Alert.objects.create(
        rule="r", about="cases", key="A0", case_no="A0", level="red", state="open", article="-", reason="-",
        lawful_at=clock.local(now), raised_at=now, changed_at=now,
    )  # fmt: skip
    Watch.objects.create(unit="case", key="A1", look_again_at=clock.local(now))
    Touched.objects.create(no=1, unit="case", key="A2")
    plan = moving.plan(MONTH)
    assert plan.cases == ["A3", "A4"]
    assert plan.stay == {"有未了结的信号": 1, "时限还在走": 1, "刚有变动,还没有判定": 1}
    assert archive().part.cases == 2
    Alert.objects.update(state="cured")
    Watch.objects.all().delete()
    Touched.objects.all().delete()
    assert (again := archive().part).folder == f"{MONTH}-2"
    assert again.cases == 3


def test_a_case_with_an_open_matter_stays_until_it_is_closed():
    """Also where the matter does not name the case: a review hides it, a complaint until the agency is asked."""
    filled()
    now = clock.now()

    def matter(no: str, kind: str, about: str, subject: str, case_no: str = "") -> Matter:
        return Matter.objects.create(
            no=no, kind=kind, state="filed", subject_kind=about, subject=subject, title="-", case_no=case_no,
            opened_at=now, opened_by="li", changed_at=now,
        )  # fmt: skip

    matter("SS1", "appeal", "alert", "henan-8.10/cases/A0//1", "A0")
    matter("CP1", "review", "evaluation", "E1")
    Complaint.objects.create(matter=matter("TS1", "complaint", "self", "TS1"), receipt="-", case_no="A2")
    plan = moving.plan(MONTH)
    assert plan.cases == ["A3", "A4"]
    assert plan.stay == {"有没有办结的事项": 1, "有没有办结的差评": 1, "有没有办结的投诉": 1}
    Matter.objects.update(closed_at=now)
    assert moving.plan(MONTH).cases == ["A0", "A1", "A2", "A3", "A4"]


@pytest.mark.django_db(transaction=True)
def test_a_dry_run_changes_nothing_and_a_month_that_is_not_over_is_refused():
    filled()
    before = everything()
    said = CliRunner().invoke(cli, ["archive", MONTH, "--dry-run"])
    assert "可移出 5 件,留下 0 件" in said.output
    assert everything() == before and not ArchivePart.objects.exists()
    present_month = f"{clock.local_now():%Y-%m}"
    assert "还没有过完" in CliRunner().invoke(cli, ["archive", present_month]).output
    assert CliRunner().invoke(cli, ["archive", "2026-13"]).exit_code == 2


def test_an_interrupted_run_is_gone_on_with_and_every_row_is_in_one_place(monkeypatch):
    filled()
    before = everything()
    monkeypatch.setattr(moving, "AT_ONCE", 2)
    delete, calls = tables.delete, []

    def dies(table, cases):
        calls.append(table)
        if len(calls) > len(tables.COLUMN) + 3:  # in the middle of the second transaction
            raise KeyboardInterrupt
        return delete(table, cases)

    monkeypatch.setattr(tables, "delete", dies)
    with pytest.raises(KeyboardInterrupt):
        archive()
    assert ArchivedCase.objects.count() == 2
    assert FACTS["cases"].objects.filter(seen_to=None, case_no__startswith="A").count() == 3
    with pytest.raises(ArchiveError, match="没有做完"):
        returning.bring_back_month(MONTH, "管理员", quiet)
    monkeypatch.setattr(tables, "delete", delete)
    assert archive().part.cases == 5
    assert ArchivePart.objects.count() == 1
    monkeypatch.setattr(returning, "AT_ONCE", 2)
    insert = tables.insert
    monkeypatch.setattr(
        tables, "insert", lambda table, rows: insert(table, rows) if rows.num_rows < 2 else 1 / 0
    )
    with pytest.raises(ZeroDivisionError):
        returning.bring_back_month(MONTH, "管理员", quiet)
    monkeypatch.setattr(tables, "insert", insert)
    returning.bring_back_month(MONTH, "管理员", quiet)
    assert everything() == before


def test_a_case_that_is_corrected_under_the_hand_stays_in_the_tables(monkeypatch):
    filled()
    check = files.check

    def corrected(folder, digest):  # between the files and the first deletion
        send({"cases": [case("A3", receipt_no="刚刚", **DONE)]})
        Touched.objects.all().delete()
        monkeypatch.setattr(files, "check", check)
        return check(folder, digest)

    plain = moving._move

    def move(part, tell):
        monkeypatch.setattr(files, "check", corrected)
        return plain(part, tell)

    monkeypatch.setattr(moving, "_move", move)
    moved = archive()
    assert (moved.part.cases, moved.left) == (4, 1)
    assert ("A3", "刚刚") in present("cases", "case_no", "receipt_no")
    assert finding.archived("A3") is None


def test_a_damaged_file_stops_everything_before_a_row_is_touched():
    filled()
    part = archive().part
    path = files.folder_of(part) / "steps.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    before = everything()
    with pytest.raises(ArchiveError, match="缺失或被改动"):
        returning.bring_back_month(MONTH, "管理员", quiet)
    assert everything() == before and ArchivedCase.objects.count() == 5
    path.unlink()
    assert "缺失" in next(finding.faults())


def test_what_is_reported_of_an_archived_case_brings_it_back_and_corrects_it():
    filled()
    archive()
    send({"cases": [case("A0", receipt_no="再更正", **DONE)]})
    rows = FACTS["cases"].objects.filter(case_no="A0").order_by("seen_from")
    assert list(rows.values_list("receipt_no", flat=True)) == [None, "更正", "再更正"]
    assert present("steps", "case_no") == [("A0",), ("B",)]
    assert finding.archived("A0") is None and ArchivedCase.objects.count() == 4
    send({"evaluations": [{**RATING, "evaluation_no": "E9", "case_no": "A2"}]})
    assert finding.archived("A2") is None, "a citizen may rate late"
    Touched.objects.all().delete()
    assert archive().part.cases == 2, "they go again, as they are now"
    assert returning.bring_back_month(MONTH, "管理员", quiet) == 5
    assert FACTS["cases"].objects.filter(case_no="A0").count() == 3


@pytest.fixture
def supervisor(db):
    account = Account.objects.create(username="jian", name="监察员", password_changed_at=clock.now())
    Grant.objects.create(account=account, role=Role.SUPERVISOR, granted_by="test")
    return account


def test_page_search_and_judging_say_that_a_case_is_archived_and_where(supervisor, client):
    filled()
    archive()
    client.force_login(supervisor, "django.contrib.auth.backends.ModelBackend")
    found = client.get("/search/", {"q": "A1"})
    assert found.status_code == 302
    page = client.get(found["Location"]).content.decode()
    assert "已归档" in page and f"archive/{MONTH}-1" in page and f"--restore {MONTH}" in page
    assert client.get(f"{found['Location']}clocks/").status_code == 404
    assert "另有 5 件已归档(2026-03 办结)" in finding.summary()


def test_who_may_not_see_the_case_does_not_learn_that_it_is_archived(client):
    filled()
    archive()
    ArchivedCase.objects.update(region_code="410105000000", agency_code="11410105MB0000019A")
    other = Account.objects.create(username="bie", name="别处", password_changed_at=clock.now())
    Grant.objects.create(account=other, role=Role.SUPERVISOR, region_code="420700000000", granted_by="test")
    client.force_login(other, "django.contrib.auth.backends.ModelBackend")
    assert client.get("/search/", {"q": "A1"}).status_code == 200
    assert client.get("/cases/A1/").status_code == 404


def test_a_new_key_takes_over_the_files_too():
    filled()
    archive()
    held = ArchivedValues()
    assert held.used() == {1: 6}
    keys.new_seal_key()
    assert list(held.reseal())[-1] == 6
    assert held.used() == {2: 6}
    part = ArchivePart.objects.get()
    assert [path.name for path in files.home().iterdir()] == [part.folder]
    assert not list(finding.faults())
    assert returning.bring_back_month(MONTH, "管理员", quiet) == 5
    row = FACTS["cases"].objects.get(case_no="A1")
    about = personal.about(TABLES["cases"], {"case_no": "A1"})
    assert personal.open_row(row.sealed, about) == {"applicant_name": "张1"}


FILL = """
import json
from mingcha.base import keys; keys.check()
from mingcha.intake.applying import apply_next
from mingcha.intake.incoming import taken_in
from mingcha.intake.models import Source
from mingcha.intake.receiving import receive
from mingcha.intake.store_models import Touched
case = {"item_code": "11410105MB0000019A4410118001000", "received_at": "2026-03-02 09:00",
    "completed_at": "2026-03-05 10:00", "outcome": "granted", "applicant_name": "张三"}
rows = [case | {"case_no": f"BJ{n:05d}"} for n in range(3000)]
with taken_in([json.dumps({"cases": rows}, ensure_ascii=False).encode()]) as sent:
    receive(Source.objects.create(code="s", name="s", way="web_service"), sent, "json")
while apply_next(): pass
Touched.objects.all().delete()
"""
WHERE = """
from mingcha.intake.archive_models import ArchivedCase
from mingcha.intake.fact_models import FACTS
live = set(FACTS["cases"].objects.values_list("case_no", flat=True))
gone = set(ArchivedCase.objects.values_list("case_no", flat=True))
print(len(live), len(gone), len(live & gone))
"""


def test_an_archive_killed_on_its_way_goes_on_and_goes_with_backup_and_restore(empty_installation, tmp_path):  # noqa: F811
    empty_installation.run("migrate")
    empty_installation.program(FILL)
    slow = (
        "from mingcha.server.start import set_up; set_up()\n"
        "from mingcha.intake.archive import moving\n"
        "plain = moving._move_some\n"
        "def some(part, cases):\n    done = plain(part, cases)\n    print('now', flush=True)\n    return done\n"
        "moving._move_some = some\n"
        "from mingcha.cli import cli\ncli(['archive', '2026-03', '--yes'])\n"
    )
    for _ in range(2):
        process = empty_installation.start("-c", slow)
        while process.stdout.readline() != "now\n":
            assert process.poll() is None
        process.kill()
        process.wait()
        live, gone, both = map(int, empty_installation.program(WHERE).split())
        assert (live + gone, both) == (3000, 0) and gone > 0
    assert "已移出 3,000 件" in empty_installation.run("archive", MONTH, "--yes")
    empty_installation.run("backup", str(tmp_path / "backup"), "--keys", str(tmp_path / "keys"))
    restored = Installation(tmp_path / "restored")
    restored.run("restore", str(tmp_path / "backup"), "--keys", str(tmp_path / "keys"))
    assert restored.program(WHERE) == "0 3000 0"
    assert "已移回 3,000 件" in restored.run("archive", MONTH, "--restore")
    assert restored.program(WHERE) == "3000 0 0"
    assert "已归档" not in json.dumps(restored.run("archive", "--list"), ensure_ascii=False)
