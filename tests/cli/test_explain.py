"""`mingcha explain`: a case told in full, the silent rules too."""

import re
from pathlib import Path

from cast_folders import case, done, materials, mingcha, steps, write_folder

UNKNOWN_ITEM = case()["item_code"].replace("18001", "18999")


def explained(folder: Path, number: str, as_of: str = "2026-03-06") -> str:
    ran = mingcha("explain", number, "--in", folder, "--as-of", as_of)
    assert ran.returncode == 0, ran.stderr
    return re.sub(r" +$", "", ran.stdout, flags=re.MULTILINE)


def reason_of(rule: str, shown: str) -> str:
    """The line of a silent rule."""
    found = re.search(rf"^  {re.escape(rule)} .*$", shown.partition("其余规则")[2], re.MULTILINE)
    return found[0] if found else ""


def test_the_life_is_a_line_of_days_with_what_counts_and_what_happens(city: Path) -> None:
    dates = r"henan-8\.1 业务办理时限监察\n +2月 +13五 14六 15日 16一.*3月 +1日 +2一.*\n"
    counted, happens = r" +起 +1班 +休.*6班.*10 +11.*\n", r".*▲.*┃ +■◆"
    assert re.search(dates + counted + happens, explained(city, "SOON"))


def test_each_verdict_cites_its_article_and_shows_its_facts(city: Path) -> None:
    shown = explained(city, "LACKS")
    assert (
        "■ 红牌  henan-8.8a 申请材料的监察:缺少必要材料  《河南省政务服务电子监察工作规则(试行)》第八条(八)"
        in shown
    )
    assert "所涉:身份证明" in shown and "条文:对上传办件数据中" in shown


def test_a_chain_is_shown_as_days_to_mend(city: Path) -> None:
    shown = explained(city, "LACKS")
    assert (
        "预警自2026-03-02 周一 10:00发出,应于2026-03-05 周四(含当日)前改正;逾期未改,自2026-03-06 周五红牌"
        in shown
    )
    assert "┃应改正 03-05  ■超期 03-06" in shown


def test_rules_that_found_nothing_say_why(city: Path) -> None:
    shown = explained(city, "SOON")
    assert re.search(r"合规 +已核对,没有发现问题", reason_of("henan-8.10", shown))
    assert re.search(r"不适用 +办结时间 空", reason_of("henan-8.8a", shown))
    assert re.search(r"未判定 +没有报送证照\(certificates\)", reason_of("henan-8.5a", shown))


def test_a_rule_replaced_in_the_region_names_its_replacement(tmp_path: Path) -> None:
    rating = {"evaluation_no": "P1", "case_no": "BJ1", "kind": "case", "channel": "pc", "level": 5}
    folder = write_folder(
        tmp_path / "f", cases=[done()], evaluations=[{**rating, "submitted_at": "2026-03-03 09:00"}]
    )
    shown = explained(folder, "BJ1")
    assert "由 zhengzhou-7.1 代替" in reason_of("henan-9.1", shown)
    assert "合规" in reason_of("zhengzhou-7.1", shown)


def test_a_rule_without_rows_says_what_rows_there_are_none_of(tmp_path: Path) -> None:
    fee = {
        "case_no": "OTHER",
        "seq": 1,
        "kind": "fee",
        "fee_code": "SF1",
        "name": "证书工本费",
        "amount": "20.00",
    }
    guide = [{"item_code": case()["item_code"], "version": 1, "fee_code": "SF1", "name": "证书工本费"}]
    folder = write_folder(tmp_path / "f", cases=[done(), done("OTHER")], fees=[fee], item_fees=guide)
    assert "没有收费(税)的记录" in reason_of("henan-8.4a", explained(folder, "BJ1"))


def test_pauses_are_shown_and_named(tmp_path: Path) -> None:
    notice = {"case_no": "BJ1", "notice_no": "1", "needed_at": "2026-02-13 11:00", "material_codes": "CL1"}
    folder = write_folder(
        tmp_path / "f",
        cases=[case()],
        corrections=[{**notice, "notified_at": "2026-02-24 09:00", "confirmed_at": "2026-02-26 09:00"}],
    )
    shown = explained(folder, "BJ1")
    assert re.search(r"起 +1班.*2 +‖ +‖ +3", shown)
    assert "暂停2个工作日" in shown and "告知时间" in shown


def test_an_open_pause_still_shows_its_clock(tmp_path: Path) -> None:
    notice = {"case_no": "BJ1", "notice_no": "1", "needed_at": "2026-02-24 11:00", "material_codes": "CL1"}
    folder = write_folder(
        tmp_path / "f", cases=[case()], corrections=[{**notice, "notified_at": "2026-02-25 09:00"}]
    )
    assert "暂停未结束,应办结日待定" in explained(folder, "BJ1")


def test_nobodys_name_or_number_is_printed(city: Path) -> None:
    shown = explained(city, "FINE")
    assert "张测试" not in shown and "13800000000" not in shown and "11010519491231002X" not in shown


def test_what_happened_later_is_not_told(city: Path) -> None:
    assert "办结时间" not in explained(city, "FINE", "2026-02-27").partition("其余规则")[0]


def test_a_case_that_is_not_there_is_exit_code_2(city: Path) -> None:
    ran = mingcha("explain", "NOBODY", "--in", city)
    assert (ran.returncode, "没有办件 NOBODY" in ran.stderr) == (2, True)
    early = mingcha("explain", "SOON", "--in", city, "--as-of", "2026-01-01")
    assert (early.returncode, "还没有收件" in early.stderr) == (2, True)


def test_a_case_in_order_says_so(city: Path) -> None:
    assert "没有发现问题" in explained(city, "FINE").partition("判定")[2]


def test_steps_and_materials_stand_in_the_story(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path / "f", cases=[done()], materials=materials("BJ1", "CL1"), steps=steps("BJ1")
    )
    assert re.search(r"收取时间 +申请材料 CL1/paper", explained(folder, "BJ1"))


def test_a_case_that_no_pack_holds_for_is_not_told_as_in_order(tmp_path: Path) -> None:
    elsewhere = {**done("ELSEWHERE"), "region_code": "110101000000"}
    nameless = {
        **done("NOWHERE"),
        "region_code": None,
        "hall_code": None,
        "agency_code": None,
        "item_code": UNKNOWN_ITEM,
    }
    folder = write_folder(tmp_path / "f", cases=[done("HERE"), elsewhere, nameless])
    shown = explained(folder, "ELSEWHERE")
    assert "未判定:没有适用的规则包(不在任何规则包的地区);核对 region_code,或用 --packs 指定规则包" in shown
    assert "\n  没有发现问题" not in shown
    assert "未判定:没有适用的规则包(没有行政区划);补上 region_code" in explained(folder, "NOWHERE")
    assert "没有适用的规则包" not in explained(folder, "HERE")
