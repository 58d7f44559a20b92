"""Test-plan S6: nothing connects to an address that somebody wrote down but through `notify.outside`, which refuses
addresses inside (`tests/server/notify/test_guard.py`). Each other module that opens connections at all is named here,
with where its addresses come from."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1] / "mingcha"
CONNECTS = frozenset({
    "aiohttp", "confluent_kafka", "ftplib", "http.client", "httpx", "imaplib", "ldap3", "poplib", "requests", "smtplib",
    "socket", "telnetlib", "urllib.request", "urllib3", "websockets", "xmlrpc.client",
})  # fmt: skip
KNOWN = {
    "notify/outside/guard.py": "the check itself",
    "notify/outside/http.py": "checked by it",
    "notify/outside/mail.py": "the site's own mail server, of the settings",
    "accounts/oidc.py": "the name of an error; the provider is of the settings",
    "intake/ways/kafka.py": "the cluster, of the settings",
    "intake/ways/trying.py": "the same, to be tried",
    "server/demo_replay.py": "this installation itself",
    "server/web.py": "whether its own port is free",
}


def _imported(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


def test_only_known_modules_open_connections() -> None:
    found = set()
    for file in ROOT.rglob("*.py"):
        imported = _imported(ast.parse(file.read_text("utf-8")))
        if any(name == way or name.startswith(f"{way}.") for name in imported for way in CONNECTS):
            found.add(str(file.relative_to(ROOT)))
    assert found == KNOWN.keys()


def test_no_template_or_style_names_an_address_outside() -> None:
    """Pages ask nothing of another host (also held by the browser's tests, page by page)."""
    named = [
        str(file.relative_to(ROOT))
        for kind in ("*.html", "*.css")
        for file in ROOT.rglob(kind)
        if "vendor" not in file.parts
        for text in (file.read_text("utf-8"),)
        if any(f'{where}="http' in text for where in ("src", "srcset", "action")) or "url(http" in text
    ]
    assert named == []
