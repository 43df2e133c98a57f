"""Relationship types: arrears make a problem to solve; large and many deals a strategic client; loyalty a partner."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.config import RelationshipsConfig
from models.decisions.relationships import need_types, relationship_types

SETTINGS = RelationshipsConfig(
    several_deals=3,
    loyal_deals=2,
    loyal_years=5.0,
    distress_features=("arrears_sum_6p", "write_off_sum_12p"),
    need_products={"funding": ("loan",), "resource_integration": ("equity",), "risk_management": ("cover", "swap")},
)
FIVE_YEARS = 5 * 365.25
BY_HAND = [  # deals, days known, arrears, large
    ("problem-solving", 9, 4000.0, 0.01, True),
    ("problem-solving", 1, 10.0, 5.0, False),
    ("strategic", 3, 4000.0, 0.0, True),
    ("strategic", 3, 10.0, np.nan, True),
    ("partnership", 2, FIVE_YEARS, 0.0, True),
    ("partnership", 3, FIVE_YEARS, 0.0, False),
    ("transactional", 2, FIVE_YEARS - 1, 0.0, True),
    ("transactional", 1, 9000.0, 0.0, True),
    ("transactional", 50, 30.0, -1.0, False),
]


def features(rows: list[tuple[str, int, float, float, bool]]) -> pd.DataFrame:
    names = ("activity_count_ever", "tenure_days", "arrears_sum_6p")
    return pd.DataFrame([[float(cell) for cell in row[1:4]] for row in rows], columns=list(names))


@pytest.mark.parametrize("row", BY_HAND)
def test_the_rule_by_hand(row: tuple[str, int, float, float, bool]) -> None:
    assert list(relationship_types(features([row]), np.array([row[4]]), SETTINGS)) == [row[0]]


def test_a_book_is_typed_as_its_clients_are() -> None:
    large = np.array([row[4] for row in BY_HAND])
    assert list(relationship_types(features(BY_HAND), large, SETTINGS)) == [row[0] for row in BY_HAND]


def test_a_second_sign_of_distress_counts_as_much() -> None:
    frame = features([("", 5, 4000.0, 0.0, True)]).assign(write_off_sum_12p=3.0)
    assert list(relationship_types(frame, np.array([True]), SETTINGS)) == ["problem-solving"]


def test_without_signs_of_distress_nobody_is_a_problem() -> None:
    settings = SETTINGS.model_copy(update={"distress_features": ()})
    kinds = relationship_types(features(BY_HAND), np.array([row[4] for row in BY_HAND]), settings)
    assert "problem-solving" not in set(kinds)


def test_the_largest_share_of_products_tells_the_need() -> None:
    shares = pd.DataFrame(
        {
            "loan_share_ever": [0.6, 0.2, 0.4, np.nan, 0.5],
            "equity_share_ever": [0.4, 0.5, 0.0, np.nan, 0.5],
            "cover_share_ever": [0.0, 0.2, 0.3, np.nan, 0.0],
            "swap_share_ever": [0.0, 0.1, 0.3, np.nan, 0.0],
        }
    )
    assert list(need_types(shares, SETTINGS)) == [
        "funding",
        "resource integration",
        "risk management",  # 0.3 + 0.3 against 0.4
        "funding",  # nothing known
        "funding",  # a tie goes to the first need
    ]


def test_a_book_without_products_needs_funding() -> None:
    assert list(need_types(pd.DataFrame({"tenure_days": [1.0, 2.0]}), SETTINGS)) == ["funding", "funding"]
