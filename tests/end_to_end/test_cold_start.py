"""Newly won clients and prospects get an answer: a row, reasons that add up, a mark, and a place in the figures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from models.book.door import Book
from models.config.loading import load_config
from models.config.root import Config
from models.explanation.job import explain
from models.pipeline.bundle import Bundle, read_bundle
from models.publications.previous import COLD_EXPLANATIONS
from models.scoring.compute import SCORES, predict_book
from models.scoring.report import Predicted
from models.simulator.job import simulate_book
from models.training.job import train
from models.training.result import TrainResult

DEMO = Path(__file__).parents[2] / "configs" / "demo.yaml"
SMALL = [
    "run.threads=1",
    "run.bootstrap_resamples=100",
    "learners.value.trees=15",
    "learners.value.candidates=[tweedie]",
    "learners.decline.trees=15",
    "learners.cold_start.trees=30",
    "learners.cold_start.min_clients_per_leaf=20",
    "origins.max_count=5",
    "origins.group_folds=2",
    "simulation.truth.paths=40",
]
EXACT = 1e-9


@dataclass(frozen=True)
class Scored:
    """A small simulated book that was trained and scored at its end."""

    config: Config
    book: Book
    bundle: Bundle
    result: TrainResult
    predicted: Predicted
    place: Path

    @property
    def scores(self) -> pd.DataFrame:
        frame: pd.DataFrame = pq.read_table(self.predicted.folder / SCORES).to_pandas().set_index("client_id")
        return frame

    @property
    def cold(self) -> pd.DataFrame:
        scores = self.scores
        return scores[scores["cold_start"]]


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Scored:
    root = tmp_path_factory.mktemp("cold")
    places = [
        f"run.work_dir={root / 'processed'}",
        f"run.tracking_uri=sqlite:///{root / 'mlflow.db'}",
        f"run.artifact_dir={root / 'artifacts'}",
        f"book.path={root / 'book'}",
    ]
    config = load_config(DEMO, [*SMALL, *places])
    simulate_book(config, clients=600, months=72, seed=3, out=root / "book")
    result = train(config)
    bundle = read_bundle(result.bundle)
    out = Path(config.run.work_dir) / config.book.name / "scores"
    predicted = predict_book(result.book, bundle, config, out)
    return Scored(config, result.book, bundle, result, predicted, root)


def test_every_client_with_an_opportunity_or_a_cost_has_a_row(scored: Scored) -> None:
    clients, opportunities = (pd.read_parquet(scored.book.tables[name]) for name in ("clients", "opportunities"))
    asked = set(clients.loc[clients["acquisition_cost"].notna(), "client_id"]) | set(opportunities["client_id"])
    refused = set(clients.loc[clients["consent"].eq(False), "client_id"])
    assert refused & asked
    assert asked - refused <= set(scored.scores.index)
    assert not refused & set(scored.scores.index)
    assert len(scored.cold) == scored.predicted.cold_start.clients > 0
    assert len(scored.scores) == scored.predicted.clients + len(scored.cold)


def test_who_was_never_active_is_acquired_or_given_up_and_says_why(scored: Scored) -> None:
    never = scored.cold[scored.cold["stage"] == "acquisition"]
    assert len(never)
    assert set(scored.cold["stage"]) >= {"acquisition", "churned"}
    assert all(len(reasons) for reasons in scored.cold["reasons"])
    assert scored.cold["tier"].notna().all()
    assert (scored.cold["value_low"] <= scored.cold["value"]).all()
    assert (scored.cold["value"] <= scored.cold["value_high"]).all()
    assert (scored.cold["decline_low"] <= scored.cold["decline_probability"]).all()


def test_active_clients_are_scored_as_without_a_cold_start(scored: Scored, tmp_path: Path) -> None:
    alone = replace(scored.bundle, models=replace(scored.bundle.models, cold=None))
    found = predict_book(scored.book, alone, scored.config, tmp_path / "alone")
    without = pq.read_table(found.folder / SCORES).to_pandas().set_index("client_id")
    active = scored.scores[~scored.scores["cold_start"]]
    assert len(without) == found.clients == len(active)
    same = [name for name in active if name not in {"run_key", "model_version"}]
    pd.testing.assert_frame_equal(active[same], without[same], check_exact=True)


def test_what_moves_a_prediction_sums_to_it(scored: Scored) -> None:
    parts = pq.read_table(scored.predicted.folder / COLD_EXPLANATIONS).to_pandas().set_index("client_id")
    features = [name for name in parts if name in scored.bundle.models.cold.contract.names]  # type: ignore[union-attr]
    sums = parts["base"] + parts[features].sum(axis=1)
    assert np.abs(sums - parts["prediction"]).max() < EXACT * parts["prediction"].abs().max()
    for model, column in (("value", "value"), ("decline", "decline_probability")):
        of_model = parts[parts["model"] == model]
        assert (of_model["served_prediction"] == scored.cold[column].loc[of_model.index]).all()


def test_one_client_is_explained_as_the_whole_book_has_it(scored: Scored) -> None:
    client = str(scored.cold["value"].idxmax())
    bundle, block = explain(scored.config, client, bundle=str(scored.result.bundle))
    assert bundle.models.starts_cold
    assert block.predictions.value[0] == scored.cold.loc[client, "value"]
    assert block.predictions.decline_probability[0] == scored.cold.loc[client, "decline_probability"]


def test_the_report_judges_the_cold_start_beside_the_truth(scored: Scored) -> None:
    (judged,) = scored.result.report.cold_start
    everybody = judged.groups[0]
    assert everybody.total.known is not None
    assert everybody.auc is not None
    assert everybody.segment_auc is not None
    assert everybody.auc.estimate > everybody.segment_auc
    assert sum(part.clients for part in everybody.thirds) == everybody.total.clients
    assert sum(part.realised for part in everybody.thirds) == pytest.approx(everybody.total.realised)
