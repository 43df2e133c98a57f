"""What is usual among peers: medians by hand, wider groups where too few are alike, the same for one as for all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.errors import DamagedBundleError
from models.learners.contract import FeatureContract
from models.learners.peers import MIN_PEERS, PeerGroup, Peers
from models.vocab import FloatArray, IntArray

FEES, INDUSTRY = 1, 3


def book(clients: int = 300) -> tuple[FloatArray, IntArray, FeatureContract]:
    """Two segments; Asia is large enough for groups of its own, Europe holds ten clients of each segment."""
    place = np.arange(clients)
    frame = pd.DataFrame(
        {
            "value_sum_ever": (place % 3).astype(np.float64),
            "fee_sum_12p": place.astype(np.float64),
            "arrears_recency_days": np.where(place % 7 == 0, 10.0, np.nan),
            "industry": pd.Series(np.where(place % 5 < 3, "power", "roads"), dtype="str"),
            "region": pd.Series(np.where(place < 20, "Europe", "Asia"), dtype="str"),
        }
    )
    contract = FeatureContract.learn(frame, dict.fromkeys(frame.columns, "units"), max_categories=5)
    return contract.encode(frame), (place % 2).astype(np.int64), contract


def test_fees_are_compared_with_clients_of_the_same_segment_size_and_region() -> None:
    matrix, segment, contract = book()
    view = Peers.fit(matrix, segment, contract).of(matrix, segment)
    row = 100  # segment 0, of the middle third, Asia
    alike = [place for place in range(20, 300) if place % 2 == 0 and place % 3 == 1]
    assert view.group_of(row) == PeerGroup(segment=0, size="medium", region="Asia", clients=len(alike))
    at = np.full((300, 1), FEES)
    assert view.usual(at)[row, 0] == np.median(alike)
    assert view.low(at)[row, 0] == pytest.approx(np.quantile(alike, 0.1), rel=1e-5)
    assert view.high(at)[row, 0] == pytest.approx(np.quantile(alike, 0.9), rel=1e-5)


def test_where_too_few_are_alike_the_region_is_left_aside() -> None:
    matrix, segment, contract = book()
    group = Peers.fit(matrix, segment, contract).of(matrix, segment).group_of(4)  # Europe
    assert group == PeerGroup(segment=0, size="medium", region=None, clients=50)


def test_a_small_book_is_compared_as_a_whole() -> None:
    matrix, segment, contract = book(MIN_PEERS - 1)
    peers = Peers.fit(matrix, segment, contract)
    assert peers.groups == (PeerGroup(segment=None, size=None, region=None, clients=MIN_PEERS - 1),)
    assert set(peers.of(matrix, segment).group) == {0}


def test_what_most_peers_lack_is_usually_not_there_and_a_category_is_the_commonest() -> None:
    matrix, segment, contract = book()
    view = Peers.fit(matrix, segment, contract).of(matrix, segment)
    places = np.tile([2, INDUSTRY], (300, 1))
    assert np.isnan(view.usual(places)[:, 0]).all()
    assert view.low(places)[100, 0] == 10.0
    assert set(view.usual(places)[:, 1]) == {contract.features[INDUSTRY].codes["power"]}
    assert np.isnan(view.high(places)[:, 1]).all()


def test_one_client_and_any_order_get_the_same_as_the_book() -> None:
    matrix, segment, contract = book()
    order = np.random.default_rng(1).permutation(300)
    peers = Peers.fit(matrix, segment, contract)
    shuffled = Peers.fit(matrix[order], segment[order], contract)
    assert peers.to_json() == shuffled.to_json()
    whole = peers.of(matrix, segment).group
    for row in (0, 19, 20, 299):
        assert peers.of(matrix[[row]], segment[[row]]).group.tolist() == [whole[row]]


def test_unknown_regions_sizes_and_segments_fall_back() -> None:
    matrix, segment, contract = book()
    peers = Peers.fit(matrix, segment, contract)
    nowhere, nothing = matrix[[100]].copy(), matrix[[100]].copy()
    nowhere[0, 4], nothing[0, 0] = np.nan, np.nan
    assert peers.of(nowhere, segment[[100]]).group_of(0) == PeerGroup(segment=0, size="medium", region=None, clients=50)
    assert peers.of(nothing, segment[[100]]).group_of(0) == PeerGroup(segment=0, size=None, region=None, clients=150)
    new = np.array([7])
    assert peers.of(matrix[[100]], new).group_of(0) == PeerGroup(segment=None, size=None, region=None, clients=300)


def test_peers_come_back_from_text_as_they_were() -> None:
    matrix, segment, contract = book()
    peers = Peers.fit(matrix, segment, contract)
    read = Peers.from_json(peers.to_json())
    assert read.to_json() == peers.to_json()
    assert read.of(matrix, segment).group.tolist() == peers.of(matrix, segment).group.tolist()
    np.testing.assert_array_equal(read.median, peers.median)
    assert Peers.from_json(Peers.unknown().to_json()).of(matrix, segment).group_of(0) is None
    with pytest.raises(DamagedBundleError, match="the peers must be as they were written"):
        Peers.from_json('{"groups": 1}')
