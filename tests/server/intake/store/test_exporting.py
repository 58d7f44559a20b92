from pathlib import Path

import pytest

from mingcha.base.models import AuditRow
from mingcha.intake.exporting import export_store
from mingcha.intake.importing import import_folder
from mingcha.intake.models import Batch
from mingcha.readers.errors import UnusableError
from mingcha.readers.folder import read_folder
from tests.server.intake.store.sending import case, present, send

pytestmark = pytest.mark.django_db


def _names(folder: Path) -> list[str | None]:
    """By case number: rows are written in whatever order the database gives them."""
    with read_folder(folder) as reading:
        rows = reading.facts["cases"].read(["case_no", "applicant_name"]).sort_by("case_no")
        return rows["applicant_name"].to_pylist()


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_an_export_can_be_read_and_holds_tokens_in_the_place_of_names(tmp_path, form):
    send({"cases": [case(applicant_name="张三", visits=2), case("BJ2", applicant_name="张三"), case("BJ3")]})
    assert export_store(tmp_path / "to", form, actor="甲") == {"cases": 3}
    first, second, third = _names(tmp_path / "to")
    assert first == second != "张三"
    assert third is None
    assert AuditRow.objects.get(act="store.exported").detail["personal"] is False


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_names_stand_in_the_open_for_a_purpose_that_is_recorded(tmp_path, form):
    send({"cases": [case(applicant_name="张三"), case("BJ2")]})
    send({"cases": [case(applicant_name="李四")]})
    export_store(tmp_path / "to", form, actor="甲", purpose="案卷评查")
    assert sorted(map(str, _names(tmp_path / "to"))) == ["None", "李四"]
    assert AuditRow.objects.get(act="store.exported").purpose == "案卷评查"


def test_an_export_as_known_at_a_batch_has_what_was_known_then(tmp_path):
    first = send({"cases": [case(applicant_name="张三")]})
    send({"cases": [case(applicant_name="李四")]})
    export_store(tmp_path / "to", "csv", actor="甲", known_at=first.no, purpose="案卷评查")
    assert _names(tmp_path / "to") == ["张三"]


def test_nothing_is_written_over(tmp_path):
    (tmp_path / "kept").touch()
    with pytest.raises(UnusableError, match="里已有内容"):
        export_store(tmp_path, "csv", actor="甲")


def test_a_folder_is_imported_with_the_arrivals_it_names_and_once(tmp_path):
    folder = tmp_path / "from"
    folder.mkdir()
    header = "case_no,item_code,received_at,reported_at"
    rows = ["BJ1,11410105MB0000019A4410118001000,2025-03-02,2025-03-09", "BJ2,X,2025-13-40,"]
    (folder / "cases.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    done = import_folder(folder, "import", history=True, errors=tmp_path / "books")
    (batch,) = done.batches
    assert (batch.state, batch.counts["cases"]["new"], batch.counts["cases"]["refused"]) == ("applied", 1, 1)
    assert present("cases", "reported_at") != [(None,)]
    assert "2025-13-40" in done.books[0].read_text(encoding="utf-8-sig")
    import_folder(folder, "import", history=True)
    assert Batch.objects.count() == 1
