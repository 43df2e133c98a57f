"""Past dates of a drawn book are replayed; nobody's past grade knows what came after."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from rich.console import Console

from models.interfaces.backtest_summary import summary
from models.interfaces.backtests import backtest
from models.interfaces.opening import open_book
from models.vocab import SilentProgress
from models.workflows.backtest.replay import Replayed, replay
from support.browser import BROWSER, width_in
from support.lending_book import Lender, drawn_tables, lender_in

DAYS = (date(2021, 7, 1), date(2022, 1, 1))


@pytest.fixture(scope="module")
def lender(tmp_path_factory: pytest.TempPathFactory) -> Lender:
    return lender_in(tmp_path_factory.mktemp("backtest"))


@pytest.fixture(scope="module")
def facts(lender: Lender, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("told") / "backtest.json"
    done = backtest(lender.config, days=DAYS, out=out)
    assert done.facts == json.loads(out.read_text(encoding="utf-8"))
    return {"page": done.page.read_text(encoding="utf-8"), **done.facts}


def test_every_claim_stands_beside_the_rule_chance_and_foresight(facts: dict[str, Any]) -> None:
    assert [each["as_of"] for each in facts["origins"]] == [day.isoformat() for day in DAYS]
    for each in facts["screening"]:
        reviewed = {name: figure["estimate"] for name, figure in each["reviewed"].items()}
        assert reviewed["perfect"] <= min(reviewed.values()) + 1e-9
        assert reviewed["random"] == pytest.approx(each["share"])
    profit = {name: figure["estimate"] for name, figure in facts["retention"]["profit"].items()}
    assert profit["perfect"] >= max(profit.values()) - 1e-9


def test_models_of_a_day_learned_from_what_was_complete_by_then(facts: dict[str, Any]) -> None:
    horizon = pd.DateOffset(months=facts["horizon"]["periods"])
    for each in facts["origins"]:
        assert pd.Timestamp(each["learned_until"]) + horizon <= pd.Timestamp(each["as_of"])


def test_the_page_says_what_the_data_say(facts: dict[str, Any]) -> None:
    half = facts["screening"][0]["efficiency"]["ours"]["estimate"]
    assert f"{100 * half:.0f}% (" in facts["page"]
    assert "perfect foresight" in facts["page"]
    assert "<script" not in facts["page"]


@pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")
def test_a_phone_shows_the_page_without_scrolling_sideways(facts: dict[str, Any], tmp_path: Path) -> None:
    page = tmp_path / "backtest.html"
    page.write_text(facts["page"], encoding="utf-8")
    assert width_in(page, tmp_path, width=390) <= 390


def test_a_terminal_of_80_columns_holds_the_tables(facts: dict[str, Any]) -> None:
    console = Console(width=80, record=True, file=io.StringIO())
    for part in summary(facts):
        console.print(part)
    said = console.export_text()
    assert max(map(len, said.splitlines())) <= 80
    assert "rule-based grade" in said
    assert "…" not in said


def test_what_came_later_changes_no_past_grade(lender: Lender, tmp_path: Path) -> None:
    tables = drawn_tables()
    flows = tables["cashflows"]
    later = pd.to_datetime(flows["date"]) >= pd.Timestamp(DAYS[0])
    tables["cashflows"] = flows.assign(amount=flows["amount"].where(~later, (flows["amount"] * 3).round(2)))
    other = lender_in(tmp_path, tables)
    before, after = (_first_day(each) for each in (lender, other))
    assert before.tier.tolist() == after.tier.tolist()
    assert before.screening["ours"].tolist() == after.screening["ours"].tolist()
    assert before.value.sum() != pytest.approx(after.value.sum())


def _first_day(lender: Lender) -> Replayed:
    book = open_book(lender.config, str(lender.book), SilentProgress())
    return replay(book, lender.config, DAYS[:1], SilentProgress())[0]
