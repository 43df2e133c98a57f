"""Why the clients of a trained lender changed within half a year, from the book on, held against published scores."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from models.errors import UnknownClientError
from models.explanation.change import Side, Step, change_between
from models.pipeline.bundle import read_bundle, write_bundle
from models.scoring.compute import SCORES, predict_book
from models.scoring.publication import IN_SAMPLE

if TYPE_CHECKING:
    from support.trained_lender import TrainedLender

BEFORE = date(2022, 7, 1)


def sides_of(trained: TrainedLender) -> tuple[Side, Side]:
    book, bundle = trained.result.book, read_bundle(trained.result.bundle, threads=1)
    return Side(book=book, bundle=bundle, as_of=BEFORE), Side(book=book, bundle=bundle)


def scores_in(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / SCORES).set_index("client_id")


def test_a_change_begins_and_ends_with_what_was_published(trained: TrainedLender, tmp_path: Path) -> None:
    before, after = sides_of(trained)
    then = scores_in(predict_book(before.book, before.bundle, trained.config, tmp_path, BEFORE, how=IN_SAMPLE).folder)
    now = scores_in(trained.predicted.folder)
    clients = [str(client) for client in now.index.intersection(then.index)[::-1][:20]]
    change = change_between(before, after, trained.config, clients)
    assert change.clients.tolist() == clients
    np.testing.assert_array_equal(change.value.before, then.loc[clients, "value"])
    np.testing.assert_array_equal(change.value.after, now.loc[clients, "value"])
    np.testing.assert_array_equal(change.decline.before, then.loc[clients, "decline_probability"])
    np.testing.assert_array_equal(change.decline.after, now.loc[clients, "decline_probability"])
    assert change.tier.before.tier.tolist() == then.loc[clients, "tier"].tolist()
    np.testing.assert_allclose(change.value.before + change.value.data.sum(axis=1), change.value.after, rtol=1e-9)


def test_a_client_of_whom_the_book_knows_nothing_is_refused(trained: TrainedLender) -> None:
    before, after = sides_of(trained)
    with pytest.raises(UnknownClientError, match="the book must hold the client, got nobody"):
        change_between(before, after, trained.config, ["nobody"])


def test_two_bundles_that_differ_in_their_policy_only(trained: TrainedLender, tmp_path: Path) -> None:
    _, now = sides_of(trained)
    policy = now.bundle.models.policy
    policy = replace(policy, cut_offs={**policy.cut_offs, "expected_value": (0.0, 0.0)})
    write_bundle(tmp_path, replace(now.bundle.models, policy=policy), now.bundle.config, {}, "the same data")
    generous = replace(now, bundle=read_bundle(tmp_path, threads=1))
    clients = [str(client) for client in trained.column("client_id")[:5]]
    change = change_between(now, generous, trained.config, clients)
    assert not change.value.data.any()
    np.testing.assert_array_equal(change.value.before, change.value.after)
    moved = change.tier.before.tier != change.tier.after.tier
    assert moved.any()
    assert set(change.tier.decided_by[moved]) == {Step.POLICY.value}
