"""The page of a book's figures is one file without scripts, and what the book holds stands on it as text."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

from models.funnel.compute import book_funnel
from models.kpis.campaign_effect import CampaignResult
from models.kpis.page import kpis_page, trend_chart
from models.kpis.report import book_kpis, csv_rows
from models.metrics.uplift import Estimate
from support.books import Frames, book_of, rows, settings

AS_OF = date(2021, 1, 1)
EVIL = "<script>alert(1)</script>"


def tables() -> Frames:
    months = [(client, date(2018 + month // 12, month % 12 + 1, 5)) for client in "AB" for month in range(36)]
    return {
        "clients": rows("client_id region", ("A", EVIL), ("B", "=north")),
        "cashflows": rows("client_id date kind amount", *((client, day, "drawdown", 1.0) for client, day in months)),
        "surveys": rows("client_id date csat nps", *((client, day, 4.0, 8.0) for client, day in months)),
        "opportunities": rows(
            "opportunity_id client_id stage entered amount", (EVIL, "A", "assessed", date(2020, 9, 1), 5.0)
        ),
    }


def test_a_page_shows_what_the_book_holds_as_text(tmp_path: Path) -> None:
    book, config = book_of(tables(), tmp_path), settings(work_dir=tmp_path)
    found = book_kpis(book, config, tmp_path / "scores", as_of=AS_OF)
    page = kpis_page(found, book_funnel(book, config, as_of=AS_OF))
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(1)") >= 2  # as a region, and as an opportunity
    assert "not known: no scores were published up to 2021-01-01" in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


def test_the_trend_tells_earlier_windows_and_now(tmp_path: Path) -> None:
    config = settings("kpis.trend_points=4", "kpis.min_clients=1", work_dir=tmp_path)
    found = book_kpis(book_of(tables(), tmp_path), config, tmp_path / "scores", as_of=AS_OF)
    dates = [row.as_of.isoformat() for row in found.trend if row.figure == "csat"]
    assert dates == ["2020-04-01", "2020-07-01", "2020-10-01", "2021-01-01"]
    chart = trend_chart(found, "csat")
    assert chart is not None
    assert str(chart.svg).count("<circle") == 4
    assert trend_chart(found, "cac") is None  # nobody was won
    assert len(list(csv_rows(found))) == len(found.trend) + sum(row.dimension != "all" for row in found.figures)


def test_a_share_has_an_axis_that_says_how_high_it_is(tmp_path: Path) -> None:
    config = settings("kpis.trend_points=4", "kpis.min_clients=1", work_dir=tmp_path)
    found = book_kpis(book_of(tables(), tmp_path), config, tmp_path / "scores", as_of=AS_OF)
    chart = trend_chart(found, "retention")
    assert chart is not None
    assert re.search(r'class="tick end"[^>]*>[0-9.]+%<', str(chart.svg))


def test_every_column_of_groups_is_on_a_table_that_fits_and_no_setting_is_named(tmp_path: Path) -> None:
    config = settings("kpis.dimensions=[region]", "kpis.min_clients=2", work_dir=tmp_path)
    found = book_kpis(book_of(tables(), tmp_path), config, tmp_path / "scores", as_of=AS_OF)
    page = kpis_page(found, None)
    groups = page.split('<section id="groups">')[1].split("</section>")[0]
    heads = [table.split("</thead>")[0].count('class="number"') for table in groups.split("<table")[1:]]
    assert heads
    assert max(heads) <= 6
    assert "would stand on fewer than 2 clients" in groups
    assert "kpis." not in page.split("<footer>")[0]


def test_a_campaign_stands_on_the_page_with_what_it_brought(tmp_path: Path) -> None:
    found = book_kpis(book_of(tables(), tmp_path), settings(work_dir=tmp_path), tmp_path / "scores", as_of=AS_OF)
    brought = Estimate(estimate=2.0, low=1.0, high=3.0)
    campaign = CampaignResult(
        campaign_id="K0017",
        start=AS_OF,
        complete_on=AS_OF,
        channel="mail",
        cost=71_400.0,
        addressed=500,
        answered=40,
        response=Estimate(estimate=0.08, low=0.06, high=0.1),
        cost_per_answer=None,
        uplift=Estimate(estimate=428.0, low=400.0, high=450.0),
        roi=brought,
    )
    page = kpis_page(replace(found, campaigns=(campaign,)), None)
    for said in ("8.0% (6.0% to 10.0%)", "428 (400 to 450)", "2.00 (1.00 to 3.00)"):
        assert said in page
