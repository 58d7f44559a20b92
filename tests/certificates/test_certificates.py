"""Certificates: recomputed from themselves alone; whatever is changed is caught, and said where."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pyarrow as pa
import pytest
from cast_folders import case, done, materials, mingcha, standing_city, steps, write_folder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingcha.certificates.canonical import canonical
from mingcha.certificates.document import envelope
from mingcha.certificates.issue import issue
from mingcha.certificates.seal import KeyFileError, load_key, load_public, new_key, sign
from mingcha.certificates.verify import verify
from mingcha.facts import store
from mingcha.facts.schema import TABLES
from mingcha.law.calendar import DayKind
from mingcha.law.instants import day_number
from mingcha.law.load import load_calendar
from mingcha.report import sheets
from mingcha.report.checking import check, open_folder
from mingcha.report.choices import Choices
from mingcha.rules.load import shipped_rulebook

AS_OF = datetime(2026, 3, 6, 23, 59, 59)


def issued(folder: Path, out: Path, key: Path | None = None) -> dict[str, bytes]:
    """Certificates of a folder by what they are about."""
    out.mkdir(exist_ok=True)
    found = check(open_folder(folder, Choices(as_of=AS_OF), load_calendar(), AS_OF))
    made = list(issue(found, out, load_key(key) if key else None))
    assert all(each.path for each in made), made
    return {each.key: each.path.read_bytes() for each in made if each.path}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def key(place: Path) -> Path:
    new_key(place / "key.pem")
    return place / "key.pem"


@pytest.fixture(scope="module")
def signed(place: Path, key: Path) -> dict[str, bytes]:
    return issued(standing_city(place / "city"), place / "signed", key)


@pytest.fixture(scope="module")
def unsigned(place: Path, signed: dict[str, bytes]) -> dict[str, bytes]:
    return issued(place / "city", place / "unsigned")


def forged(data: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """A certificate with a changed body and a digest that fits it, unsigned."""
    body = deepcopy(json.loads(data)["body"])
    change(body)
    return canonical(envelope({**body, "signer": None}))


def test_every_certificate_is_the_same_when_recomputed(signed: dict[str, bytes], key: Path) -> None:
    public = load_public(str(key) + ".pub")
    assert set(signed) == {"LATE", "SOON", "LACKS"}
    for data in signed.values():
        outcome = verify(data, public)
        assert outcome.same and outcome.signer == public, outcome.different


def test_issuing_compiles_a_rule_and_reads_a_file_once_and_not_for_every_finding(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "f", cases=[case(f"SOON{n}") for n in range(5)])
    for name, source in open_folder(folder, Choices(), load_calendar(), AS_OF).facts.items():
        store.write_canonical(TABLES[name], source.read(), folder / f"{name}.parquet")
        (folder / f"{name}.csv").unlink()  # so that files are used where they lie
    found = check(open_folder(folder, Choices(as_of=AS_OF), load_calendar(), AS_OF))
    files, read = [], store.Source.read

    def counting(source: store.Source, columns: list[str] | None = None) -> pa.Table:
        files.extend(source.paths)
        return read(source, columns)

    with (
        mock.patch.object(sheets, "compile_rule", wraps=sheets.compile_rule) as compiled,
        mock.patch.object(store.Source, "read", counting),
    ):
        made = list(issue(found, tmp_path))
    assert [each.key for each in made if each.path] == [f"SOON{n}" for n in range(5)]
    assert compiled.call_count <= 2  # by the law at hand, and by that of the certificates
    assert files and len(files) == len(set(files))


def test_an_unsigned_one_is_the_same_and_says_that_it_is_unsigned(unsigned: dict[str, bytes]) -> None:
    outcome = verify(unsigned["LATE"])
    assert outcome.same and outcome.notes == ["未签名:不能证明由谁出具"]
    assert "未签名" in json.loads(unsigned["LATE"])["notice"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_flipped_bit_anywhere_is_caught(
    signed: dict[str, bytes], unsigned: dict[str, bytes], data: Any
) -> None:
    whole = bytearray(data.draw(st.sampled_from([signed["LACKS"], unsigned["LACKS"]])))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= 1 << data.draw(st.integers(0, 7))
    outcome = verify(bytes(whole))
    assert not outcome.same and outcome.different


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_cut_or_lengthened_file_is_no_certificate(unsigned: dict[str, bytes], data: Any) -> None:
    whole = unsigned["LATE"]
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    assert (
        not verify(cut).readable and not verify(whole + b" ").readable and not verify(b" " + whole).readable
    )


def test_a_changed_fact_under_a_new_digest_gives_another_verdict(unsigned: dict[str, bytes]) -> None:
    def accept_later(body: dict[str, Any]) -> None:
        cases = body["facts"]["cases"]
        cases["rows"][0][cases["columns"].index("accepted_at")] = "2026-02-25T10:00:00"

    outcome = verify(forged(unsigned["SOON"], accept_later))
    assert "finding.due_at:判定书写 2026-03-05,重算得 2026-03-10" in outcome.different


def test_facts_that_no_longer_show_it_give_no_verdict(unsigned: dict[str, bytes]) -> None:
    outcome = verify(forged(unsigned["LACKS"], lambda body: body["facts"]["item_materials"]["rows"].clear()))
    assert not outcome.same


def test_a_case_completed_in_time_after_all_gives_no_verdict(unsigned: dict[str, bytes]) -> None:
    def complete(body: dict[str, Any]) -> None:
        cases = body["facts"]["cases"]
        cases["rows"][0][cases["columns"].index("completed_at")] = "2026-02-25T10:00:00"

    assert verify(forged(unsigned["SOON"], complete)).different == ["finding:重算没有得出这条判定"]


def test_a_changed_verdict_is_named_by_its_field(unsigned: dict[str, bytes]) -> None:
    outcome = verify(forged(unsigned["LATE"], lambda body: body["finding"].update(level="warning")))
    assert outcome.different == ["finding.level:判定书写 warning,重算得 red"]


def test_a_changed_rule_is_caught_by_its_version_and_its_verdict(unsigned: dict[str, bytes]) -> None:
    def softer(body: dict[str, Any]) -> None:
        rules = next(pack["rules"] for pack in body["law"]["packs"] if pack["id"] == "henan-2019")
        rules["8.1.yaml"] = rules["8.1.yaml"].replace("left <= 2", "left <= 1")

    places = " ".join(verify(forged(unsigned["LATE"], softer)).different)
    assert "finding.rule_version" in places and "finding.warn_at" in places and "rule.version" in places


def test_a_changed_day_of_the_calendar_is_caught(unsigned: dict[str, bytes]) -> None:
    def day_off(body: dict[str, Any]) -> None:
        layer = body["calendar"]["layers"][0]
        first = datetime.fromisoformat(body["calendar"]["first"])
        place = (datetime(2026, 3, 4) - first).days
        layer["kinds"] = layer["kinds"][:place] + "3" + layer["kinds"][place + 1 :]

    data = forged(unsigned["SOON"], day_off)
    assert any("finding.due_at" in line for line in verify(data).different)


def test_a_changed_sheet_is_caught(unsigned: dict[str, bytes]) -> None:
    data = forged(unsigned["SOON"], lambda body: body["sheets"][0]["days"][1].update(total=0))
    assert verify(data).different == ["sheets:时限表与重算的不同"]


def test_a_law_or_calendar_that_is_not_ours_is_noted_but_not_different(unsigned: dict[str, bytes]) -> None:
    outcome = verify(unsigned["LATE"], book=shipped_rulebook(), calendar=load_calendar())
    assert outcome.notes[1:] == ["规则与本机规则目录一致", "日历与本机日历一致"]


def test_a_day_that_this_place_holds_otherwise_is_named(unsigned: dict[str, bytes]) -> None:
    calendar = load_calendar()
    national, *others = calendar.layers
    kinds = national.kinds.copy()
    kinds[day_number(date(2026, 3, 4))] = DayKind.OFF
    ours = replace(calendar, layers=(replace(national, kinds=kinds), *others))
    assert "日历与本机日历有 1 天不同:2026-03-04" in verify(unsigned["LATE"], calendar=ours).notes


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("facts.cases", lambda body: body["facts"]["cases"]["rows"][0].__setitem__(0, "OTHER")),
        ("rule", lambda body: body["rule"].update(text="另一条文")),
        ("law", lambda body: body["law"]["packs"][0].update({"pack.yaml": "id: other"})),
        ("calendar", lambda body: body["calendar"].update(first="1999-01-01")),
        ("sheets", lambda body: body["sheets"][0]["days"][0].update(pause="补正")),
        ("finding", lambda body: body["finding"].update(reason="另一理由")),
        ("software", lambda body: body.update(software="mingcha 9")),
    ],
)
def test_the_digest_says_which_part_was_changed(
    signed: dict[str, bytes], part: str, change: Callable[[dict[str, Any]], None]
) -> None:
    held = json.loads(signed["LATE"])
    change(held["body"])
    different = verify(canonical(held)).different
    assert different[0] == f"digest:内容与摘要不符,判定书被改动过(在 {part})"
    assert "signature:签名无效" in different


@pytest.mark.parametrize("told", [None, [], {"parts": 1}, {"parts": {"law": 1}}])
def test_a_forged_digest_is_told_whatever_it_is(signed: dict[str, bytes], told: Any) -> None:
    held = {**json.loads(signed["LATE"]), "digest": told}
    assert verify(canonical(held)).different[0].startswith("digest:内容与摘要不符")


def test_a_signature_taken_off_is_missed(signed: dict[str, bytes], unsigned: dict[str, bytes]) -> None:
    held = json.loads(signed["LATE"])
    held["signature"], held["notice"] = None, json.loads(unsigned["LATE"])["notice"]
    assert verify(canonical(held)).different == ["signature:内容写明已签名,签名却不在"]


def test_another_key_cannot_sign_in_place_of_the_one_named(signed: dict[str, bytes], tmp_path: Path) -> None:
    other = new_key(tmp_path / "other.pem")
    held = json.loads(signed["LATE"])
    value = sign(load_key(tmp_path / "other.pem"), held["digest"]["value"])
    held["signature"] = {"algorithm": "Ed25519", "key": other, "value": value}
    assert verify(canonical(held)).different == ["signature:签名的密钥不是内容里写明的密钥"]


def test_a_certificate_of_another_key_is_not_taken_for_ours(signed: dict[str, bytes], tmp_path: Path) -> None:
    other = new_key(tmp_path / "other.pem")
    assert verify(signed["LATE"], other).different[0].startswith("signature:由另一把密钥签名")


def test_with_a_public_key_an_unsigned_one_is_different(unsigned: dict[str, bytes], key: Path) -> None:
    assert verify(unsigned["LATE"], load_public(f"{key}.pub")).different == ["signature:没有签名"]


def test_personal_data_stays_out(unsigned: dict[str, bytes]) -> None:
    for data in unsigned.values():
        text = data.decode()
        assert "张测试" not in text and "13800000000" not in text and "11010519491231002X" not in text


def test_only_the_rows_of_the_case_go_in(unsigned: dict[str, bytes]) -> None:
    facts = json.loads(unsigned["LACKS"])["body"]["facts"]
    assert [row[0] for row in facts["cases"]["rows"]] == ["LACKS"]
    assert len(facts["materials"]["rows"]) == 1


def test_a_key_is_readable_by_its_owner_only_and_never_overwritten(key: Path) -> None:
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()
    with pytest.raises(KeyFileError, match="不会覆盖"):
        new_key(key)
    assert key.read_bytes() == before


def test_the_commands_say_same_or_different_and_exit_accordingly(city: Path, tmp_path: Path) -> None:
    made = mingcha("certify", city, "--out", tmp_path / "out", "--as-of", "2026-03-06", "--case", "SOON")
    assert made.returncode == 0 and "出具判定书 1 份,未签名" in made.stderr
    (path,) = (tmp_path / "out").glob("*.json")
    same = mingcha("verify", path)
    assert (same.returncode, same.stdout.startswith(f"相同  {path}")) == (0, True)
    path.write_bytes(forged(path.read_bytes(), lambda body: body["finding"].update(level="note")))
    different = mingcha("verify", tmp_path / "out")
    assert different.returncode == 1 and "finding.level:判定书写 note,重算得 red" in different.stdout
    path.write_bytes(b"{}")
    assert mingcha("verify", path).returncode == 2


HOSTILE = {
    "empty": (b"", "文件是空的"),
    "text": (b"hello", "不是 JSON:第 1 行第 1 个字符"),
    "binary": (b"\xff\xfe\x00", "不是 UTF-8 文本:第 1 字节"),
    "deep": (b"[" * 200_000, "嵌套过深"),
    "digits": (b"9" * 5_000, "有不能用的数或字符"),
    "surrogate": (b'"\\ud800"', "有不能用的数或字符"),
    "float": (b"1.5", "不应有小数 1.5"),
}


def test_hostile_files_are_told_in_chinese_and_stop_no_other(
    unsigned: dict[str, bytes], tmp_path: Path
) -> None:
    for name, (data, _) in HOSTILE.items():
        (tmp_path / f"{name}.json").write_bytes(data)
    with (tmp_path / "huge.json").open("wb") as huge:
        huge.truncate(3_000_000_000)
    (tmp_path / "zz.json").write_bytes(unsigned["LATE"])
    ran = mingcha("verify", tmp_path, tmp_path / "none.json")
    assert ran.returncode == 2 and "Traceback" not in ran.stderr
    for name, (_, said) in HOSTILE.items():
        assert said in ran.stdout.partition(f"{name}.json")[2].partition("不是判定书  ")[0], name
    assert "文件超过 64 MB" in ran.stdout and "none.json:找不到文件" in ran.stdout
    assert f"相同  {tmp_path / 'zz.json'}" in ran.stdout
    assert "共 10 份" in ran.stderr and "相同 1" in ran.stderr


def test_nothing_to_verify_is_not_success(unsigned: dict[str, bytes], tmp_path: Path) -> None:
    empty = mingcha("verify", tmp_path)
    assert empty.returncode == 2 and "没有判定书" in empty.stderr
    (tmp_path / "one.json").write_bytes(unsigned["LATE"])
    keyless = mingcha("verify", "--public-key", "", tmp_path)
    assert keyless.returncode == 2 and "不是公钥" in keyless.stderr


def test_certificates_of_rules_about_halls_items_and_offices_reproduce_too(tmp_path: Path) -> None:
    ticket = {
        "ticket_no": "P1",
        "hall_code": "DT1",
        "taken_at": "2026-03-03 09:00",
        "called_at": "2026-03-03 10:00",
    }
    check_row = {
        "check_no": "J1",
        "hall_code": "DT1",
        "window_code": "C1",
        "kind": "hygiene",
        "result": "bad",
    }
    report = {"agency_code": "11410105MB0000019A", "month": "2025-12", "submitted_at": "2026-01-04 09:00"}
    folder = write_folder(
        tmp_path / "f",
        cases=[done(), case("LATE", accepted_at="2026-01-05 09:00", received_at="2026-01-05 09:00")],
        materials=materials("BJ1", "CL1", "CL2"),
        steps=steps("BJ1"),
        tickets=[{**ticket, "status": "served", "finished_at": "2026-03-03 10:10"}],
        hall_checks=[{**check_row, "source": "person", "checked_at": "2026-03-03 09:00"}],
        monthly_reports=[report],
    )
    about = {
        json.loads(data)["body"]["finding"]["about"] for data in issued(folder, tmp_path / "out").values()
    }
    assert {"cases", "agencies"} <= about and len(about) >= 3


def complaint(number: str, **more: Any) -> dict[str, Any]:
    return {
        "complaint_no": number, "source": "phone", "case_no": "FINE", "agency_code": "11410105MB0000019A",
        "about": f"反映{number}的事", "received_at": "2026-02-12 09:00", "verified": "pending", **more,
    }  # fmt: skip


def test_a_certificate_about_one_complaint_holds_no_other_and_no_more_of_it_than_the_rule_reads(
    place: Path,
) -> None:
    folder = write_folder(
        place / "complaints", cases=[done("FINE")], complaints=[complaint(f"TS{n}") for n in range(3)]
    )
    packs = ("henan-2019", "ezhou-2020")
    found = check(open_folder(folder, Choices(packs, AS_OF), load_calendar(), AS_OF))
    out = place / "of_complaints"
    out.mkdir()
    made = [each for each in issue(found, out) if each.rule == "ezhou-complaint"]
    assert len(made) == 3
    for each in made:
        data = each.path.read_bytes()  # type: ignore[union-attr]
        body = json.loads(data)["body"]
        held = body["facts"]["complaints"]
        place_of = held["columns"].index("complaint_no")
        assert [row[place_of] for row in held["rows"]] == [body["finding"]["subject"]]
        assert not {"about", "case_no"} & set(held["columns"])
        assert "FINE" not in data.decode() and "反映" not in json.dumps(body["facts"], ensure_ascii=False)
        assert verify(data).same
