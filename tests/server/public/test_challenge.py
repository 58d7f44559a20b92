"""The challenge: solved by a script or by a sum, once, in time, and dearer for who tries much."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine

from mingcha.base import clock
from mingcha.pages.public import attempts, challenge
from mingcha.pages.public.challenge import Refusal
from tests.server.public.conftest import solve

HERE = "10.8.0.1"
pytestmark = pytest.mark.django_db


def answered(puzzle: challenge.Puzzle) -> str:
    return solve(puzzle.text, puzzle.bits)


def summed(puzzle: challenge.Puzzle) -> str:
    one, other = re.findall("[二三四五六七八九十]", puzzle.sum)[:2]
    return str("零一二三四五六七八九十".index(one) + "零一二三四五六七八九十".index(other))


def later(**time: float) -> time_machine.travel:
    return time_machine.travel(clock.now() + timedelta(**time))


def test_the_right_number_is_taken_once():
    puzzle = challenge.puzzle(HERE)
    answer = answered(puzzle)
    assert challenge.check(puzzle.text, answer, "", HERE) is None
    assert challenge.check(puzzle.text, answer, "", HERE) is Refusal.SPENT


def test_puzzle_and_answer_fit_one_block_of_sha_256():
    assert len(challenge.puzzle(HERE).text) + len(".99999999") < 56


@pytest.mark.parametrize("answer", ["x", "-1", "1.0", "1e3", "½", "9" * 13])
def test_what_is_no_number_is_refused(answer):
    assert challenge.check(challenge.puzzle(HERE).text, answer, "", HERE) is Refusal.WRONG


def test_a_number_with_too_few_zeros_is_refused():
    puzzle = challenge.puzzle(HERE)
    wrong = next(str(n) for n in range(10_000) if not challenge.solves(puzzle.text, str(n), puzzle.bits))
    assert challenge.check(puzzle.text, wrong, "", HERE) is Refusal.WRONG


def test_an_easier_puzzle_cannot_be_made_up():
    nonce, _, begun, signature = challenge.puzzle(HERE).text.split(".")
    for text in (f"{nonce}.1.{begun}.{signature}", f"{nonce}.0.{begun}.", "", "…", "a.b.c.d"):
        assert challenge.check(text, "1", "", HERE) is Refusal.MISSING


def test_a_puzzle_runs_out():
    puzzle = challenge.puzzle(HERE)
    answer = answered(puzzle)
    with later(hours=2, seconds=5):
        assert challenge.check(puzzle.text, answer, "", HERE) is Refusal.OLD


def test_who_has_no_script_answers_a_sum_a_few_seconds_later():
    puzzle = challenge.puzzle(HERE)
    assert challenge.check(puzzle.text, "", summed(puzzle), HERE) is Refusal.EARLY
    with later(seconds=7):
        assert challenge.check(puzzle.text, "", "99", HERE) is Refusal.WRONG
        assert challenge.check(puzzle.text, "", summed(puzzle), HERE) is None
        assert challenge.check(puzzle.text, "", summed(puzzle), HERE) is Refusal.SPENT


def test_sums_are_taken_only_so_often_from_one_address():
    for _ in range(attempts.MOST["sum"]):
        puzzle = challenge.puzzle(HERE)
        with later(seconds=7):
            assert challenge.check(puzzle.text, "", summed(puzzle), HERE) is None
    puzzle = challenge.puzzle(HERE)
    with later(seconds=7):
        assert challenge.check(puzzle.text, "", summed(puzzle), HERE) is Refusal.OFTEN
        assert challenge.check(puzzle.text, "", summed(puzzle), "10.8.0.2") is None


def test_puzzles_grow_harder_for_who_tries_much_but_not_beyond_all_measure():
    easy = challenge.puzzle(HERE).bits
    for _ in range(10):
        attempts.tried("address", HERE)
    assert challenge.puzzle(HERE).bits == easy + 2
    for _ in range(100):
        attempts.tried("address", HERE)
    assert challenge.puzzle(HERE).bits == easy + challenge.MORE_BITS
    assert challenge.puzzle("10.8.0.2").bits == easy


def test_what_is_long_over_is_forgotten():
    puzzle = challenge.puzzle(HERE)
    challenge.check(puzzle.text, answered(puzzle), "", HERE)
    attempts.tried("case", "BJ1")
    attempts.clear()
    assert challenge.Spent.objects.count() == 1 and attempts.count("case", "BJ1") == 1
    with later(days=4):
        attempts.clear()
    assert challenge.Spent.objects.count() == 0 and attempts.Attempt.objects.count() == 0


def test_neither_cases_nor_addresses_are_kept():
    attempts.tried("case", "BJ1")
    attempts.tried("address", HERE)
    kept = " ".join(attempts.Attempt.objects.values_list("token", flat=True))
    assert "BJ1" not in kept and HERE not in kept and len(set(kept.split())) == 2
