"""Three kinds of client that a banker would tell apart are found and named; then what must not matter, bad input."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from models.config.segments import SegmentsConfig
from models.errors import DamagedBundleError, FeatureContractError, TooLittleDataError
from models.learners.scaling import RobustScaling
from models.learners.segments.model import SegmentModel

FEATURES = ("value_sum_84p", "recency")


def config_of(*, clusters: object = 3, features: tuple[str, ...] = FEATURES, **more: object) -> SegmentsConfig:
    settings = {"clusters": clusters, "features": features, "methods": ["kmeans"], "resamples": 3}
    return SegmentsConfig.model_validate({**settings, **more})


@pytest.fixture
def clients() -> tuple[np.ndarray, np.ndarray]:
    """100 small and recent, 60 small and gone, 20 large and recent clients; and which is which."""
    generator = np.random.default_rng(2)
    kind = np.repeat([0, 1, 2], [100, 60, 20])
    value = np.array([1.0, 1.0, 2_000.0])[kind] * generator.lognormal(sigma=0.3, size=180)
    recency = np.array([3.0, 40.0, 3.0])[kind] + generator.normal(size=180)
    return np.stack([value, recency], axis=1), kind


@pytest.mark.parametrize("method", ["kmeans", "mixture"])
def test_kinds_of_client_are_found_numbered_and_named(clients: tuple[np.ndarray, np.ndarray], method: str) -> None:
    matrix, kind = clients
    model = SegmentModel.fit(matrix, config_of(methods=[method]), seed=1)
    label = model.assign(matrix).segment
    large, small_recent, small_gone = (set(label[kind == which]) for which in (2, 0, 1))
    assert large == {0}
    assert small_recent | small_gone == {1, 2}
    assert model.segment_names[0] == "very high value_sum_84p"
    assert model.segment_names[small_gone.pop()] == "high recency"
    assert model.choice.served.stability > 0.95
    assert model.choice.structure.is_found


def test_a_client_between_two_segments_is_told(clients: tuple[np.ndarray, np.ndarray]) -> None:
    matrix, _ = clients
    model = SegmentModel.fit(matrix, config_of(), seed=1)
    own = model.assign(matrix)
    assert np.median(own.margin) > 0.5
    scaling = model.scaling
    middle = (model.centres[1] + model.centres[2]) / 2 * scaling.spread + scaling.centre
    unit = scaling.log_unit
    raw = np.where(unit > 0, np.sign(middle) * np.expm1(np.abs(middle)) * unit, middle)[None]
    between = model.assign(raw)
    assert between.margin[0] == pytest.approx(0.0, abs=1e-9)
    assert {between.segment[0], between.second[0]} == {1, 2}
    half = np.linalg.norm(model.centres[1] - model.centres[2]) / 2
    assert between.distance[0] == pytest.approx(half)


@pytest.mark.parametrize("method", ["kmeans", "mixture"])
def test_order_seed_threads_and_currency_leave_segments_alone(
    clients: tuple[np.ndarray, np.ndarray], method: str
) -> None:
    matrix, _ = clients
    config = config_of(methods=[method])
    model = SegmentModel.fit(matrix, config, seed=1)
    label = model.assign(matrix).segment
    shuffled = matrix[np.random.default_rng(3).permutation(len(matrix))]
    with threadpool_limits(limits=2):
        assert SegmentModel.fit(shuffled, config, seed=1).to_json() == model.to_json()
    np.testing.assert_array_equal(SegmentModel.fit(matrix, config, seed=2).assign(matrix).segment, label)
    dearer = matrix * [1e6, 1.0]
    np.testing.assert_array_equal(SegmentModel.fit(dearer, config, seed=1).assign(dearer).segment, label)


def test_one_giant_is_no_segment_of_its_own(clients: tuple[np.ndarray, np.ndarray]) -> None:
    matrix, _ = clients
    config = config_of()
    giant = matrix.copy()
    giant[-1, 0] = 1e15
    label = SegmentModel.fit(giant, config, seed=1).assign(giant).segment
    np.testing.assert_array_equal(label, SegmentModel.fit(matrix, config, seed=1).assign(matrix).segment)


def test_a_gap_counts_as_the_median(clients: tuple[np.ndarray, np.ndarray]) -> None:
    matrix, _ = clients
    model = SegmentModel.fit(matrix, config_of(), seed=1)
    gap = np.array([[np.nan, 3.0]])
    filled = np.array([[np.median(matrix[:, 0]), 3.0]])
    found, expected = model.assign(gap), model.assign(filled)
    assert (found.segment[0], found.margin[0]) == (expected.segment[0], expected.margin[0])


def test_features_that_tell_nothing_apart_have_no_say(clients: tuple[np.ndarray, np.ndarray]) -> None:
    matrix, _ = clients
    wide = np.column_stack([matrix, np.full(180, 7.0), np.full(180, np.nan)])
    model = SegmentModel.fit(wide, config_of(features=(*FEATURES, "constant", "unknown")), seed=1)
    plain = SegmentModel.fit(matrix, config_of(), seed=1)
    np.testing.assert_array_equal(model.assign(wide).segment, plain.assign(matrix).segment)
    wide[:, 2] = 1e9
    np.testing.assert_array_equal(model.assign(wide).segment, plain.assign(matrix).segment)


def test_too_few_different_clients_are_refused() -> None:
    config = config_of(features=("size",))
    with pytest.raises(TooLittleDataError, match="3 clusters need at least as many clients that differ, got 2"):
        SegmentModel.fit(np.array([[1.0], [2.0], [1.0], [2.0]]), config, seed=1)
    for nothing in (np.full((9, 1), 7.0), np.full((9, 1), np.nan)):
        with pytest.raises(TooLittleDataError, match=r"got 1: lower learners\.segments\.clusters"):
            SegmentModel.fit(nothing, config, seed=1)
    few = SegmentModel.fit(np.array([[1.0], [2.0], [4.0]]), config, seed=1)
    assert few.assign(np.array([[4.1]])).segment[0] == 0
    ranged = config_of(features=("size",), clusters={"fewest": 2, "most": 8})
    competed = SegmentModel.fit(np.arange(4.0)[:, None], ranged, seed=1).choice.candidates
    assert [candidate.clusters for candidate in competed] == [2, 3, 4]


def test_wrong_features_are_refused(clients: tuple[np.ndarray, np.ndarray]) -> None:
    matrix, _ = clients
    config = config_of()
    with pytest.raises(FeatureContractError, match="the 2 features value_sum_84p, recency"):
        SegmentModel.fit(matrix[:, :1], config, seed=1)
    with pytest.raises(FeatureContractError, match="got infinite recency"):
        SegmentModel.fit(np.array([[1.0, np.inf], [1.0, 2.0]]), config, seed=1)
    whole = SegmentModel.fit(matrix, config, seed=1).to_json()
    for text in ("", "{}", "[]", '{"features": 1}', whole.replace("kmeans", "magic"), whole.replace("served", "s")):
        with pytest.raises(DamagedBundleError, match="as they were written"):
            SegmentModel.from_json(text)


@pytest.mark.parametrize("method", ["kmeans", "mixture"])
def test_written_and_read_it_is_the_same(clients: tuple[np.ndarray, np.ndarray], method: str) -> None:
    matrix, _ = clients
    model = SegmentModel.fit(matrix, config_of(methods=[method]), seed=1)
    read = SegmentModel.from_json(model.to_json())
    assert read.to_json() == model.to_json()
    np.testing.assert_array_equal(read.assign(matrix).margin, model.assign(matrix).margin)


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


def test_segments_that_look_alike_are_counted() -> None:
    matrix = np.array([[1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0]])
    model = SegmentModel.fit(matrix, config_of(clusters=7, features=("size",)), seed=1)
    assert len(set(model.segment_names)) == 7
    assert model.segment_names[3] == "close to the median client"
    assert model.segment_names[1:3] == ("high size (1 of 2)", "high size (2 of 2)")
    assert model.names_in("zh", lambda name: "规模")[3] == "接近中位客户"
