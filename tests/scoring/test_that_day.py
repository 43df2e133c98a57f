"""A day of the past is scored by models that had learned by then, never by those that know what came."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from models.explanation.job import explain
from models.publications.ledger import PublicationLedger
from models.scoring.job import predict
from models.scoring.publication import Publishing
from models.store.sealed import read_manifest
from support.trained_lender import TrainedLender

DAY = date(2022, 7, 1)


@pytest.fixture(scope="module")
def past(trained: TrainedLender, tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = tmp_path_factory.mktemp("that day")
    config = trained.config.model_copy(update={"run": trained.config.run.model_copy(update={"work_dir": str(work)})})
    return predict(config, as_of=DAY, how=Publishing(of_that_day=True)).folder


def test_models_are_fitted_on_what_was_known_then(trained: TrainedLender, past: Path) -> None:
    facts = read_manifest(past)
    assert (facts["learned_until"], facts["in_sample"]) == (DAY.isoformat(), False)
    assert facts["bundle"] != trained.result.bundle_key
    scores = pq.read_table(past / "scores.parquet")
    assert not any(scores["in_sample"].to_pylist())
    (entry,) = PublicationLedger(past.parent).entries()
    assert entry.why == "models of that day: fitted on what was known on 2022-07-01"
    assert entry.version == ""


def test_a_version_that_had_learned_by_then_is_taken_as_it_is(trained: TrainedLender, tmp_path: Path) -> None:
    done = predict(trained.config, out=tmp_path, how=Publishing(of_that_day=True))
    (entry,) = PublicationLedger(tmp_path).entries()
    assert (entry.version, entry.bundle) == (trained.result.version, trained.result.bundle_key)
    assert entry.why == f"models of that day: version {trained.result.version}"
    assert done.model_version == trained.predicted.model_version


def test_a_client_is_explained_by_the_models_that_were_published(trained: TrainedLender, past: Path) -> None:
    work = past.parents[2]
    config = trained.config.model_copy(update={"run": trained.config.run.model_copy(update={"work_dir": str(work)})})
    scores = pq.read_table(past / "scores.parquet").to_pandas().set_index("client_id")
    client = str(scores.index[0])
    bundle, block = explain(config, client, as_of=DAY)
    assert bundle.key == read_manifest(past)["bundle"]
    assert float(block.predictions.value[0]) == scores.loc[client, "value"]
