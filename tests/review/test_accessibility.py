"""Every page of the workbench, taken from its map of addresses, has no violation that axe knows and fits its screen.

A new route is visited without being named here. Where its address asks for more than a client, a number, a day or a
tab, its slots are given in ``SLOTS``; else this test fails, since the page cannot be reached.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe

from models.directory.report import FoundClient
from models.review.client.text import TABS
from models.review.shared.rights import RIGHTS, Role
from models.text import ENGLISH, Language
from support.languages import CHINESE
from support.review_clients import known_clients
from support.routes import Route, routes

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import APIResponse, Page

SLOTS: dict[str, list[str]] = {"tab": list(TABS), "key": ["evaluation"]}
"""Name of a slot -> what an address may hold there, beside clients, numbers and days."""
QUERIES = {"client": "?whole=1", "client_tab": "?whole=1", "compare": "?c={client}", "override_effect": "?tier=A"}
"""What a route is asked with: all of a client at once, a client to compare, a tier."""
LEFT_OUT = {"log_out", "trail_replay_standing", "model_change", "model_figure"}
"""The end of the session; a part that is there while a replay runs; a change of the champion and a figure of a
validation file, of which the demo has none."""
MOST_ENTRIES = 12
"""Numbers of what was recorded that are tried."""
REACHED = {200, 405}
"""A page, or an address that takes what a form of another page sends."""
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
def clients(demo_config: Path) -> list[FoundClient]:
    """Scored clients of the demo book."""
    return known_clients(demo_config)


@pytest.fixture
def recorded(page_as: Callable[..., Page], clients: list[FoundClient]) -> None:
    """An override, another policy and a filed letter, so that the pages about each are there."""
    page = page_as("checker")
    free = next(each for each in clients if each.cells["tier"] != "AA")
    page.goto(f"/overrides/of/{quote(free.client_id)}/")
    page.select_option("[name=tier]", "AA")
    page.select_option("[name=reason]", index=1)
    page.fill("[name=text]", "the sponsor stands behind it")
    page.fill("[name=valid_until]", "2023-06-01")
    page.set_input_files("main input[type=file]", {"name": "a.txt", "mimeType": "text/plain", "buffer": b"seen"})
    page.click("main form:has([name=tier]) button")
    page.goto("/policy-lab/")
    number = page.locator("#numbers input[type=number]").first
    number.fill(str(float(number.input_value()) * 0.9))
    page.wait_for_load_state("networkidle")
    page.goto(f"/policy-lab/?{number.get_attribute('name')}={number.input_value()}")
    page.fill("[name=why]", "the cut-off is too high")
    page.click("#propose button")
    page.goto(f"/letter/{quote(clients[0].client_id)}")
    page.click("main form button")
    page.wait_for_selector(".note.success")


def addresses(route: Route, client_id: str, number: int) -> list[str]:
    """The addresses of a route with something in the place of each slot."""
    filled = [route.address]
    for slot, values in SLOTS.items():
        filled = [re.sub(rf"<(\w+:)?{slot}>", value, each) for each in filled for value in values]
    found = []
    for each in filled:
        numbered = re.sub(r"<int:\w+>", str(number), each)
        dated = re.sub(r"<(?:day|date):\w+>", date(2023, 1, 1).isoformat(), numbered)
        query = QUERIES.get(route.name, "").format(client=quote(client_id, safe=""))
        found.append("/" + re.sub(r"<[^>]+>", quote(client_id, safe=""), dated) + query)
    return list(dict.fromkeys(found))


def visited(page: Page, route: Route, client_id: str) -> list[str]:
    """The addresses of a route that are whole pages: neither a file, nor a part of one, nor what only takes a form."""
    for number in range(1, MOST_ENTRIES if "<int:" in route.address else 2):
        answers = {each: page.request.get(each) for each in addresses(route, client_id, number)}
        if all(answer.status in REACHED for answer in answers.values()):
            return [each for each, answer in answers.items() if answer.ok and is_page(answer)]
    raise AssertionError(f"no page at {list(answers)}: give the slots of {route.address}, or make what it is about")


def is_page(answer: APIResponse) -> bool:
    """Whether an answer is a whole page."""
    return "text/html" in answer.headers.get("content-type", "") and "<html" in answer.text()


def problems(page: Page) -> list[str]:
    """Violations that axe knows, a page wider than its screen, and text that is cut off."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    said = [
        f"{each['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for each in found
        for node in each["nodes"][:3]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [*said, *([f"{wide} pixels too wide"] if wide > 0 else []), *page.evaluate(CLIPPED)]


def role_for(route: Route) -> Role:
    """The role with the most rights of those that reach a route."""
    return max((role for role in Role if route.needs in RIGHTS[role]), key=lambda role: len(RIGHTS[role]))


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_every_page_is_accessible_and_fits(
    page_as: Callable[..., Page], clients: list[FoundClient], view: View
) -> None:
    pages = {
        role: page_as(role.value, lang=view.language, width=view.width, dark=view.is_dark)
        for role in {role_for(route) for route in routes() if not route.is_open}
    }
    found: dict[str, list[str]] = {}
    for route in routes():
        if route.is_open or route.name in LEFT_OUT:
            continue
        page = pages[role_for(route)]
        for address in visited(page, route, clients[0].client_id):
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
