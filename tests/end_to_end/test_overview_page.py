"""A manager opens one page after a run: tiers add up to what was published, who moved and who is warned of is told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.backtest.headline import JudgedDays, run_headline
from models.book.door import Book
from models.codec import to_json_text
from models.funnel.compute import FunnelExcerpt, book_funnel
from models.overview.compute import book_overview
from models.overview.job import Overviewed, overview
from models.overview.page import overview_page
from models.overview.report import Overview
from models.overview.terminal import overview_lines
from models.scoring.job import predict
from models.scoring.publication import IN_SAMPLE
from support.books import book_of, rows, settings
from support.browser import BROWSER, Tags, loaded, width_in
from support.trained_lender import TrainedLender

ATTACK = "</title></svg><script>alert(1)</script>"
EARLIER = date(2022, 7, 1)
needs_browser = pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")


@dataclass(frozen=True)
class Told:
    """Two published runs, and what is told of the later one."""

    earlier: pd.DataFrame
    now: pd.DataFrame
    warnings: pd.DataFrame
    scores: Path
    reported: Overviewed

    @property
    def report(self) -> Overview:
        return self.reported.report

    @property
    def text(self) -> str:
        return " ".join(Tags(self.reported.page.read_text(encoding="utf-8")).text)


@pytest.fixture(scope="module")
def reported(trained: TrainedLender, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The lender half a year ago and now; every client bears a script for a name."""
    place = tmp_path_factory.mktemp("overview")
    book = attacked(trained.result.book, place)
    runs = [
        predict(trained.config, book=book, as_of=day, out=place / "scores", how=IN_SAMPLE).folder
        for day in (EARLIER, None)
    ]
    page = overview(trained.config, book=book, scores=runs[1], page=place / "overview.html")
    read = [pq.read_table(folder / "scores.parquet").to_pandas() for folder in runs]
    return Told(*read, pq.read_table(runs[1] / "warnings.parquet").to_pandas(), runs[1], page)


def attacked(book: Book, place: Path) -> Book:
    clients = pq.read_table(book.tables["clients"])
    names = pa.array([ATTACK] * len(clients))
    pq.write_table(clients.set_column(clients.column_names.index("name"), "name", names), place / "clients.parquet")
    return replace(book, tables={**book.tables, "clients": place / "clients.parquet"})


def test_tiers_add_up_to_the_scores_that_were_published(reported: Told) -> None:
    for line in reported.report.tiers:
        held = reported.now[reported.now["tier"] == line.tier]
        assert line.clients == len(held)
        assert line.value.expected == pytest.approx(held["value"].sum())
        assert line.decline == pytest.approx(held["decline_probability"].mean())
    assert sum(line.clients for line in reported.report.tiers) == len(reported.now)
    assert sum(line.value_share for line in reported.report.tiers) == pytest.approx(1.0)
    assert f"{len(reported.now):,} clients as known before 2023-01-01" in reported.text


def test_movers_are_those_whose_tier_is_another_than_before(reported: Told) -> None:
    both = reported.earlier.merge(reported.now, on="client_id", how="outer", suffixes=("_before", "_now"))
    tiers = both[["tier_before", "tier_now"]].fillna("not scored")
    movers = reported.report.movers
    for row, before in enumerate(movers.names):
        for column, now in enumerate(movers.names):
            here = (tiers["tier_before"] == before) & (tiers["tier_now"] == now)
            assert movers.counts[row][column] == here.sum()
    moved = both[both["tier_before"].notna() & both["tier_now"].notna() & (both["tier_before"] != both["tier_now"])]
    assert movers.upgraded + movers.downgraded == len(moved) > 0
    largest = moved.sort_values("value_now", ascending=False)["client_id"].tolist()[: len(movers.largest)]
    assert [each.client_id for each in movers.largest] == largest
    assert f"Since the run of {EARLIER}" in reported.text


def test_warnings_stand_in_their_order(reported: Told) -> None:
    shown = reported.report.alarms.first
    warnings = reported.warnings[reported.warnings["state"] == "shown"]
    assert reported.report.alarms.counts["shown"] == len(warnings) > 0
    assert reported.report.alarms.counts["held_back"] == (reported.warnings["state"] == "held back").sum()
    assert [each.client_id for each in shown] == warnings["client_id"].tolist()[: len(shown)]
    said = list(overview_lines(reported.report, reported.reported.page))
    assert said[1].startswith(f"warnings {len(warnings)} shown, ")


def test_the_plot_draws_clients_of_the_book_only(reported: Told) -> None:
    drawn = reported.report.sample
    pairs = set(zip(drawn.tier, drawn.value, drawn.decline_probability, strict=True))
    published = set(zip(reported.now["tier"], reported.now["value"], reported.now["decline_probability"], strict=True))
    assert pairs == published  # the lender has fewer clients than are drawn at most
    assert reported.reported.page.read_text(encoding="utf-8").count("<circle") >= len(reported.now)


def test_what_the_book_lacks_is_said(reported: Told, trained: TrainedLender, tmp_path: Path) -> None:
    assert "The book has no table of opportunities." in reported.text
    assert "figures are not known" in reported.text
    alone = overview(
        trained.config, book=trained.result.book, scores=trained.predicted.folder, page=tmp_path / "alone.html"
    )
    assert "No earlier run was published" in alone.page.read_text(encoding="utf-8")
    assert next(iter(overview_lines(alone.report, alone.page))) == "moved    not known: no earlier run was published"


def test_work_lists_stand_there_and_a_headline_of_these_models_only(
    reported: Told, trained: TrainedLender, tmp_path: Path
) -> None:
    lists = pq.read_table(reported.scores / "lists.parquet").to_pandas()
    first = lists[(lists["list"] == "review_next") & (lists["rank"] == 1)].iloc[0]
    assert first["client_id"] in reported.text
    assert " ".join(first["reason"].split()) in reported.text
    assert "Not known of the models that made these scores" in reported.text
    for bundle, known in ((trained.result.bundle_key, True), ("others", False)):
        headline = run_headline(JudgedDays(trained.config), trained.result.book, bundle=bundle)
        file = tmp_path / f"{bundle}.json"
        file.write_text(to_json_text(headline), encoding="utf-8")
        found = book_overview(trained.result.book, trained.config, reported.scores, headline=file)
        assert (found.headline is not None) == known
        assert ("Too few clients were judged" in overview_page(found)) == known


def test_the_page_is_one_file_without_scripts_whatever_the_names_are(reported: Told) -> None:
    source = reported.reported.page.read_text(encoding="utf-8")
    tags = Tags(source)
    assert "script" not in tags.tags
    assert ATTACK in "".join(tags.text)
    assert all(link.startswith(("#", "data:")) or link.endswith(".zh.html") for link in tags.links)
    assert not re.search(r"@import|url\(|https?://", source)


def test_a_funnel_is_shown_where_there_is_one(reported: Told, tmp_path: Path) -> None:
    tables = {
        "clients": rows("client_id", ("A",)),
        "cashflows": rows("client_id date kind amount", ("A", date(2020, 1, 5), "drawdown", 1.0)),
        "opportunities": rows(
            "opportunity_id client_id stage entered amount", (ATTACK, "A", "assessed", date(2020, 9, 1), 5e6)
        ),
    }
    found = book_funnel(book_of(tables, tmp_path), settings(work_dir=tmp_path), as_of=date(2021, 1, 1))
    text = " ".join(Tags(overview_page(replace(reported.report, funnel=FunnelExcerpt.of(found, first=1)))).text)
    assert "Next for due diligence" in text
    assert ATTACK in text
    assert "5.0m" in text


def test_the_command_tells_programs_the_same(
    reported: Told, trained: TrainedLender, command: Callable[..., Any], tmp_path: Path
) -> None:
    options = ("--config", trained.config_file, "--scores", reported.scores, "--html", tmp_path / "page.html", "--json")
    ended = command("overview", *options)
    assert ended.code == 0
    said = json.loads(ended.out)
    assert {line["tier"]: line["clients"] for line in said["tiers"]} == reported.now["tier"].value_counts().to_dict()
    assert (tmp_path / "page.html").is_file()
    assert command("overview", "--config", trained.config_file, "--scores", tmp_path / "none").code == 2


@needs_browser
def test_a_browser_loads_the_page_without_complaint(reported: Told, tmp_path: Path) -> None:
    tree, console = loaded(reported.reported.page, tmp_path / "profile")
    assert console == ""
    assert "script" not in Tags(tree).tags


@needs_browser
@pytest.mark.parametrize("width", [390, 1200])
def test_the_page_fits_its_window(reported: Told, tmp_path: Path, width: int) -> None:
    assert width_in(reported.reported.page, tmp_path, width=width) <= width
