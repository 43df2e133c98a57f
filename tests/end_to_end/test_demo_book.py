"""A lender tries the system on the simulated book: every table adds its features, and none but two is needed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from models.book.measures import absent_measures
from models.config.feature_names import ALWAYS, possible_features
from models.config.loading import load_config
from models.config.root import Config
from models.panel.build import panel_of
from models.panel.ledger_cache import prepared_book
from models.panel.prepare import fit_notes
from models.scoring.job import predict
from models.simulator.job import simulate_book
from models.training.job import train
from models.vocab import SilentProgress
from models.workspace.opening import open_book

DEMO = Path(__file__).parents[2] / "configs" / "demo.yaml"
SMALL = [
    "run.threads=1",
    "run.bootstrap_resamples=100",
    "learners.value.trees=30",
    "learners.decline.trees=30",
    "origins.max_count=5",
    "origins.group_folds=2",
    "simulation.truth.paths=40",
    "simulation.states=true",
]
PREFIXES = {
    "facilities": ("facility_",),
    "interactions": ("complaint_", "response_hours_", "campaign_response_", "tone_"),
    "surveys": ("csat_", "nps_"),
    "ratings": ("pd_", "group_pd_"),
    "financials": ("accounts_",),
    "opportunities": ("funnel_",),
    "macro": ("macro_",),
}


STATE_PREFIXES = {
    "balances": ("balance_undrawn_",),
    "arrears": ("arrears_facilities_",),
    "collateral": ("collateral_",),
    "covenants": ("covenant_",),
    "guarantees": ("guaranteed_",),
    "esg": ("esg_grade_last",),
    "countries": ("political_risk_", "sanctions_", "sovereign_"),
}


def settings_in(root: Path) -> Config:
    places = [
        f"run.work_dir={root / 'processed'}",
        f"run.tracking_uri=sqlite:///{root / 'mlflow.db'}",
        f"run.artifact_dir={root / 'artifacts'}",
    ]
    return load_config(DEMO, [*SMALL, *places])


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "book"
    simulate_book(settings_in(folder.parent), clients=800, months=72, seed=3, out=folder)
    return folder


def features_of(book: Path, root: Path) -> list[str]:
    settings = settings_in(root)
    checked = open_book(settings, str(book), SilentProgress())
    notes = fit_notes(checked, settings, pd.Timestamp("2022-01-01").date())
    with prepared_book(checked, settings, pd.Timestamp("2023-01-01").date(), notes) as prepared:
        return list(panel_of(prepared, settings, [0], targets=False).features)


def test_every_table_of_the_contract_adds_features(demo: Path, tmp_path: Path) -> None:
    names = features_of(demo, tmp_path)
    for table, prefixes in {**PREFIXES, **STATE_PREFIXES}.items():
        for prefix in prefixes:
            assert any(name.startswith(prefix) for name in names), (table, prefix)


def test_a_policy_may_look_at_what_is_made_and_at_nothing_else(demo: Path, tmp_path: Path) -> None:
    made = {re.sub(r"(?<=_)\d+p$", "{window}p", name) for name in features_of(demo, tmp_path)}
    assert made <= possible_features(settings_in(tmp_path).features)
    assert set(ALWAYS) <= made


def test_truth_competes_and_ranks_declines_better_than_recency(demo: Path, tmp_path: Path) -> None:
    result = train(settings_in(tmp_path), book=str(demo))
    metrics = result.report.origins[0].decline.metrics
    assert metrics["truth"]["auc"].estimate > metrics["ours"]["auc"].estimate - 0.02
    assert metrics["truth"]["auc"].estimate > metrics["recency"]["auc"].estimate + 0.1
    assert result.report.origins[0].groups_apart


def test_a_book_of_clients_and_cashflows_alone_trains_and_scores(demo: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    for name in ("clients", "cashflows"):
        shutil.copy(demo / f"{name}.parquet", bare)
    result = train(settings_in(tmp_path), book=str(bare))
    assert set(result.report.absent) == set(PREFIXES)
    scored = predict(settings_in(tmp_path), book=result.book)
    everybody = scored.clients + scored.cold_start.clients
    assert everybody == len(pd.read_parquet(scored.folder / "scores.parquet"))


@pytest.mark.parametrize("table", sorted(PREFIXES))
def test_one_table_missing_takes_its_features_and_no_others(table: str, demo: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    shutil.copytree(demo, kept)
    (kept / f"{table}.parquet").unlink()
    settings = settings_in(tmp_path)
    names = features_of(kept, tmp_path)
    assert not [name for name in names if name.startswith(PREFIXES[table])]
    others = [prefix for other, prefixes in PREFIXES.items() if other != table for prefix in prefixes]
    assert all(any(name.startswith(prefix) for name in names) for prefix in others)
    assert list(absent_measures(settings, {path.stem for path in kept.iterdir()})) == [table]
