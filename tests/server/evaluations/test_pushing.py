"""What goes to the provincial system: each rating once, again when its loop has ended, never who gave it."""

import json

import pytest

from mingcha.evaluations import pushing
from mingcha.evaluations.pushing import PushError, push, read_mapping
from mingcha.intake import applying, reading
from tests.server.alerts.conftest import at
from tests.server.evaluations.conftest import AGENCY, NOW
from tests.server.evaluations.test_loop import AGREE, CALL, PERSON, SIGN, bad, doubt, go

SHIPPED = read_mapping()


def lines(pushed):
    return [json.loads(line) for line in pushed.file.read_text("utf-8").splitlines()]


def test_a_rating_is_pushed_in_the_words_of_the_province_and_once(town, tmp_path):
    no = bad()
    [told] = lines(push(SHIPPED, tmp_path, "运维"))
    assert (told["evaluateNo"], told["projectNo"], told["deptCode"]) == (no, "BJ1", AGENCY)
    assert (told["pf"], told["satisfaction"], told["assessNumber"], told["dataSource"]) == (
        "3",
        "1",
        "1",
        "3",
    )
    assert told["assessTime"] == NOW.replace("T", " ") and told["effectivEvalua"] == "1"
    assert push(SHIPPED, tmp_path, "运维") is None
    assert str(reading.row("evaluations", no).values["pushed_at"]) == NOW.replace("T", " ")


def test_nobody_learns_who_gave_it(town, tmp_path):
    bad()
    text = push(SHIPPED, tmp_path, "运维").file.read_text("utf-8")
    assert not [value for value in PERSON.values() if value in text]


def test_what_became_of_it_is_pushed_again_under_its_number(town, tmp_path):
    no = bad()
    push(SHIPPED, tmp_path, "运维")
    with at("2026-03-05T15:00:00"):
        go(no, SIGN, CALL, doubt(), AGREE)
        [told] = lines(push(SHIPPED, tmp_path, "运维"))
        assert (told["evaluateNo"], told["effectivEvalua"]) == (no, "0")
        assert push(SHIPPED, tmp_path, "运维") is None


def test_what_broke_off_after_the_file_stood_is_pushed_again(town, tmp_path, monkeypatch):
    no = bad()
    with monkeypatch.context() as patch:
        patch.setattr(applying, "write", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            push(SHIPPED, tmp_path, "运维")
    with at("2026-03-05T10:00:01"):
        assert [told["evaluateNo"] for told in lines(push(SHIPPED, tmp_path, "运维"))] == [no]
    assert len(list(tmp_path.glob("*.jsonl"))) == 2 and not list(tmp_path.glob("*.half"))


def test_a_place_that_cannot_be_written_is_told_and_nothing_counts_as_pushed(town, tmp_path):
    bad()
    (tmp_path / "file").write_text("")
    with pytest.raises(PushError, match="不能写"):
        push(SHIPPED, tmp_path / "file", "运维")
    assert pushing.waiting().count() == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("columns: [a]", "应有 columns"),
        ("columns: {a: nowhere, b: {}}", "a:评价没有列 nowhere;b:写一个列名"),
        ("columns: {a", "不是可读的 YAML"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_every_fault(tmp_path, text, told):
    place = tmp_path / "省.yaml"
    place.write_text(text, "utf-8")
    with pytest.raises(PushError, match=told):
        read_mapping(place)
