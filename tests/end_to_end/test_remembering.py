"""A lender scores every month: the kind of a client moves from last month's only once the change has held."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from models.explanation.job import explain
from models.scoring.columns import score_columns
from models.scoring.job import predict
from models.scoring.publication import IN_SAMPLE
from models.scoring.report import Predicted
from support.trained_lender import TrainedLender

NOVEMBER, DECEMBER = date(2022, 11, 1), date(2022, 12, 1)


@dataclass(frozen=True)
class Months:
    """Two months that follow each other, and the second one scored by who never saw the first."""

    november: Predicted
    december: Predicted
    alone: Predicted


@pytest.fixture(scope="module")
def months(trained: TrainedLender, tmp_path_factory: pytest.TempPathFactory) -> Months:
    def scored(out: Path, as_of: date) -> Predicted:
        return predict(trained.config, book=trained.result.book, as_of=as_of, out=out, how=IN_SAMPLE)

    monthly, once = tmp_path_factory.mktemp("monthly"), tmp_path_factory.mktemp("once")
    return Months(scored(monthly, NOVEMBER), scored(monthly, DECEMBER), scored(once, DECEMBER))


def _scores(predicted: Predicted) -> pd.DataFrame:
    return pq.read_table(predicted.folder / "scores.parquet").to_pandas().set_index("client_id")


def test_a_stage_that_was_seen_once_is_a_candidate_and_not_yet_the_stage(months: Months) -> None:
    before, after, alone = (_scores(each) for each in (months.november, months.december, months.alone))
    both = before.index.intersection(after.index)
    moved = both[(alone["stage"][both] != before["stage"][both]).to_numpy()]
    assert len(moved) > 0
    assert (after["stage"][moved] == before["stage"][moved]).all()
    assert (after["stage_candidate"][moved] == alone["stage"][moved]).all()
    assert (after["stage_candidate_periods"][moved] == 1).all()


def test_what_no_rule_holds_is_the_same_with_and_without_a_past(months: Months) -> None:
    names = ["value", "decline_probability", "segment", "relationship_degrees"]
    after, alone = (_scores(each)[names] for each in (months.december, months.alone))
    pd.testing.assert_frame_equal(after, alone)


def test_the_past_that_was_built_upon_is_part_of_the_key(months: Months) -> None:
    assert months.december.run_key != months.alone.run_key
    manifest = json.loads((months.december.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["previous"] == months.november.run_key


def test_scored_again_over_its_own_results_a_month_gives_the_same_bytes(trained: TrainedLender, months: Months) -> None:
    again = predict(
        trained.config,
        book=trained.result.book,
        as_of=DECEMBER,
        out=months.december.folder.parent,
        how=IN_SAMPLE,
    )
    assert again.run_key == months.december.run_key
    assert again.folder == months.december.folder


def test_one_client_is_explained_with_the_past_that_the_batch_built_upon(
    trained: TrainedLender, months: Months
) -> None:
    after = _scores(months.december)
    published = trained.predicted.folder.parent
    bundle, block = explain(trained.config, str(after.index[0]), book=str(trained.book), as_of=DECEMBER)
    reported = score_columns(bundle.models, block.panel, block.predictions, bundle.config, block.decision_context)
    assert block.decision_context.previous is None  # the batch of this lender published nothing before December
    assert not list(published.glob("2022-1[01]-01-*"))
    assert reported["stage"].to_pylist() == [_scores(months.alone)["stage"].iloc[0]]
