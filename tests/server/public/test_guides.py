"""办事指南: found by name, read, printed; only what is in force."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from mingcha.intake import applying
from mingcha.pages.public.frame import FRESH
from tests.server.pages.conftest import OURS, PAYLOAD

ITEM = {
    "item_code": "11410105MB0000019A400011100100001",
    "version": 1,
    "name": "食品经营许可证核发",
    "agency_code": OURS,
    "kind": "promise",
    "promised_limit": 5,
    "promised_unit": "working_day",
    "statutory_limit": 20,
    "statutory_unit": "working_day",
    "visits_promised": 1,
    "fee_charged": True,
    "online_depth": 3,
}
TOLD = (
    "5 个工作日", "法律规定最长 20 个工作日", "最多跑 1 次", "委托书", "有些情况下才要", "10.50 元(可以减免)",
    "不超过200 元", "发改价格〔2015〕1299号", "检验(10 个工作日)", "到窗口最多一次",
)  # fmt: skip
KEY = {"item_code": ITEM["item_code"], "version": 1}


@pytest.fixture
def published(citizen):
    def publish(**changes: Any) -> None:
        applying.write(
            {
                "items": [{**ITEM, **changes}],
                "item_materials": [
                    {**KEY, "material_code": "1", "name": f"申请表{PAYLOAD}", "required": True},
                    {**KEY, "material_code": "2", "name": "委托书", "required": False},
                ],
                "item_fees": [
                    {**KEY, "fee_code": "1", "name": "工本费", "basis": "发改价格〔2015〕1299号",
                     "min_amount": Decimal("10.50"), "max_amount": Decimal("10.50"), "reducible": True},
                    {**KEY, "fee_code": "2", "name": "检验费", "max_amount": Decimal(200)},
                ],
                "item_steps": [{**KEY, "seq": 1, "name": "审查", "limit": 3, "unit": "working_day"}],
                "item_specials": [{**KEY, "kind": "inspection", "limit": 10, "unit": "working_day"}],
            },
            "test",
        )  # fmt: skip

    publish()
    return publish


def page(citizen, path: str, status: int = 200) -> str:
    answer = citizen.browser.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def test_a_guide_says_how_long_what_to_bring_and_what_it_costs(citizen, published):
    text = page(citizen, f"/public/guides/{ITEM['item_code']}/")
    assert not [told for told in TOLD if told not in text]
    assert "<svg" in text and f"http://testserver/public/guides/{ITEM['item_code']}/" in text
    assert "<script>window" not in text and "&lt;script&gt;" in text


def test_guides_are_found_by_words_of_their_name_or_the_beginning_of_their_code(citizen, published):
    for asked in ("食品", "许可 食品", ITEM["item_code"][:20]):
        assert "食品经营许可证核发" in page(citizen, f"/public/guides/?q={asked}")
    text = page(citizen, "/public/guides/?q=没有这样的")
    assert "换一个短一点的词" in text


@pytest.mark.parametrize("query", ["q=%00", "page=0", "page=-1", "page=x", "page=99999", "q=" + "长" * 3000])
def test_any_question_has_an_answer(citizen, published, query):
    assert citizen.browser.get(f"/public/guides/?{query}").status_code in (200, 400)


@pytest.mark.parametrize("changes", [{"effective_to": "2026-03-05"}, {"effective_from": "2026-03-06"}])
def test_a_version_that_does_not_hold_today_is_not_shown(citizen, published, changes):
    published(**{name: date.fromisoformat(text) for name, text in changes.items()})
    assert "没有这个事项" in page(citizen, f"/public/guides/{ITEM['item_code']}/", 404)


def test_guides_may_be_kept_for_a_minute_and_give_no_cookie(citizen, published):
    for path in ("/public/", "/public/guides/", f"/public/guides/{ITEM['item_code']}/"):
        answer = citizen.browser.get(path)
        assert answer["Cache-Control"] == f"public, max-age={FRESH}" and not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")


def test_who_reads_too_fast_is_asked_to_wait(citizen, monkeypatch):
    monkeypatch.setattr("mingcha.pages.public.frame.READ_A_MINUTE", 12)
    answers = [citizen.browser.get("/public/").status_code for _ in range(4)]
    assert answers == [200, 200, 429, 429]
