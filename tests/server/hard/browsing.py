"""A browser that walks from page to page by the links it finds, and notes whatever ought not to happen."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from playwright.sync_api import BrowserContext, Page

_NOTES = """
window.__refused = [];
document.addEventListener(
  'securitypolicyviolation', e => window.__refused.push(e.violatedDirective + ' ' + e.blockedURI)
);
"""
_LINKS = """
[...document.querySelectorAll('a[href], [data-href]')]
  .map(e => e.dataset.href || e.getAttribute('href'))
  .filter(h => h && !h.startsWith('#') && !h.startsWith('javascript'))
"""
_REACHABLE = """
() => {
  const seen = e => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length;
  const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [onclick]';
  return [...document.querySelectorAll(all)]
    .filter(e => seen(e) && !e.disabled && !e.closest('[inert], dialog:not([open])'))
    .filter(e => !(e.type === 'radio' && !e.checked))
    .map(e => { e.dataset.walked = 'no'; return e.tabIndex < 0 ? e.outerHTML.slice(0, 150) : ''; })
    .filter(Boolean);
}
"""
_WALKED = """
() => { const e = document.activeElement; if (e && e.dataset) e.dataset.walked = 'yes'; return e === document.body }
"""
_LEFT = "[...document.querySelectorAll('[data-walked=no]')].map(e => e.outerHTML.slice(0, 150))"
_TOO_WIDE = """
() => {
  if (document.documentElement.scrollWidth <= window.innerWidth) return [];
  const out = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > window.innerWidth);
  return [(out.find(e => !e.children.length) || out[0] || document.body).outerHTML.slice(0, 200)];
}
"""
_STEPS = 400
"""Tabs after which a page is taken to be a trap, if more is left."""


class Walker:
    """One signed-in person's way over the pages, at one size."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context, self.address = context, address
        context.add_init_script(_NOTES)
        self.page: Page = context.new_page()
        self.noted: list[str] = []
        self.page.on("console", lambda said: self._note(said.type in ("error", "warning"), said.text))
        self.page.on("pageerror", lambda error: self._note(True, str(error)))
        self.page.on(
            "request",
            lambda asked: self._note(not asked.url.startswith((address, "data:")), f"outside: {asked.url}"),
        )
        self.page.on("dialog", lambda dialog: self._note(True, f"dialog: {dialog.message}"))

    def _note(self, bad: bool, what: str) -> None:
        if bad:
            self.noted.append(what)

    def pages(self, start: str, most: int) -> Iterator[tuple[str, str]]:
        """(name of the address, address) of pages found by links, one of each name, the nearest first; each is open
        when it is given."""
        waiting, known = [start], {""}
        while waiting and most:
            path = waiting.pop(0)
            name = name_of(path)
            if name in known or name in NO_PAGES:
                continue
            known.add(name)
            if not self._open(path):
                continue
            most -= 1
            yield name, path
            waiting += [here(link, path) for link in self.page.evaluate(_LINKS)]

    def _open(self, path: str) -> bool:
        """Open it where it is a page, and not a file."""
        told = self.context.request.get(self.address + path, max_redirects=5)
        if "text/html" not in told.headers.get("content-type", ""):
            return False
        self.noted.clear()
        self.page.goto(self.address + path)
        self.page.wait_for_load_state("networkidle")
        return True

    def wrong(self) -> list[str]:
        """What is wrong with the page that is open."""
        page, found = self.page, list(self.noted)
        if page.evaluate("window.pwned") is not None:
            found.append("a script of a payload ran")
        found += [f"CSP: {one}" for one in page.evaluate("window.__refused")]
        found += [f"wider than the window: {one}" for one in page.evaluate(_TOO_WIDE)]
        found += [f"not by keyboard: {one}" for one in self._not_by_keyboard()]
        for fault in Axe().run(page).response["violations"]:
            if fault["impact"] in ("serious", "critical"):
                found.append(f"axe {fault['id']}: {fault['nodes'][0]['html'][:200]}")
        return found

    def _not_by_keyboard(self) -> list[str]:
        """Links, buttons and fields that Tab does not come to, walking from the top until it is back there."""
        page = self.page
        closed: list[str] = page.evaluate(_REACHABLE)
        page.evaluate("document.activeElement && document.activeElement.blur()")
        rounds = 0
        for _ in range(_STEPS):
            page.keyboard.press("Tab")
            rounds += page.evaluate(_WALKED)
            if rounds == 2:  # the first round may begin in the middle, where a field has the focus at once
                break
        return closed + list(page.evaluate(_LEFT))


NO_PAGES = frozenset({"logout", "api-docs", "openapi-view", "openapi-json"})
"""Addresses that end the walk, or are documents of another kind."""


def name_of(path: str) -> str:
    """The name of the address that a path leads to; "" where it leads nowhere here."""
    try:
        return resolve(urlsplit(path).path).url_name or ""
    except Resolver404:
        return ""


def here(link: str, base: str) -> str:
    """A link as a path of this server; "" where it leads elsewhere."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return ""
    if link.startswith("?"):
        return urlsplit(base).path + link
    return link if link.startswith("/") else ""
