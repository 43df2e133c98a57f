"""Stages: a client silent for long has churned, a new one is in acquisition; the first rule that holds decides."""

from __future__ import annotations

import numpy as np
import pytest

from models.config import StagesConfig
from models.decisions.stages import Trajectory, stages_of

SETTINGS = StagesConfig(
    acquisition_max_periods=12,
    churned_after_periods=36,
    growth_ratio=1.5,
    trend_window_periods=12,
    decline_probability=0.6,
)
# growth is (latest - before) / (latest + before): a ratio of 1.5 is 0.5 / 2.5 = 0.2
BY_HAND = [
    ("churned", 36.1, 200.0, 0.9, 0.1),
    ("churned", 40.0, 5.0, 0.9, 0.9),
    ("acquisition", 0.0, 12.0, 0.9, 0.9),
    ("acquisition", 36.0, 3.0, -1.0, 0.9),
    ("decline", 36.0, 12.1, 0.9, 0.6),
    ("decline", 1.0, 100.0, -1.0, 0.99),
    ("development", 1.0, 100.0, 0.21, 0.59),
    ("maturity", 1.0, 100.0, 0.2, 0.59),
    ("maturity", 36.0, 12.1, -1.0, 0.0),
]


def trajectory(*rows: tuple[str, float, float, float, float], asked_for: float = np.nan) -> Trajectory:
    columns = np.array([row[1:] for row in rows], dtype=np.float64).T
    return Trajectory(
        idle_periods=columns[0],
        tenure_periods=columns[1],
        growth=columns[2],
        decline_probability=columns[3],
        asked_for=np.full(len(rows), asked_for),
    )


@pytest.mark.parametrize("row", BY_HAND)
def test_the_rule_by_hand(row: tuple[str, float, float, float, float]) -> None:
    assert list(stages_of(trajectory(row), SETTINGS)) == [row[0]]


def test_a_book_is_staged_as_its_clients_are() -> None:
    assert list(stages_of(trajectory(*BY_HAND), SETTINGS)) == [row[0] for row in BY_HAND]


def test_a_client_of_whom_nothing_is_known_is_mature_unless_likely_to_leave() -> None:
    unknown = np.nan
    rows = [("maturity", unknown, unknown, unknown, 0.1), ("decline", unknown, unknown, unknown, 0.7)]
    assert list(stages_of(trajectory(*rows), SETTINGS)) == ["maturity", "decline"]


def test_no_client_gives_no_stage() -> None:
    none = np.empty(0)
    empty = Trajectory(idle_periods=none, tenure_periods=none, growth=none, decline_probability=none, asked_for=none)
    assert len(stages_of(empty, SETTINGS)) == 0


def test_a_young_client_develops_even_if_it_does_not_grow() -> None:
    young = StagesConfig.model_validate(SETTINGS.model_dump() | {"development_max_periods": 18})
    rows = [
        ("development", 1.0, 18.0, -0.5, 0.1),
        ("maturity", 1.0, 18.1, -0.5, 0.1),
        ("decline", 1.0, 15.0, 0.9, 0.7),
        ("acquisition", 1.0, 12.0, -0.5, 0.1),
    ]
    assert list(stages_of(trajectory(*rows), young)) == [row[0] for row in rows]


# a ratio of 0.6 is -0.4 / 1.6 = -0.25
@pytest.mark.parametrize(
    ("growth", "probability", "asked_for", "stage"),
    [
        (-0.26, 0.2, 0.0, "decline"),
        (-0.26, 0.2, 1.0, "maturity"),
        (-0.26, 0.2, np.nan, "maturity"),
        (-0.25, 0.2, 0.0, "maturity"),
        (-0.26, 0.19, 0.0, "maturity"),
        (0.10, 0.6, 3.0, "decline"),
    ],
)
def test_a_client_that_shrinks_and_asks_for_nothing_declines_at_a_smaller_probability(
    growth: float, probability: float, asked_for: float, stage: str
) -> None:
    visible = StagesConfig.model_validate(
        SETTINGS.model_dump() | {"shrinking_ratio": 0.6, "shrinking_decline_probability": 0.2}
    )
    client = trajectory((stage, 1.0, 100.0, growth, probability), asked_for=asked_for)
    assert list(stages_of(client, visible)) == [stage]


def test_a_lender_may_say_that_acquisition_ends_with_the_first_business() -> None:
    none_new = StagesConfig.model_validate(SETTINGS.model_dump() | {"acquisition_max_periods": 0})
    assert list(stages_of(trajectory(("maturity", 0.1, 0.1, 0.0, 0.1)), none_new)) == ["maturity"]
