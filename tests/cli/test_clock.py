"""`mingcha clock`: a deadline counted by hand."""

from cast_folders import mingcha

ASKED = ("clock", "2026-03-02", "60", "--as-of", "2026-03-31")


def test_a_pause_without_a_name_is_said_once() -> None:
    shown = mingcha(*ASKED, "--pause", "2026-03-10:2026-05-29").stdout
    assert "暂停,不计入" in shown and "10周" not in shown
    assert "7周" in shown and "暂停:" not in shown


def test_a_pause_with_a_name_is_told_by_it() -> None:
    shown = mingcha(*ASKED, "--pause", "2026-03-10:2026-05-29:听证").stdout
    assert "暂停:听证,不计入" in shown and "暂停:听证  " in shown
