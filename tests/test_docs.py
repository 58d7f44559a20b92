"""Documents say what is there: every rule, setting and command, and nothing of any particular machine."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from mingcha.cli import COMMANDS, cli
from mingcha.cli.commands_page import commands_page
from mingcha.engine.names import COLUMNS, RELATIONS
from mingcha.engine.sentences import PLACEHOLDERS
from mingcha.facts.reference import reference_page
from mingcha.rules.levels import parse_level
from mingcha.rules.load import shipped_rulebook
from mingcha.trials.pages.catalogue import catalogue_page
from mingcha.trials.pages.language import LEVEL_LINES, PLACEHOLDER_LABELS, RELATION_LABELS, language_page

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
READMES = ("README.md", "README.zh-CN.md")
PAGES = {
    "facts.md": reference_page,
    "rules.md": language_page,
    "catalogue.md": catalogue_page,
    "commands.md": commands_page,
}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert read(f"docs/{name}") == PAGES[name](), "make docs"


def test_every_rule_and_setting_is_in_the_catalogue() -> None:
    page = read("docs/catalogue.md")
    for pack in shipped_rulebook().packs:
        assert f"## {pack.id}\n" in page
        assert all(f"### {rule.id} {rule.title}\n" in page for rule in pack.rules)
        assert all(f"| `{name}` |" in page for name in pack.settings)


def leaves(command: click.Command, path: str) -> list[str]:
    """Paths of the commands below one."""
    if not isinstance(command, click.Group):
        return [path]
    context = click.Context(command)
    found = {name: command.get_command(context, name) for name in command.list_commands(context)}
    return [leaf for name, below in found.items() if below for leaf in leaves(below, f"{path} {name}")]


def test_every_command_is_on_the_page_of_commands() -> None:
    page = read("docs/commands.md")
    assert [leaf for leaf in leaves(cli, "mingcha") if f"## {leaf}\n" not in page] == []


@pytest.mark.parametrize("name", READMES)
def test_the_readme_uses_only_commands_that_are_there(name: str) -> None:
    used = set(re.findall(r"bin/mingcha (\w+)", read(name)))
    assert used
    assert used <= COMMANDS.keys()


@pytest.mark.parametrize(
    "name", [*READMES, "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/rules.md", "docs/catalogue.md"]
)
def test_links_lead_somewhere(name: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", read(name))
    assert [link for link in links if not ((ROOT / name).parent / link).exists()] == []


def test_both_readmes_have_the_same_commands_and_links() -> None:
    english, chinese = (read(name) for name in READMES)
    for pattern in (r"(?m)^\.venv/bin/mingcha (\w+(?: [a-z]+)?)", r"\]\((docs/[^)]+)\)", r"(?m)^make \w+"):
        assert sorted(set(re.findall(pattern, english))) == sorted(set(re.findall(pattern, chinese)))


def names_of_the_server_page() -> Iterator[tuple[str, str, str]]:
    """Folders, module and name of each `module.name` in the table of layers; name "" where a module stands alone."""
    for folders, uses in re.findall(r"(?m)^\| (`[^|]+) \| (.+) \|$", read("docs/server.md")):
        for module, name in re.findall(r"`@?([a-z_]+)(?:\.(\w+)[^`]*)?`", uses):
            yield folders.replace("`", ""), module, name


@pytest.mark.parametrize(("folders", "module", "name"), sorted(set(names_of_the_server_page())))
def test_a_name_on_the_page_of_the_server_is_there(folders: str, module: str, name: str) -> None:
    places = [f"mingcha.{folder}.{module}" for folder in folders.split(", ")]
    there = [importlib.import_module(place) for place in places if importlib.util.find_spec(place)]
    assert there
    assert not name or any(hasattr(one, name) for one in there)


def test_the_page_of_the_server_names_what_each_layer_gives() -> None:
    assert len(set(names_of_the_server_page())) > 50


def test_every_placeholder_relation_and_condition_is_explained() -> None:
    assert PLACEHOLDER_LABELS.keys() == PLACEHOLDERS
    explained = {re.match(r"`(\w+)", name)[1] for name, _ in RELATION_LABELS}  # type: ignore[index]
    assert explained == RELATIONS.keys() - COLUMNS.keys()
    for condition, _ in LEVEL_LINES:
        assert parse_level("red", condition.strip("`")) is not None, condition


def test_every_make_target_says_what_it_does() -> None:
    makefile = read("Makefile")
    phony = re.search(r"(?m)^\.PHONY: (.*)$", makefile)
    assert phony
    assert [t for t in phony[1].split() if not re.search(rf"(?m)^{t}:.* ## ", makefile)] == []


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name]


BINARY = (".png", ".parquet", ".xlsx")
PLACES = re.compile(r"(?<![\w.~/])/(?:work|tmp|root|home/\w+)/", re.IGNORECASE)
ADDRESSES = re.compile(r"https?://(?P<host>[\w@-]+(?:\.[\w@-]+)*)", re.IGNORECASE)
HOSTS = {
    "127.0.0.1",
    "localhost",
    "oapi.dingtalk.com",  # the three chat robots
    "open.feishu.cn",
    "qyapi.weixin.qq.com",
    "schemas.openxmlformats.org",
    "schemas.xmlsoap.org",
    "www.apache.org",
    "www.gov.cn",
    "www.w3.org",
    "www.xes-standard.org",
}


EXAMPLES = re.compile(
    r"(.*[.@])?(example|example\.(com|org|cn|gov\.cn|invalid))|exa|user|testserver|mingcha|中继|主机名|192\.0\.2\.1|10\.0\.0\.1|169\.254\..*"
)
"""What stands for a host: names set aside for examples, the server under test, the upstream of a proxy."""
VENDORED = "mingcha/pages/static/vendor/"


def is_known(host: str) -> bool:
    return host in HOSTS or EXAMPLES.fullmatch(host) is not None


def committed_lines() -> Iterator[tuple[str, str]]:
    """Every line of every committed text, with its place."""
    for path in committed():
        if not path.is_file() or path.suffix in BINARY:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            yield f"{path.relative_to(ROOT)}:{number}", line


def test_nothing_names_a_folder_of_some_machine() -> None:
    found = [(place, match) for place, line in committed_lines() for match in PLACES.finditer(line)]
    assert [f"{place}: {match[0]}" for place, match in found] == []


def test_every_address_is_of_a_host_known_here() -> None:
    found = [(place, match) for place, line in committed_lines() for match in ADDRESSES.finditer(line)]
    unknown = [(place, match[0]) for place, match in found if not is_known(match["host"])]
    assert [found for found in unknown if not found[0].startswith(VENDORED)] == []


def test_the_lock_file_names_versions_and_nothing_else() -> None:
    lines = read("requirements.lock").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []


def test_decisions_have_context_choice_and_price() -> None:
    pages = list((DOCS / "decisions").glob("*.md"))
    assert pages
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert all(f"**{word}.**" in text for word in ("Context", "Choice", "Price")), page.name
