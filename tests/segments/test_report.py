"""A banker reads who is in each segment, what it is worth and what it is made of; sums are those of the book."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import PCA

from models.codec import to_plain
from models.learners.segments.model import Plane
from models.panel.panel import Panel
from models.pipeline.pipeline import FittedModels, score_panel, segment_rows
from models.pipeline.predictions import Predictions
from models.segments.report import continued_segments, mixes_of, segments_report, served_segments
from support.drawn_panel import FIT, drawn_panel, fitted_models, small_config


@pytest.fixture(scope="module")
def fitted() -> FittedModels:
    return fitted_models()


@pytest.fixture(scope="module")
def rows() -> Panel:
    return drawn_panel().at([FIT.latest])


@pytest.fixture(scope="module")
def reported(fitted: FittedModels, rows: Panel) -> Predictions:
    return score_panel(fitted, rows)


def test_profiles_add_up_to_the_book(fitted: FittedModels, rows: Panel, reported: Predictions) -> None:
    facts: Any = to_plain(served_segments(fitted, rows, small_config()))
    profiles = facts["segments"]
    assert [profile["name"] for profile in profiles] == list(fitted.segments.names)
    assert sum(profile["clients"] for profile in profiles) == facts["clients"] == len(rows)
    assert sum(profile["value"] for profile in profiles) == pytest.approx(reported.value.sum())
    assert sum(profile["value_share"] for profile in profiles) == pytest.approx(1.0)
    declines = sum(profile["decline_mean"] * profile["clients"] for profile in profiles)
    assert declines == pytest.approx(reported.decline_probability.sum())
    for profile in profiles:
        assert sum(profile["mixes"]["tier"].values()) == pytest.approx(1.0)
        assert set(profile["mixes"]) >= {"tier", "stage", "relationship_type", "need_type", "country"}


def test_a_profile_by_hand(fitted: FittedModels, rows: Panel, reported: Predictions) -> None:
    mixes = mixes_of(rows, {})
    first = segments_report(fitted.segments, rows, reported, mixes, fitted.policy.scale).segments[0]
    inside = reported.segment == 0
    assert first.value_mean == pytest.approx(reported.value[inside].mean())
    assert first.between_share == pytest.approx((reported.segment_margin[inside] < 0.1).mean())
    tenure = rows.features["tenure_days"].to_numpy()[inside]
    assert first.features["tenure_days"].median == pytest.approx(np.median(tenure))
    assert first.features["tenure_days"].apart == pytest.approx(fitted.segments.typical[0][2])


def test_the_map_is_that_of_principal_components(fitted: FittedModels, rows: Panel) -> None:
    scaled = fitted.segments.scaled(segment_rows(fitted.segments, rows))
    plane, theirs = Plane.of(scaled), PCA(2).fit(scaled)
    np.testing.assert_allclose(np.abs(plane.loadings.T), np.abs(theirs.components_), atol=1e-9)
    np.testing.assert_allclose(plane.shares, theirs.explained_variance_ratio_)
    np.testing.assert_allclose(np.abs(plane.places(scaled)), np.abs(theirs.transform(scaled)), atol=1e-9)
    one = Plane.of(scaled[:, :1])
    assert one.places(scaled[:, :1])[:, 1].tolist() == [0.0] * len(scaled)


def test_a_refit_on_the_same_clients_moves_nobody(fitted: FittedModels, rows: Panel) -> None:
    again = continued_segments(rows, small_config(), fitted.segments)
    assert again.matching is not None
    assert again.matching.moved_share == 0.0
    assert again.model.to_json() == fitted.segments.to_json()
    gone = replace(fitted.segments, features=("not_there_any_more", *fitted.segments.features[1:]))
    assert continued_segments(rows, small_config(), gone).matching is None
