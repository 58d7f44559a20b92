"""Reading packs: what is built from the files, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mingcha.rules.faults import Faults, RulebookError
from mingcha.rules.load import (
    RULEBOOK,
    folders_over_shipped,
    load_rulebook,
    pack_folders,
    read_rule,
    rule_files,
    shipped_rulebook,
)

RULE = """\
id: a-1
title: 例
cites: {article: 第一条}
text: 例。
class: FLOW
over: cases
fires: visits > 1
levels: {note: at once}
reason: 例
"""


def write_pack(folder: Path, name: str, **more: str) -> Path:
    """A pack of one rule."""
    place = folder / name
    place.mkdir()
    head = {"id": name, "title": "例", "law": "{name: 例}", "regions": "[]", "from": "2020-01-01", **more}
    text = "".join(f"{key}: {value}\n" for key, value in head.items())
    (place / "pack.yaml").write_text(text, encoding="utf-8")
    (place / "1.yaml").write_text(RULE.replace("a-1", f"{name}-1"), encoding="utf-8")
    return place


def rule_of(folder: Path, text: str) -> object:
    file = folder / "rule.yaml"
    file.write_text(text, encoding="utf-8")
    faults = Faults()
    rule = read_rule(file, "a", "例", faults)
    assert not faults, faults.found
    return rule


def test_five_packs_ship() -> None:
    names = ["ezhou-2020", "henan-2019", "pingdingshan-2022", "state-council", "zhengzhou-2021"]
    assert [pack.id for pack in shipped_rulebook().packs] == names


def test_rules_stand_in_the_order_of_their_clauses() -> None:
    stems = [file.stem for file in rule_files(RULEBOOK / "henan-2019")]
    assert stems.index("8.2a") < stems.index("8.9") < stems.index("8.10") < stems.index("9.1")


def test_a_rule_is_cited_by_law_and_article() -> None:
    assert shipped_rulebook().rule("henan-8.1").cites == "《河南省政务服务电子监察工作规则(试行)》第八条(一)"


def test_a_rule_without_a_law_of_its_own_cites_that_of_its_pack(tmp_path: Path) -> None:
    assert rule_of(tmp_path, RULE).cites == "《例》第一条"  # type: ignore[attr-defined]


def test_the_version_of_a_rule_changes_with_its_file(tmp_path: Path) -> None:
    before = rule_of(tmp_path, RULE).version  # type: ignore[attr-defined]
    assert rule_of(tmp_path, RULE).version == before  # type: ignore[attr-defined]
    assert rule_of(tmp_path, RULE + "notes: [改]\n").version != before  # type: ignore[attr-defined]


def test_settings_of_packs_below_are_at_hand_and_ones_own_go_before_them(tmp_path: Path) -> None:
    upper = "{days: {value: 5, note: 上}, weeks: {value: 1, note: 上}}"
    below = write_pack(tmp_path, "below", settings=upper)
    above = write_pack(tmp_path, "above", over="[below]", settings="{days: {value: 3, note: 下}}")
    book = load_rulebook([below, above])
    assert book.settings_of(book.pack("above")) == {"days": 3, "weeks": 1}


def test_a_pack_holds_from_its_first_day() -> None:
    pack = shipped_rulebook().pack("zhengzhou-2021")
    assert (pack.start_date, pack.end_date, pack.regions) == (date(2021, 7, 1), None, ("4101",))


def test_a_folder_may_be_one_pack_or_hold_several(tmp_path: Path) -> None:
    place = write_pack(tmp_path, "one")
    assert pack_folders(place) == [place]
    assert pack_folders(tmp_path) == [place]


def test_a_pack_of_the_same_name_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    place = write_pack(tmp_path, "henan-2019")
    folders = folders_over_shipped(tmp_path)
    assert place in folders
    assert RULEBOOK / "henan-2019" not in folders
    assert len(folders) == 5


def test_packs_that_lie_over_each_other_are_refused_and_end(tmp_path: Path) -> None:
    folders = [write_pack(tmp_path, "a", over="[b]"), write_pack(tmp_path, "b", over="[a]")]
    with pytest.raises(RulebookError, match="规则包互相覆盖:a → b → a"):
        load_rulebook(folders)


def test_an_adopted_pack_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(RulebookError, match=r"没有规则包 nowhere。现有:.*henan-2019"):
        load_rulebook(adopted=("nowhere",))


def test_every_fault_of_every_pack_is_in_one_error(tmp_path: Path) -> None:
    folders = [write_pack(tmp_path, "a", froom="1"), write_pack(tmp_path, "b", to="2019-01-01")]
    with pytest.raises(RulebookError) as error:
        load_rulebook(folders)
    assert [Path(fault.file).parent.name for fault in error.value.faults] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "文件的最外层应是"),
        ("- a\n- b\n", "文件的最外层应是"),
        ("id: [\n", "不是合法的 YAML"),
        ("id: \x00\n", "不是合法的 YAML"),
    ],
)
def test_a_file_that_is_no_rule_is_told(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "rule.yaml"
    file.write_text(text, encoding="utf-8")
    faults = Faults()
    assert read_rule(file, "a", "例", faults) is None
    assert message in faults.found[0].message


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    file = tmp_path / "rule.yaml"
    file.write_bytes("title: 例".encode("gb18030"))
    faults = Faults()
    assert read_rule(file, "a", "例", faults) is None
    assert "读不了这个文件" in faults.found[0].message


def test_on_off_yes_and_no_are_words(tmp_path: Path) -> None:
    rule = rule_of(tmp_path, RULE.replace("visits > 1", "off"))
    assert rule.fires == "off"  # type: ignore[attr-defined]
