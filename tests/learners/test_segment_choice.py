"""Four kinds of client are counted as four, and a book without kinds is told to have none; then the rule by hand."""

from __future__ import annotations

import numpy as np
import pytest

from models.config.segments import SegmentsConfig
from models.learners.segments.choice import SegmentationCandidate, chosen
from models.learners.segments.model import SegmentModel
from models.learners.segments.structure import Hump, structure_of

FEATURES = ("value", "tenure")


def config_of(**more: object) -> SegmentsConfig:
    settings = {"features": FEATURES, "clusters": {"fewest": 2, "most": 6}, "methods": ["kmeans"], "resamples": 5}
    return SegmentsConfig.model_validate({**settings, **more})


def test_four_kinds_of_client_are_counted_as_four() -> None:
    kind = np.arange(400) % 4
    matrix = np.array([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0], [9.0, 9.0]])[kind]
    matrix = matrix + np.random.default_rng(1).normal(size=(400, 2))
    model = SegmentModel.fit(matrix, config_of(), seed=1)
    served = model.choice.served
    assert (served.clusters, model.choice.reason, model.choice.structure.is_found) == (4, "separation", True)
    assert served.stability > 0.95
    assert served.smallest_share == pytest.approx(0.25, abs=0.01)
    assert [candidate.clusters for candidate in model.choice.candidates] == [2, 3, 4, 5, 6]


@pytest.mark.parametrize("kind", ["normal", "uniform", "exponential", "correlated", "lognormal"])
def test_a_book_without_kinds_is_told_to_have_none(kind: str) -> None:
    random = np.random.default_rng(4)
    drawn = {
        "normal": random.normal(size=(500, 3)),
        "uniform": random.uniform(size=(500, 3)),
        "exponential": random.exponential(size=(500, 3)),
        "correlated": random.normal(size=(500, 3)) @ random.normal(size=(3, 3)),
        "lognormal": random.lognormal(size=(500, 3)),
    }
    config = config_of(features=("value", "tenure", "growth"), resamples=3)
    choice = SegmentModel.fit(drawn[kind], config, seed=1).choice
    assert not choice.structure.is_found
    assert choice.reason != "separation"


def test_no_structure_is_seldom_taken_for_some() -> None:
    random = np.random.default_rng(8)
    found = [structure_of(random.normal(size=(60, 2)), seed=seed, numbers=(2, 3)).is_found for seed in range(20)]
    assert sum(found) <= 4  # at 5% each, more than four of twenty happen once in four hundred times


def test_the_nearest_hump_of_one_hump_is_itself_and_of_two_is_flat() -> None:
    levels = np.linspace(0.01, 0.99, 99)
    one = np.random.default_rng(5).exponential(size=4_000)
    np.testing.assert_allclose(Hump.nearest(one).quantiles(levels), np.quantile(one, levels), rtol=0.15, atol=0.02)
    two = np.repeat([0.0, 1.0, 9.0, 10.0], 25)
    between = Hump.nearest(two).quantiles(np.array([0.4, 0.5, 0.6]))
    assert ((between > 1.0) & (between < 9.0)).any()


def candidate(
    clusters: int, stability: float, separation: float, share: float = 0.1, method: str = "kmeans"
) -> SegmentationCandidate:
    return SegmentationCandidate(
        method=method, clusters=clusters, stability=stability, separation=separation, smallest_share=share
    )


def test_the_clearest_of_the_steady_serves_and_the_simplest_of_like() -> None:
    config = config_of(methods=["kmeans", "mixture"], simpler_within=0.01)
    steady = [candidate(3, 0.9, 0.30), candidate(5, 0.9, 0.405, method="mixture"), candidate(5, 0.85, 0.40)]
    unsteady, tiny = candidate(6, 0.7, 0.60), candidate(6, 0.99, 0.70, share=0.01)
    every = range(2, 7)
    assert chosen([*steady, unsteady, tiny], config, found_at=every) == (steady[2], "separation")
    assert chosen([*steady, unsteady, tiny], config, found_at=()) == (steady[0], "fewest")
    assert chosen([unsteady, candidate(4, 0.6, 0.9), tiny], config, found_at=every) == (unsteady, "stability")
    assert chosen([tiny], config, found_at=every) == (tiny, "stability")


def test_structure_counts_only_at_the_number_that_serves() -> None:
    config = config_of(methods=["kmeans"], simpler_within=0.01)
    few, many = candidate(3, 0.9, 0.30), candidate(6, 0.9, 0.50)
    assert chosen([few, many], config, found_at=(3,)) == (few, "separation")
    assert chosen([few, many], config, found_at=(2,)) == (few, "fewest")
    assert chosen([few, many], config, found_at=(3, 6)) == (many, "separation")


def test_the_structure_test_judges_every_number_that_may_serve() -> None:
    matrix = np.random.default_rng(2).normal(size=(200, 2))
    choice = SegmentModel.fit(matrix, config_of(clusters={"fewest": 7, "most": 8}, resamples=2), seed=1).choice
    assert {7, 8} <= set(choice.structure.clusters)
    assert choice.served.clusters in choice.structure.clusters
    assert choice.has_structure == (choice.served.clusters in choice.structure.found_at)
    there = choice.structure.at(choice.served.clusters)
    assert there is not None
    assert choice.has_structure <= (there.separation > there.highest)
