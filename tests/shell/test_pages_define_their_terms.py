"""Every template shows the line that says what decline, value and horizon mean, and heads its columns for readers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "models"
PAGES = (
    *("overview", "evaluation", "kpis", "segments", "audit", "backtest", "explanation", "monitoring", "proposal"),
    *("comparison", "card", "validation"),
)
PLAIN = ("letter",)
"""Pages for clients, in plain words that need no terms."""
EXTENDED = {"promotion": "comparison"}
"""Pages that fill in the blocks of another, whose head they have."""


@pytest.mark.parametrize("page", PAGES)
def test_the_line_of_terms_stands_at_the_head(page: str) -> None:
    text = (PACKAGE / page / "page.html").read_text(encoding="utf-8")
    assert re.search(r'class="quiet terms">\{\{ (\w+\.)+terms', text)
    assert text.index("terms") < text.index("{% block body %}")


def test_no_page_is_forgotten() -> None:
    shared = {f"shell/{name}.html" for name in ("base", "body", "charts", "notices", "style")} | {
        "explanation/sections.html"
    }
    pages = [path for path in PACKAGE.rglob("*.html") if "templates" not in path.parts]  # those are screens
    found = {path.relative_to(PACKAGE).as_posix() for path in pages}
    assert found == {f"{page}/page.html" for page in (*PAGES, *PLAIN, *EXTENDED)} | shared
    for page, other in EXTENDED.items():
        assert f'{{% extends "{other}/page.html" %}}' in (PACKAGE / page / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_every_column_is_headed_for_a_screen_reader(page: str) -> None:
    text = (PACKAGE / page / "page.html").read_text(encoding="utf-8")
    assert re.findall(r"<th(?![^>]*scope=)(?=[ >])[^>]*>", text) == []
