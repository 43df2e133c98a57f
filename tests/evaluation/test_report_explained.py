"""What moves a model, over some clients: held against sums by hand and ranks that differ in a known way."""

from __future__ import annotations

import numpy as np
import pytest

from models.codec import to_json_text
from models.evaluation.report.explained import explained_parts, ranking_stability, reason_sizes, sampled
from models.learners.contract import FeatureContract
from models.learners.contributions import Contributions
from models.panel.features.words import FeatureWords, plain_words
from support.drawn_panel import ORIGINS, drawn_panel

VALUES = np.array([[3.0, -1.0, 0.5], [-1.0, -1.0, 0.5]])
PARTS = {"decline": Contributions(model="decline", unit="log-odds", base=0.0, values=VALUES, prediction=VALUES.sum(1))}


def words() -> dict[str, FeatureWords]:
    """Two features of one reason, and one of its own."""
    return {"a": plain_words("fees"), "b": plain_words("fees"), "c": plain_words("tenure")}


def test_features_of_one_reason_count_together() -> None:
    # fees: |3 - 1| and |-1 - 1|, on average 2; tenure: 0.5 twice
    assert reason_sizes(PARTS, ["a", "b", "c"], words()) == {"decline": {"fees": 2.0, "tenure": 0.5}}


def test_fits_that_rank_in_reverse_are_told_apart_from_those_that_agree() -> None:
    up = {"decline": {"a": 3.0, "b": 2.0, "c": 1.0}}
    down = {"decline": {"a": 1.0, "b": 2.0, "c": 3.0}}
    reported = ranking_stability(["2021", "2022", "served"], [up, down, up])["decline"]
    assert [pair.fits for pair in reported] == [("2021", "2022"), ("2021", "served"), ("2022", "served")]
    assert [pair.spearman for pair in reported] == pytest.approx([-1.0, 1.0, -1.0])
    assert [pair.kendall for pair in reported] == pytest.approx([-1.0, 1.0, -1.0])
    assert [pair.top_shared for pair in reported] == [1.0, 1.0, 1.0]


def test_one_fit_has_nothing_to_be_compared_with() -> None:
    assert ranking_stability(["served"], [{"decline": {"a": 1.0}}]) == {}


def test_the_sample_is_spread_over_the_book() -> None:
    places = sampled(1000)
    assert (places[0], places[-1], len(places)) == (0, 999, 300)
    assert np.diff(places).max() <= 4


def test_parts_are_plain_and_hold_no_client() -> None:
    rows = drawn_panel().at([ORIGINS[-1]])
    contract = FeatureContract.learn(rows.features, rows.units, max_categories=20)
    matrix = contract.encode(rows.features)
    values = np.nan_to_num(matrix) * np.linspace(0.0, 1.0, matrix.shape[1])
    parts = {"value": Contributions(model="value", unit="log", base=0.0, values=values, prediction=values.sum(axis=1))}
    reported = explained_parts(parts, matrix, contract, rows.words)["value"]
    text = to_json_text(reported)
    assert not any(client in text for client in rows.client_id)
    for each in reported.dependence:
        assert sum(part.rows for part in each.bins) <= len(rows)
        assert all(part.low <= part.median <= part.high for part in each.bins)
    sizes = [reason.size for reason in reported.reasons]
    assert sizes == sorted(sizes, reverse=True)
