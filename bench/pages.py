"""Pages and reads of the web service over a large store, by 20 users at once, and how soon a browser paints.

Served by web and worker processes as `mingcha serve` starts them; users and browser run on the same machine.
`busy` users open the next page the moment the last has come; the others rest a second between two, as quick people do.
"""

from __future__ import annotations

import json
import os
import random
import re
import statistics
from collections.abc import Generator, Sequence
from html import unescape
from typing import Any

from _served import COUNTY, Served, machine_load, served, stores
from _users import Client, Habit, use

USERS = 20
MACHINES = 4
"""Of the users, those who read the web service."""
SECONDS = float(os.environ.get("MINGCHA_BENCH_SECONDS", "45"))
WARM = 10.0
"""Seconds of use before anything is measured: processes have then read the law, the places, the database."""
PAINTED = ("/login/", "/overview/", "/live/", "/cases/", "/cases/of/{case}/", "/alerts/{alert}/")
WIDTH, HEIGHT = 1366, 768

Steps = Generator[tuple[str, str], str, None]
User = tuple[Client, Habit]


def a_day(dice: random.Random) -> Steps:
    """What a supervisor opens, in an order of chance; what leads on is taken from the page that was opened."""
    cases, alerts, agencies = [""], [""], [""]
    while True:
        alert, case, agency = dice.choice(alerts), dice.choice(cases), dice.choice(agencies)
        offered = [
            ("overview", "/overview/"),
            ("overview, refreshed", "/overview/?part=today"),
            ("live", "/live/"),
            ("live, refreshed", "/live/?part=rows"),
            ("live, red", "/live/?mark=red"),
            ("live, all states", f"/live/?state=all&page={dice.randint(1, 40)}"),
            ("live, due first", "/live/?sort=due_at"),
            ("live, words", "/live/?q=超过"),
            ("live, county", f"/live/?region={COUNTY}"),
            ("cases", "/cases/"),
            ("cases, open", "/cases/?standing=open"),
            ("cases, red", "/cases/?alerts=red"),
            ("cases, received last", "/cases/?sort=-received"),
            ("cases, month", "/cases/?from=2026-10-01&to=2026-10-31"),
            ("cases, county", f"/cases/?region={COUNTY}"),
            ("cases, far page", f"/cases/?page={dice.randint(20, 200)}"),
            ("undetermined", "/undetermined/"),
            ("search, words", "/search/?q=许可"),
            ("intake", "/intake/"),
            ("rules", "/rules/"),
            ("catalogue", "/catalogue/"),
            ("messages", "/messages/"),
        ]
        if alert:
            offered += [("alert", f"/alerts/{alert}/")] * 3
        if case:
            offered += [("case", f"/cases/of/{case}/"), ("case, clocks", f"/cases/clocks/{case}/")] * 2
            offered += [
                ("cases, number", f"/cases/?q={case[:8]}"),
                ("search, number", f"/search/?q={case[:-1]}"),
            ]
        if agency:
            offered += [
                ("live, agency", f"/live/?agency={agency}"),
                ("cases, agency", f"/cases/?agency={agency}"),
            ]
        body = yield dice.choice(offered)
        cases = seen(r"/cases/of/([^/\"]+)/", body) or cases
        alerts = seen(r"/alerts/(\d+)/", body) or alerts
        agencies = seen(r"agency=(\w{18})\b", body) or agencies


def seen(pattern: str, body: str) -> list[str]:
    return sorted(set(re.findall(pattern, unescape(body))))


def machine(dice: random.Random) -> Steps:
    """What a system reads: lists from page to page, single objects, the feed."""
    cases, alerts, agencies, cursor = [""], [""], [""], ""
    while True:
        alert, case, agency = dice.choice(alerts), dice.choice(cases), dice.choice(agencies)
        offered = [
            ("api alerts", f"/api/v1/alerts?cursor={cursor}"),
            ("api alerts, red", "/api/v1/alerts?level=red&limit=100"),
            ("api cases", "/api/v1/cases?limit=100"),
            ("api cases, open", "/api/v1/cases?completed=false"),
            ("api cases, since", "/api/v1/cases?received_first=2026-11-01"),
            ("api events", f"/api/v1/events?after={dice.randint(0, 1000)}"),
            ("api batches", "/api/v1/batches"),
        ]
        if alert:
            offered += [("api alert", f"/api/v1/alerts/{alert}")] * 2
            offered += [("api changes", f"/api/v1/alerts/{alert}/changes")]
        if case:
            offered += [("api case", f"/api/v1/cases/{case}")] * 2
            offered += [("api verdicts", f"/api/v1/cases/{case}/verdicts")]
            offered += [("api history", f"/api/v1/facts/cases?key={case}&history=true")]
        if agency:
            offered += [("api cases, agency", f"/api/v1/cases?agency={agency}")]
        body = yield dice.choice(offered)
        cases = seen(r'"case_no":\s*"([^"]+)"', body) or cases
        agencies = seen(r'"agency_code":\s*"([^"]+)"', body) or agencies
        if '"items"' in body and '"rule"' in body:
            told = json.loads(body)
            alerts = [str(each["id"]) for each in told["items"]] or alerts
            cursor = told.get("next") or ""


def run() -> dict[str, dict[str, Any]]:
    """Figures of each database; raises AssertionError where a page did not answer."""
    found = {}
    with stores() as filled:
        for store in filled:
            people = store.ask("people", str(USERS - MACHINES))
            with served(store) as running:
                load, users = machine_load(), signed_in(running, people["names"], people["password"], a_day)
                machines: list[User] = [(Client(running.address, key), machine) for key in people["keys"]]
                figures = measured([*users, *machines])
                painted = first_paint(running, users[0][0])
            found[f"pages_{store.name}"] = {"load_before": load, **figures, "first_paint": painted}
    return found


def signed_in(running: Served, names: Sequence[str], password: str, habit: Habit) -> list[User]:
    """People who have signed in and will open what the habit says."""
    return [(Client(running.address).sign_in(name, password), habit) for name in names]


def measured(users: Sequence[User]) -> dict[str, Any]:
    """Figures of these users, resting a second between two pages, and busy. AssertionError where one was refused."""
    figures = {}
    use(users, WARM, 0, seed=1000)
    for name, pause in (("resting", 1.0), ("busy", 0.0)):
        timed = use(users, SECONDS, pause)
        assert not timed.faults, timed.faults[:3]
        figures[name] = timed.figures(SECONDS)
    return figures


def first_paint(running: Served, client: Client) -> dict[str, float]:
    """Milliseconds to the first contentful paint in Chromium, nothing cached: the median of five, by page."""
    from playwright.sync_api import sync_playwright

    found = {
        "alert": (seen(r"/alerts/(\d+)/", client.get("/live/?state=all")) or [""])[0],
        "case": (seen(r"/cases/of/([^/\"]+)/", client.get("/cases/")) or [""])[0],
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("MINGCHA_CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        painted: dict[str, float] = {}
        for path in PAINTED:
            taken = []
            for _ in range(5):
                context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
                if path != "/login/":
                    context.add_cookies(
                        [{"name": n, "value": v, "url": running.address} for n, v in client.cookies.items()]
                    )
                page = context.new_page()
                page.goto(running.address + path.format(**found), wait_until="load")
                taken.append(float(page.evaluate(PAINT)))
                context.close()
            painted[path] = round(statistics.median(taken))
        browser.close()
    return painted


PAINT = """() => new Promise(done => {
  const told = performance.getEntriesByName('first-contentful-paint')[0];
  if (told) return done(told.startTime);
  new PerformanceObserver(list => done(list.getEntries()[0].startTime)).observe({type: 'paint', buffered: true});
})"""


if __name__ == "__main__":
    print(json.dumps(run(), indent=2, ensure_ascii=False))
