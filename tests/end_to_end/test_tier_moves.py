"""At most so many clients change tier in a month, those furthest past the cut-off first; one alone is told the same."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from models.explanation.history import read_client
from models.explanation.story import explain_client
from models.pipeline.bundle import Bundle
from models.scoring.columns import score_columns
from models.scoring.compute import predict_book
from models.scoring.report import Predicted
from models.scoring.scoring import ScoringBasis, score_clients
from models.workspace.opening import open_bundle
from support.trained_lender import TrainedLender

JUNE, DECEMBER = date(2022, 6, 1), date(2022, 12, 1)
SHARE = 0.02


@dataclass(frozen=True)
class Halfyears:
    """Two dates scored under a policy that lets few clients change tier."""

    bundle: Bundle
    out: Path
    june: pd.DataFrame
    december: pd.DataFrame
    run: Predicted


@pytest.fixture(scope="module")
def halfyears(trained: TrainedLender, tmp_path_factory: pytest.TempPathFactory) -> Halfyears:
    bundle, out = calm(open_bundle(trained.config, "champion")), tmp_path_factory.mktemp("calm")
    runs = [predict_book(trained.result.book, bundle, trained.config, out, as_of) for as_of in (JUNE, DECEMBER)]
    june, december = (pq.read_table(run.folder / "scores.parquet").to_pandas().set_index("client_id") for run in runs)
    return Halfyears(bundle, out, june, december, runs[1])


def calm(bundle: Bundle) -> Bundle:
    """The bundle with a policy that lets one client in fifty change tier."""
    policy = bundle.models.policy
    stability = policy.settings.stability.model_copy(update={"max_changed_share": SHARE})
    settings = policy.settings.model_copy(update={"stability": stability})
    return replace(bundle, models=replace(bundle.models, policy=replace(policy, settings=settings)))


def test_no_more_clients_move_than_the_policy_admits(halfyears: Halfyears) -> None:
    both = halfyears.june.index.intersection(halfyears.december.index)
    before, after = halfyears.june["tier_by_rule"][both], halfyears.december["tier_by_rule"][both]
    assert 0 < (before != after).sum() <= SHARE * len(both)
    refused = halfyears.december["tier_basis"] == "limit"
    assert refused.sum() > 0
    assert (halfyears.december["tier"][refused] == halfyears.june["tier"][halfyears.december.index[refused]]).all()


def test_who_may_move_is_a_fact_of_the_run(halfyears: Halfyears) -> None:
    manifest = json.loads((halfyears.run.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["tier_moves"]["client_id"] in halfyears.december.index
    assert sum(manifest["tiers"].values()) == len(halfyears.december)


def test_one_client_alone_has_the_tier_that_the_whole_book_left_it(
    trained: TrainedLender, halfyears: Halfyears
) -> None:
    refused = str(halfyears.december.index[np.flatnonzero(halfyears.december["tier_basis"] == "limit")[0]])
    block = score_clients(
        trained.result.book, halfyears.bundle, trained.config, [refused], DECEMBER, earlier=halfyears.out
    )
    reported = score_columns(
        halfyears.bundle.models, block.panel, block.predictions, trained.config, block.decision_context
    )
    row = halfyears.december.loc[refused]
    assert (reported["tier"][0].as_py(), reported["tier_basis"][0].as_py()) == (row["tier"], "limit")
    assert reported["tier_reason"][0].as_py() == row["tier_reason"]


def test_the_story_of_a_client_keeps_to_the_limit_of_the_run(trained: TrainedLender, halfyears: Halfyears) -> None:
    refused = str(halfyears.december.index[np.flatnonzero(halfyears.december["tier_basis"] == "limit")[0]])
    book, bundle = trained.result.book, halfyears.bundle
    past = read_client(ScoringBasis.of(book, bundle, trained.config, DECEMBER, earlier=halfyears.out), refused)
    story = explain_client(book, bundle, past, trained.config, None, lang="en")
    assert (story.scores.tier, story.scores.tier_basis) == (halfyears.december.loc[refused, "tier"], "limit")
