"""A client lies in the segment that other libraries would put it in; costs, distances and margins by their formulas."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.metrics import silhouette_score
from sklearn.mixture import GaussianMixture

from models.learners.segments.kmeans import KMeansClustering
from models.learners.segments.mixture import LEAST_VARIANCE, ROUNDS, STARTS, MixtureClustering
from models.learners.segments.separation import Apartness


@pytest.fixture
def scaled() -> np.ndarray:
    random = np.random.default_rng(6)
    slanted = random.normal(size=(120, 3)) @ np.array([[1.0, 0.8, 0.0], [0.0, 0.5, 0.0], [0.0, 0.0, 0.2]])
    return np.concatenate([slanted, random.normal(size=(80, 3)) * 0.5 + [3.0, -2.0, 1.0]])


def test_the_nearest_centre_wins() -> None:
    found = KMeansClustering(centres=np.array([[0.0, 0.0], [6.0, 8.0]]))
    client = np.array([[0.0, 2.5]])
    costs = found.costs(client)
    np.testing.assert_allclose(costs, [[6.25, 66.25]])
    np.testing.assert_allclose(found.distance(client, np.array([0])), [2.5])
    np.testing.assert_allclose(found.margin(costs[:, 0], costs[:, 1]), [1 - 2.5 / np.sqrt(66.25)])
    same = np.zeros(1)
    assert found.margin(same, same)[0] == 0.0


def test_a_mixture_assigns_as_scikit_learn_does(scaled: np.ndarray) -> None:
    settings = {"n_init": STARTS, "max_iter": ROUNDS, "random_state": 1, "reg_covar": LEAST_VARIANCE}
    theirs = GaussianMixture(3, **settings).fit(scaled)
    ours = MixtureClustering.fit(scaled, 3, seed=1)
    np.testing.assert_array_equal(ours.costs(scaled).argmin(axis=1), theirs.predict(scaled))


def test_the_costs_of_a_mixture_are_its_densities(scaled: np.ndarray) -> None:
    found = MixtureClustering.fit(scaled, 2, seed=1)
    covariances = [np.linalg.inv(root @ root.T) for root in found.whitening]
    logs = np.column_stack(
        [
            np.log(weight) + multivariate_normal(centre, covariance).logpdf(scaled)
            for weight, centre, covariance in zip(found.weights, found.centres, covariances, strict=True)
        ]
    )
    costs = found.costs(scaled)
    np.testing.assert_allclose(np.diff(costs, axis=1), -2.0 * np.diff(logs, axis=1), rtol=1e-9)
    probability = np.exp(logs) / np.exp(logs).sum(axis=1, keepdims=True)
    ordered = np.sort(costs, axis=1)
    np.testing.assert_allclose(
        found.margin(ordered[:, 0], ordered[:, 1]), np.abs(np.diff(probability, axis=1)).ravel(), atol=1e-9
    )
    away = scaled - found.centres[0]
    expected = np.sqrt(np.einsum("ni,ij,nj->n", away, np.linalg.inv(covariances[0]), away))
    np.testing.assert_allclose(found.distance(scaled, np.zeros(len(scaled), dtype=np.int64)), expected, rtol=1e-9)


def test_separation_is_the_mean_silhouette(scaled: np.ndarray) -> None:
    rows = np.concatenate([scaled, [[30.0, 0.0, 0.0]]])
    centres = np.array([[0.0, 0.0, 0.0], [3.0, -2.0, 1.0], [30.0, 0.0, 0.0], [99.0, 0.0, 0.0]])
    found = KMeansClustering(centres=centres)
    label = found.costs(rows).argmin(axis=1)
    assert Apartness.of(rows).separation(found) == pytest.approx(silhouette_score(rows, label))
    assert Apartness.of(rows).separation(KMeansClustering(centres=centres[:1])) == 0.0
