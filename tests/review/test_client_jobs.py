"""A reviewer's jobs on a client in a real browser, in both languages, each within a stated number of clicks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe

from models.directory.report import EVERYTHING, ClientQuery, FoundClient
from models.review.access.portfolio import shown_index
from models.text import languages
from support.hostile import CLIENT

PAGES = re.compile(rb"/Type\s*/Page\b(?!s)")


@pytest.fixture(scope="module")
def clients(demo_config) -> list[FoundClient]:
    """Scored clients of the demo, those that moved first."""
    found = shown_index().search(ClientQuery(scope=EVERYTHING, limit=400)).rows
    known = [each for each in found if each.cells["scored"] and each.client_id != CLIENT and each.cells["tier_before"]]
    return sorted(known, key=lambda each: each.cells["tier"] == each.cells["tier_before"])


class Clicks:
    """Clicks of one job on a page."""

    def __init__(self, page) -> None:
        self.page, self.count = page, 0

    def on(self, selector: str) -> None:
        self.page.click(selector)
        self.page.wait_for_load_state()
        self.count += 1


@contextmanager
def job(page, at_most: int) -> Iterator[Clicks]:
    clicks = Clicks(page)
    yield clicks
    assert clicks.count <= at_most


@pytest.mark.parametrize("lang", languages())
def test_why_did_a_tier_change(page_as, clients, lang) -> None:
    page, known = page_as("reader", lang=lang), clients[0]
    page.goto(f"/client/{known.client_id}")
    with job(page, 1) as clicks:
        clicks.on("nav.tabs a >> nth=2")
        page.wait_for_selector("#change")
    published = page.locator("#published li.published")
    assert published.count() == 2
    assert known.cells["tier"] in published.first.inner_text()
    assert len(page.locator("#change p").first.inner_text()) > 10


@pytest.mark.parametrize("lang", languages())
def test_two_clients_are_compared(page_as, clients, lang) -> None:
    page = page_as("reader", lang=lang)
    page.goto(f"/client/{clients[0].client_id}")
    with job(page, 2) as clicks:
        clicks.on(".actions a[href^='/compare/']")
        page.locator("input[name=c]").nth(1).fill(clients[1].client_id)
        clicks.on("main form button")
        page.wait_for_selector("table.compare tr.differs")
    assert page.locator("table.compare thead th").count() == 3


@pytest.mark.parametrize("lang", languages())
def test_a_comment_is_written(page_as, clients, lang) -> None:
    page = page_as("checker", lang=lang)
    page.goto(f"/client/{clients[2].client_id}")
    with job(page, 2) as clicks:
        clicks.on("nav.tabs a >> nth=7")
        page.fill("textarea[name=text]", f"seen with @demo_manager ({lang})")
        clicks.on("form.comment button")
    assert f"seen with @demo_manager ({lang})" in page.locator("#comments").inner_text()


@pytest.mark.parametrize("lang", languages())
def test_a_pdf_for_the_file_has_two_pages(page_as, clients, lang, tmp_path: Path) -> None:
    page = page_as("reader", lang=lang)
    page.goto(f"/client/{clients[0].client_id}")
    with job(page, 1) as clicks:
        clicks.on("nav.tabs a >> nth=8")
        page.wait_for_selector(".print-page #grade")
    page.wait_for_load_state("networkidle")
    printed = page.pdf(prefer_css_page_size=True)
    assert len(PAGES.findall(printed)) == 2


@pytest.mark.parametrize("lang", languages())
def test_why_b_and_what_may_i_do(page_as, clients, lang) -> None:
    page, known = page_as("checker", lang=lang), clients[3]
    page.goto(f"/client/{known.client_id}")
    with job(page, 3) as clicks:
        clicks.on(".actions a[href^='/letter/']")
        assert 1 <= page.locator("#reasons li").count() <= 4
        assert page.locator("#rights li").count() == 6
        clicks.on("main form button")
        page.wait_for_selector(".note.success")
        clicks.on("a[href^='/letters/objection/']")
    with page.expect_download() as download:
        page.click("a[download]")
    content = Path(download.value.path()).read_text("utf-8")
    assert known.client_id in content
    assert "<script" not in content


TABS = ("grade", "why", "history", "facilities", "group", "notes", "treatment", "comments", "print")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("dark", [False, True])
def test_no_page_of_a_client_breaks_the_rules_of_access_or_its_frame(page_as, clients, width, dark) -> None:
    page, axe = page_as("checker", width=width, dark=dark), Axe()
    known = quote(clients[0].client_id, safe="")
    addresses = [f"/client-tab/{tab}/{known}?whole=1" for tab in TABS]
    addresses += [f"/compare/?c={known}&c={clients[1].client_id}", f"/letter/{known}", "/letters/"]
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200
        found = axe.run(page).response["violations"]
        assert [(address, each["id"], each["nodes"][0]["html"][:200]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_keys_reach_rows_and_the_search_box(page_as, clients) -> None:
    page = page_as("reader")
    page.goto(f"/compare/?c={clients[0].client_id}&c={clients[1].client_id}")
    page.keyboard.press("j")
    assert page.locator("tr.here").count() == 1
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "c"
