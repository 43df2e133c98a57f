"""Three kinds of client that a banker would tell apart are found and named; then gaps, tails and limits."""

from __future__ import annotations

import numpy as np
import pytest

from models.config import SegmentsConfig
from models.errors import DamagedBundleError, FeatureContractError, TooLittleDataError
from models.learners.scaling import RobustScaling
from models.learners.segments import SegmentModel

FEATURES = ("value_sum_84p", "recency")


@pytest.fixture
def clients() -> tuple[np.ndarray, np.ndarray]:
    """100 small and recent, 60 small and gone, 20 large and recent clients; and which is which."""
    generator = np.random.default_rng(2)
    kind = np.repeat([0, 1, 2], [100, 60, 20])
    value = np.array([1.0, 1.0, 2_000.0])[kind] * generator.lognormal(sigma=0.3, size=180)
    recency = np.array([3.0, 40.0, 3.0])[kind] + generator.normal(size=180)
    return np.stack([value, recency], axis=1), kind


def test_kinds_of_client_are_found_numbered_and_named(clients: tuple[np.ndarray, np.ndarray]) -> None:
    matrix, kind = clients
    model = SegmentModel.fit(matrix, SegmentsConfig(clusters=3, features=FEATURES), seed=1)
    label = model.assign(matrix)
    large, small_recent, small_gone = (set(label[kind == which]) for which in (2, 0, 1))
    assert large == {0}
    assert small_recent | small_gone == {1, 2}
    assert model.segment_names[0] == "very high value_sum_84p"
    assert model.segment_names[small_gone.pop()] == "high recency"
    assert list(model.centres[:, 0]) == sorted(model.centres[:, 0], reverse=True)


def test_the_seed_and_the_currency_leave_segments_alone(clients: tuple[np.ndarray, np.ndarray]) -> None:
    matrix, _ = clients
    config = SegmentsConfig(clusters=3, features=FEATURES)
    label = SegmentModel.fit(matrix, config, seed=1).assign(matrix)
    np.testing.assert_array_equal(SegmentModel.fit(matrix, config, seed=2).assign(matrix), label)
    dearer = matrix * [1e6, 1.0]
    np.testing.assert_array_equal(SegmentModel.fit(dearer, config, seed=1).assign(dearer), label)
    assert SegmentModel.fit(matrix, config, seed=1).to_json() == SegmentModel.fit(matrix, config, seed=1).to_json()


def test_a_gap_counts_as_the_median(clients: tuple[np.ndarray, np.ndarray]) -> None:
    matrix, _ = clients
    model = SegmentModel.fit(matrix, SegmentsConfig(clusters=3, features=FEATURES), seed=1)
    gap = np.array([[np.nan, 3.0]])
    filled = np.array([[np.median(matrix[:, 0]), 3.0]])
    np.testing.assert_array_equal(model.assign(gap), model.assign(filled))


def test_features_that_tell_nothing_apart_have_no_say(clients: tuple[np.ndarray, np.ndarray]) -> None:
    matrix, _ = clients
    wide = np.column_stack([matrix, np.full(180, 7.0), np.full(180, np.nan)])
    config = SegmentsConfig(clusters=3, features=(*FEATURES, "constant", "unknown"))
    model = SegmentModel.fit(wide, config, seed=1)
    plain = SegmentModel.fit(matrix, SegmentsConfig(clusters=3, features=FEATURES), seed=1)
    np.testing.assert_array_equal(model.assign(wide), plain.assign(matrix))
    wide[:, 2] = 1e9
    np.testing.assert_array_equal(model.assign(wide), plain.assign(matrix))


def test_too_few_different_clients_are_refused() -> None:
    config = SegmentsConfig(clusters=3, features=("size",))
    with pytest.raises(TooLittleDataError, match="3 clusters need at least as many clients that differ, got 2"):
        SegmentModel.fit(np.array([[1.0], [2.0], [1.0], [2.0]]), config, seed=1)
    assert SegmentModel.fit(np.array([[1.0], [2.0], [4.0]]), config, seed=1).assign(np.array([[4.1]]))[0] == 0


def test_wrong_features_are_refused(clients: tuple[np.ndarray, np.ndarray]) -> None:
    matrix, _ = clients
    config = SegmentsConfig(clusters=3, features=FEATURES)
    with pytest.raises(FeatureContractError, match="the 2 features value_sum_84p, recency"):
        SegmentModel.fit(matrix[:, :1], config, seed=1)
    with pytest.raises(FeatureContractError, match="got infinite recency"):
        SegmentModel.fit(np.array([[1.0, np.inf], [1.0, 2.0]]), config, seed=1)
    for text in ("", "{}", "[]", '{"features": 1}'):
        with pytest.raises(DamagedBundleError, match="as they were written"):
            SegmentModel.from_json(text)


def test_scaling_by_hand() -> None:
    # Median 3, quartiles 2 and 4; nothing lies over five interquartile ranges (10) from the median.
    light = RobustScaling.fit(np.array([[1.0], [2.0], [3.0], [4.0], [5.0]]))
    np.testing.assert_allclose(light.apply(np.array([[7.0], [np.nan]])), [[2.0], [0.0]])
    # 100 does: logarithms in units of the median size 3, so that 3 becomes log 2 and 2 and 4 set the spread.
    heavy = RobustScaling.fit(np.array([[1.0], [2.0], [3.0], [4.0], [100.0]]))
    expected = (np.log(1 + 9 / 3) - np.log(2)) / (np.log(1 + 4 / 3) - np.log(1 + 2 / 3))
    np.testing.assert_allclose(heavy.apply(np.array([[9.0]])), [[expected]])
    # Half of the clients alike: the standard deviation takes over.
    sparse = RobustScaling.fit(np.array([[0.0], [0.0], [0.0], [0.0], [6.0]]))
    deviation = np.std([0, 0, 0, 0, np.log(2)])
    np.testing.assert_allclose(sparse.apply(np.array([[-6.0]])), [[-np.log(2) / deviation]])


def test_segments_that_look_alike_are_numbered() -> None:
    matrix = np.array([[1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0]])
    model = SegmentModel.fit(matrix, SegmentsConfig(clusters=7, features=("size",)), seed=1)
    assert len(set(model.segment_names)) == 7
    assert model.segment_names[3] == "medium size (3)"
