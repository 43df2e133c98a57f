"""A validator reads every report of the models in the workbench, in both languages, within its policy of content."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from models.card.report import CardVerdict, ModelCard
from models.card.text import weaknesses_line
from models.codec import read
from models.config.loading import load_config
from models.config.places import work_dir
from models.evaluation.text import Judgement
from models.review.model_room.kept import KINDS
from models.text import ENGLISH
from support.languages import CHINESE
from support.model_room import with_reports
from support.pages import english_words
from support.review_site import Served, copied_demo, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("demo", "AA", "root")
CLICKS_TO_ANY_REPORT = 2
"""From the first page: the room, the report."""


@pytest.fixture(scope="module")
def room_config(demo_config: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_reports(copied_demo(demo_config.parent, tmp_path_factory.mktemp("room") / "site"))


@pytest.fixture(scope="module")
def room(room_config: Path) -> Iterator[Served]:
    with served(room_config) as found:
        yield found


@pytest.fixture
def open_room(chromium: Browser, room: Served) -> Iterator[Callable[..., Page]]:
    """A page of that workbench, of a member of a role; whatever its console says ends the test."""
    opened = []

    def logged_in(role: str, *, lang: str = "en", width: int = 1280) -> Page:
        context = chromium.new_context(base_url=room.address, viewport={"width": width, "height": 900})
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda message: pytest.fail(f"{page.url}: {message.text}"))
        page.goto("/log-in/")
        page.fill("[name=username]", f"demo_{role}")
        page.fill("[name=password]", room.passwords[role])
        page.click("main button")
        page.goto("/settings/")
        if page.locator("html").get_attribute("lang") != lang:
            page.select_option("[name=language]", lang)
            page.click("main button")
        return page

    yield logged_in
    for context in opened:
        context.close()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_validator_reads_every_report(open_room: Callable[..., Page], lang: str) -> None:
    page = open_room("validator", lang=lang)
    for key in KINDS:
        page.goto("/")
        clicks = 0
        for link in ("/models/", f"/models/{key}/"):
            page.click(f'a[href="{link}"]')
            clicks += 1
        assert clicks <= CLICKS_TO_ANY_REPORT
        page.wait_for_url(f"**/models/{key}/")
        page.wait_for_load_state()
        assert page.locator(".sheet h1").count() == 1, key
        assert page.locator(".sheet table").count() > 0, key
        found = Axe().run(page).response["violations"]
        assert found == [], (key, [(each["id"], each["nodes"][0]["html"]) for each in found])


def test_reports_fit_a_phone(open_room: Callable[..., Page]) -> None:
    page = open_room("validator", lang="zh", width=390)
    for address in ("/models/", "/today/", *(f"/models/{key}/" for key in KINDS)):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address


def test_the_room_speaks_chinese(open_room: Callable[..., Page]) -> None:
    page = open_room("validator", lang="zh")
    for address in ("/models/", "/models/monitor/", "/models/backtest/", "/models/gate/"):
        page.goto(address)
        page.evaluate("document.querySelectorAll('header.bar, footer, #notices, .note').forEach(each => each.remove())")
        regions = ["core Asia", "core Europe", "core Americas"]
        more = [f"emerging {place}" for place in ("Asia", "Africa", "Europe", "Americas")]
        assert english_words(page.content(), names=[*NAMES, *regions, *more, "pd_last"]) == [], address


def test_the_data_of_a_figure_are_taken_from_the_page(open_room: Callable[..., Page]) -> None:
    page = open_room("validator")
    page.goto("/models/validation/")
    with page.expect_download() as started:
        page.click("a[href='figure-shocks.csv']")
    assert Path(started.value.path()).read_text(encoding="utf-8").startswith('"shock","touched",')
    for forbidden in ("manifest.json", "..%2F..%2Fdemo.yaml", "validation.json"):
        assert page.request.get(f"/models/validation/{forbidden}").status == 404


def test_what_the_gate_found_of_a_change_is_read_from_the_ledger(open_room: Callable[..., Page]) -> None:
    page = open_room("validator")
    page.goto("/models/")
    page.click("a[href='/models/changes/3/']")
    assert page.locator("h1").inner_text() == "Version 1: promoted"
    assert page.locator("tbody tr").count() == 11
    assert page.request.get("/models/changes/1/").status == 404


def test_a_report_that_was_not_made_says_by_which_command(client_as) -> None:
    reader = client_as("reader")
    assert b"clientvalue backtest" in reader.get("/models/").content
    assert b"<code>clientvalue backtest</code>" in reader.get("/models/backtest/").content
    assert reader.get("/models/nothing/").status_code == 404
    assert reader.get("/models/backtest.css").status_code == 404
    assert client_as("administrator").get("/models/").status_code == 403


def test_the_card_of_the_champion_is_there_after_training(demo_config: Path) -> None:
    kept = read(ModelCard, work_dir(load_config(demo_config)) / "card.json", remedy="train")
    assert "champion" in kept.version.aliases


def test_weaknesses_are_those_of_the_newest_date_in_one_line(demo_config: Path) -> None:
    kept = read(ModelCard, work_dir(load_config(demo_config)) / "card.json", remedy="train")
    newest = max(each.as_of for each in kept.verdicts)
    said = {ENGLISH: "Too much.", CHINESE: "偏高。"}
    red = CardVerdict(as_of=newest, judgement=Judgement.WRONG, said=said)
    assert weaknesses_line(_with(kept, red)) == "Known weaknesses: Too much."
    assert weaknesses_line(_with(kept, red, red, red)) == "Known weaknesses: Too much. Too much. And 1 more."
    assert "偏高。" in weaknesses_line(_with(kept, red), CHINESE)
    fine = CardVerdict(as_of=newest, judgement=Judgement.RIGHT, said="Fine.")
    assert weaknesses_line(_with(kept, fine)).endswith("nothing is found wrong.")


def _with(card: ModelCard, *verdicts: CardVerdict) -> ModelCard:
    return replace(card, verdicts=verdicts)
