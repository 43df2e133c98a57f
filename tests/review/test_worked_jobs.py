"""The jobs on movers, warnings, lists and audit, in a browser, in both languages, in no more clicks than stated."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh"])
TODAY = datetime.now(tz=UTC).date()


class Counted:
    """Counts what a reviewer does with the mouse."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def click(self, selector: str) -> None:
        self.clicks += 1
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state()


def accessible(page: Page) -> None:
    """No rule of axe is violated, and nothing lies beyond the right edge."""
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["target"] for node in each["nodes"]][:3]) for each in found] == []
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@LANGUAGES
def test_all_top_clients_that_turned_in_one_click(page_as, lang: str) -> None:
    page = page_as("manager", lang=lang)
    page.goto("/movers/")
    hand = Counted(page)
    hand.click('nav.chips a[href*="before=AA"][href*="way=down"]')
    expect(page.locator('nav.chips a[aria-current="true"]')).to_have_count(1)
    rows = page.locator("tr[data-row]")
    for place in range(rows.count()):
        expect(rows.nth(place).locator("td").nth(1)).to_contain_text("▼")
    assert hand.clicks == 1


@LANGUAGES
def test_a_cell_of_the_matrix_opens_its_clients(page_as, lang: str) -> None:
    page = page_as("checker", lang=lang)
    page.goto("/movers/")
    cell = page.locator("table.matrix td.down a, table.matrix td.up a").first
    count = int(re.sub(r"\D", "", cell.inner_text()))
    cell.click()
    expect(page.locator("h2#clients")).to_contain_text(str(count))
    assert page.locator("tr[data-row]").count() == min(count, 50)
    page.keyboard.press("j")
    expect(page.locator("tr.here")).to_have_count(1)


@LANGUAGES
def test_close_a_warning_with_its_outcome_in_three_clicks(page_as, lang: str) -> None:
    page = page_as("checker", lang=lang)
    page.goto("/warnings/")
    row = f"tr#row-{1 if lang == 'en' else 2}"
    hand = Counted(page)
    hand.click(f"{row} details summary")
    page.locator(f"{row} select[name=outcome]").select_option("prevented by acting")
    page.fill(f"{row} input[name=remark]", "the limit was cut")
    hand.click(f"{row} form[action*='/close/'] button")
    expect(page.locator("[role=status]")).to_be_visible()
    expect(page.locator(f"{row} details")).to_have_count(0)
    assert hand.clicks == 2


@LANGUAGES
def test_work_through_an_item_of_a_list_in_two_clicks(page_as, lang: str) -> None:
    page = page_as("checker", lang=lang)
    page.goto("/lists/?list=keep" if lang == "en" else "/lists/?list=grow")
    hand, row = Counted(page), "tr[data-row]:first-child"
    hand.click(f"{row} form[action*='/take/'] button")
    page.locator(f"{row} select[name=result]").select_option("agreed")
    hand.click(f"{row} form[action*='/done/'] button")
    expect(page.locator(f"{row} form")).to_have_count(0)
    expect(page.locator("table").first).to_contain_text("1 / 1")
    assert hand.clicks == 2


@LANGUAGES
def test_an_auditor_asks_for_a_client_on_a_day_and_which_model(page_as, lang: str) -> None:
    page = page_as("validator", lang=lang)
    page.goto("/audit/")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    hand = Counted(page)
    page.fill("[name=client]", "C00000003")
    page.fill("[name=day]", TODAY.isoformat())
    hand.click("main form button")
    expect(page.locator("section.card .facts")).to_be_visible()
    assert re.search(r"[0-9a-f]{64}", page.locator("section.card").inner_text())
    assert not any("C00000003" in each for each in requests), "a client stands in an address that was sent"
    with page.expect_download() as download:
        hand.click('form[action$="/audit/export/"] button')
    assert download.value.suggested_filename == f"audit-{TODAY.isoformat()}.zip"
    assert hand.clicks == 2
    accessible(page)


def test_a_replay_ends_with_the_same_bytes(page_as) -> None:
    page = page_as("validator")
    page.goto("/audit/")
    page.fill("[name=client]", "C00000003")
    page.fill("[name=day]", TODAY.isoformat())
    page.locator("main form button").first.click()
    page.locator('form[action$="/audit/replay/"] button').first.click()
    expect(page.locator("[id^=replay-]")).to_contain_text("made again")
    expect(page.locator("[id^=replay-]")).to_contain_text("the same to the byte", timeout=240_000)
    assert "✗" not in page.locator("[id^=replay-]").inner_text()
    accessible(page)


@pytest.mark.parametrize("address", ["/movers/", "/warnings/", "/lists/"])
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_pages_are_accessible_wide_and_narrow(page_as, address: str, width: int, dark: bool) -> None:
    page = page_as("manager", width=width, dark=dark)
    page.goto(address)
    accessible(page)
    for summary in page.locator("main details > summary").all()[:2]:
        summary.click()
    accessible(page)
