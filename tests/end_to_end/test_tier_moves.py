"""At most so many clients change tier in a month, those furthest past the cut-off first; one alone is told the same."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from models.config.root import Config
from models.explanation.history import read_client
from models.explanation.story import explain_client
from models.pipeline.bundle import Bundle
from models.scoring.columns import score_columns
from models.scoring.compute import predict_book
from models.scoring.policy_in_force import policy_in_force
from models.scoring.publication import IN_SAMPLE
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
    config: Config
    out: Path
    june: pd.DataFrame
    december: pd.DataFrame
    run: Predicted


@pytest.fixture(scope="module")
def halfyears(trained: TrainedLender, tmp_path_factory: pytest.TempPathFactory) -> Halfyears:
    bundle, config = open_bundle(trained.config, "champion"), calm(trained.config)
    out = tmp_path_factory.mktemp("calm")
    runs = [predict_book(trained.result.book, bundle, config, out, as_of, how=IN_SAMPLE) for as_of in (JUNE, DECEMBER)]
    june, december = (pq.read_table(run.folder / "scores.parquet").to_pandas().set_index("client_id") for run in runs)
    return Halfyears(bundle, config, out, june, december, runs[1])


def calm(config: Config) -> Config:
    """The config with its policy, but that lets one client in fifty change tier."""
    policy = config.grading
    stability = policy.stability.model_copy(update={"max_changed_share": SHARE})
    return config.model_copy(update={"policy": policy.model_copy(update={"stability": stability})})


def test_no_more_clients_move_than_the_policy_admits(trained: TrainedLender, halfyears: Halfyears) -> None:
    both = halfyears.june.index.intersection(halfyears.december.index)
    before, now = halfyears.june["tier_by_rule"][both], halfyears.december.loc[both]
    moved, late = now["tier_by_rule"] != before, in_arrears(trained, halfyears)[both]
    fallen = moved & late
    assert fallen.sum() > 0
    assert (now["tier_by_rule"][fallen] == now["tier_ruled"][fallen]).all()
    assert 0 < (moved & ~late).sum() <= SHARE * len(both)
    refused = now["tier_kept_by"] == "limit"
    assert refused.sum() > 0
    assert (now["tier_by_rule"][refused] == before[refused]).all()
    assert (now["tier_ruled"][refused] != before[refused]).all()


def in_arrears(trained: TrainedLender, halfyears: Halfyears) -> pd.Series:
    """Who is in arrears in December: such a client falls at once and takes no place of the limit."""
    basis = ScoringBasis.of(trained.result.book, halfyears.bundle, halfyears.config, DECEMBER)
    panel = basis.panel_of(halfyears.december.index.tolist(), [0])
    return pd.Series(panel.features["arrears_days"].to_numpy() > 0, index=pd.Index(panel.client_id))


def refused_client(halfyears: Halfyears) -> str:
    """The first client whom the limit keeps where it was."""
    return str(halfyears.december.index[np.flatnonzero(halfyears.december["tier_kept_by"] == "limit")[0]])


def test_who_may_move_is_a_fact_of_the_run(halfyears: Halfyears) -> None:
    manifest = json.loads((halfyears.run.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["tier_moves"]["client_id"] in halfyears.december.index
    assert sum(manifest["tiers"].values()) == len(halfyears.december)


def test_one_client_alone_has_the_tier_that_the_whole_book_left_it(
    trained: TrainedLender, halfyears: Halfyears
) -> None:
    refused = refused_client(halfyears)
    block = score_clients(
        trained.result.book, halfyears.bundle, halfyears.config, [refused], DECEMBER, earlier=halfyears.out
    )
    graded = policy_in_force(trained.result.book, halfyears.bundle, halfyears.config, DECEMBER).bundle
    reported = score_columns(graded.models, block.panel, block.predictions, halfyears.config, block.decision_context)
    row = halfyears.december.loc[refused]
    assert (reported["tier"][0].as_py(), reported["tier_basis"][0].as_py()) == (row["tier"], "limit")
    assert reported["tier_reason"][0].as_py() == row["tier_reason"]


def test_the_story_of_a_client_keeps_to_the_limit_of_the_run(trained: TrainedLender, halfyears: Halfyears) -> None:
    refused = refused_client(halfyears)
    book, config = trained.result.book, halfyears.config
    basis = ScoringBasis.of(book, halfyears.bundle, config, DECEMBER, earlier=halfyears.out)
    story = explain_client(book, basis.bundle, read_client(basis, refused), config, None, lang="en")
    assert (story.scores.tier, story.scores.tier_basis) == (halfyears.december.loc[refused, "tier"], "limit")
