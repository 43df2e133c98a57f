"""The job "override, second person, trail" as two people do it in a browser, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pyarrow.parquet as pq
import pytest
from axe_playwright_python.sync_playwright import Axe

from models.publications.past import newest_official

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

MOST_CLICKS = {"maker": 1, "checker": 2, "ender": 1}
"""At most so many clicks: from the form, from the list of what is to approve, and from the page of the override."""
WORDS = {
    "en": ("Propose", "Approve", "Withdraw by a new entry", "In force", "A cap is in the way"),
    "zh": ("提交审批", "批准", "撤回（新增记录）", "生效中", "受上限限制"),
}


def rows_of(scores: Path) -> list[dict[str, Any]]:
    """Clients of the run that is shown, with tier and caps."""
    newest = newest_official(scores)
    assert newest is not None
    found: list[dict[str, Any]] = pq.read_table(
        newest.folder / "scores.parquet", columns=["client_id", "tier", "tier_caps"]
    ).to_pylist()
    return found


def opened(page: Page, candidates: list[str]) -> str:
    """Open the form of the first client that is in the portfolio of who asks."""
    for client in candidates:
        answer = page.goto(f"/overrides/of/{client}/")
        if answer is not None and answer.ok:
            return client
    raise AssertionError("none of the clients is in the portfolio")


class Clicking:
    """A page that counts the clicks on it."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def click(self, what: str) -> None:
        """Click what is found, and wait for the page that it leads to."""
        self.page.click(what)
        self.page.wait_for_load_state()
        self.clicks += 1

    def require_accessible(self) -> None:
        """No violation that axe knows."""
        found = Axe().run(self.page)
        assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_override_is_proposed_signed_by_another_and_on_record(
    page_as: Callable[..., Page], demo_config: Path, lang: str
) -> None:
    rows = rows_of(demo_config.parent / "processed" / "demo" / "scores")
    free = [row["client_id"] for row in rows if not row["tier_caps"] and row["tier"] == "A"]
    propose, approve, withdraw, in_force, barred = WORDS[lang]
    maker, checker = Clicking(page_as("manager", lang=lang)), Clicking(page_as("checker", lang=lang))
    opened(maker.page, [row["client_id"] for row in rows if row["tier_caps"]])
    maker.page.select_option("[name=tier]", "AA")
    maker.page.wait_for_selector(f"text={barred}")
    maker.require_accessible()
    opened(maker.page, free if lang == "en" else free[::-1])
    maker.page.select_option("[name=tier]", "B")
    maker.page.select_option("[name=reason]", "prudence")
    maker.page.fill("[name=text]", "the sponsor withdrew 发起人退出")
    maker.page.fill("[name=valid_until]", "2023-06-01")
    maker.click(f"main button:has-text('{propose}')")
    address = maker.page.url
    assert maker.page.locator(f"button:has-text('{approve}')").count() == 0

    checker.page.goto("/overrides/")
    checker.require_accessible()
    checker.click(f"main td a[href='{urlsplit(address).path}']")
    checker.require_accessible()
    checker.click(f"main button:has-text('{approve}')")
    assert [checker.page.locator(f"tr:has-text('demo_{role}')").count() for role in ("manager", "checker")] == [1, 1]
    checker.page.goto("/overrides/?show=holding")
    assert checker.page.locator(f"nav a[aria-current]:has-text('{in_force}')").count() == 1
    assert checker.page.locator(f"main td a[href='{urlsplit(address).path}']").count() == 1

    checker.page.goto(address)
    checker.page.fill("[name=remark]", "settled 已解决")
    checker.page.click(f"main button:has-text('{withdraw}')")
    checker.page.wait_for_load_state()
    assert checker.page.locator("tr:has-text('settled 已解决')").count() == 1
    checker.page.goto("/overrides/report/")
    checker.require_accessible()
    assert (maker.clicks, checker.clicks) <= (MOST_CLICKS["maker"], MOST_CLICKS["checker"])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_cut_off_is_moved_and_proposed_and_another_person_sees_what_it_does(
    page_as: Callable[..., Page], lang: str
) -> None:
    maker, checker = Clicking(page_as("manager", lang=lang)), Clicking(page_as("checker", lang=lang))
    maker.page.goto("/policy-lab/")
    before = maker.page.inner_text("#shift")
    maker.page.fill("[name='dimensions.credit.levels.high.points']", "70")
    maker.page.wait_for_function("before => document.querySelector('#shift').innerText !== before", arg=before)
    maker.page.fill("[name=why]", "the region grew riskier 区域风险上升")
    maker.require_accessible()
    maker.click("#propose button")
    maker.page.wait_for_url("**/policy-lab/*/")
    assert "70" in maker.page.inner_text("main ul")
    checker.page.goto("/policy-lab/")
    checker.click(f"main td a[href='{urlsplit(maker.page.url).path}']")
    checker.require_accessible()
    checker.page.fill("[name=remark]", "show the backtest 请附回测")
    checker.click("main button.quiet[formaction]")
    assert checker.page.locator("tr:has-text('请附回测')").count() == 1
    assert (maker.clicks, checker.clicks) == (1, 2)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_page_is_wider_than_the_screen(
    page_as: Callable[..., Page], demo_config: Path, lang: str, width: int
) -> None:
    page = page_as("checker", lang=lang, width=width)
    client = rows_of(demo_config.parent / "processed" / "demo" / "scores")[0]["client_id"]
    for address in ("/overrides/?show=all", "/overrides/report/", f"/overrides/of/{client}/", "/policy-lab/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
