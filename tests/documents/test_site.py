"""The documentation's site: built without a warning, no dead link, nothing from elsewhere, all of the code in it."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from models.book.contract import TABLES
from models.cli import VERBS, app
from models.config.loading import config_schema
from models.sinks.catalogue import described

ROOT = Path(__file__).parents[2]
LINK = re.compile(r'(?:href|src)="([^"]+)"')
THEMES_OWN = "https://github.com/pradyunsg/furo"
"""Whom the theme thanks at the foot of a page: a link to follow, nothing that is loaded."""
CALL = re.compile(r"clientvalue ([a-z]+)([^`\n|]*)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "-d", str(folder / "trees")]
    built = subprocess.run(  # noqa: S603 - our own pages
        [*command, str(ROOT / "docs"), str(folder / "html")], capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    return folder / "html"


def pages(site: Path) -> dict[Path, str]:
    return {page: page.read_text(encoding="utf-8") for page in site.rglob("*.html") if "_modules" not in page.parts}


def text_of(site: Path, page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", (site / page).read_text(encoding="utf-8")))


def test_no_link_is_dead_and_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    texts, dead = pages(site), []
    for page, text in texts.items():
        for link in LINK.findall(text):
            place, _, part = html.unescape(link).partition("#")
            if place.startswith(("http:", "https:")):
                assert place == THEMES_OWN, page
                continue
            target = (page.parent / unquote(place.partition("?")[0])).resolve() if place else page
            if not target.exists() or (part and target in texts and f'id="{part}"' not in texts[target]):
                dead.append(f"{page.relative_to(site)}: {link}")
    assert len(texts) > 30
    assert dead == []


def keys_of(schema: Mapping[str, Any]) -> Iterator[str]:
    for name, section in schema["properties"].items():
        part = schema["$defs"].get(section.get("$ref", "").rpartition("/")[2], section)
        yield from (f"{name}.{key}" for key in part.get("properties", ()))


def test_every_key_column_and_command_stands_in_the_reference(site: Path) -> None:
    made = {name: text_of(site, f"reference/made/{name}.html") for name in ("config", "tables", "outputs", "commands")}
    assert [key for key in keys_of(config_schema()) if key not in made["config"]] == []
    columns = [(table, each.name) for table, schema in TABLES.items() for each in schema.columns]
    assert [each for each in columns if each[0] not in made["tables"] or each[1] not in made["tables"]] == []
    outputs = [(table.name, each.name) for table in described(()) for each in table.columns]
    assert [each for each in outputs if each[1] not in made["outputs"]] == []
    assert min(len(columns), len(outputs)) > 100
    assert [verb for verb in VERBS if f"Usage: clientvalue {verb}" not in made["commands"]] == []


def test_options_that_pages_name_are_those_of_the_command() -> None:
    wrong = []
    for page in [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]:
        if "made" in page.parts:
            continue
        for verb, rest in CALL.findall(page.read_text(encoding="utf-8")):
            if verb not in VERBS:
                continue
            known = {name for option in app.loaded(verb).params for name in option.opts}
            wrong += [f"{page.name}: {verb} {each}" for each in re.findall(r"--[a-z-]+", rest) if each not in known]
    assert wrong == []


def test_every_page_says_for_whom_it_is() -> None:
    """In its first lines, beside pages that are made or lists of changes."""
    silent = [
        page.name
        for page in (ROOT / "docs").rglob("*.md")
        if "made" not in page.parts
        and not re.search(r"^For ", "\n".join(page.read_text(encoding="utf-8").splitlines()[:7]), re.MULTILINE)
    ]
    assert silent == []
