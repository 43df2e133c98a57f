"""Value classes: who invested much, promises much and moves others is of high value, whatever the tier."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.config.kinds import DriverConfig, ValueClassesConfig
from models.profiles.value_classes import ValueClassModel

SETTINGS = ValueClassesConfig(
    invested=DriverConfig(features={"past": 1.0}),
    influence=DriverConfig(features={"position=leader": 1.0}),
    high_share=0.1,
    medium_share=0.4,
)
CLIENTS = 100
FRAME = pd.DataFrame(
    {
        "past": np.arange(CLIENTS, dtype=np.float64),
        "position": pd.Series(["leader" if client % 2 else "niche" for client in range(CLIENTS)], dtype="str"),
    }
)
EXPECTED = np.arange(CLIENTS, dtype=np.float64) ** 2


def test_the_shares_of_the_book_are_as_configured() -> None:
    fitted = ValueClassModel.fit(FRAME, EXPECTED, SETTINGS)
    kinds = pd.Series(fitted.classify(FRAME, EXPECTED, SETTINGS).kind).value_counts()
    assert (kinds["high"], kinds["medium"], kinds["low"]) == pytest.approx((10, 40, 50), abs=1)


def test_the_score_is_the_weighted_mean_by_hand() -> None:
    fitted = ValueClassModel.fit(FRAME, EXPECTED, SETTINGS)
    worth = fitted.classify(FRAME, EXPECTED, SETTINGS)
    assert worth.score[99] == pytest.approx(0.3 * 0.99 + 0.5 * 0.99 + 0.2 * 0.5)
    assert worth.score[98] == pytest.approx(0.3 * 0.97 + 0.5 * 0.97 - 0.2 * 0.5)


def test_influence_lifts_a_client_above_a_slightly_richer_one() -> None:
    fitted = ValueClassModel.fit(FRAME, EXPECTED, SETTINGS)
    kind = fitted.classify(FRAME, EXPECTED, SETTINGS).kind
    assert (kind[85], kind[88]) == ("high", "medium")


def test_what_is_unknown_leaves_its_weight_to_the_rest() -> None:
    fitted = ValueClassModel.fit(FRAME, EXPECTED, SETTINGS)
    bare = FRAME.drop(columns="position")
    worth = fitted.classify(bare, EXPECTED, SETTINGS)
    assert np.isnan(worth.parts["influence"]).all()
    assert worth.score[99] == pytest.approx(0.99)
