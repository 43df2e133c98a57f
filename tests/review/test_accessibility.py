"""Every page of the workbench, taken from its map of addresses, has no violation that axe knows and fits its screen.

A new route is visited without being named here. Where its address asks for more than a client, a number, a day or a
tab, its slots are given in ``SLOTS``; else this test fails, since the page cannot be reached.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe

from models.review.client.text import TABS
from models.review.shared.rights import RIGHTS, Role
from models.text import ENGLISH, Language
from support.languages import CHINESE
from support.review_clients import known_clients
from support.routes import Route, routes

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import APIResponse, Page

SLOTS: dict[str, list[str]] = {"tab": list(TABS), "screen": [], "list": [], "purpose": []}
"""Name of a slot -> what an address may hold there, beside clients, numbers and days."""
LEAVES = {"log_out"}
"""Routes that end the session."""
CLIPPED = """() => [...document.querySelectorAll('main *, header *')].filter(each => {
  const style = getComputedStyle(each);
  const hides = ['hidden', 'clip'].includes(style.overflowX) && !each.classList.contains('visually-hidden');
  return hides && each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 1;
}).map(each => each.tagName + '.' + each.className + ': ' + each.textContent.trim().slice(0, 60))"""
"""What is cut off by the box that it stands in."""


@dataclass(frozen=True)
class View:
    """How a page is looked at."""

    language: Language
    width: int
    is_dark: bool

    def __str__(self) -> str:
        return f"{self.language}-{self.width}-{'dark' if self.is_dark else 'light'}"


VIEWS = (View(ENGLISH, 1280, False), View(CHINESE, 390, True))
"""Both languages, both widths, by day and by night."""


@pytest.fixture(scope="module")
def client_id(demo_config: Path) -> str:
    """A scored client of the demo book."""
    return known_clients(demo_config)[0].client_id


@pytest.fixture
def decided(page_as: Callable[..., Page], client_id: str) -> None:
    """An override that awaits an answer, so that pages about one are there."""
    page = page_as("manager")
    if page.request.get("/overrides/1/").ok:
        return
    page.goto(f"/overrides/of/{quote(client_id)}/")


def addresses(route: Route, client_id: str) -> Iterator[str]:
    """The address of a route with something in the place of each slot."""
    filled = [route.address]
    for slot, values in SLOTS.items():
        filled = [re.sub(rf"<(\w+:)?{slot}>", value, each) for each in filled for value in values or ["x"]]
    for each in filled:
        numbered = re.sub(r"<int:\w+>", "1", each)
        dated = re.sub(r"<(?:day|date):\w+>", date(2023, 1, 1).isoformat(), numbered)
        yield "/" + re.sub(r"<[^>]+>", quote(client_id, safe=""), dated)


def is_page(answer: APIResponse) -> bool:
    """Whether an answer is a whole page, and neither a file nor a part of one; forms that only take are none."""
    return "text/html" in answer.headers.get("content-type", "") and "<html" in answer.text()


def visited(page: Page, route: Route, client_id: str) -> list[str]:
    """The addresses of a route that are pages."""
    found = []
    for address in addresses(route, client_id):
        answer = page.request.get(address)
        if answer.status == 405:  # noqa: PLR2004 - it takes what a form of another page sends
            continue
        assert answer.status in {200, 404}, (route.name, address, answer.status)
        if is_page(answer):
            found.append(address)
    return found


def problems(page: Page) -> list[str]:
    """Violations that axe knows, a page wider than its screen, and text that is cut off."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    said = [
        f"{each['id']}: {node['html'][:160]} {node['failureSummary'][:300]}" for each in found for node in each["nodes"][:3]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [*said, *([f"{wide} pixels too wide"] if wide > 0 else []), *page.evaluate(CLIPPED)]


def role_for(route: Route) -> Role:
    """The role with the most rights of those that reach a route."""
    return max((role for role in Role if route.needs in RIGHTS[role]), key=lambda role: len(RIGHTS[role]))


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_every_page_is_accessible_and_fits(page_as: Callable[..., Page], client_id: str, view: View) -> None:
    pages = {
        role: page_as(role.value, lang=view.language, width=view.width, dark=view.is_dark)
        for role in {role_for(route) for route in routes() if not route.is_open}
    }
    found: dict[str, list[str]] = {}
    for route in routes():
        if route.is_open or route.name in LEAVES:
            continue
        page = pages[role_for(route)]
        for address in visited(page, route, client_id):
            page.goto(address)
            page.wait_for_load_state("networkidle")
            if wrong := problems(page):
                found[f"{route.name} {address}"] = wrong
    assert found == {}, "\n".join(f"{where}\n    " + "\n    ".join(what) for where, what in found.items())


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_the_log_in_is_accessible(chromium: Any, workbench: Any, view: View) -> None:
    context = chromium.new_context(
        base_url=workbench.address,
        viewport={"width": view.width, "height": 900},
        color_scheme="dark" if view.is_dark else "light",
        locale=view.language,
    )
    page = context.new_page()
    page.goto("/log-in/")
    assert problems(page) == []
    context.close()
