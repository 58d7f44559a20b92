"""The tables of transitions: states are reached and lead on, nothing forbidden happens, every deadline has a clock."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingcha.accounts.acts import By
from mingcha.accounts.policies import POLICIES
from mingcha.casework.clocks import setting
from mingcha.casework.declare import NEW, Act, DeclarationError, Kind, State, declare, kinds
from mingcha.casework.models import Matter
from mingcha.casework.moving import ConflictError, Start, begin, move
from mingcha.casework.proofs import Kept
from mingcha.facts.schema import TABLES
from mingcha.rules.load import load_rulebook
from tests.server.alerts.conftest import at
from tests.server.casework.conftest import AGENCY

KINDS = sorted(kinds())
OURS = ["accountability", "appeal", "clue", "explain", "order", "rectify"]
PROOF = Kept("0" * 64, "证明.pdf", 1, "li")


@pytest.mark.parametrize("name", KINDS)
def test_every_state_is_reached_from_the_beginning_and_leads_to_an_end(name: str) -> None:
    kind = kinds()[name]
    reached, ends = {NEW}, {state.name for state in kind.states if state.final}
    for _ in kind.states:
        reached |= {act.moves[state] for act in kind.acts for state in reached & act.moves.keys()}
    assert reached - {NEW} == {state.name for state in kind.states}
    leading = set(ends)
    for _ in kind.states:
        leading |= {before for act in kind.acts for before, after in act.moves.items() if after in leading}
    assert leading >= reached


@pytest.mark.parametrize("name", KINDS)
def test_every_deadline_has_its_clock_in_the_rulebook_and_its_columns_in_the_facts(name: str) -> None:
    kind = kinds()[name]
    book = load_rulebook()
    for rule_id in {rule for state in kind.states for rule in state.rules}:
        rule = book.rule(rule_id)
        assert rule.clock is not None
        assert rule.over == kind.table or any(join.table == kind.table for join in rule.joins)
    if not kind.table:
        return
    columns = TABLES[kind.table].by_name
    written = {kind.key, *(name for act in kind.acts for name in (*act.stamps, *act.sets))}
    written |= {entry.column for act in kind.acts for entry in act.entries if entry.column}
    assert written <= columns.keys()


@pytest.mark.parametrize("name", OURS)
def test_every_act_names_who_may_its_consequence_and_its_law(name: str) -> None:
    for act in kinds()[name].acts:
        assert act.policy in POLICIES or not act.policy
        assert act.consequence.endswith("。") and "《" in act.law, act.name


def test_the_periods_that_no_rule_judges_are_settings_of_the_packs(db: None) -> None:
    for name in ("appeal_days", "second_evaluation_days", "explain_days", "order_days", "escalate_days"):
        assert int(setting(name)) > 0


def test_a_kind_that_contradicts_itself_is_told_when_it_is_declared() -> None:
    dead_end = Kind(
        "dead",
        "无出路",
        "X",
        "《法》",
        (State("a", "甲"),),
        (Act("go", "去", {NEW: "a"}, "", "。", "《法》"),),
    )
    with pytest.raises(DeclarationError, match="way on"):
        declare(dead_end)
    nowhere = Kind(
        "no",
        "无",
        "X",
        "《法》",
        (State("a", "甲", final=True),),
        (Act("go", "去", {NEW: "b"}, "", "。", "《法》"),),
    )
    with pytest.raises(DeclarationError, match="no state b"):
        declare(nowhere)


def _fields(act: Act) -> dict[str, object]:
    usual: dict[str, object] = {"day": date(2026, 3, 6), "long": "说明", "text": "一号"}
    return {entry.name: usual.get(entry.kind) or entry.options[0][0] for entry in act.entries}


@pytest.mark.parametrize("name", OURS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.integers(0, 20), min_size=1, max_size=8))
def test_whatever_people_try_a_matter_is_where_the_table_says(name: str, town, tries: list[int]) -> None:
    kind = kinds()[name]
    with at("2026-03-02T10:00:00"), transaction.atomic():
        opening = kind.opening[tries[0] % len(kind.opening)]
        fact = (
            {"agency_code": AGENCY}
            if "agency_code" in TABLES.get(kind.table, TABLES["orders"]).by_name
            else {}
        )
        fact = fact if kind.table else {}
        start = Start(name, "试办", agency_code=AGENCY, case_no="BJ1", fact=fact)
        matter = begin(
            start, opening.name, By("u0"), reason="理由", evidence=[PROOF], fields=_fields(opening)
        )
        state, steps = opening.moves[NEW], 1
        for number, each in enumerate(tries[1:], 1):
            act = kind.acts[each % len(kind.acts)]
            who = By(f"u{number}")
            if state in act.moves:
                move(matter, act.name, who, reason="理由", evidence=[PROOF], fields=_fields(act))
                state, steps = act.moves[state], steps + 1
            else:
                with pytest.raises(ConflictError):
                    move(matter, act.name, who, reason="理由", evidence=[PROOF], fields=_fields(act))
                matter = Matter.objects.get(pk=matter.pk)
            kept = Matter.objects.get(pk=matter.pk)
            assert (kept.state, kept.version) == (state, steps)
            assert (kept.closed_at is not None) == kind.state(state).final
            assert kept.transitions.count() == steps
            if kept.due_at is not None:
                assert kept.due_rule in kind.state(state).rules and kept.closed_at is None
        transaction.set_rollback(True)
