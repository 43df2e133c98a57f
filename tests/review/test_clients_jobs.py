"""The jobs of reviewers on the clients' list, done in a browser, in both languages, in no more clicks than stated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh"])


def found(page: Page) -> int:
    return int(page.locator("#found [role=status] b").inner_text().replace(",", ""))


def first_row(page: Page) -> str:
    return page.locator("#found tbody th").first.inner_text()


class Clicks:
    """Counts what a reviewer does with the mouse."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def on(self, selector: str) -> None:
        self.count += 1
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state()


@LANGUAGES
def test_find_a_client_by_part_of_its_name_without_a_click(page_as, lang: str) -> None:
    page = page_as("reader", lang=lang)
    page.goto("/clients/")
    whole = found(page)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.keyboard.press("/")
    page.keyboard.type("horiz", delay=20)
    expect(page).to_have_url(re.compile(r"/clients/#q=horiz$"))
    expect(page.locator("#found tbody th").first).to_contain_text("Horizon")
    assert 0 < found(page) < whole
    assert page.evaluate("document.activeElement.id") == "words"
    assert not any("horiz" in each for each in requests), "a word stands in an address that was sent"
    page.keyboard.press("Tab")
    page.locator("h1").evaluate("each => { each.tabIndex = -1; each.focus(); }")
    page.keyboard.press("j")
    page.keyboard.press("j")
    rows = page.locator("#found tbody tr")
    second = rows.nth(1 if rows.count() > 1 else 0)
    expect(second).to_have_class("here")
    assert second.locator("a").evaluate("each => each === document.activeElement")
    page.keyboard.press("k")
    expect(rows.first).to_have_class("here")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/client/"))


def test_an_address_with_words_shows_the_same_after_a_reload_and_a_way_back(page_as) -> None:
    page = page_as("reader")
    count = page.locator("#found [role=status] b")
    page.goto("/clients/?tier=B")
    whole = count.inner_text()
    page.goto("about:blank")
    page.goto("/clients/?tier=B#q=horizon")
    expect(page.locator("#words")).to_have_value("horizon")
    expect(count).not_to_have_text(whole)
    expect(page.locator("#found tbody th").first).to_contain_text("Horizon")
    named = count.inner_text()
    page.reload()
    expect(count).to_have_text(named)
    page.goto("/settings/")
    page.go_back()
    expect(page.locator("#words")).to_have_value("horizon")
    expect(count).to_have_text(named)


@LANGUAGES
def test_my_portfolio_in_one_region_in_one_click(page_as, lang: str) -> None:
    page = page_as("manager", lang=lang)
    page.goto("/clients/")
    clicks, mine = Clicks(page), found(page)
    managers = page.locator("[data-facet=manager] li span:first-of-type").all_inner_texts()
    assert 0 < len(managers) <= 4
    region = page.locator("[data-facet=region] .count").first.inner_text()
    clicks.on("[data-facet=region] input")
    expect(page).to_have_url(re.compile(r"region="))
    expect(page.locator("#found [role=status] b")).to_have_text(region)
    assert found(page) <= mine
    assert clicks.count == 1


@LANGUAGES
def test_all_aa_that_turned_in_two_clicks(page_as, lang: str) -> None:
    page = page_as("checker", lang=lang)
    page.goto("/clients/?column=tier&column=tier_before&column=moved")
    clicks = Clicks(page)
    clicks.on("[data-facet=moved] input[value=down]")
    expect(page).to_have_url(re.compile(r"moved=down"))
    turned = (
        page.locator("[data-facet=tier_before] li", has=page.locator("input[value=AA]")).locator(".count").inner_text()
    )
    clicks.on("[data-facet=tier_before] input[value=AA]")
    expect(page.locator("#found [role=status] b")).to_have_text(turned)
    assert set(page.locator("#found tbody td:nth-of-type(2)").all_inner_texts()) == {"AA"}
    assert "AA" not in page.locator("#found tbody td:nth-of-type(1)").all_inner_texts()
    assert clicks.count == 2


@LANGUAGES
def test_export_for_a_meeting_in_two_clicks(page_as, lang: str, tmp_path: Path) -> None:
    page = page_as("checker", lang=lang)
    page.goto("/clients/")
    clicks = Clicks(page)
    clicks.on("[data-facet=tier] input[value=AA]")
    expect(page).to_have_url(re.compile(r"tier=AA"))
    shown = found(page)
    with page.expect_download() as coming:
        clicks.on(".files button[value=csv]")
    file = tmp_path / coming.value.suggested_filename
    coming.value.save_as(file)
    text = file.read_text(encoding="utf-8-sig")
    assert file.name == "clients-2023-01-01.csv"
    assert text.splitlines()[1] == ('"As of","1 January 2023"' if lang == "en" else '"基准日","2023年1月1日"')
    assert len(text.split("\n\n")[1].splitlines()) == shown + 1
    assert clicks.count == 2


def test_a_view_is_saved_and_opened_again(page_as) -> None:
    page = page_as("checker")
    page.goto("/clients/?tier=AA")
    page.fill("#words", "o")
    expect(page).to_have_url(re.compile(r"#q=o$"))
    page.click("text=Save this view")
    page.fill("input[name=name]", "AA with an o")
    page.click("#found details form button")
    expect(page.locator(".note")).to_have_text("The view is saved.")
    expect(page.locator("#words")).to_have_value("o")
    page.goto("/clients/")
    whole = found(page)
    page.click("text=AA with an o")
    expect(page).to_have_url(re.compile(r"tier=AA#q=o$"))
    expect(page.locator("#words")).to_have_value("o")
    expect(page.locator("#found [role=status] b")).not_to_have_text(str(whole))
    page.click("[aria-label='Forget the view AA with an o']")
    expect(page.locator("text=AA with an o")).to_have_count(0)


def test_columns_and_pages_are_chosen(page_as) -> None:
    page = page_as("reader")
    page.goto("/clients/")
    page.click("text=Columns")
    page.check("#column-industry")
    expect(page).to_have_url(re.compile(r"column=industry"))
    expect(page.locator("#found thead th", has_text="Industry")).to_have_count(1)
    before = first_row(page)
    page.click(".pages >> text=Next")
    expect(page).to_have_url(re.compile(r"page=2"))
    expect(page.locator("#found tbody th").first).not_to_have_text(before)


@LANGUAGES
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (390, False)])
def test_the_list_is_accessible_and_fits_a_phone(page_as, lang: str, width: int, dark: bool) -> None:
    page = page_as("checker", lang=lang, width=width, dark=dark)
    page.goto("/clients/?moved=none")
    page.fill("#words", "o")
    expect(page).to_have_url(re.compile(r"#q=o$"))
    problems = Axe().run(page)
    assert problems.violations_count == 0, problems.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
