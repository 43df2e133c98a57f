"""Any day of the calendar may be an as-of date; one before the models' last outcome is told to be in sample."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from end_to_end.conftest import Command
from models.explanation.job import client_story
from models.explanation.page import client_page
from models.overview.compute import book_overview
from models.overview.page import overview_page
from models.scoring.compute import predict_book
from models.scoring.publication import IN_SAMPLE
from models.vocab import SilentProgress
from models.workspace.opening import open_book, open_bundle
from support.lending_book import KNOWN_UNTIL
from support.trained_lender import TrainedLender

FOUND = (
    "these models learned from outcomes until 2023-01-01, which on {day} were still to come: scores of that day know "
    "what came and look better than a forecast could have been"
)


@pytest.mark.parametrize("day", [date(2022, 12, 31), date(2022, 9, 30), date(2022, 8, 29)])
def test_the_last_days_of_a_month_are_scored_and_told_to_be_in_sample(
    day: date, trained: TrainedLender, tmp_path: Path
) -> None:
    book, bundle = open_book(trained.config, None, SilentProgress()), open_bundle(trained.config, "champion")
    made = predict_book(book, bundle, trained.config, tmp_path, day, how=IN_SAMPLE)
    manifest = json.loads((made.folder / "manifest.json").read_text())
    assert (manifest["as_of"], manifest["learned_until"]) == (day.isoformat(), "2023-01-01")
    (notice,) = [each for each in manifest["notices"] if each["code"] == "scored_in_sample"]
    assert notice["found"] == FOUND.format(day=day)
    assert notice["remedy"].startswith("take 2023-01-01 or later, or models of a book that was known until")
    seen = book_overview(book, trained.config, made.folder)
    assert notice["found"] in [each.found for each in seen.notices]
    assert f"In sample: these models knew what came after {day}" in overview_page(seen)
    assert pq.read_table(made.folder / "scores.parquet", columns=["in_sample"])["in_sample"].unique().to_pylist() == [
        True
    ]


def test_scores_of_the_day_until_which_models_learned_are_a_forecast(trained: TrainedLender) -> None:
    manifest = json.loads((trained.predicted.folder / "manifest.json").read_text())
    assert manifest["as_of"] == manifest["learned_until"] == KNOWN_UNTIL.isoformat()
    assert "scored_in_sample" not in [each["code"] for each in manifest["notices"]]


def test_explaining_a_day_of_the_past_warns_wherever_it_is_read(trained: TrainedLender, command: Command) -> None:
    client = trained.column("client_id")[0]
    asked = ("explain", client, "--config", trained.config_file, "--as-of", "2022-12-30")
    shown = command(*asked)
    assert shown.code == 0, shown.err
    assert FOUND.format(day="2022-12-30") in " ".join(shown.out.split())
    reported = json.loads(command(*asked, "--json").out)
    assert "scored_in_sample" in [each["code"] for each in reported["notices"]]
    english, chinese = (
        client_page(client_story(trained.config, client, as_of=date(2022, 12, 30), lang=lang)) for lang in ("en", "zh")
    )
    assert FOUND.format(day="2022-12-30") in english
    assert "模型学习了截至2023-01-01的结果" in chinese
    assert "still to come" not in chinese
    today = json.loads(command("explain", client, "--config", trained.config_file, "--json").out)
    assert [each["code"] for each in today["notices"]] == ["without_credit_loss"]  # of a book without write-offs
