"""The desks of those who work on matters and reviews, over a large store with 300,000 ratings: inbox, ledger, case.

The store of `pages.py`, with ratings put in until there are so many, and the loop of the bad ones begun; the same
twenty people and machines, opening what they open all day.
"""

from __future__ import annotations

import json
import random
from typing import Any

from _served import machine_load, served, stores
from pages import USERS, Steps, measured, seen, signed_in

RATINGS = 300_000
BAD = 10_000
"""Of them, those whose loop is begun."""


def a_desk(dice: random.Random) -> Steps:
    """What a supervisor or a liaison opens; what leads on is taken from the page that was opened."""
    matters, ratings, cases = [""], [""], [""]
    while True:
        matter, rating, case = dice.choice(matters), dice.choice(ratings), dice.choice(cases)
        offered = [
            ("inbox", "/inbox/"),
            ("inbox, explanations", "/inbox/?kind=explain"),
            ("inbox, far page", f"/inbox/?page={dice.randint(2, 40)}"),
            ("matters", "/casework/"),
            ("matters, words", "/casework/?q=超过"),
            ("ledger", "/evaluations/ledger/"),
            ("ledger, far page", f"/evaluations/ledger/?page={dice.randint(2, 60)}"),
            ("ratings", "/evaluations/list/"),
            ("ratings, far page", f"/evaluations/list/?page={dice.randint(2, 200)}"),
            ("ratings, overview", "/evaluations/overview/"),
            ("cases", "/cases/"),
        ]
        if matter:
            offered += [("matter", f"/casework/{matter}/")] * 3
        if rating:
            offered += [("rating", f"/evaluations/list/{rating}/")] * 3
        if case:
            offered += [("case", f"/cases/of/{case}/")] * 3
        body = yield dice.choice(offered)
        matters = seen(r"/casework/(\d+)/", body) or matters
        ratings = seen(r"/evaluations/list/([\w%-]+)/", body) or ratings
        cases = seen(r"/cases/of/([^/\"]+)/", body) or cases


def run() -> dict[str, dict[str, Any]]:
    """Figures of each database; raises AssertionError where a page did not answer."""
    found = {}
    with stores() as filled:
        for store in filled:
            held = store.ask("reviews", str(RATINGS), str(BAD))
            people = store.ask("people", str(USERS * 2))
            with served(store) as running:
                load = machine_load()
                users = signed_in(running, people["at_work"][:USERS], people["password"], a_desk)
                found[f"desks_{store.name}"] = {"load_before": load, **held, **measured(users)}
    return found


if __name__ == "__main__":
    print(json.dumps(run(), indent=2, ensure_ascii=False))
