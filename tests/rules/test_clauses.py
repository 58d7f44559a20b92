"""Every clause of the five regulations has its answer, and the clauses together are the regulations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from mingcha.rules.load import RULEBOOK, shipped_rulebook

ROOT = Path(__file__).parents[2]
DOMAIN = ROOT.parent / "shared" / "domain"

ANSWERS = {"rule", "feature", "human", "next", "none"}
PLANNED = {"evaluations", "halls", "scorecards", "bulletins", "pages"}

REGULATIONS = ("henan-2019", "zhengzhou-2021", "ezhou-2020", "pingdingshan-2022", "state-council")

# What the sources have before and after the regulation: a garbled letterhead, the furniture of web pages.
AROUND = {
    "henan-2019": ('到山市卫东人民政府能政府能按如"放箭"。这样制制组文件', ""),
    "zhengzhou-2021": ("", ""),
    "ezhou-2020": (
        "市人民政府办公室关于印发鄂州市推进政务服务“好差评”工作实施方案的通知索引号:011217651/2020-28088"
        "发文字号:鄂州政办函(2020)27号发文日期:2020年06月30日发文单位:鄂州市行政审批局"
        "发布日期:2020年06月30日效力状态:有效生效日期:失效日期:",
        "网站地图网站标识码:4207000024鄂ICP备2024036378号-2鄂公网安备42070002000109号主办单位:鄂州市数据局"
        "地址:鄂州市古城路129号市民中心联系人:局办公室咨询电话:027-60858556"
        "监督:中共鄂州市纪委、市监察委驻市市场监督管理局监察组举报邮箱:02dflz@egs.gov.cn"
        "地址:鄂州市滨湖南路50号市市场监督管理局七楼706室",
    ),
    "pingdingshan-2022": (
        "•发文字号•平政数〔2022〕26号•索引号•szwfwhdsjglj/2022-00001•发布日期•2022-06-13"
        "•主题分类•其他文件•体裁分类•服务对象",
        "扫一扫在手机打开当前页",
    ),
    "state-council": (
        "国务院办公厅关于印发“互联网+政务服务”技术体系建设指南的通知时间:2023-11-0217:21:08来源:米乐m6体育官网",
        "",
    ),
}


@cache
def regulations() -> dict[str, dict[str, Any]]:
    document = yaml.safe_load((RULEBOOK / "clauses.yaml").read_text(encoding="utf-8"))
    return {regulation["id"]: regulation for regulation in document["regulations"]}


def clauses() -> Iterator[dict[str, Any]]:
    for regulation in regulations().values():
        yield from regulation["clauses"]


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


def whole_text(regulation: str) -> str:
    return squeeze("".join(clause["text"] for clause in regulations()[regulation]["clauses"]))


def rules_named() -> set[str]:
    return {rule for clause in clauses() for rule in clause["answer"].get("rule", ())}


def source_text(regulation: str) -> str:
    text = (DOMAIN / "regulations" / regulations()[regulation]["source"]).read_text(encoding="utf-8")
    page_numbers, markdown_heads, markdown_bullets = r"— \d+ —", r"(?m)^[ \t]*#+", r"(?m)^[ \t]*- "
    for layout in (page_numbers, markdown_heads, markdown_bullets, r"\*\*"):
        text = re.sub(layout, "", text)
    return squeeze(text)


def test_the_five_regulations_are_there() -> None:
    assert tuple(regulations()) == REGULATIONS


def test_a_clause_has_its_id_article_text_and_exactly_one_answer() -> None:
    for clause in clauses():
        assert clause.keys() == {"id", "article", "text", "text_verified", "answer"}, clause
        assert clause["article"], clause
        assert clause["text"], clause
        assert isinstance(clause["text_verified"], bool), clause
        assert len(clause["answer"]) == 1, clause
        assert clause["answer"].keys() <= ANSWERS, clause
        assert all(clause["answer"].values()), clause


def test_the_id_of_a_clause_is_used_once_and_begins_with_its_regulation() -> None:
    ids = [clause["id"] for clause in clauses()]
    assert len(ids) == len(set(ids))
    for name, regulation in regulations().items():
        assert all(clause["id"].startswith(f"{name}/") for clause in regulation["clauses"])


def test_a_feature_is_in_an_area_that_is_there() -> None:
    for clause in clauses():
        if feature := clause["answer"].get("feature"):
            area, _, what = feature.partition(": ")
            assert what, clause
            assert (ROOT / "mingcha" / area).is_dir(), clause


def test_what_is_planned_names_the_area_it_is_planned_in() -> None:
    for clause in clauses():
        if planned := clause["answer"].get("next"):
            for part in planned.split(";"):
                area, _, what = part.partition(": ")
                assert what, clause
                assert area in PLANNED, clause


def test_human_work_says_what_the_product_records_or_gives_for_it() -> None:
    for clause in clauses():
        if human := clause["answer"].get("human"):
            people, _, product = human.partition(";产品")
            assert people, clause
            assert product, clause


def test_every_rule_that_a_clause_names_is_in_a_pack() -> None:
    assert rules_named() - {rule.id for rule in shipped_rulebook().rules} == set()


def test_every_rule_of_the_packs_answers_a_clause() -> None:
    assert {rule.id for rule in shipped_rulebook().rules} - rules_named() == set()


def test_a_rule_quotes_words_of_its_own_regulation() -> None:
    packs = {rule.id: rule.pack for rule in shipped_rulebook().rules}
    misquoted = [
        rule.id for rule in shipped_rulebook().rules if squeeze(rule.text) not in whole_text(packs[rule.id])
    ]
    assert misquoted == []


@pytest.mark.acceptance
@pytest.mark.parametrize("regulation", REGULATIONS)
def test_the_clauses_put_together_are_the_whole_regulation(regulation: str) -> None:
    before, after = AROUND[regulation]
    assert before + whole_text(regulation) + after == source_text(regulation)


@pytest.mark.acceptance
@pytest.mark.parametrize("regulation", ("henan-2019", "zhengzhou-2021"))
def test_each_article_of_the_source_heads_a_clause(regulation: str) -> None:
    numbers = re.findall(r"第[一二三四五六七八九十]+条", source_text(regulation))
    named = {clause["article"] for clause in regulations()[regulation]["clauses"]}
    heads = {number for number in numbers if any(article.startswith(number) for article in named)}
    ours = {match[0] for article in named if (match := re.match(r"第[一二三四五六七八九十]+条", article))}
    assert ours == heads
    assert len(ours) == {"henan-2019": 12, "zhengzhou-2021": 20}[regulation]


@pytest.mark.acceptance
def test_every_rule_of_the_catalogue_answers_a_clause() -> None:
    catalogue = (DOMAIN / "rule-catalogue.md").read_text(encoding="utf-8")
    ids = set(re.findall(r"(?m)^\| ((?:henan|zhengzhou|ezhou|pds|sc)-[\w.-]+) \|", catalogue))
    assert len(ids) > 70
    assert ids - rules_named() == set()
