"""The README is short, links of all pages lead somewhere, and every command that is named is one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from models.cli import VERBS

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    page
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "bench").glob("*.md")]
    if "made" not in page.parts and "_build" not in page.parts
)
MOST_WORDS = 700
LINK = re.compile(r"\]\(([^)#]+)\)")
VERB = re.compile(r"clientvalue ([a-z]+)\b")
MADE = "reference/made/"
NO_VERBS = {"import", "is", "in", "and", "a", "the", "does", "untuned"}
"""Words that follow the name of the project in a sentence."""


def test_the_readme_is_read_in_three_minutes() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) <= MOST_WORDS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_that_are_there(page: Path) -> None:
    """Pages that are made when the site is built are held by the test of the site."""
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link and MADE not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("name", ["README.md", "docs/commands.md", "docs/own-book.md", "docs/in-service.md"])
def test_commands_that_are_named_are_there(name: str) -> None:
    named = set(VERB.findall((ROOT / name).read_text(encoding="utf-8"))) - NO_VERBS
    assert named
    assert named - VERBS.keys() == set()


def test_every_command_is_explained() -> None:
    explained = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert [verb for verb in VERBS if f"`{verb}" not in explained] == []
