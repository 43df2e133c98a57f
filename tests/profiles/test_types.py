"""Types in degrees: a large client with many projects is strategic, and the reviewer sees which drivers say so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.codec import from_plain, to_plain
from models.config.kinds import DriverConfig, NeedsConfig, RelationshipsConfig
from models.errors import FeatureContractError
from models.profiles.positions import Positions, features_named
from models.profiles.types import NEEDS, RELATIONSHIPS, Memberships, driver_scores, memberships_of

SETTINGS = RelationshipsConfig(
    drivers={
        "depth": DriverConfig(features={"deals": 1.0}),
        "standing": DriverConfig(features={"size": 0.8, "ownership=state": 0.2}),
        "trust": DriverConfig(features={"years": 1.0}),
        "distress": DriverConfig(features={"arrears": 1.0}),
    }
)
BOOK = pd.DataFrame(
    {
        "deals": [9.0, 1.0, 3.0, 2.0, 4.0],
        "size": [90.0, 1.0, 20.0, 10.0, 15.0],
        "ownership": pd.Series(["state", "private", "private", "private", None], dtype="str"),
        "years": [8.0, 1.0, 20.0, 3.0, 4.0],
        "arrears": [0.0, 0.0, 0.0, 7.0, 0.0],
    }
)


def reported(frame: pd.DataFrame, settings: RelationshipsConfig = SETTINGS) -> Memberships:
    positions = Positions.fit(BOOK, features_named(*settings.drivers.values()))
    return memberships_of(driver_scores(frame, positions, settings), settings, RELATIONSHIPS)


def test_a_banker_agrees_with_the_types() -> None:
    kinds = list(reported(BOOK).kind)
    assert kinds[:4] == ["strategic", "transactional", "partnership", "problem-solving"]


def test_degrees_are_a_softmax_that_sums_to_one() -> None:
    settings = NeedsConfig(base={"funding": np.log(2.0)})
    degrees = memberships_of(np.zeros((1, 3)), settings, NEEDS).degrees
    np.testing.assert_allclose(degrees, [[0.5, 0.25, 0.25]])
    np.testing.assert_allclose(reported(BOOK).degrees.sum(axis=1), 1.0)


def test_evidence_adds_up_to_the_log_odds_between_two_kinds() -> None:
    degrees = reported(BOOK)
    base = SETTINGS.base["strategic"] - SETTINGS.base["transactional"]
    between = base + degrees.parts[:, 0].sum(axis=1) - degrees.parts[:, 1].sum(axis=1)
    np.testing.assert_allclose(np.log(degrees.degrees[:, 0] / degrees.degrees[:, 1]), between)
    assert degrees.drivers[degrees.strongest(1)[3, RELATIONSHIPS.index("problem-solving"), 0]] == "distress"


def test_what_is_unknown_speaks_for_none_and_is_not_freedom_from_trouble() -> None:
    unknown = reported(BOOK.assign(arrears=np.nan))
    assert np.isnan(unknown.scores[:, 3]).all()
    assert (unknown.parts[:, :, 3] == 0).all()
    place = RELATIONSHIPS.index("problem-solving")
    sound = reported(BOOK).degrees[0, place]
    assert unknown.degrees[0, place] > sound


def test_a_driver_is_the_mean_of_what_is_known_of_it() -> None:
    positions = Positions.fit(BOOK, ["size", "ownership=state"])
    score = positions.driver(BOOK, SETTINGS.drivers["standing"])
    assert score[0] == pytest.approx(0.8 * 0.8 + 0.2 * 0.75)  # above four of five; one of four is state-owned
    assert score[4] == pytest.approx(positions.of(BOOK, "size")[4])


def test_one_client_alone_stands_where_it_stands_in_the_book() -> None:
    alone = [reported(BOOK.iloc[[row]].reset_index(drop=True)).degrees[0] for row in range(len(BOOK))]
    np.testing.assert_array_equal(np.stack(alone), reported(BOOK).degrees)


def test_a_constant_feature_and_an_empty_column_tell_nothing() -> None:
    flat = pd.DataFrame({"same": [3.0] * 4, "empty": [np.nan] * 4, "endless": [1.0, 2.0, np.inf, 3.0]})
    positions = Positions.fit(flat, ["same", "empty", "absent", "endless"])
    assert positions.of(flat, "same").tolist() == [0.0] * 4
    assert np.isnan(positions.of(flat, "empty")).all()
    assert np.isnan(positions.of(flat, "endless")[2])
    assert positions.unknown == ("absent", "empty")


def test_a_new_category_is_unknown() -> None:
    positions = Positions.fit(BOOK, ["ownership=state"])
    later = pd.DataFrame({"ownership": pd.Series(["cooperative", "state", "private"], dtype="str")})
    position = positions.of(later, "ownership=state")
    assert np.isnan(position[0])
    assert position[1] > 0 > position[2]


@pytest.mark.parametrize(("name", "got"), [("ownership", "ownership is text"), ("size=large", "size is a number")])
def test_a_driver_that_mistakes_text_for_numbers_is_refused(name: str, got: str) -> None:
    with pytest.raises(FeatureContractError, match=got):
        Positions.fit(BOOK, [name])


def test_positions_come_back_from_text() -> None:
    positions = Positions.fit(BOOK, ["size", "ownership=state"])
    assert from_plain(Positions, to_plain(positions), subject="positions", remedy="none") == positions
