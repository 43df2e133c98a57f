"""What was fitted, judged and predicted before a day is the same to the byte whatever comes after it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import lightgbm
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from models.book.door import Book
from models.codec import to_plain
from models.config.root import Config
from models.evaluation.book import evaluate_book
from models.movers.report import MOVERS
from models.pipeline.bundle import read_bundle
from models.scoring.compute import CURVES, EXPLANATIONS, SCORES, predict_book
from models.scoring.publication import IN_SAMPLE
from models.training.compute import train_models
from models.tuning.search import plan_tuning, tune_book
from models.vocab import SilentProgress
from models.warnings.report import WARNINGS
from support import books
from support.books import AS_OF
from support.editions import GROUPS, UNGUARDED, Editions, editions

TEST = date(2020, 1, 1)
"""Its six months of outcomes end on the day until which the first edition is known."""
EARLIER = date(2020, 4, 1)
WISHES = (
    f"origins.test=[{TEST}]",
    "origins.learn_unfinished=true",
    "origins.group_folds=2",
    "time.horizon_periods=6",
    "time.activity_periods=12",
    "learners.value.trees=8",
    "learners.decline.trees=8",
    "run.bootstrap_resamples=100",
    "run.block_clients=40",
    *UNGUARDED,
    "monitor.guard=off",  # what random countries are rated moves as no world does
    "tune.trials=1",
    "tune.origin_count=1",
)
OF_THE_RUN = ["run_key"]
few = settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # a book from a seed does not shrink
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@dataclass
class Watched(SilentProgress):
    """Every ensemble of trees that was fitted until the last test origin was judged, in order."""

    fitted: list[str] = field(default_factory=list)
    judged: list[str] = field(default_factory=list)

    def stage(self, title: str) -> None:
        """What comes now is served, and may know all that came."""
        if title == "Fitting the models that serve":
            self.judged = list(self.fitted)


@contextmanager
def watched() -> Iterator[Watched]:
    """Look over LightGBM's shoulder."""
    seen, train = Watched(), lightgbm.train

    def noted(*given: Any, **named: Any) -> Any:
        booster = train(*given, **named)
        seen.fitted.append(sha256(booster.model_to_string().encode()).hexdigest())
        return booster

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lightgbm, "train", noted)
        yield seen


@dataclass(frozen=True)
class Fit:
    """What a training leaves that must not change: trees and report of the test origin; and the bundle."""

    trees: list[str]
    judged: str
    bundle: Path


def config_in(folder: Path, *overrides: str) -> Config:
    return books.settings(*WISHES, *overrides, work_dir=folder / "work")


def trained(book: Book, config: Config, folder: Path) -> Fit:
    with watched() as seen:
        made = train_models(book, config, folder, progress=seen)
    assert seen.judged
    origins: Any = to_plain(made.report.origins)
    for origin in origins:
        del origin["parts"]["errors"]["segment"]  # errors are told by the segments that serve, which are of today
    return Fit(seen.judged, json.dumps(origins, indent=1), made.bundle)


def scores(book: Book, bundle: Path, config: Config, out: Path) -> dict[str, pd.DataFrame]:
    """All that is published for ``AS_OF``, after a run for an earlier date from which clients move; rows by client.

    Rows follow blocks, the clients of each that start cold behind its active ones, and later clients move the blocks.
    """
    predict_book(book, read_bundle(bundle), config, out, EARLIER, how=IN_SAMPLE)
    made = predict_book(book, read_bundle(bundle), config, out, AS_OF)
    tables = {name: pd.read_parquet(made.folder / name) for name in (SCORES, EXPLANATIONS, CURVES, WARNINGS, MOVERS)}
    return {
        name: table.drop(columns=OF_THE_RUN, errors="ignore")
        .sort_values("client_id", kind="stable")
        .reset_index(drop=True)
        for name, table in tables.items()
    }


def assert_nothing_later_counts(both: Editions, folder: Path, *overrides: str) -> None:
    """Train on both editions, predict both with the models of the first."""
    config = config_in(folder, *overrides)
    before, after = (trained(book, config, folder / f"bundle {name}") for name, book in vars(both).items())
    assert before.judged == after.judged
    assert before.trees == after.trees
    first = scores(both.before, before.bundle, config, folder / "scores before")
    second = scores(both.after, before.bundle, config, folder / "scores after")
    for name, table in first.items():
        pd.testing.assert_frame_equal(table, second[name], check_exact=True, obj=name)


@few
@given(seed=st.integers(0, 10**6))
def test_an_edition_with_later_rows_changes_no_fit_no_figure_and_no_score(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("editions")
    assert_nothing_later_counts(editions(seed, folder), folder)


def test_nor_do_causes_that_are_told_for_later_endings_only(tmp_path: Path) -> None:
    assert_nothing_later_counts(editions(2, tmp_path, causes=False), tmp_path)


def test_nor_under_rule_lapse(tmp_path: Path) -> None:
    assert_nothing_later_counts(editions(3, tmp_path), tmp_path, "decline.rule=lapse")


def test_nor_do_groups_and_tables_that_begin_later(tmp_path: Path) -> None:
    begins_later = (GROUPS, "ratings", "interactions", "macro", "opportunities")
    assert_nothing_later_counts(editions(6, tmp_path, begins_later=begins_later), tmp_path)


def test_nor_does_tuning_or_judging_a_chosen_date_know_it(tmp_path: Path) -> None:
    both = editions(5, tmp_path, begins_later=(GROUPS, "financials"))
    found = []
    for name, book in vars(both).items():
        config = config_in(tmp_path, f"tune.storage_uri=sqlite:///{tmp_path / name}.db")
        tuned = tune_book(book, config, plan_tuning(book, config))
        scores_of_trials = [(each.trials[0].settings, each.trials[0].scores) for each in tuned]
        found.append((scores_of_trials, evaluate_book(book, config, [TEST]).origins))
    assert found[0] == found[1]
