"""What a terminal says of figures: an effect that may be nothing is said to be, a small share is not 0."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from models.kpis.campaign_effect import CampaignResult
from models.kpis.catalogue import CATALOGUE, shown_in
from models.kpis.compute import KpiRow
from models.kpis.definition import ShownIn
from models.kpis.estimates import KpiEstimate
from models.kpis.report import KpiReport, book_kpis
from models.kpis.terminal import kpis_summary
from models.kpis.text import unit_beside
from models.metrics.uplift import Estimate
from models.shell.units import KpiUnit, written
from support.books import book_of, rows, settings


def row(figure: str, estimate: float, low: float | None, high: float | None) -> KpiRow:
    found = KpiEstimate(estimate=estimate, low=low, high=high, clients=4_875)
    return KpiRow.of(figure, found, as_of=date(2024, 1, 1))


def campaign(roi: Estimate) -> CampaignResult:
    return CampaignResult(
        campaign_id="K0017",
        start=date(2022, 7, 2),
        complete_on=date(2023, 1, 2),
        channel="mail",
        cost=71_400.0,
        addressed=500,
        answered=40,
        response=None,
        cost_per_answer=None,
        roi=roi,
    )


def said_of(book: KpiReport, *rows: KpiRow, campaigns: tuple[CampaignResult, ...] = ()) -> str:
    console = Console(width=80, record=True, file=io.StringIO())
    for part in kpis_summary(replace(book, figures=rows, campaigns=campaigns, notes=())):
        console.print(part)
    return " ".join(console.export_text().split())


@pytest.fixture
def book(tmp_path: Path) -> KpiReport:
    tables = {
        "clients": rows("client_id", ("A",)),
        "cashflows": rows("client_id date kind amount", ("A", date(2019, 1, 1), "drawdown", 1.0)),
    }
    return book_kpis(book_of(tables, tmp_path), settings(work_dir=tmp_path), tmp_path / "scores")


def test_a_return_that_may_be_nothing_is_said_to_be_so(book: KpiReport) -> None:
    assert "times cost: may be no effect" in said_of(book, row("campaign_roi", -0.1, -61.0, 60.0))
    assert "no effect" not in said_of(book, row("campaign_roi", 2.0, 0.5, 3.5), row("nps", -3.2, -7.7, 1.2))


def test_each_campaign_says_it_of_its_own(book: KpiReport) -> None:
    open_effect, sure = Estimate(estimate=-27.8, low=-81.2, high=25.6), Estimate(estimate=2.0, low=1.0, high=3.0)
    assert "may be no effect" in said_of(book, campaigns=(campaign(open_effect),))
    assert "may be no effect" not in said_of(book, campaigns=(campaign(sure),))


def test_few_overrides_are_not_said_to_be_none(book: KpiReport) -> None:
    assert "<0.1%" in said_of(book, row("overridden", 0.0003, None, None))


def test_every_unit_is_written_and_named() -> None:
    texts = {unit: written(4.25, unit) for unit in KpiUnit}
    assert texts[KpiUnit.POINTS_TO_5] == "4.25"
    assert texts[KpiUnit.POINTS_AROUND_0] == texts[KpiUnit.POINTS_TO_100] == texts[KpiUnit.HOURS] == "4.2"
    assert texts[KpiUnit.CURRENCY] == "4"
    assert [unit_beside(unit, "USD") for unit in (KpiUnit.CURRENCY, KpiUnit.POINTS_TO_5, KpiUnit.SHARE)] == [
        "USD",
        "points",
        "",
    ]


def test_a_figure_shows_itself_where_its_entry_says_in_the_order_of_ranks() -> None:
    for place in ShownIn:
        shown = shown_in(place)
        assert shown
        assert len({CATALOGUE[name].shown[place] for name in shown}) == len(shown)  # no two of one rank
        assert set(shown) == {name for name, each in CATALOGUE.items() if place in each.shown}
