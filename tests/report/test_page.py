"""The HTML report: self-contained, safe, readable, true to its numbers."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from cast_folders import case, done, materials, steps, write_folder

from mingcha.law.load import load_calendar
from mingcha.report import charts, page
from mingcha.report.checking import Checked, Filters, check, open_folder
from mingcha.report.choices import BY_COMMAND, Choices
from mingcha.report.marks import MARKS
from mingcha.report.sheets import Sheets
from mingcha.trials.stories import cast

AS_OF = datetime(2026, 3, 4, 23, 59, 59)
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


class Seen(HTMLParser):
    """Tags with their attributes, and the texts of scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def checked(
    folder: Path, filters: Filters | None = None, *, as_of: datetime = AS_OF, packs: tuple[str, ...] = ()
) -> Checked:
    choices = Choices(packs, as_of, BY_COMMAND if packs else "")
    return check(open_folder(folder, choices, load_calendar(), as_of), filters)


def row_of(html: str, rule: str, about: str) -> str:
    """The row of a finding in the list."""
    rows = html.partition('<table id="findings">')[2].partition("</table>")[0].split("<tr ")
    return next(row for row in rows if f'data-rule="{rule}"' in row and about in row)


@pytest.fixture
def html(city: Path) -> str:
    return page.page(checked(city))


def test_the_page_asks_for_nothing_from_outside(html: str) -> None:
    seen = Seen(html)
    assert not seen.all("link") and not seen.all("iframe") and not seen.all("img")
    for tag, attributes in seen.tags:
        for name in ("src", "href", "action", "data"):
            value = attributes.get(name) or ""
            assert not value or value.startswith("#"), (tag, value)
    assert "@import" not in html and not re.search(r"url\((?!#)", html)


def test_the_page_allows_no_script_but_its_own(html: str) -> None:
    policy = next(meta["content"] for meta in Seen(html).all("meta") if "http-equiv" in meta)
    assert policy is not None and "default-src 'none'" in policy
    assert re.search(r"script-src 'sha256-[A-Za-z0-9+/]{43}='", policy)
    assert not any(name.startswith("on") for _, attributes in Seen(html).tags for name in attributes)


def test_texts_of_the_data_never_become_markup(tmp_path: Path) -> None:
    agency = {**cast()["standing"]["agencies"][0], "name": f"局{EVIL}"}
    item = {**cast()["standing"]["items"][0], "name": f"事项{EVIL}"}
    guide = [{**row, "name": f"材料{EVIL}"} for row in cast()["standing"]["item_materials"]]
    folder = write_folder(
        tmp_path / f"f{EVIL.replace('/', '')}",
        agencies=[agency],
        items=[item],
        item_materials=guide,
        cases=[case(f"BJ{EVIL}"), done(f"LACKS{EVIL}")],
        materials=materials(f"LACKS{EVIL}", "CL1"),
    )
    text = page.page(checked(folder))
    seen = Seen(text)
    assert "alert(1)" in text
    assert len(seen.all("script")) == 1 and not seen.all("img")


def test_the_page_has_a_language_a_title_and_headings_in_order(html: str) -> None:
    seen = Seen(html)
    assert seen.all("html")[0]["lang"] == "zh-CN" and "<title>政务服务电子监察报告" in html
    levels = [int(tag[1]) for tag, _ in seen.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))


def test_every_field_and_picture_says_what_it_is(html: str) -> None:
    seen = Seen(html)
    assert all("aria-label" in each for tag in ("input", "select") for each in seen.all(tag))
    shown = [svg for svg in seen.all("svg") if svg.get("aria-hidden") != "true"]
    assert shown and all(svg.get("role") == "img" for svg in shown)
    assert all("aria-label" in svg or "aria-labelledby" in svg for svg in shown)
    assert all(th.get("scope") for th in seen.all("th"))


def test_every_link_leads_somewhere_on_the_page(html: str) -> None:
    seen = Seen(html)
    ids = [attributes["id"] for _, attributes in seen.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = [each["href"] for each in seen.all("a") if not (each["href"] or "").startswith("#?")]
    assert targets and {(target or "")[1:] for target in targets} <= set(ids)


def test_cases_that_no_pack_holds_for_are_counted_in_place_of_nothing_found(tmp_path: Path) -> None:
    away = {**done("AWAY"), "region_code": "110101000000"}
    cases = [done("FINE"), away]
    folder = write_folder(
        tmp_path / "f", cases=cases, materials=materials("FINE", "CL1", "CL2"), steps=steps("FINE")
    )
    text = page.page(checked(folder, Filters(cases=("FINE", "AWAY"))))
    assert "<li>未判定<strong>1</strong></li>" in text and "没有发现问题。" not in text
    assert "未判定:</strong>1 件办件没有适用的规则包(不在任何规则包的地区 1 件)" in text
    told = text.partition('id="case-AWAY"')[2].partition("</article>")[0]
    assert "未判定:</strong>没有适用的规则包(不在任何规则包的地区)" in told
    assert "没有适用的规则包" not in text.partition('id="case-FINE"')[2].partition("</article>")[0]


def test_every_number_leads_to_its_findings(html: str) -> None:
    assert 'href="#?rule=henan-8.1&amp;mark=red"' in html and 'href="#?mark=warning"' in html
    assert html.count('data-rule="henan-8.1"') == 2


def test_a_case_is_told_with_its_sheet_its_article_and_the_silent_rules(html: str) -> None:
    told = html.partition('id="case-LATE"')[2].partition("</article>")[0]
    assert "<svg" in told and "第八条(一)" in told and "其余规则" in told and "应于2026-02-14前" in told


def test_a_finding_of_a_case_told_in_full_leads_to_its_case(html: str) -> None:
    row = row_of(html, "henan-8.8a", "LACKS")
    assert row.count('href="#case-LACKS"') == 2 and "逐日的时限图与经过</a>" in row and "<code>" not in row


def test_every_other_finding_tells_its_article_its_facts_and_where_the_rest_is(
    city: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "MOST_CASES", 1)
    html = page.page(checked(city))
    row = row_of(html, "henan-8.8a", "LACKS")
    assert "<summary>缺少必要材料:身份证明</summary>" in row and "第八条(八)" in row
    assert "<dt>预警</dt><dd>2026-03-02 周一 10:00</dd>" in row and "<dt>所涉</dt><dd>身份证明</dd>" in row
    assert f"<code>mingcha explain LACKS --in {city} --as-of 2026-03-04</code>" in row
    rows = html.partition('<table id="findings">')[2].partition("</table>")[0].split("<tr ")[2:]
    assert rows and all('href="#case-' in row or "<code>mingcha " in row for row in rows)


def test_what_is_to_be_run_judges_as_the_page_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MOST_CASES", 0)
    folder = write_folder(tmp_path / "a b", cases=[case("SOON")])
    html = page.page(checked(folder, as_of=datetime(2026, 3, 4, 17), packs=("henan-2019", "zhengzhou-2021")))
    asked = f"'{folder}' --as-of 2026-03-04T17:00:00 --packs henan-2019,zhengzhou-2021"
    assert f"mingcha explain SOON --in {asked}" in unescape(row_of(html, "henan-8.1", "SOON"))


def test_a_finding_about_no_case_leads_to_its_record(tmp_path: Path) -> None:
    report = {"agency_code": "11410105MB0000019A", "month": "2026-01", "submitted_at": "2026-02-20 09:00"}
    early = done(received_at="2026-01-05 09:00")
    folder = write_folder(tmp_path / "f", cases=[early], monthly_reports=[report])
    row = row_of(page.page(checked(folder)), "zhengzhou-11a", "2026-01")
    assert f"mingcha check {folder} --rule zhengzhou-11a --format jsonl --as-of 2026-03-04" in row


def test_the_longest_list_stays_of_moderate_size(html: str) -> None:
    longest = max(len(row.encode()) for row in html.split("<tr data-mark=")[1:-1])
    assert longest * page.MOST_ROWS < 12_000_000


def test_enter_opens_the_case_or_the_facts_and_what_is_folded_away_is_not_searched() -> None:
    script = (Path(page.__file__).parent / "page.js").read_text()
    assert """querySelector("a[href^='#case-'], summary").click()""" in script
    assert 'cell.querySelector("summary") || cell' in script


def test_the_same_sheet_twice_on_a_page_has_ids_of_its_own(city: Path) -> None:
    found = checked(city)
    clock = next(row for row in found.findings.to_pylist() if row["key"] == "SOON")
    (titled,) = Sheets(found.opened.book, found.opened.calendar).of(clock)
    drawn = page._sheets()
    first, second = (Seen(str(drawn(titled))) for _ in range(2))
    ids = [attributes["id"] for _, attributes in first.tags + second.tags if "id" in attributes]
    assert len(ids) == len(set(ids)) == 8


def test_days_have_their_weekday_and_big_numbers_their_separators(html: str) -> None:
    row = html.partition('data-mark="red" data-rule="henan-8.1"')[2].partition("</tr>")[0]
    assert "<td>2026-02-24 周二</td><td>2026-02-14 周六</td>" in row or re.search(r"<td>[-\d]{10} 周.", row)
    assert not re.search(r'<td class="n">\d{4,}</td>', html)


def test_printing_shows_every_finding_and_no_heading_is_a_button() -> None:
    folder = Path(page.__file__).parent
    css, script = (folder / "page.css").read_text(), (folder / "page.js").read_text()
    assert "limit = Infinity" in script and "afterprint" in script
    assert "@media screen and (max-width" in css and "content: attr(data-sort)" in css
    assert ".size ?" not in script  # URLSearchParams.size is newer than the browsers of offices


def test_more_findings_than_the_page_holds_are_counted(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MOST_ROWS", 2)
    text = page.page(checked(city))
    assert text.count("<tr data-mark=") == 2
    assert "此处列最重的 2 条,其余 1 条请用 mingcha check --format csv 导出" in text


def test_a_folder_in_order_says_so(tmp_path: Path) -> None:
    text = page.page(checked(write_folder(tmp_path / "f", cases=[done()])))
    assert "没有发现问题。" in text and "不等于合规" in text


def test_the_cases_asked_for_are_told_whatever_their_findings(city: Path) -> None:
    text = page.page(checked(city, Filters(cases=("FINE",))))
    assert 'id="case-FINE"' in text


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(ink: str, ground: str = "#ffffff") -> float:
    light, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_marks_are_readable_and_have_a_shape_and_a_word(html: str) -> None:
    inks = {**charts.COLOURS, "yellow": "#8a6d00"}
    for mark in MARKS:
        assert mark.shape and mark.label
        if mark.name != "pending":
            assert contrast(inks[mark.name]) >= 4.5, mark.name
        assert f'id="m-{mark.name}"' in html


def test_greys_of_the_page_are_readable() -> None:
    css = (Path(page.__file__).parent / "page.css").read_text()
    for name in ("ink", "grey", "accent"):
        colour = re.search(rf"--{name}: (#\w{{6}})", css)
        assert colour and contrast(colour[1]) >= 4.5 and contrast(colour[1], "#f5f7fa") >= 4.5
